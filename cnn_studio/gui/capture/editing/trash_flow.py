"""Keeps the trash's button and window in step with the disk, and passes on what is asked there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QToolButton, QWidget

from cnn_studio.data.trash import TrashedSample, count_trash, list_trash
from cnn_studio.gui.activity_bar import ActivityBar
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.editing.edit_flow import EditFlow
from cnn_studio.gui.figures import whole
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.notice import Kind

if TYPE_CHECKING:
    from cnn_studio.gui.capture.editing.trash_dialog import TrashDialog


class TrashFlow(QObject):
    """Watches Contents and EditFlow.

    Attributes:
        button: Opens the trash; its tooltip says how much is in it.
    """

    def __init__(
        self, studio: Studio, contents: Contents, edits: EditFlow, window: QWidget
    ) -> None:
        super().__init__(window)
        self._studio = studio
        self._contents = contents
        self._edits = edits
        self._window = window
        self._request = 0
        self._dialog: TrashDialog | None = None
        self._restoring = ""
        self.button = QToolButton(window)
        self.button.setObjectName("trashButton")
        self.button.setAccessibleName(self.tr("Trash"))
        self.button.setIconSize(QSize(18, 18))
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setShortcut(QKeySequence("Ctrl+T"))
        # For the sheet of keys; the tooltip says how many there are.
        self.button.setWhatsThis(self.tr("Look at deleted images, and bring them back"))
        self.button.clicked.connect(self.open)
        self._show_count(0)
        contents.dataset_changed.connect(self.refresh)
        edits.edited.connect(self._on_edits_edited)
        edits.failed.connect(self._on_edits_failed)
        studio.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @Slot()
    def open(self) -> None:
        """Show the trash."""
        dataset, folders = self._contents.dataset, self._contents.folders
        if dataset is None or folders is None or self._dialog is not None:
            return
        # The window's start need not wait for it.
        from cnn_studio.gui.capture.editing.trash_dialog import TrashDialog

        dialog = TrashDialog(dataset.title, self._studio.theme, self._window)
        dialog.restore_requested.connect(self._on_dialog_restore_requested)
        dialog.empty_requested.connect(self._edits.empty_trash)
        dialog.undo_requested.connect(self._edits.undo)
        dialog.finished.connect(self._on_dialog_finished)
        self._edits.history_changed.connect(dialog.undo_bar.withdraw)
        self._dialog = dialog
        # The status line is out of reach while the dialog is open.
        dialog.add_foot(ActivityBar(self._studio.jobs.activities, self._studio.theme, dialog))
        dialog.open()
        self.refresh()

    def close(self) -> None:
        """The window closes."""
        if self._dialog is not None:
            self._dialog.reject()

    @Slot()
    def refresh(self) -> None:
        """Count what is in the trash, or list it for the dialog, beside the window."""
        self._request += 1
        folders = self._contents.folders
        if folders is None:
            return
        request, folder, is_open = self._request, folders.dataset.folder, self._dialog is not None
        job = self._studio.jobs.create(lambda _task: (request, _found(folder, is_open)))
        job.succeeded.connect(self._on_job_succeeded)
        job.failed.connect(self._on_job_failed)
        job.start()

    def _show_count(self, count: int) -> None:
        if count == 0:
            text = self.tr("Open the trash, which is empty")
        elif count == 1:
            text = self.tr("Show the image in the trash")
        else:
            text = self.tr("Show the {count} images in the trash").format(count=whole(count))
        key = self.button.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self.button.setToolTip(f"{text} ({key})")
        self.button.setAccessibleDescription(text)

    @Slot(object)
    def _on_job_succeeded(self, answer: tuple[int, int | list[TrashedSample]]) -> None:
        request, found = answer
        if request != self._request:
            return
        self._show_count(found if isinstance(found, int) else len(found))
        if self._dialog is not None and isinstance(found, list):
            self._dialog.set_trash(found)

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        if self._dialog is not None:
            self._dialog.say(sentence, Kind.ERROR)

    @Slot(list)
    def _on_dialog_restore_requested(self, entries: list[TrashedSample]) -> None:
        self._restoring = self.tr("{images} restored.").format(
            images=self._edits.images(len(entries))
        )
        self._edits.restore(entries)

    @Slot()
    def _on_edits_edited(self) -> None:
        if self._dialog is not None and self._restoring:
            self._dialog.say(self._restoring, Kind.GOOD, undoable=True)
            self._restoring = ""
        self.refresh()

    @Slot(str)
    def _on_edits_failed(self, sentence: str) -> None:
        self._restoring = ""
        if self._dialog is not None:
            self._dialog.say(sentence, Kind.ERROR)
            self.refresh()

    @Slot()
    def _on_dialog_finished(self) -> None:
        self._dialog = None

    @Slot()
    def _on_theme_changed(self) -> None:
        self.button.setIcon(self._studio.theme.icon("trash"))


def _found(folder: Path, is_listed: bool) -> int | list[TrashedSample]:
    return list_trash(folder) if is_listed else count_trash(folder)
