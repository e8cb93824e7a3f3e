"""What the export dialog says of formats, stages and figures."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QLocale

from cnn_studio.exporting.export import Stage, Step
from cnn_studio.exporting.formats import ExportFormat
from cnn_studio.exporting.verification import ExportReport
from cnn_studio.gui.figures import NONE, data_size, whole


def _tr(text: str) -> str:
    return QCoreApplication.translate("Exporting", text)


def title(form: ExportFormat) -> str:
    """What a person calls a format."""
    return {
        ExportFormat.TFLITE: "LiteRT (TFLite)",
        ExportFormat.TFLITE_DYNAMIC: _tr("LiteRT, weights of 8 bits"),
        ExportFormat.TFLITE_INT8: _tr("LiteRT, all in 8 bits"),
        ExportFormat.ONNX: "ONNX",
        ExportFormat.KERAS: "Keras",
        ExportFormat.SAVED_MODEL: "TensorFlow SavedModel",
    }[form]


def for_whom(form: ExportFormat) -> str:
    """Whom a format is for, in a phrase."""
    return {
        ExportFormat.TFLITE: _tr("Phones and the Raspberry Pi; answers just like the studio"),
        ExportFormat.TFLITE_DYNAMIC: _tr("The same at a quarter of the size"),
        ExportFormat.TFLITE_INT8: _tr("Small chips that compute with whole numbers"),
        ExportFormat.ONNX: _tr("Other languages and runtimes: C#, JavaScript, Rust, Windows ML"),
        ExportFormat.KERAS: _tr("Going on with it in Python"),
        ExportFormat.SAVED_MODEL: _tr("Servers, and other converters"),
    }[form]


def stage(now: Stage | None) -> str:
    """What is being done for a format; nothing yet where it waits."""
    if now is None:
        return _tr("Waiting")
    return _tr("Writing …") if now is Stage.WRITING else _tr("Comparing …")


def step(now: Step) -> str:
    """What is being done, and for which format."""
    return f"{title(now.format)}: {stage(now.stage)}"


def outcome(reports: Sequence[ExportReport]) -> str:
    """What came of an export, in a sentence."""
    accepted = sum(report.accepted for report in reports)
    if accepted == len(reports) == 1:
        return _tr("The export is ready, and verified.")
    return _tr("The export is ready: {accepted} of {all} formats are verified.").format(
        accepted=whole(accepted), all=whole(len(reports))
    )


def result(report: ExportReport) -> str:
    """What came of a format, in two words."""
    return _tr("Verified") if report.accepted else _tr("Refused")


def compared_on(report: ExportReport) -> str:
    """Which images the exports were compared on."""
    which = {
        "validation": _tr("{count} images of the validation part"),
        "test": _tr("{count} images of the test part"),
        "train": _tr("{count} images that it was trained on, as none were held back"),
    }.get(report.compared_on, _tr("{count} images of the dataset"))
    return which.format(count=whole(report.images))


def difference(report: ExportReport) -> str:
    """The largest difference between two probabilities, in percent points."""
    if report.largest_difference is None:
        return NONE
    points = 100 * report.largest_difference
    if points < 0.001:
        return _tr("under {least} %").format(least=QLocale().toString(0.001, "f", 3))
    return _tr("{points} %").format(
        points=QLocale().toString(points, "f", 3 if points < 0.1 else 1)
    )


def size(report: ExportReport) -> str:
    """The size of the model."""
    if report.bytes is None:
        return NONE
    return data_size(report.bytes)


def milliseconds(report: ExportReport) -> str:
    """How long an image takes."""
    if report.ms_per_image is None:
        return NONE
    return QLocale().toString(report.ms_per_image, "f", 1 if report.ms_per_image >= 1 else 2)
