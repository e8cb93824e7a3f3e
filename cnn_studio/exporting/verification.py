"""Whether a model file says what the studio says."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import cnn_studio
from cnn_studio.errors import ModelError
from cnn_studio.exporting.formats import ExportFormat
from cnn_studio.exporting.held_out import StudioAnswers
from cnn_studio.models.bundle import Bundle
from cnn_studio.models.calibration import calibrated
from cnn_studio.models.description import LABELS_FILE, labels_text
from cnn_studio.models.unknown import ACCEPT, LEAST_IMAGES, UnknownRule, is_unknown
from cnn_studio.models.verify import TOLERANCE
from cnn_studio.untrusted_arrays import read_arrays
from cnn_studio.vision.images import ImageArray

LEAST_AGREEMENT = 0.98
"""The share of images of which a form with rounded weights must name the studio's class."""

# Rounding decides of an image that lies at the very threshold, and one of them made the threshold.
_MOST_OTHERWISE, _MOST_OTHERWISE_SHARE = 2, 0.02
_LONGEST_S = 900.0
_POLL_S = 0.05
_SHOWN = 200
Array = NDArray[np.float32]


@dataclass(frozen=True)
class ExportReport:
    """What came of one export.

    Attributes:
        format: Its name.
        path: The model file in the folder that was handed over; None if it was refused.
        labels: The classes beside it, one a line; None likewise.
        agreement: The share of images with the same class on top, 0..1; None if it did not run.
        largest_difference: Between two probabilities, 0..1; None likewise.
        bytes: The size of the model; None if there is none.
        ms_per_image: In its own runtime, one image at a time, as the median; None likewise.
        unknown_agreement: The share of images that are called unknown, or not, as the studio
            does; None where the model has no rule for it.
        accepted: Whether it was handed over.
        why: Why not, as a sentence; empty if it was.
        images: How many images were compared.
        compared_on: Which: "validation", "test", "train" or "all" of the dataset.
    """

    format: str
    path: str | None = None
    agreement: float | None = None
    largest_difference: float | None = None
    bytes: int | None = None
    ms_per_image: float | None = None
    unknown_agreement: float | None = None
    accepted: bool = False
    why: str = ""
    images: int = 0
    compared_on: str = ""
    labels: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ExportReport:
        """Read back what `to_dict` gave."""
        return cls(**values)


@dataclass(frozen=True, eq=False)
class Received:
    """What a file says.

    Attributes:
        probabilities: (n, classes), float32, 0..1, not calibrated.
        descriptions: Where the images lie, (n, width), float32, see `UnknownRule.describe`; None
            without a rule, or in a file that does not tell it.
        ms_per_image: As the median.
    """

    probabilities: Array
    descriptions: Array | None
    ms_per_image: float


@dataclass(frozen=True)
class Comparison:
    """How the answers of a file differ from the studio's; see `ExportReport`."""

    agreement: float
    largest_difference: float
    unknown_agreement: float | None
    why: str


def verify_export(
    form: ExportFormat,
    model: Path,
    studio: StudioAnswers,
    bundle: Bundle,
    aside: Path,
    cancelled: Callable[[], bool],
) -> tuple[Comparison, float]:
    """Run a file in a fresh process and compare.

    Args:
        form: What it is.
        model: The file.
        studio: What the studio says, and of which images.
        bundle: The model's description.
        aside: A folder for what passes between the processes.
        cancelled: Asked often; once it says True the process is ended.

    Returns:
        The comparison, and milliseconds an image.

    Raises:
        ModelError: The file cannot be run, labels.txt does not name its outputs, or it was
            cancelled.
    """
    received = answers_of(form.runtime, model, studio.prepared, aside, cancelled, bundle.unknown)
    said = received.probabilities
    _check_labels(model.with_name(LABELS_FILE), bundle, said.shape[-1])
    if said.shape != studio.probabilities.shape or not np.isfinite(said).all():
        raise ModelError(f"{model.name} gives no probability for each class and image.")
    same = None
    if studio.unknown is not None:
        same = float((_unknown(bundle, received) == studio.unknown).mean())
    probabilities = calibrated(said, bundle.temperature)
    return compared(form, studio.probabilities, probabilities, same), received.ms_per_image


def _check_labels(path: Path, bundle: Bundle, outputs: int) -> None:
    """Read labels.txt as a stranger would: a line for each of the model's outputs, in their order.

    Raises:
        ModelError: It names others.
    """
    try:
        names = path.read_text(encoding="utf-8").split("\n")[:-1]
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{path.name} cannot be read.") from error
    if len(names) != outputs or names != labels_text(bundle.classes).split("\n")[:-1]:
        raise ModelError(
            f"{path.name} does not name what the model gives. It has {len(names):,} "
            f"lines, and the model {outputs:,} classes."
        )


