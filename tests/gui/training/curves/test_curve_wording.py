"""What is said of one run and of several, and when more epochs are advised."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cnn_studio.gui.training.curves.curve_wording import advised_epochs, highest, sentence, several
from cnn_studio.models.learning import Circumstances
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
    both = [(run, highest(records)) for run, records in both]
    assert several(both, 0) == "Highest validation accuracy: 90.0 %, a, epoch 3."


def falling(epochs: int) -> list[EpochRecord]:
    return [
        EpochRecord(
            n, 1.5 / n, 1 - 0.5 / n, 1.6 / n, 1 - 0.55 / n, 900.0, 2.0, best=n == epochs
        )
        for n in range(1, epochs + 1)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("known", "words", "more"),
    [
        (Circumstances(held_back=100), "It is still getting better: train for more epochs.", 5),
        (Circumstances(held_back=100, epochs_left=3), "let it go on", 0),
        (Circumstances(held_back=100, rate_falls=True), "to the end of its recipe", None),
        (Circumstances(held_back=100, gave_up=True), "gets no better any more", None),
        (Circumstances(held_back=8), "Only 8 images held back", None),
        (Circumstances(held_back=12), "more epochs could not show more", None),
    ],
)
def test_more_epochs_are_advised_only_where_they_may_help(
    known: Circumstances, words: str, more: int | None
) -> None:
    assert words in sentence(falling(6), known)
    assert advised_epochs(falling(6), known) == more
    assert sentence(falling(6), known, is_under_way=True) == ""
