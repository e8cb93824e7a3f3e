"""Runs edits beside the window, one after the other, and remembers them for undo."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

from cnn_studio.data.journal import ChangeEndedError, Watch, watched_by
from cnn_studio.errors import DatasetError
from cnn_studio.gui.activities import About
from cnn_studio.gui.jobs import Job, JobCancelledError, Jobs, Task


class Turn(Protocol):
    """A step that is taken, taken back and taken again."""

    def turn(self) -> None:
        """Take it, or take it back.

        Raises:
            DatasetError, OSError: The disk does not allow it.
        """


class _Entry(QUndoCommand):
    """Keeps an edit on the stack. The work is done by a job before the stack moves."""

    def __init__(self, edit: Turn, text: str) -> None:
        super().__init__(text)
        self.edit = edit


class History(QObject):
    """Does, undoes and redoes edits in the order that they were asked for.

    Signals:
        done(Turn): This edit has been made for the first time.
        edited(str): A step has been taken, done, undone or redone; that it has, in words.
        failed(str): A step could not be taken whole; the sentence that says why.
        ended_early(str): A step was ended by a person; what that means, in a sentence.
        changed: What can be undone or redone is something else now.
    """

    done = Signal(object)
    edited = Signal(str)
    failed = Signal(str)
    ended_early = Signal(str)
    changed = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._stack = QUndoStack(self)
        self._stack.indexChanged.connect(self._on_stack_index_changed)
        self._waiting: deque[Callable[[], None]] = deque()
        self._goal: int | None = None
        self._on_done: Callable[[], None] | None = None
        self._told = self._how_it_ends = ""

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

    def do(self, edit: Turn, text: str) -> None:
        """Take a step, after those that are still waiting. `text` says what it is."""
        self._waiting.append(lambda: self._begin_do(edit, text))
        self._go_on()

    def do_for_good(self, step: Callable[[], object], text: str, how_it_ends: str) -> None:
        """Take a step that cannot be taken back, and so ends what can be undone.

        Args:
            step: Raises DatasetError or OSError where the disk does not allow it; may be ended by
                whoever looks on, see `watched_by`.
            text: What it is.
            how_it_ends: What becomes of it where it is ended early.
        """
        told, clear = self._done(text), self._stack.clear
        self._waiting.append(lambda: self._begin(step, text, told, clear, how_it_ends))
        self._go_on()

    def remember(self, edit: Turn, text: str) -> None:
        """Make undoable what has happened already."""
        self._stack.push(_Entry(edit, text))

    def undo(self) -> None:
        """Take the newest step back."""
        self._waiting.append(self._begin_undo)
        self._go_on()

    def redo(self) -> None:
        """Take the step again that was taken back last."""
        self._waiting.append(self._begin_redo)
        self._go_on()

    def go_to(self, index: int) -> None:
        """Undo or redo until so many steps are in effect."""
        self._waiting.append(lambda: self._begin_go_to(index))
        self._go_on()

    def clear(self) -> None:
        """Forget everything, for another dataset; a step under way is finished first."""
        self._waiting.clear()
        self._goal = None
        if self.is_busy:
            self._on_done = self._stack.clear
        else:
            self._stack.clear()

    def _go_on(self) -> None:
        while self._waiting and not self.is_busy:
            self._waiting.popleft()()

    def _begin_do(self, edit: Turn, text: str) -> None:
        def on_done() -> None:
            self._stack.push(_Entry(edit, text))
            self.done.emit(edit)

        self._begin(edit.turn, text, self._done(text), on_done)

    def _begin_undo(self) -> None:
        entry = self._entry(self._stack.index() - 1)
        if entry is not None:
            text = self.tr("Undone: {text}").format(text=entry.text())
            self._begin(entry.edit.turn, text, text, self._stack.undo)

    def _begin_redo(self) -> None:
        entry = self._entry(self._stack.index())
        if entry is not None:
            text = entry.text()
            self._begin(entry.edit.turn, text, self._done(text), self._stack.redo)

    def _begin_go_to(self, index: int) -> None:
        self._goal = min(max(index, 0), self._stack.count())
        self._approach_goal()

    def _approach_goal(self) -> None:
        """Take the next step on the way to where `go_to` shall lead; it may fail."""
        if self._goal == self._stack.index():
            self._goal = None
        elif self._goal is not None and self._goal < self._stack.index():
            self._begin_undo()
        elif self._goal is not None:
            self._begin_redo()

    def _entry(self, index: int) -> _Entry | None:
        command = self._stack.command(index)
        return command if isinstance(command, _Entry) else None

    def _done(self, text: str) -> str:
        return self.tr("Done: {text}").format(text=text)

    def _begin(
        self,
        step: Callable[[], object],
        text: str,
        told: str,
        on_done: Callable[[], None],
        how_it_ends: str = "",
    ) -> None:
        def work(task: Task) -> None:
            try:
                with watched_by(Watch(task.report, task.cancelled)):
                    step()
            except ChangeEndedError:
                raise JobCancelledError from None
            except OSError as error:
                reason = error.strerror or error
                raise DatasetError(f"The folder cannot be changed: {reason}.") from error

        self._on_done, self._told, self._how_it_ends = on_done, told, how_it_ends
        about = About(text, how_it_ends or self.tr("everything is as it was"))
        job = self._jobs.create(work, about)
        job.cancelled.connect(self._on_job_cancelled)
        job.succeeded.connect(self._on_job_succeeded)
        job.failed.connect(self._on_job_failed)
        job.finished.connect(self._on_job_finished)
        job.start()

    @Slot(object)
    def _on_job_succeeded(self, _result: object) -> None:
        if self._on_done is not None:
            self._on_done()
        told, job = self._told, self.sender()
        is_cut_short = (
            isinstance(job, Job) and job.activity is not None and job.activity.is_stopping
        )
        if is_cut_short and self._how_it_ends:
            told = self.tr("Stopped: {how_it_ends}.").format(how_it_ends=self._how_it_ends)
        self.edited.emit(told)

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
