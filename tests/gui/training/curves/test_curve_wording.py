"""What is said of several runs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cnn_studio.gui.training.curves.curve_wording import several
from cnn_studio.models.run_notes import RunNotes
from cnn_studio.models.runs import EpochRecord, Run, RunStatus


def history(*accuracies: float, best: int) -> list[EpochRecord]:
    return [
        EpochRecord(n, 1 / n, 0.9, 1 / n, value, 900.0, 2.0, best=n == best)
        for n, value in enumerate(accuracies, 1)
    ]


def run(title: str) -> Run:
    when = datetime(2026, 11, 22, tzinfo=UTC)
    return Run(Path(title), RunStatus.FINISHED, "objects", when, notes=RunNotes(title))


def test_among_epochs_that_are_as_good_the_one_that_is_kept_is_named() -> None:
    both = [
        (run("a"), history(0.8, 0.9, 0.9, best=3)),
        (run("b"), history(0.9, 0.7, best=1)),
    ]
    assert several(both, 0) == "Highest validation accuracy: 90.0 %, a, epoch 3."
