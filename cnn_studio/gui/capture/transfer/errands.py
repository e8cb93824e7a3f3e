"""Work on the images in the background, one piece after the other, and a strip that tells of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.gui.activities import About, Activity
from cnn_studio.gui.capture.transfer.import_strip import ImportStrip
from cnn_studio.gui.jobs import Jobs, OneJob, Task
from cnn_studio.work_notes import Halt


@dataclass(frozen=True)
class Errand:
    """One piece of work.

    Attributes:
        about: What is being done, in words.
        work: Does it, beside the window.
        then: Takes what came of it, in the window's thread.
    """

    about: About
    work: Callable[[Task], Any]
    then: Callable[[Any], None]


class Errands(QObject):
    """Works through errands; an import waits until the one before it is done.

    All of them are one activity, from the first one's beginning to the last one's end, with the
    questions in between.

    Signals:
        failed(str): An errand could not be done; the sentence that says why.
        cancelled: An errand was ended, and nothing came of it.
    """

    failed = Signal(str)
    cancelled = Signal()

    def __init__(self, jobs: Jobs, strip: ImportStrip, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._activities = jobs.activities
        self._activity: Activity | None = None
        self._strip = strip
        self._waiting: deque[Errand] = deque()
        self._errand: Errand | None = None
        self._job = OneJob(jobs, self)
        self._job.progressed.connect(self._on_job_progressed)
        self._job.said.connect(self._on_job_said)
        self._job.succeeded.connect(self._on_job_succeeded)
        self._job.failed.connect(self._on_job_failed)
        self._job.cancelled.connect(self.cancelled)
        self._job.finished.connect(self._on_job_finished)
        self._is_held = False
        self._was_cancelled = False
        strip.cancel_requested.connect(self.cancel)

    @property
    def was_cancelled(self) -> bool:
        """Whether the errand that is running or has just ended was asked to end early."""
        return self._was_cancelled

    def add(self, errand: Errand) -> None:
        """Do this after all that waits."""
        self._waiting.append(errand)
        self._go_on()

    def add_next(self, errands: Iterable[Errand]) -> None:
        """Do these before all that waits."""
        self._waiting.extendleft(reversed(list(errands)))
        self._go_on()

    def hold(self) -> None:
        """Begin nothing more until `release`: a person is being asked something."""
        self._is_held = True

    def release(self) -> None:
        """Go on."""
        self._is_held = False
        self._go_on()

    def warn(self) -> None:
        """What came of the errand that has just ended should be seen before the window closes."""
        if self._activity is not None:
            self._activity.warn()

    @Slot()
    def cancel(self, halt: Halt = Halt.KEEP) -> None:
        """End the errand that runs, and forget those that wait."""
        if self._activity is not None:
            self._activity.stop(halt)

    def _go_on(self) -> None:
        if self._job.is_running or self._is_held:
            return
        if not self._waiting:
            self._end()
            return
        errand = self._errand = self._waiting.popleft()
        self._was_cancelled = False
        if self._activity is None:
            is_seen = self._strip.isVisible
            self._activity = self._activities.begin(errand.about, self._on_stopped, is_seen)
            self._strip.follow(self._activity)
        else:
            self._activity.describe(errand.about)
        self._job.start(errand.work)

    def _end(self) -> None:
        activity, self._activity = self._activity, None
        if activity is not None:
            self._strip.follow(None)
            activity.end()

    def _on_stopped(self, halt: Halt) -> None:
        self._waiting.clear()
        if self._job.is_running:
            self._was_cancelled = True
            self._job.cancel(halt)
        else:
            self._end()

    @Slot(int, int)
    def _on_job_progressed(self, done: int, total: int) -> None:
        if self._activity is not None:
            self._activity.set_progress(done, total)

    @Slot(str)
    def _on_job_said(self, sentence: str) -> None:
        if self._activity is not None:
            self._activity.set_stage(sentence)

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        self.warn()
        self.failed.emit(sentence)

    @Slot(object)
    def _on_job_succeeded(self, result: object) -> None:
        if self._errand is not None:
            self._errand.then(result)

    @Slot()
    def _on_job_finished(self) -> None:
        self._errand = None
        self._go_on()
