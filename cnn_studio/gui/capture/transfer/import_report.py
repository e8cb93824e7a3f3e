"""What came of an import, in a sentence or two."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnn_studio.data.intake import IntakeReport
from cnn_studio.data.left_out import by_reason
from cnn_studio.gui.figures import whole


def summary(report: IntakeReport, was_cancelled: bool) -> str:
    """Say how much was imported, and how much was left out."""
    sentences = [_tr("The import was ended.")] if was_cancelled else []
    sentences.append(_imported(report))
    if len(report.skipped) == 1:
        reason = report.skipped[0][1]
        sentences.append(_tr("1 file was left out: {reason}").format(reason=reason))
    elif report.skipped:
        count, reasons = whole(len(report.skipped)), list(by_reason(report.skipped))
        if len(reasons) == 1:
            left_out = _tr("{count} files were left out: {reason}.")
            sentences.append(left_out.format(count=count, reason=reasons[0]))
        else:
            sentences.append(_tr("{count} files were left out.").format(count=count))
    return " ".join([*sentences, *report.pixels])


def _imported(report: IntakeReport) -> str:
    count = len(report.imported)
    if not count and not report.skipped:
        return _tr("There are no images in it.")
    if not count:
        return _tr("No image was imported.")
    images = _tr("1 image") if count == 1 else _tr("{count} images").format(count=whole(count))
    classes = {sample.class_name for sample in report.imported}
    if len(classes) == 1:
        return _tr("{images} imported into {name}.").format(images=images, name=classes.pop())
    return _tr("{images} imported into {number} classes.").format(
        images=images, number=len(classes)
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("ImportReport", text)
