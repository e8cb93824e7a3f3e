"""Where images are dropped or opened, and the list of what the model says about them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.jobs import Jobs
from cnn_studio.gui.prediction.files.drop_zone import DropZone
from cnn_studio.gui.prediction.files.file_list import FileList
from cnn_studio.gui.prediction.files.file_model import FileModel
from cnn_studio.gui.prediction.files.file_work import FileEntry, FileWork
from cnn_studio.gui.theme import Theme


class FilesPanel(QFrame):
    """The bottom of the tab: as low as its one line while empty, a list once there are files.

    Signals:
        open_files_requested, open_folder_requested: A button for it was pressed.
        entry_opened(FileEntry): A file should be shown large.
        entry_reached(FileEntry): The selection moved to this file.
        failed(sentence): A drop could not be classified.
        emptiness_changed: The first file came, or all were cleared.
    """

    open_files_requested = Signal()
    open_folder_requested = Signal()
    entry_opened = Signal(object)
    entry_reached = Signal(object)
    failed = Signal(str)
    emptiness_changed = Signal()

    def __init__(self, jobs: Jobs, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filesPanel")
        self.setProperty("panel", True)
        self._run_folder: Path | None = None
        self.model = FileModel(self)
        self._work = FileWork(jobs, self)
        self._work.classified.connect(self._on_work_classified)
        self._work.progressed.connect(self._on_work_progressed)
        self._work.failed.connect(self.failed)
        self._work.ended.connect(self._on_work_ended)
        self._zone = DropZone(theme, self)
        self._zone.open_files_requested.connect(self.open_files_requested)
        self._zone.open_folder_requested.connect(self.open_folder_requested)
        self._results = QWidget(self)
        self._count = QLabel(self._results)
        self._count.setObjectName("fileCount")
        self._count.setProperty("role", "quiet")
        self._progress = QProgressBar(self._results)
        self._progress.setObjectName("fileProgress")
        self._progress.setAccessibleName(self.tr("Files classified"))
        self._progress.setTextVisible(False)
        self._cancel = self._button("cancelFilesButton", self.tr("Cancel"), "Ctrl+.")
        self._cancel.setToolTip(self.tr("Leave it at the files classified so far (Ctrl+.)"))
        self._cancel.clicked.connect(self._work.cancel)
        self._again = self._button("classifyAgainButton", self.tr("Classify again"), "Ctrl+R")
        self._again.setToolTip(self.tr("Ask the chosen model about all these files (Ctrl+R)"))
        self._again.clicked.connect(self._on_again_clicked)
        self._clear = self._button("clearFilesButton", self.tr("Clear"), "Ctrl+L")
        self._clear.setToolTip(self.tr("Empty this list; the files stay where they are (Ctrl+L)"))
        self._clear.clicked.connect(self.clear)
        self._list = FileList(self.model, theme, self._results)
        self._list.activated.connect(self._on_list_activated)
        self._list.selectionModel().currentChanged.connect(self._on_list_current_changed)
        self._lay_out()
        self._show_state()

    @property
    def is_empty(self) -> bool:
        """Whether there is no file yet, nor one on its way."""
        return not self.model.entries and not self._work.is_running

    def set_run(self, folder: Path | None) -> None:
        """Which run's model classifies the files that come from now on."""
        self._run_folder = folder
        self._show_state()

    def classify(self, paths: Sequence[Path]) -> None:
        """Classify files and folders, after those that are under way."""
        if self._run_folder is None:
            return
        was_empty = self.is_empty
        self._progress.setRange(0, 0)
        self._work.classify(self._run_folder, paths)
        self._list.scrollToTop()
        self._show_state()
        if was_empty:
            self.emptiness_changed.emit()

    @Slot()
    def clear(self) -> None:
        """Forget all files and stop what is under way."""
        self._work.discard()
        self.model.clear()
        self._show_state()
        self.emptiness_changed.emit()

    def shutdown(self) -> None:
        """Stop what is under way."""
        self._work.discard()

    def _button(self, name: str, text: str, keys: str) -> QPushButton:
        button = QPushButton(text, self._results)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setShortcut(QKeySequence(keys))
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.setContentsMargins(8, 0, 0, 0)  # in line with the pictures below
        head.addWidget(self._count)
        head.addSpacing(8)
        head.addWidget(self._progress, 1)
        head.addWidget(self._cancel)
        head.addStretch(1)
        head.addWidget(self._again)
        head.addWidget(self._clear)
        column = QVBoxLayout(self._results)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._list, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addWidget(self._zone)
        layout.addWidget(self._results, 1)

    def _show_state(self) -> None:
        running, empty = self._work.is_running, self.is_empty
        self._zone.set_wide(empty)
        self._results.setVisible(not empty)
        self._progress.setVisible(running)
        self._cancel.setVisible(running)
        self._again.setVisible(not running and self._is_of_other_run())
        self._show_count()

    def _show_count(self) -> None:
        entries, unreadable = len(self.model.entries), self.model.unreadable_count
        many = self.tr("{count} files").format(count=entries)
        text = self.tr("1 file") if entries == 1 else many
        if unreadable:
            text += " · " + self.tr("{count} unreadable").format(count=unreadable)
        self._count.setText(text)

    def _is_of_other_run(self) -> bool:
        if self._run_folder is None:
            return False
        return any(entry.run_name != self._run_folder.name for entry in self.model.entries)

    @Slot(int, object)
    def _on_work_classified(self, drop: int, entries: list[FileEntry]) -> None:
        self.model.add(drop, entries)
        self._show_count()

    @Slot(int, int)
    def _on_work_progressed(self, done: int, total: int) -> None:
        self._progress.setRange(0, total)
        self._progress.setValue(done)

    @Slot()
    def _on_work_ended(self) -> None:
        self._show_state()
        if self.is_empty:
            self.emptiness_changed.emit()

    @Slot()
    def _on_again_clicked(self) -> None:
        paths = [entry.path for entry in self.model.entries]
        self.model.clear()
        self.classify(paths)

    @Slot(QModelIndex)
    def _on_list_activated(self, index: QModelIndex) -> None:
        entry = self.model.entry(index)
        if entry is not None:
            self.entry_opened.emit(entry)

    @Slot(QModelIndex, QModelIndex)
    def _on_list_current_changed(self, index: QModelIndex, _before: QModelIndex) -> None:
        entry = self.model.entry(index)
        if entry is not None:
            self.entry_reached.emit(entry)
