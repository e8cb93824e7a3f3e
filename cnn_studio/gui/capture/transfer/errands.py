"""Work on the images in the background, one piece after the other, and a strip that tells of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.gui.capture.transfer.import_strip import ImportStrip
from cnn_studio.gui.jobs import Jobs, OneJob, Task


@dataclass(frozen=True)
class Errand:
    """One piece of work.

    Attributes:
        text: What is being done, in words.
        work: Does it, beside the window.
        then: Takes what came of it, in the window's thread.
        how_it_ends: What ending it early means.
    """

    text: str
    work: Callable[[Task], Any]
    then: Callable[[Any], None]
    how_it_ends: str


class Errands(QObject):
    """Works through errands; an import waits until the one before it is done.

    Signals:
        failed(str): An errand could not be done; the sentence that says why.
    """

    failed = Signal(str)

    def __init__(self, jobs: Jobs, strip: ImportStrip, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._strip = strip
        self._waiting: deque[Errand] = deque()
        self._errand: Errand | None = None
        self._job = OneJob(jobs, self)
        self._job.progressed.connect(strip.set_progress)
        self._job.succeeded.connect(self._on_job_succeeded)
        self._job.failed.connect(self.failed)
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

    @Slot()
    def cancel(self) -> None:
        """End the errand that runs and forget those that wait."""
        self._waiting.clear()
        if self._job.is_running:
            self._was_cancelled = True
            self._job.cancel()

    def _go_on(self) -> None:
        if self._job.is_running or self._is_held or not self._waiting:
            return
        self._errand = self._waiting.popleft()
        self._was_cancelled = False
        self._strip.begin(self._errand.text, self._errand.how_it_ends)
        self._job.start(self._errand.work)

    @Slot(object)
    def _on_job_succeeded(self, result: object) -> None:
        if self._errand is not None:
            self._errand.then(result)

    @Slot()
    def _on_job_finished(self) -> None:
        self._errand = None
        self._go_on()
        if not self._job.is_running:
            self._strip.end()
