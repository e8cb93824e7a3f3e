"""Gets a dataset that is kept as it was published: Fashion-MNIST."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.data import fashion_mnist
from cnn_studio.data.catalog import Dataset
from cnn_studio.gui import activity_wording
from cnn_studio.gui.activities import About, Unit
from cnn_studio.gui.jobs import Jobs, OneJob, Task


class Fetching(QObject):
    """Runs one fetch at a time in the background.

    Signals:
        changed: It has begun, got further, or ended.
        fetched: All files are there.
    """

    changed = Signal()
    fetched = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job = OneJob(jobs, self)
        self._job.progressed.connect(self._on_job_progressed)
        self._job.succeeded.connect(self._on_job_succeeded)
        self._job.failed.connect(self._on_job_failed)
        self._job.finished.connect(self.changed)
        self._folder: Path | None = None
        self._share = -1.0
        self._problem = ""

    @property
    def folder(self) -> Path | None:
        """The folder of the dataset that all of this is about; None before the first fetch."""
        return self._folder

    @property
    def is_running(self) -> bool:
        """Whether files are being fetched."""
        return self._job.is_running

    @property
    def share(self) -> float:
        """How much is done, 0 to 1; below 0 where that is not known yet."""
        return self._share

    @property
    def problem(self) -> str:
        """Why the last fetch failed, as a sentence; empty if it did not."""
        return self._problem

    @property
    def details(self) -> str:
        """How far it is, in words: how much of how much, and the time left."""
        activity = self._job.activity
        return activity_wording.details(activity) if activity is not None else ""

    def start(self, dataset: Dataset, source: Path | None, is_seen: Callable[[], bool]) -> None:
        """Fetch into a dataset's folder.

        Args:
            dataset: The dataset.
            source: A folder that has the files; None to look for them elsewhere.
            is_seen: Whether how far it is is on the screen.
        """
        if self._job.is_running:
            return
        self._folder, self._share, self._problem = dataset.folder, -1.0, ""

        def work(task: Task) -> bool:
            return fashion_mnist.fetch(
                dataset.folder, source=source, progress=task.report, cancelled=task.cancelled
            )

        about = About(
            self.tr("Getting {title}").format(title=dataset.title),
            self.tr("the files that are here stay, and the next time it goes on from there"),
            Unit.BYTES,
        )
        self._job.start(work, about, is_seen)
        self.changed.emit()

    @Slot()
    def cancel(self) -> None:
        """End the fetch; files that are whole stay."""
        self._job.cancel()

    @Slot(int, int)
    def _on_job_progressed(self, done: int, total: int) -> None:
        self._share = done / max(total, 1)
        self.changed.emit()

    @Slot(object)
    def _on_job_succeeded(self, complete: bool) -> None:
        if complete:
            self.fetched.emit()

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        self._problem = sentence
