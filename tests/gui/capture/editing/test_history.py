"""Edits run beside the window in the order they were asked for; refused ones leave no trace."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from cnn_studio.errors import DatasetError
from cnn_studio.gui.capture.editing.history import History
from cnn_studio.gui.jobs import Jobs


class Note:
    """An edit that writes down what was done."""

    def __init__(self, log: list[str], name: str, problem: Exception | None = None) -> None:
        self._log, self._name, self._problem = log, name, problem
        self._is_taken = False

    def turn(self) -> None:
        if self._problem is not None:
            raise self._problem
        self._is_taken = not self._is_taken
        self._log.append(f"{'+' if self._is_taken else '-'}{self._name}")


@pytest.fixture
def history(qtbot: QtBot) -> Iterator[History]:
    jobs = Jobs()
    yield History(jobs)
    jobs.shutdown()


def test_what_is_asked_for_at_once_is_done_in_order(qtbot: QtBot, history: History) -> None:
    log: list[str] = []
    history.do(Note(log, "a"), "A")
    history.do(Note(log, "b"), "B")
    history.undo()
    history.undo()
    history.redo()
    history.do(Note(log, "c"), "C")
    qtbot.waitUntil(lambda: log[-1:] == ["+c"] and not history.is_busy)
    assert log == ["+a", "+b", "-b", "-a", "+a", "+c"]
    assert (history.undo_text, history.redo_text) == ("C", "")


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (DatasetError("This cannot be."), "This cannot be."),
        (OSError(28, "No space left"), "The folder cannot be changed: No space left."),
    ],
)
def test_a_refused_edit_is_told_and_cannot_be_undone(
    qtbot: QtBot, history: History, problem: Exception, sentence: str
) -> None:
    log: list[str] = []
    with qtbot.waitSignal(history.failed) as failed:
        history.do(Note(log, "a", problem), "A")
    assert failed.args == [sentence]
    qtbot.waitUntil(lambda: not history.is_busy)
    assert (history.undo_text, history.redo_text) == ("", "")
    with qtbot.waitSignal(history.edited):
        history.do(Note(log, "b"), "B")
    assert history.undo_text == "B"


def test_going_to_a_place_takes_every_step_on_the_way(qtbot: QtBot, history: History) -> None:
    log: list[str] = []
    for name in "abc":
        history.do(Note(log, name), name)
    history.go_to(1)
    history.go_to(3)
    history.go_to(0)
    qtbot.waitUntil(lambda: not history.is_busy and history.stack.index() == 0)
    assert log == ["+a", "+b", "+c", "-c", "-b", "+b", "+c", "-c", "-b", "-a"]


def test_a_step_that_fails_ends_the_way_but_not_what_was_asked_for_next(
    qtbot: QtBot, history: History
) -> None:
    log: list[str] = []
    stuck = Note(log, "b")
    for note in (Note(log, "a"), stuck, Note(log, "c")):
        history.do(note, "step")
    qtbot.waitUntil(lambda: len(log) == 3 and not history.is_busy)
    stuck._problem = DatasetError("This cannot be.")
    with qtbot.waitSignal(history.failed):
        history.go_to(0)
        history.do(Note(log, "d"), "D")
    qtbot.waitUntil(lambda: log[-1] == "+d" and not history.is_busy)
    assert log == ["+a", "+b", "+c", "-c", "+d"]


def test_nothing_to_undo_is_no_matter(qtbot: QtBot, history: History) -> None:
    history.undo()
    history.redo()
    assert not history.is_busy


def test_another_dataset_forgets_what_could_be_undone(qtbot: QtBot, history: History) -> None:
    log: list[str] = []
    history.remember(Note(log, "a"), "A")
    history.do(Note(log, "b"), "B")
    history.do(Note(log, "c"), "C")
    history.clear()
    qtbot.waitUntil(lambda: not history.is_busy)
    assert log == ["+b"]
    assert history.undo_text == ""
