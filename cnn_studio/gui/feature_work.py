"""Computes the pretrained network's features of a dataset's images beside the window.

So a training that needs them finds them, and begins at once; and they are at hand for all that
asks which images are alike. What is recorded or trained comes first: meanwhile this stands still.
Its thread has the priority of the others: one of a lower priority that holds Python's lock would
hold up the window on a busy computer.
"""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from cnn_studio.data.cards import Storage
from cnn_studio.data.catalog import Dataset
from cnn_studio.gui.activities import About
from cnn_studio.gui.jobs import JobCancelledError, Jobs, OneJob, Task
from cnn_studio.instant.feature_table import FeatureTable

_AFTER_MS = 1500  # once nothing has been changed for so long
_HELD_S = 0.1  # how often a worker that stands still looks whether it is to end
_AT_ONCE = 100  # images, and then it is said how far it is


class FeatureWork(QObject):
    """Follows one dataset; the window's own thread only begins and ends the work.

    Signals:
        followed: Another dataset is followed, or none; `table` is another one.
        changed: The table has other images.
    """

    followed = Signal()
    changed = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._dataset: Dataset | None = None
        self._table = FeatureTable()
        self._known = self._total = 0  # of the images that it had when it was last listed
        self._problem = ""
        self._job = OneJob(jobs, self)
        self._job.progressed.connect(self._on_job_progressed)
        self._job.failed.connect(self._on_job_failed)
        self._job.finished.connect(self._on_job_finished)
        self._is_asked_again = False
        self._holders: set[str] = set()
        self._may_run = threading.Event()
        self._may_run.set()
        self._timer = QTimer(self, interval=_AFTER_MS, singleShot=True)
        self._timer.timeout.connect(self._begin)

    @property
    def dataset(self) -> Dataset | None:
        """The dataset that is followed."""
        return self._dataset

    @property
    def table(self) -> FeatureTable:
        """The features of its images, as far as they are known."""
        return self._table

    @property
    def is_looking(self) -> bool:
        """Whether features are being computed."""
        return self._job.is_running

    @property
    def is_complete(self) -> bool:
        """Whether nothing is being computed, and nothing will be until something changes."""
        return not self._job.is_running and not self._timer.isActive()

    @property
    def counts(self) -> tuple[int, int]:
        """Images whose features are known, and images in all; none before they are listed."""
        return self._known, self._total

    @property
    def problem(self) -> str:
        """Why they could not be computed the last time, as a sentence; empty if they could."""
        return self._problem

    def follow(self, dataset: Dataset | None) -> None:
        """Compute the features of these images, and of those that come, instead of others.

        Args:
            dataset: The dataset; None computes nothing. One that is kept as it was published is
                left to its training.
        """
        is_followed = dataset is not None and dataset.card.storage is Storage.FOLDERS
        wanted = dataset if is_followed else None
        before, self._dataset = self._dataset, wanted
        if _subject(before) != _subject(wanted):
            self._job.cancel()
            self._known = self._total = 0
            self._problem = ""
            self._table = FeatureTable()
            self.followed.emit()
        if wanted is not None:
            self._timer.start()

    def known_count(self, dataset: Dataset) -> int:
        """Of how many images of a dataset the features are known to be kept."""
        is_followed = self._dataset is not None and self._dataset.name == dataset.name
        return self._known if is_followed else 0

    def hold(self, who: str, held: bool) -> None:
        """Stand still as long as anyone holds it.

        Args:
            who: Who holds it, or lets it go.
            held: Whether it is held.
        """
        (self._holders.add if held else self._holders.discard)(who)
        if self._holders:
            self._may_run.clear()
        else:
            self._may_run.set()

    @Slot()
    def _begin(self) -> None:
        dataset, table = self._dataset, self._table
        if dataset is None:
            return
        if self._job.is_running:
            self._is_asked_again = True
            return

        self._problem = ""

        def work(task: Task) -> None:
            self._compute(dataset, table, task)

        about = About(
            self.tr("Looking ahead at the images of {title}").format(title=dataset.title),
            self.tr("the next training looks at the others"),
            writes=False,
        )
        self._job.start(work, about)

    def _compute(self, dataset: Dataset, table: FeatureTable, task: Task) -> None:
        """The job. Everything heavy is imported here, beside the window."""
        from cnn_studio.data.image_sets import open_images
        from cnn_studio.instant.dataset_features import read_into, reader_of, stamps_of

        def cancelled() -> bool:
            while not self._may_run.wait(_HELD_S) and not task.cancelled():
                pass
            return task.cancelled()

        images = open_images(dataset)
        if images is None:
            return
        stamps = stamps_of(dataset.folder, images.names)
        table.retain(stamps.keys())
        new = set(table.unknown(stamps))
        places = [place for place, name in enumerate(images.names) if name in new]
        reader = reader_of(dataset, threads=1)
        self._known, self._total = len(stamps) - len(places), len(stamps)
        task.report(0, len(places))
        for start in range(0, len(places), _AT_ONCE):
            some = places[start : start + _AT_ONCE]
            if not read_into(table, reader, images, some, stamps, cancelled=cancelled):
                raise JobCancelledError
            self._known += len(some)
            task.report(min(start + _AT_ONCE, len(places)), len(places))

    @Slot()
    def _on_job_progressed(self) -> None:
        self.changed.emit()

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        self._problem = sentence

    @Slot()
    def _on_job_finished(self) -> None:
        if self._is_asked_again:
            self._is_asked_again = False
            self._timer.start()
        self.changed.emit()


def _subject(dataset: Dataset | None) -> object:
    """What features, and what is learned from them, depend on besides the images."""
    return dataset and (dataset.folder, dataset.card.input, dataset.card.background)
