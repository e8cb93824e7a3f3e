"""Has wrong labels looked for in the dataset on show, in an engine of its own."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.jobs import Jobs, OneJob, Task


class LabelSearchFlow(QObject):
    """Keeps the one search that may be under way; it goes on when the checkup is closed.

    Signals:
        changed: A search has begun, got on, or ended.
        found(str): A search has ended; what it came to, in a sentence.
        failed(str): A search could not be made; the sentence that says why.
    """

    changed = Signal()
    found = Signal(str)
    failed = Signal(str)

    def __init__(self, contents: Contents, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._contents = contents
        self._job = OneJob(jobs, self)
        self._job.progressed.connect(self._on_job_progressed)
        self._job.succeeded.connect(self._on_job_succeeded)
        self._job.failed.connect(self.failed)
        self._job.finished.connect(self.changed)
        self._progress = (0, 0)
        contents.dataset_changed.connect(self.cancel)

    @property
    def progress(self) -> tuple[int, int] | None:
        """Steps done, and steps in all, of the search under way; None if there is none."""
        return self._progress if self._job.is_running else None

    @Slot()
    def search(self) -> None:
        """Begin a search; nothing happens while one is under way."""
        folders = self._contents.folders
        if self._job.is_running or folders is None:
            return
        # The window's start need not wait for it.
        from cnn_studio.training.engine_task import work_in_engine
        from cnn_studio.training.label_search import LabelTask

        engine_task = LabelTask(folders.dataset)

        def work(task: Task) -> str:
            return work_in_engine(engine_task, progress=task.report, cancelled=task.cancelled)

        self._progress = (0, 0)
        self._job.start(work)
        self.changed.emit()

    @Slot()
    def cancel(self) -> None:
        """End the search that is under way."""
        self._job.cancel()

    @Slot(int, int)
    def _on_job_progressed(self, done: int, total: int) -> None:
        self._progress = (done, total)
        self.changed.emit()

    @Slot(object)
    def _on_job_succeeded(self, sentence: str) -> None:
        if sentence:  # empty after a cancel
            self.found.emit(sentence)
