"""A run as a training leaves it, with a network that has learned nothing; made in a second."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from cnn_studio.models.bundle import Bundle, RunStatus, write_bundle
from cnn_studio.models.export import LiteForm, write_models
from cnn_studio.models.scores import Scores, score
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
