"""Whether a model file says what the studio says."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import cnn_studio
from cnn_studio.errors import ModelError
from cnn_studio.exporting.formats import ExportFormat
from cnn_studio.exporting.held_out import StudioAnswers
from cnn_studio.models.calibration import calibrated
from cnn_studio.models.verify import TOLERANCE
from cnn_studio.vision.images import ImageArray

LEAST_AGREEMENT = 0.98
"""The share of images of which a form with rounded weights must name the studio's class."""

_LONGEST_S = 900.0
_POLL_S = 0.05
_SHOWN = 200
Probabilities = NDArray[np.float32]


@dataclass(frozen=True)
class ExportReport:
    """What came of one export.

    Attributes:
        format: Its name.
        path: The model file in the folder that was handed over; None if it was refused.
        agreement: The share of images with the same class on top, 0..1; None if it did not run.
        largest_difference: Between two probabilities, 0..1; None likewise.
        bytes: The size of the model; None if there is none.
        ms_per_image: In its own runtime, one image at a time, as the median; None likewise.
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
    accepted: bool = False
    why: str = ""
    images: int = 0
    compared_on: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ExportReport:
        """Read back what `to_dict` gave."""
        return cls(**values)


@dataclass(frozen=True)
class Comparison:
    """How the answers of a file differ from the studio's; see `ExportReport`."""

    agreement: float
    largest_difference: float
    ms_per_image: float
    why: str


def verify_export(
    form: ExportFormat,
    model: Path,
    studio: StudioAnswers,
    temperature: float,
    aside: Path,
    cancelled: Callable[[], bool],
) -> Comparison:
    """Run a file in a fresh process and compare.

    Args:
        form: What it is.
        model: The file.
        studio: What the studio says, and of which images.
        temperature: The model's own.
        aside: A folder for what passes between the processes.
        cancelled: Asked often; once it says True the process is ended.

    Raises:
        ModelError: The file cannot be run, or it was cancelled.
    """
    received, took_ms = answers_of(form.runtime, model, studio.prepared, aside, cancelled)
    if received.shape != studio.probabilities.shape or not np.isfinite(received).all():
        raise ModelError(f"{model.name} gives no probability for each class and image.")
    return compared(form, studio.probabilities, calibrated(received, temperature), took_ms)


def compared(
    form: ExportFormat, expected: Probabilities, received: Probabilities, took_ms: float
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
            f"It does not say what the studio says on {len(tops)} images. "
            f"Expected a difference up to {TOLERANCE}. Received: {largest:.2g}."
        )
    return Comparison(agreement, largest, took_ms, why)


def answers_of(
    runtime: str,
    model: Path,
    prepared: ImageArray,
    aside: Path,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Probabilities, float]:
    """What a file says, run by its own runtime in a process of its own; see `asking.ask`.

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
        with answers.open("rb") as stream, np.load(stream, allow_pickle=False) as told:
            return told["probabilities"].astype(np.float32), float(told["ms"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
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