def compared(
    form: ExportFormat, expected: Array, received: Array, unknown_agreement: float | None = None
) -> Comparison:
    """Compare probabilities (n, classes), float32, and judge."""
    tops = received.argmax(axis=1)
    agreement = float((tops == expected.argmax(axis=1)).mean())
    largest = float(np.abs(received - expected).max())
    # Between equals rounding may choose; only a class that is clearly behind may not come first.
    behind = expected.max(axis=1) - expected[np.arange(len(tops)), tops]
    why = ""
    if form.is_rounded and agreement < LEAST_AGREEMENT:
        why = (
            f"It names the studio's class for {agreement:.1%} of {len(tops)} images only; "
            f"{LEAST_AGREEMENT:.0%} are asked for."
        ).replace("%", " %")
    elif not form.is_rounded and (largest > TOLERANCE or behind.max() > TOLERANCE):
        why = (
            f"It does not say what the studio says on {len(tops)} images: they differ by up to "
            f"{largest:.2g}, and {TOLERANCE} is allowed."
        )
    elif not form.is_rounded and _differs(unknown_agreement, len(tops)):
        why = (
            f"It calls other images unknown than the studio does: they agree on "
            f"{unknown_agreement:.1%} of {len(tops)} images only."
        ).replace("%", " %")
    return Comparison(agreement, largest, unknown_agreement, why)


def _differs(agreement: float | None, count: int) -> bool:
    """Whether more images are called unknown, or not, than rounding explains."""
    if agreement is None:
        return False
    return (1 - agreement) * count > max(_MOST_OTHERWISE, _MOST_OTHERWISE_SHARE * count) + 0.5


def with_own_levels(bundle: Bundle, received: Received, studio: Received) -> Bundle:
    """The description of a form with rounded weights, whose features are rounded too.

    That moves images away from their classes, and by the studio's levels most of them would be
    unknown. So the levels move as the form's own differ from the studio's. What these are of is
    not asked again: the model may have learned from the images held back since.

    Args:
        bundle: The model's description.
        received: What the form says of some images, and `studio` what the run's own file says.
    """
    own, theirs = _familiarity(bundle, received), _familiarity(bundle, studio)
    rule = bundle.unknown
    if rule is None or own is None or theirs is None or len(own) < LEAST_IMAGES:
        return bundle
    places, of_images = (np.linspace(0, 1, count) for count in (len(rule.levels), len(own)))
    moved = rule.levels + np.interp(places, of_images, np.sort(own) - np.sort(theirs))
    order = np.argsort(moved, kind="stable")
    levels, right = moved[order].astype(np.float32), rule.right[order]
    return replace(bundle, unknown=replace(rule, levels=levels, right=right))


def _unknown(bundle: Bundle, received: Received) -> NDArray[np.bool_]:
    """Which images are too little familiar, by what a file says of them, (n,)."""
    found = _familiarity(bundle, received)
    if bundle.unknown is None or found is None:
        return np.zeros(len(received.probabilities), np.bool_)
    scores = np.searchsorted(bundle.unknown.levels, found) / len(bundle.unknown.levels)
    return np.array([is_unknown(float(score), ACCEPT) for score in scores], np.bool_)


def _familiarity(bundle: Bundle, received: Received) -> Array | None:
    """How familiar images are, (n,); None where that cannot be told."""
    rule, descriptions = bundle.unknown, received.descriptions
    if rule is None or descriptions is None or descriptions.shape[1:] != rule.means.shape[1:]:
        return None
    return rule.familiarity(received.probabilities, descriptions)


def answers_of(
    runtime: str,
    model: Path,
    prepared: ImageArray,
    aside: Path,
    cancelled: Callable[[], bool] = lambda: False,
    rule: UnknownRule | None = None,
) -> Received:
    """What a file says, run by its own runtime in a process of its own; see `asking.ask`.

    Args:
        runtime: What runs it.
        model: The file.
        prepared: The images, (n, size, size, channels), uint8.
        aside: A folder for what passes between the processes.
        cancelled: Called often; once it returns True the process is ended.
        rule: Says where the images lie.

    Raises:
        ModelError: It cannot be run, takes too long, or it was cancelled.
    """
    images, answers = aside / "images.npy", aside / "answers.npz"
    answers.unlink(missing_ok=True)
    np.save(images, prepared)
    code, said = _run([runtime, str(model), str(images), str(answers)], cancelled)
    if code != 0:
        raise ModelError(f"{model.name} cannot be run: {said}")
    try:
        told = read_arrays(answers, error=ModelError)
        descriptions = None
        if rule is not None and "filter_means" in told:
            # A picture of one place, which has the means of all places.
            pictures = told["filter_means"][:, np.newaxis, np.newaxis]
            descriptions = rule.describe(told["features"], pictures)
        return Received(told["probabilities"], descriptions, float(told["ms"]))
    except (ModelError, ValueError, KeyError) as error:
        raise ModelError(f"{model.name} gave no answers.") from error


def _run(words: list[str], cancelled: Callable[[], bool]) -> tuple[int, str]:
    """Run `asking`; its exit code and the last that it said on stderr."""
    place = str(Path(cnn_studio.__file__).parents[1])
    path = os.pathsep.join(filter(None, (place, os.environ.get("PYTHONPATH", ""))))
    command = [sys.executable, "-m", "cnn_studio.exporting.asking", *words]
    error_file = Path(words[-1]).with_suffix(".txt")
    deadline_s = time.monotonic() + _LONGEST_S
    with (
        error_file.open("wb") as errors,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env={**os.environ, "PYTHONPATH": path},
        ) as process,
    ):
        while not _has_ended(process):
            if cancelled() or time.monotonic() > deadline_s:
                process.kill()
    lines = error_file.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return process.returncode, (lines[-1] if lines else "it ended without a word.")[:_SHOWN]


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(_POLL_S)
    except subprocess.TimeoutExpired:
        return False
    return True
