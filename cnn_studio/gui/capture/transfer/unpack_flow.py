"""From a packed dataset to a new dataset, or to more images in the one on show."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from cnn_studio.data.catalog import Dataset, discard_if_empty
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.intake import IntakeReport
from cnn_studio.data.unpacking import PackedDataset, look_into, unpack_dataset
from cnn_studio.errors import StudioError
from cnn_studio.gui.activities import About
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.transfer.errands import Errand, Errands
from cnn_studio.gui.jobs import Task
from cnn_studio.gui.studio import Studio

if TYPE_CHECKING:
    from cnn_studio.gui.capture.transfer.unpack_dialog import UnpackDialog


class UnpackFlow(QObject):
    """Asks where a packed dataset shall go, and brings it there.

    Signals:
        ended(ClassFolders, IntakeReport): It was brought in there; what came of it.
    """

    ended = Signal(object, object)
    _discarded = Signal()  # from the thread that works

    def __init__(
        self, studio: Studio, contents: Contents, errands: Errands, window: QWidget
    ) -> None:
        super().__init__(window)
        self._studio = studio
        self._contents = contents
        self._errands = errands
        self._window = window
        self._dialog: UnpackDialog | None = None
        self._discarded.connect(self._on_discarded)

    def looking(self, path: Path) -> Errand:
        """The errand that looks into a packed dataset, and asks about it then."""
        text = self.tr("Looking at {name} …").format(name=path.name)
        about = About(text, self.tr("nothing is imported"))
        return Errand(about, lambda _task: look_into(path), self._ask)

    def close(self) -> None:
        """The window closes."""
        if self._dialog is not None:
            self._dialog.reject()

    def _ask(self, packed: PackedDataset) -> None:
        if self._errands.was_cancelled:
            return
        self._errands.hold()
        present = self._contents.dataset if self._contents.folders is not None else None
        # The window's start need not wait for it.
        from cnn_studio.gui.capture.transfer.unpack_dialog import UnpackDialog

        dialog = UnpackDialog(
            packed,
            present.title if present else "",
            [dataset.name for dataset in self._studio.datasets],
            partial(self._begin, packed, present),
            self._window,
        )
        dialog.finished.connect(self._on_dialog_finished)
        self._dialog = dialog
        dialog.open()

    def _begin(self, packed: PackedDataset, present: Dataset | None, title: str) -> str:
        """Bring it into a new dataset of this title, or into the present one without a title."""
        target = present
        if title:
            try:
                self._studio.create_dataset(title)
            except StudioError as error:
                return str(error)
            target = self._studio.dataset
        if target is not None:
            self._errands.add_next([self._unpacking(packed, target, title)])
        return ""

    def _unpacking(self, packed: PackedDataset, dataset: Dataset, title: str) -> Errand:
        def work(task: Task) -> IntakeReport:
            try:
                report = unpack_dataset(
                    dataset,
                    packed.path,
                    title=title,
                    progress=task.report,
                    cancelled=task.cancelled,
                    halted=task.halted,
                    waits=task.say,
                )
            except StudioError:
                if title:  # it was made for this, and stays only if something is in it
                    self._discard(dataset)
                raise
            is_in_vain = title and not report.samples and not task.cancelled()
            if is_in_vain and report.taken_back is None and report.skipped:
                self._discard(dataset)
            return IntakeReport(report.samples, report.skipped, report.taken_back)

        text = self.tr("Importing {name} into {title}").format(
            name=packed.path.name, title=title or dataset.title
        )
        about = About(text, self.tr("what is in stays"), can_take_back=True)
        return Errand(about, work, partial(self._on_unpacked, dataset))

    def _discard(self, dataset: Dataset) -> None:
        """Remove a dataset that was made in vain; called beside the window."""
        if discard_if_empty(dataset):
            self._discarded.emit()

    def _on_unpacked(self, dataset: Dataset, report: IntakeReport) -> None:
        self.ended.emit(ClassFolders(dataset), report)

    @Slot()
    def _on_discarded(self) -> None:
        self._studio.datasets_were_changed()

    def _on_dialog_finished(self) -> None:
        self._dialog = None
        self._errands.release()
