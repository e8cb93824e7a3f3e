"""Edits run beside the window in the order they were asked for; refused ones leave no trace."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from cnn_studio.errors import DatasetError
from cnn_studio.gui.capture.history import History
from cnn_studio.gui.jobs import Jobs


class Note:
    """An edit that writes down what was done."""

    def __init__(self, log: list[str], name: str, problem: Exception | None = None) -> None:
        self._log, self._name, self._problem = log, name, problem

    def apply(self) -> None:
        if self._problem is not None:
            raise self._problem
        self._log.append(f"+{self._name}")

    def revert(self) -> None:
        self._log.append(f"-{self._name}")


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
