"""The end of a training: the model files written, compared and described."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from cnn_studio.data.sessions import recording_of
from cnn_studio.models.answers import Answers, write_answers
from cnn_studio.models.bundle import Bundle, Calibration, RunStatus, write_bundle
from cnn_studio.models.calibration import fit_calibration
from cnn_studio.models.scores import Scores
from cnn_studio.models.unknown import ACCEPT, LEAST_IMAGES, UnknownRule
from cnn_studio.training.request import TrainingRequest
from cnn_studio.vision.preparation import InputSpec

_LIBRARIES = ("cnn-studio", "tensorflow", "keras", "ai-edge-litert", "numpy", "scipy")


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
        folds: In how many parts the images were dealt to measure it; 0 where some were held back.
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
    folds: int = 0


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


def familiarity_in_words(rule: UnknownRule | None) -> str:
    """What the rule does, or why there is none, for the log."""
    if rule is None:
        return (
            f"Unknown objects will not be recognised: {LEAST_IMAGES} or more images that "
            "differ must be held back for that."
        )
    effect = rule.effect(ACCEPT)
    margin = (
        " There is a margin, because some of them come from recordings it learned from: with more "
        "recordings of each class more is called unknown."
        if rule.margin
        else ""
    )
    return (
        f"Of {len(rule.levels):,} images held back {effect.answered:.0%} are answered and "
        f"{effect.right_of_answered:.1%} of these rightly; what is less familiar is called unknown."
        f"{margin}"
    ).replace("%", " %")


def background_class(request: TrainingRequest, classes: Sequence[str]) -> int | None:
    """Which of the classes stands for none of the others; None if none does."""
    name = request.dataset.card.background
    return classes.index(name) if name in classes else None


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
        network=request.recipe.network,
        folds=ending.folds,
        background=card.background if card.background in classes else "",
        pixel_readings=card.pixels,
    )
    write_bundle(run_folder, bundle)
    return bundle
