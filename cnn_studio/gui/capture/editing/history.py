"""Runs edits beside the window, one after the other, and remembers them for undo."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

from cnn_studio.data.journal import ChangeEndedError, Watch, watched_by
from cnn_studio.data.kept_steps import MOST_STEPS
from cnn_studio.errors import DatasetError
from cnn_studio.gui.activities import About
from cnn_studio.gui.capture.editing.edits import Outcome
from cnn_studio.gui.figures import whole
from cnn_studio.gui.jobs import Job, JobCancelledError, Jobs, Task


class Turn(Protocol):
    """A step that is taken, taken back and taken again."""

    @property
    def text(self) -> str:
        """What it is, in words."""

    @property
    def is_done(self) -> bool:
        """Whether it is in effect."""

    def turn(self) -> Outcome:
        """Take it, or take it back.

        Raises:
            DatasetError, OSError: The disk does not allow it.
        """

    def take_note(self) -> Outcome:
        """Keep that it was taken without a turn.

        Raises:
            DatasetError, OSError: The disk does not allow it.
        """


class _Entry(QUndoCommand):
    """Keeps an edit on the stack. The work is done by a job before the stack moves."""

    def __init__(self, edit: Turn) -> None:
        super().__init__(edit.text)
        self.edit = edit


_OnDone = Callable[[Outcome], str]
"""Moves the stack, and returns what to say of it, or nothing."""


@dataclass(frozen=True)
class _Waiting:
    """A step that waits for its turn.

    Attributes:
        begin: Takes it.
        elsewhere: Takes it when another dataset is on show by then; None drops it.
    """

    begin: Callable[[], None]
    elsewhere: Callable[[], None] | None = None


class History(QObject):
    """Does, undoes and redoes edits in the order that they were asked for.

    Signals:
        began: A step is being taken.
        done(Turn): This edit has been made for the first time.
        turned(Turn): This edit has been made, taken back or made again, whole or in part.
        undone(str), redone(str): A step was taken back, or taken again; what it is, in words.
        edited(str): A step has been taken, done, undone or redone; that it has, in words.
        failed(str): A step could not be taken whole; the sentence that says why.
        fell_short(str): A step was undone or redone as far as possible; what was not, in words.
        ended_early(str): A step was ended by a person; what that means, in a sentence.
        changed: What can be undone or redone is something else now.
    """

    began = Signal()
    done = Signal(object)
    turned = Signal(object)
    edited = Signal(str)
    undone = Signal(str)
    redone = Signal(str)
    failed = Signal(str)
    fell_short = Signal(str)
    ended_early = Signal(str)
    changed = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._stack = QUndoStack(self)
        self._stack.setUndoLimit(MOST_STEPS)
        self._stack.indexChanged.connect(self._on_stack_index_changed)
        self._waiting: deque[_Waiting] = deque()
        self._goal: int | None = None
        self._on_done: _OnDone | None = None
        self._how_it_ends = ""

    @property
    def is_busy(self) -> bool:
        """Whether a step is being taken."""
        return self._on_done is not None

    @property
    def stack(self) -> QUndoStack:
        """The steps, for a list of them; only this class moves it."""
        return self._stack

    @property
    def undo_text(self) -> str:
        """What would be undone; empty if nothing."""
        return self._stack.undoText()

    @property
    def redo_text(self) -> str:
        """What would be redone; empty if nothing."""
        return self._stack.redoText()

    def do(self, edit: Turn) -> None:
        """Take a step, after those that are still waiting."""
        silently = partial(self._begin, edit.turn, "", _forget)
        self._wait_for(lambda: self._begin_do(edit), silently)

    def do_for_good(self, step: Callable[[], object], text: str, how_it_ends: str) -> None:
        """Take a step that cannot be taken back, and so ends what can be undone.

        Args:
            step: Raises DatasetError or OSError where the disk does not allow it; may be ended by
                whoever looks on, see `watched_by`.
            text: What it is.
            how_it_ends: What becomes of it where it is ended early.
        """

        def on_done(_outcome: Outcome) -> str:
            self._stack.clear()
            return self._done(text)

        def work() -> Outcome:
            step()
            return Outcome()

        silently = partial(self._begin, work, "", _forget)
        self._wait_for(lambda: self._begin(work, text, on_done, how_it_ends), silently)

    def remember(self, edit: Turn, *, is_here: bool = True) -> None:
        """Make undoable what has happened already, be it in the dataset on show or not."""
        silently = partial(self._begin, edit.take_note, "", _forget)

        def aloud() -> None:
            self._push(edit)  # before it is written down, so that it can be undone at once
            silently()

        self._wait_for(aloud if is_here else silently, silently)

    def undo(self) -> None:
        """Take the newest step back."""
        self._wait_for(self._begin_undo)

    def redo(self) -> None:
        """Take the step again that was taken back last."""
        self._wait_for(self._begin_redo)

    def go_to(self, index: int) -> None:
        """Undo or redo until so many steps are in effect."""
        self._wait_for(lambda: self._begin_go_to(index))

    def load(self, read: Callable[[], Sequence[Turn]]) -> None:
        """Show the steps of another dataset.

        What was requested before is still done, and kept with its dataset; not so undo and redo.

        Args:
            read: Gives them, oldest first, those in effect before the others.
        """
        others = [step.elsewhere for step in self._waiting if step.elsewhere is not None]
        self._waiting = deque(_Waiting(begin, begin) for begin in others)
        self._goal = None
        self._stack.clear()
        if self.is_busy:
            self._on_done = _forget
        self._wait_for(lambda: self._begin_load(read))

    def _wait_for(
        self, begin: Callable[[], None], elsewhere: Callable[[], None] | None = None
    ) -> None:
        self._waiting.append(_Waiting(begin, elsewhere))
        self._go_on()

    def _go_on(self) -> None:
        while self._waiting and not self.is_busy:
            self._waiting.popleft().begin()

    def _begin_do(self, edit: Turn) -> None:
        def on_done(outcome: Outcome) -> str:
            if outcome.changed:
                self._push(edit)
                self.turned.emit(edit)
            self.done.emit(edit)
            return self._done(edit.text)

        self._begin(edit.turn, edit.text, on_done)

    def _begin_undo(self) -> None:
        entry = self._entry(self._stack.index() - 1)
        if entry is not None:
            text = self.tr("Undone: {text}").format(text=entry.text())
            moved = partial(self._move, entry, self._stack.undo, self.undone, text)
            self._begin(entry.edit.turn, text, moved)

    def _begin_redo(self) -> None:
        entry = self._entry(self._stack.index())
        if entry is not None:
            text = self.tr("Redone: {text}").format(text=entry.text())
            moved = partial(self._move, entry, self._stack.redo, self.redone, text)
            self._begin(entry.edit.turn, entry.text(), moved)

    def _begin_go_to(self, index: int) -> None:
        self._goal = min(max(index, 0), self._stack.count())
        self._approach_goal()

    def _begin_load(self, read: Callable[[], Sequence[Turn]]) -> None:
        edits: list[Turn] = []

        def work() -> Outcome:
            edits.extend(read())
            return Outcome()

        def on_done(_outcome: Outcome) -> str:
            for edit in edits:
                self._push(edit)
            self._stack.setIndex(sum(edit.is_done for edit in edits))
            return ""

        self._begin(work, "", on_done)

    def _approach_goal(self) -> None:
        """Take the next step on the way to where `go_to` shall lead; it may fail."""
        if self._goal is None:
            return
        self._goal = min(self._goal, self._stack.count())  # a step may have proved impossible
        if self._goal == self._stack.index():
            self._goal = None
        elif self._goal < self._stack.index():
            self._begin_undo()
        else:
            self._begin_redo()

    def _entry(self, index: int) -> _Entry | None:
        command = self._stack.command(index)
        return command if isinstance(command, _Entry) else None

    def _push(self, edit: Turn) -> None:
        self._stack.push(_Entry(edit))

    def _move(
        self,
        entry: _Entry,
        move: Callable[[], None],
        moved: SignalInstance,
        text: str,
        outcome: Outcome,
    ) -> str:
        """Move the stack as a step was undone or redone; one that nothing is left of goes."""
        entry.setObsolete(not outcome.changed)
        step = entry.text()
        edit = entry.edit
        move()  # what has become obsolete is gone after it
        if outcome.changed:
            self.turned.emit(edit)
            moved.emit(step)
        if not outcome.changed:
            self.fell_short.emit(
                self.tr(
                    "“{step}” can no longer be taken back or repeated: what it changed is not "
                    "as it left it. Nothing was touched."
                ).format(step=step)
            )
            return ""
        if outcome.missed:
            missed = whole(outcome.missed)
            if outcome.missed == 1:
                part = self.tr("{text}, but for 1 file: it is no longer as it was left.")
            else:
                part = self.tr(
                    "{text}, but for {count} files: they are no longer as they were left."
                )
            self.fell_short.emit(part.format(text=text, count=missed))
        return text

    def _done(self, text: str) -> str:
        return self.tr("Done: {text}").format(text=text)

    def _begin(
        self, step: Callable[[], Outcome], text: str, on_done: _OnDone, how_it_ends: str = ""
    ) -> None:
        def work(task: Task) -> Outcome:
            try:
                with watched_by(Watch(task.report, task.cancelled)):
                    return step()
            except ChangeEndedError:
                raise JobCancelledError from None
            except OSError as error:
                reason = error.strerror or error
                raise DatasetError(f"The folder cannot be changed: {reason}.") from error

        self._on_done, self._how_it_ends = on_done, how_it_ends
        about = None
        if text:
            self.began.emit()
            about = About(text, how_it_ends or self.tr("everything is as it was"))
        job = self._jobs.create(work, about)
        job.cancelled.connect(self._on_job_cancelled)
        job.succeeded.connect(self._on_job_succeeded)
        job.failed.connect(self._on_job_failed)
        job.finished.connect(self._on_job_finished)
        job.start()

    @Slot(object)
    def _on_job_succeeded(self, outcome: Outcome) -> None:
        sentence = self._on_done(outcome) if self._on_done is not None else ""
        job = self.sender()
        activity = job.activity if isinstance(job, Job) else None
        if activity is not None and activity.is_stopping and self._how_it_ends:
            sentence = self.tr("Stopped: {how_it_ends}.").format(how_it_ends=self._how_it_ends)
        if sentence:
            self.edited.emit(sentence)

    @Slot()
    def _on_job_cancelled(self) -> None:
        self._goal = None
        self.ended_early.emit(self.tr("Stopped; everything is as it was."))

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        self._goal = None
        self.failed.emit(sentence)

    @Slot()
    def _on_job_finished(self) -> None:
        self._on_done = None
        self._approach_goal()
        self._go_on()

    @Slot()
    def _on_stack_index_changed(self) -> None:
        self.changed.emit()


def _forget(_outcome: Outcome) -> str:
    return ""
