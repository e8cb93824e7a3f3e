"""What is said of an import: what came in, what was there already, and what was left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnn_studio.data.intake import IntakeReport
from cnn_studio.data.left_out import AlreadyHere
from cnn_studio.data.samples import Sample
from cnn_studio.gui.capture.transfer.import_report import kind_of, summary
from cnn_studio.gui.widgets.notice import Kind


def _report(new: int, present: int, broken: int, classes: int = 1) -> IntakeReport:
    samples = [Sample(Path(f"{n}.jpg"), f"class {n % classes}") for n in range(new)]
    there = AlreadyHere("pen has this very image already: x.jpg.")
    skipped = [(Path("x.jpg"), there)] * present
    skipped += [(Path("y.jpg"), "The file is damaged: y.jpg.")] * broken
    return IntakeReport(tuple(samples), tuple(skipped))


@pytest.mark.parametrize(
    ("report", "kind", "text"),
    [
        (_report(0, 1296, 0), Kind.INFO, "All 1,296 are already here."),
        (_report(0, 1, 0), Kind.INFO, "This image is already here."),
        (_report(12, 1284, 0), Kind.GOOD, "12 new in class 0, 1,284 already here."),
        (_report(12, 1, 0, 3), Kind.GOOD, "12 new in 3 classes, 1 already here."),
        (_report(12, 0, 0), Kind.GOOD, "12 images imported into class 0."),
        (_report(0, 0, 0), Kind.WARN, "There are no images in it."),
        (
            _report(0, 5, 1),
            Kind.WARN,
            "No new images, 5 already here. 1 file was left out: The file is damaged: y.jpg.",
        ),
        (
            _report(2, 5, 2),
            Kind.WARN,
            "2 new in class 0, 5 already here. 2 files were left out: The file is damaged.",
        ),
    ],
)
def test_what_is_there_already_is_no_warning(report: IntakeReport, kind: Kind, text: str) -> None:
    assert summary(report, was_cancelled=False) == text
    assert kind_of(report) is kind
