"""Work that takes longer than a frame, done beside the window.

A task is a plain function that reports progress and asks whether it is cancelled; it knows no Qt.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from cnn_studio.errors import StudioError
from cnn_studio.gui.activities import About, Activities, Activity
from cnn_studio.work_notes import Halt

Result = TypeVar("Result")
_log = logging.getLogger(__name__)
_REPORT_STEPS = 200  # a bar is not wider than this many visible steps


class JobCancelledError(Exception):
    """Raised by a task that ends early because it was asked to."""


class Task:
    """What a running function sees of its job."""

    def __init__(
        self,
        report: Callable[[int, int], None],
        say: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        self._report = report
        self._say = say
        self._has_said = False
        self._cancelled = threading.Event()
        self._halt = Halt.KEEP
        self._last_step = -1

    def report(self, done: int, total: int) -> None:
        """Say how far the work is; cheap enough to be called for every item."""
        step = done * _REPORT_STEPS // max(total, 1)
        if step != self._last_step or done == total:
            self._last_step = step
            if self._has_said:
                self._has_said = False
                self._say("")
            self._report(done, total)

    def say(self, sentence: str) -> None:
        """Say why it does not go on; it holds until the next `report`."""
        self._has_said = True
        self._say(sentence)

    def cancelled(self) -> bool:
        """Whether the work should end early."""
        return self._cancelled.is_set()

    def halted(self) -> Halt:
        """What becomes of what is done, once it is `cancelled`."""
        return self._halt

    def cancel(self, halt: Halt = Halt.KEEP) -> None:
        """Ask the work to end early; safe from any thread. The first call holds."""
        if not self._cancelled.is_set():
            self._halt = halt
            self._cancelled.set()


class _JobThread(QThread, Generic[Result]):
    """Runs one function; its signals are emitted on this thread."""

    reported = Signal(int, int)
    said = Signal(str)
    ended = Signal(str, object)

    def __init__(self, function: Callable[[Task], Result]) -> None:
        super().__init__()
        self.setObjectName("job")
        self._function = function
        self.task = Task(self.reported.emit, self.said.emit)

    def run(self) -> None:
        """The thread's outermost edge: every end becomes a signal."""
        try:
            self.ended.emit("succeeded", self._function(self.task))
        except JobCancelledError:
            self.ended.emit("cancelled", None)
        except StudioError as error:
            self.ended.emit("failed", str(error))
        except Exception as error:  # noqa: BLE001 - a thread must not die in silence
            _log.exception("A job failed unexpectedly")
            self.ended.emit("failed", f"Something unexpected happened: {error}")


class Job(QObject):
    """One piece of work; its signals arrive on the window's thread.

    Neither it nor its thread has a parent in Qt, so that Python alone deletes them: what Qt deletes
    can crash, see docs/decisions/0021-python-deletes-jobs.md.

    Attributes:
        activity: What a person sees of it; None for what is over in no time.

    Signals:
        progressed(done, total)
        said(str): Why it does not go on; empty once it does.
        succeeded(result), failed(sentence) or cancelled(): exactly one of them, and then
        finished()
    """

    progressed = Signal(int, int)
    said = Signal(str)
    succeeded = Signal(object)
    failed = Signal(str)
    cancelled = Signal()
    finished = Signal()

    def __init__(self, function: Callable[[Task], Result], jobs: Jobs) -> None:
        super().__init__()
        self.activity: Activity | None = None
        self._jobs = jobs
        self._thread = _JobThread(function)
        self._thread.reported.connect(self._on_thread_reported)
        self._thread.said.connect(self._on_thread_said)
        self._thread.ended.connect(self._on_thread_ended)
        self._thread.finished.connect(self._on_thread_finished)

    def start(self) -> None:
        """Begin, unless all work has ended; the signals must be connected by now."""
        if not self._jobs.is_shut_down:
            self._thread.start(QThread.Priority.LowPriority)

    def cancel(self, halt: Halt = Halt.KEEP) -> None:
        """Ask the work to end early.

        Args:
            halt: What becomes of what is done, where the work knows of that.
        """
        self._thread.task.cancel(halt)

    def wait(self, timeout_ms: int) -> bool:
        """Block until the work has ended; for closing the window only."""
        return self._thread.wait(timeout_ms)

    @Slot(int, int)
    def _on_thread_reported(self, done: int, total: int) -> None:
        self.progressed.emit(done, total)

    @Slot(str)
    def _on_thread_said(self, sentence: str) -> None:
        self.said.emit(sentence)

    @Slot(str, object)
    def _on_thread_ended(self, end: str, value: object) -> None:
        if end == "succeeded":
            self.succeeded.emit(value)
        elif end == "failed":
            self.failed.emit(value)
        else:
            self.cancelled.emit()

    @Slot()
    def _on_thread_finished(self) -> None:
        self.finished.emit()


