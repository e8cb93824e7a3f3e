"""Edits run beside the window in the order they were asked for; refused ones leave no trace."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from cnn_studio.errors import DatasetError
from cnn_studio.gui.capture.editing.edits import Outcome
from cnn_studio.gui.capture.editing.history import History
from cnn_studio.gui.jobs import Jobs


class Note:
    """An edit that writes down what was done."""

    def __init__(self, log: list[str], name: str, problem: Exception | None = None) -> None:
        self.text = name.upper()
        self.is_done = False
        self.outcome = Outcome()
        self._log, self._name, self._problem = log, name, problem

    def turn(self) -> Outcome:
        if self._problem is not None:
            raise self._problem
        self.is_done = not self.is_done
        self._log.append(f"{'+' if self.is_done else '-'}{self._name}")
        return self.outcome

    def take_note(self) -> Outcome:
        self.is_done = True
        return Outcome()


@pytest.fixture
def history(qtbot: QtBot) -> Iterator[History]:
    jobs = Jobs()
    yield History(jobs)
    jobs.shutdown()


def test_what_is_asked_for_at_once_is_done_in_order(qtbot: QtBot, history: History) -> None:
    log: list[str] = []
    history.do(Note(log, "a"))
    history.do(Note(log, "b"))
    history.undo()
    history.undo()
    history.redo()
    history.do(Note(log, "c"))
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
        history.do(Note(log, "a", problem))
    assert failed.args == [sentence]
    qtbot.waitUntil(lambda: not history.is_busy)
    assert (history.undo_text, history.redo_text) == ("", "")
    with qtbot.waitSignal(history.edited):
        history.do(Note(log, "b"))
    assert history.undo_text == "B"


def test_going_to_a_place_takes_every_step_on_the_way(qtbot: QtBot, history: History) -> None:
    log: list[str] = []
    for name in "abc":
        history.do(Note(log, name))
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
        history.do(note)
    qtbot.waitUntil(lambda: len(log) == 3 and not history.is_busy)
    stuck._problem = DatasetError("This cannot be.")
    with qtbot.waitSignal(history.failed):
        history.go_to(0)
        history.do(Note(log, "d"))
    qtbot.waitUntil(lambda: log[-1] == "+d" and not history.is_busy)
    assert log == ["+a", "+b", "+c", "-c", "+d"]


def test_nothing_to_undo_is_no_matter(qtbot: QtBot, history: History) -> None:
    history.undo()
    history.redo()
    assert not history.is_busy


def test_another_dataset_shows_its_own_steps(qtbot: QtBot, history: History) -> None:
    log: list[str] = []
    first, second, undone = (Note(log, name) for name in "xyz")
    first.is_done = second.is_done = True
    history.remember(Note(log, "a"))
    history.load(lambda: [first, second, undone])
    qtbot.waitUntil(lambda: not history.is_busy)
    assert (history.undo_text, history.redo_text) == ("Y", "Z")
    history.undo()
    history.redo()
    history.redo()
    qtbot.waitUntil(lambda: len(log) == 3 and not history.is_busy)
    assert log == ["-y", "+y", "+z"]


def test_what_was_asked_of_the_dataset_before_is_done_without_a_word(
    qtbot: QtBot, history: History
) -> None:
    log: list[str] = []
    said: list[str] = []
    history.edited.connect(said.append)
    for name in "abc":
        history.do(Note(log, name))
    history.undo()
    history.load(list)
    qtbot.waitUntil(lambda: not history.is_busy)
    assert log == ["+a", "+b", "+c"]  # but nothing is undone that nobody sees
    assert said == []
    assert history.stack.count() == 0


def test_what_arrives_meanwhile_is_not_undone_in_its_place(qtbot: QtBot, history: History) -> None:
    log: list[str] = []
    history.do(Note(log, "a"))
    history.undo()
    history.remember(Note(log, "b"))
    history.undo()
    qtbot.waitUntil(lambda: not history.is_busy)
    assert log == ["+a", "-a", "-b"]


def test_a_step_of_which_nothing_is_left_goes_and_the_one_before_it_is_next(
    qtbot: QtBot, history: History
) -> None:
    log: list[str] = []
    gone = Note(log, "b")
    history.do(Note(log, "a"))
    history.do(gone)
    qtbot.waitUntil(lambda: not history.is_busy)
    gone.outcome = Outcome(changed=False, missed=3)
    with qtbot.waitSignal(history.fell_short) as short:
        history.undo()
    assert "“B” can no longer be taken back" in short.args[0]
    qtbot.waitUntil(lambda: not history.is_busy)
    assert (history.undo_text, history.redo_text) == ("A", "")


def test_what_could_not_be_undone_is_counted(qtbot: QtBot, history: History) -> None:
    note = Note([], "a")
    history.do(note)
    qtbot.waitUntil(lambda: not history.is_busy)
    note.outcome = Outcome(missed=1_200)
    with qtbot.waitSignal(history.fell_short) as short:
        history.undo()
    assert short.args[0].startswith("Undone: A, but for 1,200 files")
    qtbot.waitUntil(lambda: not history.is_busy)
    assert history.redo_text == "A"


def test_each_way_has_its_own_name(qtbot: QtBot, history: History) -> None:
    said: list[str] = []
    history.edited.connect(said.append)
    history.undone.connect(lambda text: said.append(f"offer to redo {text}"))
    history.redone.connect(lambda text: said.append(f"offer to undo {text}"))
    history.do(Note([], "a"))
    history.undo()
    history.redo()
    qtbot.waitUntil(lambda: len(said) == 5)
    assert said == [
        "Done: A",
        *("offer to redo A", "Undone: A"),
        *("offer to undo A", "Redone: A"),
    ]
