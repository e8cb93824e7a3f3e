"""Opens the list of deleted datasets, and does what is wanted with them."""

from __future__ import annotations

from collections import deque
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from cnn_studio.data.dataset_copy import disk_use
from cnn_studio.data.dataset_trash import (
    TrashedDataset,
    list_trashed_datasets,
    remove_for_good,
)
from cnn_studio.gui.activities import About
from cnn_studio.gui.datasets.dataset_counts import image_count
from cnn_studio.gui.datasets.trash_dialog import DatasetTrashDialog
from cnn_studio.gui.jobs import OneJob, Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.notice import Kind
from cnn_studio.gui.widgets.question import Question


class DatasetTrashFlow(QObject):
    """One opening of the list; it is gone with it.

    Args:
        studio: The state above the tabs.
        window: What the list opens over.

    Signals:
        restore_requested(TrashedDataset): This one is to come back; the list has closed.
    """

    restore_requested = Signal(object)

    def __init__(self, studio: Studio, window: QWidget) -> None:
        dialog = DatasetTrashDialog(studio.theme, window)
        super().__init__(dialog)
        self._dialog = dialog
        self._studio = studio
        self._waiting: deque[TrashedDataset] = deque()
        self._counting = OneJob(studio.jobs, self)
        self._counting.succeeded.connect(self._on_counted)
        self._counting.finished.connect(self._count_next)
        self._dialog.restore_requested.connect(self._on_dialog_restore_requested)
        self._dialog.removal_requested.connect(self._on_dialog_removal_requested)
        self._dialog.finished.connect(self._on_dialog_finished)

    def open(self) -> None:
        """Show the list."""
        self._dialog.open()
        self._read()

    def _read(self) -> None:
        workspace = self._studio.workspace
        job = self._studio.jobs.create(lambda _task: list_trashed_datasets(workspace))
        job.succeeded.connect(self._on_read)
        job.start()

    def _remove(self, entry: TrashedDataset) -> None:
        workspace = self._studio.workspace

        def work(task: Task) -> None:
            remove_for_good(workspace, entry, progress=task.report)

        about = About(
            self.tr("Removing {title} for good").format(title=entry.dataset.title),
            self.tr("it is removed all the same"),
        )
        job = self._studio.jobs.create(work, about)
        job.succeeded.connect(partial(self._on_removed, entry))
        job.failed.connect(self._on_failed)
        job.start()

    @Slot()
    def _count_next(self) -> None:
        if self._waiting and not self._counting.is_running:
            self._counting.start(partial(_counted, self._waiting.popleft()))

    @Slot(object)
    def _on_read(self, entries: list[TrashedDataset]) -> None:
        self._dialog.set_entries(entries)
        self._waiting = deque(entries)
        self._count_next()

    @Slot(object)
    def _on_counted(self, found: tuple[str, int | None, int]) -> None:
        self._dialog.set_figures(*found)

    @Slot(object)
    def _on_dialog_restore_requested(self, entry: TrashedDataset) -> None:
        self._dialog.accept()
        self.restore_requested.emit(entry)

    @Slot(object)
    def _on_dialog_removal_requested(self, entry: TrashedDataset) -> None:
        title, facts = entry.dataset.title, self._dialog.facts_of(entry)
        if not facts:  # nothing goes before it is known how much that is
            self._dialog.say(self.tr("Its images are still being counted."), Kind.INFO)
            return
        question = Question(
            "removeDatasetQuestion",
            self.tr("Delete {title} for good ({what})?").format(title=title, what=facts),
            self.tr("Its images are removed from the disk. This cannot be undone."),
            self.tr("&Delete for good"),
            self.tr("&Keep it"),
            self._dialog,
        )
        question.confirmed.connect(partial(self._remove, entry))
        question.open()

    def _on_removed(self, entry: TrashedDataset, _result: object) -> None:
        text = self.tr("{title} was removed for good.").format(title=entry.dataset.title)
        self._dialog.say(text, Kind.INFO)
        self._read()

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._dialog.say(sentence, Kind.ERROR)
        self._read()

    @Slot()
    def _on_dialog_finished(self) -> None:
        self._waiting.clear()
        self._counting.cancel()
        self._dialog.deleteLater()


def _counted(entry: TrashedDataset, task: Task) -> tuple[str, int | None, int]:
    """The job."""
    dataset = entry.dataset
    return entry.key, image_count(dataset), disk_use(dataset.folder, task.cancelled).total
