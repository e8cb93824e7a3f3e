"""Has wrong labels looked for in the dataset on show, in an engine of its own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.data.catalog import Dataset
from cnn_studio.gui.activities import About, Unit
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.jobs import Jobs, OneJob, Task


class LabelSearchFlow(QObject):
    """Keeps the one search that may be under way.

    It goes on when the checkup is closed, and when another dataset is on show.

    Args:
        contents: Says which dataset is on show.
        jobs: Does the work.
        parent: The object that this one belongs to.
        is_seen: Whether how far a search is is on the screen.

    Signals:
        changed: A search has begun, got on, or ended.
        found(str): A search has ended; what it came to, in a sentence.
        failed(str): A search could not be made; the sentence that says why.
    """

    changed = Signal()
    found = Signal(str)
    failed = Signal(str)

    def __init__(
        self,
        contents: Contents,
        jobs: Jobs,
        parent: QObject | None = None,
        is_seen: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(parent)
        self._contents = contents
        self._job = OneJob(jobs, self)
        self._job.progressed.connect(self._on_job_progressed)
        self._job.succeeded.connect(self._on_job_succeeded)
        self._job.failed.connect(self.failed)
        self._job.finished.connect(self.changed)
        self._progress = (0, 0)
        self._searched: Dataset | None = None
        self._is_seen = is_seen

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

        dataset = self._searched = folders.dataset
        engine_task = LabelTask(dataset)

        def work(task: Task) -> str:
            return work_in_engine(engine_task, progress=task.report, cancelled=task.cancelled)

        self._progress = (0, 0)
        about = About(
            self.tr("Looking for wrong labels in {title}").format(title=dataset.title),
            self.tr("nothing is found, and the next search begins from the start"),
            Unit.SHARE,
        )
        self._job.start(work, about, self._is_seen)
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
        if not sentence:  # after a cancel
            return
        dataset = self._searched
        if dataset is not None and not self._contents.shows(dataset):
            sentence = self.tr("{title}: {text}").format(title=dataset.title, text=sentence)
        self.found.emit(sentence)
