"""Runs as a training leaves them, with networks that have learned nothing; made in a second."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from cnn_studio.models.bundle import LITE_FILE, Bundle, RunStatus, write_bundle
from cnn_studio.models.export import LiteForm, write_models
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.scores import Scores, score
from cnn_studio.pretrained.efficientnet_lite import FEATURES, LinearLayer, lite_file
from cnn_studio.training.network import build_network
from cnn_studio.vision.preparation import InputSpec

CLASSES = ("cap", "pencil", "shoe")


def some_scores(right: int = 3, wrong: int = 1) -> Scores:
    """Scores of images of which so many are classified right and so many wrong."""
    labels = np.zeros(right + wrong, np.int64)
    probabilities = np.eye(3, dtype=np.float32)[[0] * right + [1] * wrong]
    return score(labels, probabilities, CLASSES)


def bundle(**changes: Any) -> Bundle:
    """A bundle of three classes at 16x16 RGB."""
    whole = Bundle(
        classes=CLASSES,
        input=InputSpec(16, 3),
        dataset="objects",
        dataset_title="Objects",
        recipe={"epochs": 3, "seed": 1},
        weights=316_995,
        status=RunStatus.FINISHED,
        epochs_done=3,
        best_epoch=2,
        created=datetime(2026, 11, 22, 21, 5, 20, tzinfo=UTC),
        seconds=12.5,
        train=some_scores(4, 0),
        validation=some_scores(),
        versions={"keras": "3.15.1"},
        notes=("shoe has one recording only.",),
    )
    return replace(whole, **changes)


def write_run(folder: Path, **changes: Any) -> Any:
    """Write a whole run, and give back its Keras network."""
    folder.mkdir(parents=True, exist_ok=True)
    contract = bundle(**changes)
    network = build_network(contract.input, len(contract.classes))
    write_models(network, LiteForm(network), folder)
    write_bundle(folder, contract)
    return network


def some_layer(classes: int = 3) -> LinearLayer:
    """A linear layer that has learned nothing."""
    weights = np.random.default_rng(5).normal(0, 0.05, (classes, FEATURES))
    bias = np.linspace(-1, 1, classes)
    return LinearLayer(weights.astype(np.float32), bias.astype(np.float32))


def write_pretrained_run(folder: Path, layer: LinearLayer | None = None, **changes: Any) -> None:
    """Write a whole run of the pretrained network at 128x128 RGB, measured in five folds."""
    folder.mkdir(parents=True, exist_ok=True)
    usual = {
        "network": NetworkKind.PRETRAINED,
        "input": InputSpec(128, 3),
        "weights": 3 * (FEATURES + 1),
        "folds": 5,
        "final_epochs": 3,
    }
    contract = bundle(**{**usual, **changes})
    spec = contract.input
    content = lite_file(spec.size, spec.channels, layer or some_layer(len(contract.classes)))
    (folder / LITE_FILE).write_bytes(content)
    write_bundle(folder, contract)
