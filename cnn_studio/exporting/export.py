"""Writes a run's model in other forms, compares each with the studio, and hands over what agrees.

Everything happens in a hidden folder beside the place where the exports shall stand. A form that
agrees is moved from there with labels.txt and its sample program, whole; of the others nothing is
left.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from cnn_studio.data.catalog import Dataset
from cnn_studio.errors import ModelError, TrainingError
from cnn_studio.exporting.formats import ExportFormat
from cnn_studio.exporting.held_out import ENDED, StudioAnswers, calibration_images, studio_answers
from cnn_studio.exporting.sample_programs import write_sample_programs
from cnn_studio.exporting.verification import (
    ExportReport,
    answers_of,
    verify_export,
    with_own_levels,
)
from cnn_studio.models.bundle import (
    BUNDLE_FILE,
    Bundle,
    description_text,
    model_file,
)
from cnn_studio.models.description import LABELS_FILE, describe_lite, labels_text
from cnn_studio.models.runs import Run, open_run
from cnn_studio.whole_files import folder_in_making

_READY = "ready"


@dataclass(frozen=True)
class ExportOrder:
    """What to export, and where to.

    Attributes:
        run_folder: The run.
        dataset: What it was trained on; its images are what the forms are compared on.
        formats: The forms.
        out: The folder that gets a folder for each form; it is made if need be.
        token: Tells this export from others into the same folder.
    """

    run_folder: Path
    dataset: Dataset
    formats: tuple[ExportFormat, ...]
    out: Path
    token: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def aside(self) -> Path:
        """Where the forms are written before they are compared."""
        return aside_folder(self.out, self.token)

    def target(self, form: ExportFormat) -> Path:
        """The folder of a form that was handed over."""
        return self.out / f"{self.run_folder.name}-{form}"


class Stage(StrEnum):
    """What is being done for a form."""

    WRITING = "writing"
    COMPARING = "comparing"


@dataclass(frozen=True)
class Step:
    """A form is at this stage; `done` of `total` stages of all forms are behind it."""

    format: ExportFormat
    stage: Stage
    done: int
    total: int


def export_run(
    order: ExportOrder,
    tell: Callable[[Step | ExportReport], None],
    cancelled: Callable[[], bool],
) -> list[ExportReport]:
    """Export a run's model. Loads TensorFlow.

    Args:
        order: What, and where to.
        tell: Told each step, and what came of each form as soon as it is known.
        cancelled: Asked often.

    Returns:
        What came of each form.

    Raises:
        ModelError: The run has no model.
        DatasetError: There are no images to compare on.
        TrainingError: It was cancelled; what had been handed over by then stays.
        OSError: The disk is full, or the folder cannot be written to.
    """
    from cnn_studio.exporting.run_networks import network_of_run

    run = open_run(order.run_folder)
    network = network_of_run(run)
    studio = studio_answers(run, order.dataset, cancelled)
    is_new = not order.out.exists()
    order.out.mkdir(parents=True, exist_ok=True)
    reports: list[ExportReport] = []
    try:
        with folder_in_making(order.aside):
            for form in order.formats:
                step = partial(_tell_step, tell, order, form)
                report = _exported(order, run, network, form, studio, step, cancelled)
                if cancelled():
                    raise TrainingError(ENDED)
                reports.append(report)
                tell(report)
    finally:
        if is_new and not any(order.out.iterdir()):
            order.out.rmdir()
    return reports


def aside_folder(out: Path, token: str) -> Path:
    """Where the forms of an export are written before they are compared; see `ExportOrder`."""
    return out / f".export-{token}"


def remove_traces(order: ExportOrder) -> None:
    """Delete what an export has not handed over, when it has ended or its engine was killed."""
    shutil.rmtree(order.aside, ignore_errors=True)


def _tell_step(
    tell: Callable[[Step | ExportReport], None],
    order: ExportOrder,
    form: ExportFormat,
    stage: Stage,
) -> None:
    stages = list(Stage)
    done = len(stages) * order.formats.index(form) + stages.index(stage)
    tell(Step(form, stage, done, len(stages) * len(order.formats)))


def _exported(
    order: ExportOrder,
    run: Run,
    network: Any,
    form: ExportFormat,
    studio: StudioAnswers,
    tell: Callable[[Stage], None],
    cancelled: Callable[[], bool],
) -> ExportReport:
    """Write one form, compare it, and hand it over if it agrees."""
    bundle = _bundle_of(run)
    work = order.aside / form
    ready = work / _READY
    ready.mkdir(parents=True)
    model = ready / form.file_name
    told = ExportReport(str(form), images=len(studio.prepared), compared_on=str(studio.scope))
    try:
        tell(Stage.WRITING)
        images = partial(calibration_images, run, order.dataset, cancelled)
        _write(form, network, model, bundle, images)
        if form.is_rounded and bundle.unknown is not None:
            received, own = (
                answers_of(runtime, file, studio.prepared, work, cancelled, bundle.unknown)
                for runtime, file in ((form.runtime, model), ("tflite", model_file(run.folder)))
            )
            bundle = with_own_levels(bundle, received, own)
        if form.runtime == "tflite":
            describe_lite(model, bundle)
        (ready / BUNDLE_FILE).write_text(description_text(bundle), encoding="utf-8")
        (ready / LABELS_FILE).write_bytes(labels_text(bundle.classes).encode("utf-8"))
        write_sample_programs(form, bundle, ready)
        tell(Stage.COMPARING)
        told = replace(told, bytes=_size_of(model))
        found, took_ms = verify_export(form, model, studio, bundle, work, cancelled)
        told = replace(
            told,
            agreement=found.agreement,
            largest_difference=found.largest_difference,
            ms_per_image=took_ms,
            unknown_agreement=found.unknown_agreement,
            why=found.why,
        )
        if not found.why and not cancelled():
            target = order.target(form)
            _hand_over(ready, target, work)
            told = replace(
                told,
                path=str(target / form.file_name),
                labels=str(target / LABELS_FILE),
                accepted=True,
            )
    except ModelError as error:
        told = replace(told, why=str(error))
    shutil.rmtree(work, ignore_errors=True)  # the next form needs the room
    return told


def _bundle_of(run: Run) -> Bundle:
    if run.bundle is None:
        raise ModelError(f"{run.name} has no description.")
    return run.bundle


def _write(
    form: ExportFormat,
    network: Any,
    model: Path,
    bundle: Bundle,
    calibration: Callable[[], Any],
) -> None:
    """Write a model file, which for LiteRT has no description yet; new forms are added here."""
    from cnn_studio.exporting import onnx_form, tensorflow_forms

    match form:
        case ExportFormat.KERAS:
            tensorflow_forms.write_keras(network, model, bundle)
        case ExportFormat.SAVED_MODEL:
            tensorflow_forms.write_saved_model(network, model, bundle)
        case ExportFormat.ONNX:
            onnx_form.write_onnx(network, model, bundle)
        case ExportFormat.TFLITE_INT8:
            tensorflow_forms.write_lite(network, model, form, calibration())
        case ExportFormat.TFLITE | ExportFormat.TFLITE_DYNAMIC:
            tensorflow_forms.write_lite(network, model, form)


def _hand_over(ready: Path, target: Path, work: Path) -> None:
    """Move a folder to its place; an older export of the same run makes way.

    Raises:
        ModelError: Something else stands there.
    """
    if target.exists():
        if not (target / BUNDLE_FILE).is_file():
            raise ModelError(f"{target} is in the way. Rename it, or choose another folder.")
        old = target.replace(work / "old")
        try:
            ready.replace(target)
        except OSError:
            old.replace(target)
            raise
    else:
        ready.replace(target)


def _size_of(model: Path) -> int:
    if model.is_dir():
        return sum(path.stat().st_size for path in model.rglob("*") if path.is_file())
    return model.stat().st_size
