"""The end of a training: the model files written, compared and described."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from cnn_studio.data.sessions import recording_of
from cnn_studio.models.answers import Answers, write_answers
from cnn_studio.models.bundle import Bundle, Calibration, RunStatus, write_bundle
from cnn_studio.models.calibration import fit_calibration
from cnn_studio.models.export import LiteForm, write_models
from cnn_studio.models.scores import Scores
from cnn_studio.models.unknown import UnknownRule
from cnn_studio.models.verify import verify_lite
from cnn_studio.training.request import TrainingRequest
from cnn_studio.vision.preparation import InputSpec

_COMPARED = 64
_COMPARED_AFTER_STOP = 16  # whoever pressed Stop waits for it
_LIBRARIES = ("cnn-studio", "tensorflow", "keras", "ai-edge-litert", "numpy")


@dataclass(frozen=True)
class Ending:
    """How a training went.

    Attributes:
        status: FINISHED or STOPPED.
        epochs_done: Epochs that were trained to their end.
        best_epoch: The one whose weights are kept, 0 if none was finished.
        seconds: The whole training.
        train, validation, test: Scores, where they were measured.
        notes: What a person should know.
        calibration: What puts the probabilities right, where it was measured.
        unknown: Tells how familiar an image is, where it was measured.
        final_epochs: For how many epochs it learned from all images after it was measured.
    """

    status: RunStatus
    epochs_done: int
    best_epoch: int
    seconds: float
    train: Scores | None
    validation: Scores | None
    test: Scores | None
    notes: tuple[str, ...]
    calibration: Calibration | None = None
    unknown: UnknownRule | None = None
    final_epochs: int = 0


def keep_answers(run_folder: Path, validation: Answers | None, test: Answers | None) -> None:
    """Keep what the model said of each image of either part; None without one.

    Raises:
        OSError: The disk is full, or the folder cannot be written to.
    """
    for part, answers in (("validation", validation), ("test", test)):
        if answers is not None:
            write_answers(run_folder, part, answers)


def calibration_on(validation: Answers | None) -> Calibration | None:
    """Find out how to put a model's probabilities right.

    Args:
        validation: What it said of the images held back; None without.

    Returns:
        The calibration; None with too few images.
    """
    if validation is None:
        return None
    recordings = [recording_of(name) for name in validation.names]
    return fit_calibration(validation.labels, validation.probabilities, recordings)


def calibration_in_words(calibration: Calibration) -> str:
    """What the calibration has done, for the log."""
    if not calibration.is_applied:
        return (
            f"Probabilities stay as the network gives them: judged on {calibration.count:,} images "
            "held back, each by a temperature from the others, calibration would not have made "
            f"them truer (error {calibration.ece_before:.1%} before, "
            f"{calibration.ece_after:.1%} after)."
        ).replace("%", " %")
    return (
        f"Probabilities are calibrated on {calibration.count:,} images held back: temperature "
        f"{calibration.temperature:.2f}, calibration error {calibration.ece_before:.1%} before, "
        f"{calibration.ece_after:.1%} after."
    ).replace("%", " %")


def write_compared_models(
    network: Any,
    lite_form: LiteForm,
    predict: Callable[[Any], Any],
    pixels: Any,
    run_folder: Path,
    status: RunStatus,
) -> int:
    """Write model.keras and model.tflite and compare them on real images.

    Args:
        network: The trained keras.Model.
        lite_form: Made from the same network.
        predict: A compiled step: pixels (batch, size, size, channels) uint8 to probabilities.
        pixels: The dataset's images, (n, size, size, channels), uint8.
        run_folder: Where they are written.
        status: After a stop fewer images are compared.

    Returns:
        How many images were compared.

    Raises:
        ModelError: The two do not say the same.
        OSError: The disk is full, or the folder cannot be written to.
    """
    write_models(network, lite_form, run_folder)
    most = _COMPARED if status is RunStatus.FINISHED else _COMPARED_AFTER_STOP
    chosen = np.unique(np.linspace(0, len(pixels) - 1, min(most, len(pixels))).astype(np.int64))
    images = pixels[chosen]
    verify_lite(run_folder, images, predict(images).numpy())
    return len(chosen)


def write_description(
    request: TrainingRequest,
    classes: tuple[str, ...],
    input_spec: InputSpec,
    weights: int,
    ending: Ending,
    run_folder: Path,
) -> Bundle:
    """Write studio.json, which makes the folder a model.

    Raises:
        OSError: The disk is full, or the folder cannot be written to.
    """
    card = request.dataset.card
    bundle = Bundle(
        classes=classes,
        input=input_spec,
        dataset=request.dataset.name,
        dataset_title=request.dataset.title,
        recipe=request.recipe.to_dict(),
        weights=weights,
        status=ending.status,
        epochs_done=ending.epochs_done,
        best_epoch=ending.best_epoch,
        created=datetime.now(UTC).replace(microsecond=0),
        seconds=ending.seconds,
        train=ending.train,
        validation=ending.validation,
        test=ending.test,
        versions={name: version(name) for name in _LIBRARIES}
        | {"python": platform.python_version()},
        notes=ending.notes,
        calibration=ending.calibration,
        unknown=ending.unknown,
        final_epochs=ending.final_epochs,
        background=card.background if card.background in classes else "",
    )
    write_bundle(run_folder, bundle)
    return bundle
