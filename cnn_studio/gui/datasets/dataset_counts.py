"""How many images datasets have and how much room one takes, counted beside the window."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.dataset_copy import DiskUse, disk_use
from cnn_studio.data.image_sets import count_all
from cnn_studio.errors import DatasetError
from cnn_studio.gui.jobs import Jobs, OneJob, Task


class ImageCounter(QObject):
    """Counts one dataset after the other, and remembers what was counted last.

    Signals:
        counted: One more is known.
    """

    counted = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._images: dict[str, int] = {}
        self._uses: dict[str, DiskUse] = {}
        self._are_counted: set[str] = set()  # since the last call of `count`
        self._are_measured: set[str] = set()
        self._waiting: deque[tuple[Dataset, bool]] = deque()
        self._job = OneJob(jobs, self)
        self._job.succeeded.connect(self._on_job_succeeded)
        self._job.finished.connect(self._go_on)

    @property
    def images(self) -> Mapping[str, int]:
        """How many images datasets have, as far as that is known, by their names."""
        return self._images

    def use_of(self, name: str) -> DiskUse | None:
        """How much room a dataset takes; None while that is not known."""
        return self._uses.get(name)

    def newest_of(self, name: str) -> tuple[int | None, DiskUse | None]:
        """How many images a dataset has and how much room it takes, as counted since `count` was
        called last; None for what is not known yet."""
        count = self._images[name] if name in self._are_counted else None
        return count, self._uses[name] if name in self._are_measured else None

    def count(self, datasets: Sequence[Dataset], chosen: Dataset | None) -> None:
        """Count all of them once more, the chosen one first, and how much room that one takes."""
        others = [dataset for dataset in datasets if dataset is not chosen]
        self._job.cancel()
        self._are_counted.clear()
        self._are_measured.clear()
        self._waiting = deque((dataset, False) for dataset in others)
        if chosen is not None:
            self._waiting.extendleft([(chosen, True), (chosen, False)])
        self._go_on()

    @Slot()
    def stop(self) -> None:
        """Count no more: nobody looks."""
        self._waiting.clear()
        self._job.cancel()

    @Slot()
    def _go_on(self) -> None:
        if self._waiting and not self._job.is_running:
            dataset, with_size = self._waiting.popleft()
            self._job.start(partial(_counted, dataset, with_size))

    @Slot(object)
    def _on_job_succeeded(self, found: tuple[str, int | DiskUse | None]) -> None:
        name, value = found
        if isinstance(value, DiskUse):
            if value.is_whole:
                self._uses[name] = value
                self._are_measured.add(name)
        elif value is not None:
            self._images[name] = value
            self._are_counted.add(name)
        self.counted.emit()


def image_count(dataset: Dataset) -> int | None:
    """How many images a dataset has; None where its files are damaged."""
    try:
        return sum(count_all(dataset).values())
    except DatasetError:  # the tab says so
        return None


def _counted(dataset: Dataset, with_size: bool, task: Task) -> tuple[str, int | DiskUse | None]:
    """The job."""
    if with_size:
        return dataset.name, disk_use(dataset.folder, task.cancelled)
    return dataset.name, image_count(dataset)
