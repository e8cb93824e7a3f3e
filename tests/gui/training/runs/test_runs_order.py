"""Which runs are listed and in which order, and what differs between their recipes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cnn_studio.gui.training.runs.recipe_lines import recipe_lines
from cnn_studio.gui.training.runs.runs_order import Column, RunFilter, arranged, datasets_of
from cnn_studio.models.bundle import RunStatus
from cnn_studio.models.run_notes import RunNotes
from cnn_studio.models.runs import Run
from tests.models.small_run import bundle, some_scores

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def run(name: str, hours: int, notes: RunNotes | None = None, **changes: Any) -> Run:
    made = bundle(created=NOON + timedelta(hours=hours), **changes)
    return Run(
        Path("/runs") / name, made.status, made.dataset, made.created, made,
        recipe=made.recipe, notes=notes or RunNotes(),
    )  # fmt: skip


RUNS = [
    run("a", 1, RunNotes("New lamp", "from the left", starred=True), epochs_done=20),
    run("b", 2, validation=some_scores(9, 1), dataset="caps", dataset_title="Caps & Hats"),
    run("c", 3, RunNotes("bigger"), validation=None, status=RunStatus.STOPPED),
    Run(Path("/runs/d"), RunStatus.INTERRUPTED, "caps", NOON, problem="It has no model."),
]


def names(wanted: RunFilter, column: Column = Column.TIME, *, descending: bool = True) -> str:
    return "".join(r.name for r in arranged(RUNS, wanted, column, descending=descending))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (RunFilter(), "cbad"),
        (RunFilter("  "), "cbad"),
        (RunFilter("LEFT lamp"), "a"),
        (RunFilter("hats"), "b"),
        (RunFilter("nothing like it"), ""),
        (RunFilter(dataset="caps"), "bd"),
        (RunFilter(starred=True), "a"),
        (RunFilter("lamp", dataset="caps"), ""),
    ],
)
def test_a_filter_takes_what_has_all_that_is_asked_for(wanted: RunFilter, expected: str) -> None:
    assert names(wanted) == expected


@pytest.mark.parametrize(
    ("column", "up", "down"),
    [
        (Column.TIME, "dabc", "cbad"),
        (Column.NAME, "cabd", "acbd"),
        (Column.STAR, "cbda", "acbd"),
        (Column.VALIDATION, "abcd", "bacd"),
        (Column.EPOCHS, "cbad", "acbd"),
        (Column.DATASET, "dbca", "cabd"),
        (Column.STATUS, "badc", "cdba"),
    ],
)
def test_every_column_orders_the_runs_and_what_has_nothing_there_comes_last(
    column: Column, up: str, down: str
) -> None:
    assert names(RunFilter(), column, descending=False) == up
    assert names(RunFilter(), column, descending=True) == down


def test_the_datasets_are_called_as_their_runs_call_them() -> None:
    assert datasets_of(RUNS[:3]) == {"caps": "Caps & Hats", "objects": "Objects"}


def test_recipes_differ_where_they_differ() -> None:
    first = run("a", 1)
    second = replace(
        run("b", 2),
        recipe={"epochs": 12, "seed": 12_345, "learning_rate": 0.0002, "augmentation": "light"},
    )
    lines = {line.name: line for line in recipe_lines([first, second])}
    assert lines["Epochs"].values == ("3", "12")
    assert lines["Seed"].values == ("1", "12345")
    assert lines["Learning rate"].values == ("0.001", "0.0002")
    assert lines["Augmentation"].values == ("off", "flip sideways, shift 0.06, zoom 0.1")
    assert not lines["Schedule"].differs
    assert not lines["Dataset"].differs
    assert lines["Validation accuracy"].is_result
    assert {name for name, line in lines.items() if line.differs} == {
        "Epochs", "Seed", "Learning rate", "Augmentation",
    }  # fmt: skip


def test_a_killed_run_can_be_compared_too() -> None:
    lines = recipe_lines([RUNS[0], RUNS[3]])
    assert all(len(line.values) == 2 for line in lines)