class Jobs(QObject):
    """Starts jobs and keeps each one until its thread has finished.

    A job that takes more than two seconds, or writes more than a file, says what it is `About`:
    then it is among the activities, where the window shows it and asks about it before it closes.

    Attributes:
        activities: What a person knows of.
        is_shut_down: Whether all work has ended for good: a timer may still want to begin some.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.activities = Activities(self)
        self.is_shut_down = False
        self._running: set[Job] = set()
        self._ended: list[Job] = []

    def create(
        self,
        function: Callable[[Task], Result],
        about: About | None = None,
        is_seen: Callable[[], bool] = lambda: False,
    ) -> Job:
        """A job that waits to be started, so that its signals can be connected first.

        Args:
            function: The work.
            about: What a person is to know of it; None for what is over in no time.
            is_seen: Whether a part of the window that is about it is on the screen.
        """
        job = Job(function, self)
        self._running.add(job)
        if about is not None:
            activity = job.activity = self.activities.begin(about, job.cancel, is_seen)
            job.progressed.connect(activity.set_progress)
            job.said.connect(activity.set_stage)
            job.failed.connect(activity.warn)
            job.finished.connect(activity.end)
        job.finished.connect(self._on_job_finished)
        return job

    def shutdown(self, timeout_ms: int = 5000) -> bool:
        """Cancel all work, wait for it, and start none any more; for closing the window.

        Returns:
            False if some never ended.
        """
        self.is_shut_down = True
        for job in self._running:
            job.cancel(Halt.LATER)
        ended = [job.wait(timeout_ms) for job in list(self._running)]
        return all(ended)

    @Slot()
    def _on_job_finished(self) -> None:
        job = self.sender()
        if isinstance(job, Job):
            self._running.discard(job)
            self._ended.append(job)  # it is still emitting its signal
            QTimer.singleShot(0, self, self._forget_ended)

    @Slot()
    def _forget_ended(self) -> None:
        for job in self._ended:
            job.activity = None  # what receives a job's signals must go before the job
        self._ended.clear()


class OneJob(QObject):
    """Runs one job at a time; its signals are those of the `Job` under way.

    Once it has `finished`, the next one may begin.
    """

    progressed = Signal(int, int)
    said = Signal(str)
    succeeded = Signal(object)
    failed = Signal(str)
    cancelled = Signal()
    finished = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None

    @property
    def is_running(self) -> bool:
        """Whether a job is under way; one that was cancelled is until it has ended."""
        return self._job is not None

    @property
    def activity(self) -> Activity | None:
        """What a person sees of the job under way; None if there is none."""
        return self._job.activity if self._job is not None else None

    def start(
        self,
        function: Callable[[Task], Any],
        about: About | None = None,
        is_seen: Callable[[], bool] = lambda: False,
    ) -> None:
        """Begin; nothing happens while a job is under way. See `Jobs.create` for what is given."""
        if self._job is not None:
            return
        job = self._job = self._jobs.create(function, about, is_seen)
        job.progressed.connect(self.progressed)
        job.said.connect(self.said)
        job.succeeded.connect(self.succeeded)
        job.failed.connect(self.failed)
        job.cancelled.connect(self.cancelled)
        job.finished.connect(self._on_job_finished)
        job.start()

    @Slot()
    def cancel(self, halt: Halt = Halt.KEEP) -> None:
        """Ask the job that is under way to end early; see `Job.cancel`."""
        if self._job is not None:
            self._job.cancel(halt)

    @Slot()
    def _on_job_finished(self) -> None:
        self._job = None
        self.finished.emit()
