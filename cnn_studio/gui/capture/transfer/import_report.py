"""What came of an import, in a sentence or two."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnn_studio.data.intake import IntakeReport
from cnn_studio.data.left_out import by_reason, without_present
from cnn_studio.gui.figures import whole
from cnn_studio.gui.widgets.notice import Kind


def summary(report: IntakeReport, was_cancelled: bool) -> str:
    """Say how much was imported, how much was there already, and how much was left out."""
    left_out, present = without_present(report.skipped)
    sentences = [_tr("The import was ended.")] if was_cancelled else []
    sentences.append(_imported(len(left_out), present, report))
    if len(left_out) == 1:
        reason = left_out[0][1]
        sentences.append(_tr("1 file was left out: {reason}").format(reason=reason))
    elif left_out:
        count, reasons = whole(len(left_out)), list(by_reason(left_out))
        if len(reasons) == 1:
            text = _tr("{count} files were left out: {reason}.")
            sentences.append(text.format(count=count, reason=reasons[0]))
        else:
            sentences.append(_tr("{count} files were left out.").format(count=count))
    return " ".join([*sentences, *report.pixels])


def kind_of(report: IntakeReport) -> Kind:
    """How much a person should heed what came of an import."""
    left_out, present = without_present(report.skipped)
    if left_out or not (report.imported or present):
        return Kind.WARN
    return Kind.GOOD if report.imported else Kind.INFO


def _imported(left_out: int, present: int, report: IntakeReport) -> str:
    count = len(report.imported)
    if not count and present and not left_out:
        if present == 1:
            return _tr("This image is already here.")
        return _tr("All {count} are already here.").format(count=whole(present))
    if not count and not left_out:
        return _tr("There are no images in it.")
    classes = {sample.class_name for sample in report.imported}
    images = _tr("1 image") if count == 1 else _tr("{count} images").format(count=whole(count))
    if not count:
        text = _tr("No image was imported.")
        if present:
            text = _tr("No new images, {present} already here.")
    elif len(classes) == 1:
        text = _tr("{images} imported into {name}.")
        if present:
            text = _tr("{count} new in {name}, {present} already here.")
    else:
        text = _tr("{images} imported into {number} classes.")
        if present:
            text = _tr("{count} new in {number} classes, {present} already here.")
    return text.format(
        images=images,
        count=whole(count),
        name=next(iter(classes), ""),
        number=len(classes),
        present=whole(present),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("ImportReport", text)
