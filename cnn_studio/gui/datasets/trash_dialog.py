"""The deleted datasets in a window: bringing one back, or removing it for good."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.data.dataset_trash import TrashedDataset
from cnn_studio.gui.capture.editing.trash_view import long_time
from cnn_studio.gui.endings import Until
from cnn_studio.gui.figures import NONE, data_size, images, whole
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.buttons import dialog_button
from cnn_studio.gui.widgets.notice import Kind, Notice
from cnn_studio.untrusted_text import shown

_WIDTH, _HEIGHT = 640, 400
_TITLE, _IMAGES, _SIZE, _MOMENT = range(4)


class DatasetTrashDialog(QDialog):
    """Lists what was deleted, deleted last first.

    Signals:
        restore_requested(TrashedDataset): This one is to come back.
        removal_requested(TrashedDataset): This one is to go for good.
    """

    restore_requested = Signal(object)
    removal_requested = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("datasetTrashDialog")
        self.setWindowTitle(self.tr("Deleted datasets"))
        self.resize(_WIDTH, _HEIGHT)
        self._entries: tuple[TrashedDataset, ...] = ()
        self._figures: dict[str, tuple[int | None, int]] = {}
        self._table = QTableWidget(0, 4, self)
        self._set_up_table()
        self._empty = QLabel(self.tr("No dataset is in the trash."), self)
        self._empty.setObjectName("datasetTrashEmpty")
        self._empty.setProperty("role", "quiet")
        self.notice = Notice(theme, self)
        self._remove = dialog_button(
            self,
            "removeDataset",
            self.tr("Delete for good …"),
            self.tr("Remove this dataset from the disk; that cannot be undone (Del)"),
        )
        self._remove.setShortcut(QKeySequence(QKeySequence.StandardKey.Delete))
        self._close = dialog_button(
            self, "closeDatasetTrash", self.tr("Close"), self.tr("Close this list (Esc)")
        )
        self._restore = dialog_button(
            self,
            "restoreDataset",
            self.tr("Bring back"),
            self.tr("Bring this dataset back with its images (Enter)"),
        )
        self._restore.setProperty("kind", "primary")
        self._restore.setDefault(True)
        self._lay_out()
        self._table.itemSelectionChanged.connect(self._on_selection_changed)
        self._table.doubleClicked.connect(self._on_restore_clicked)
        self._restore.clicked.connect(self._on_restore_clicked)
        self._remove.clicked.connect(self._on_remove_clicked)
        self._close.clicked.connect(self.reject)
        self.set_entries(())

    def set_entries(self, entries: Sequence[TrashedDataset]) -> None:
        """List these."""
        self._entries = tuple(entries)
        self._table.setRowCount(len(entries))
        for row, entry in enumerate(entries):
            moment = long_time(entry.deleted.timestamp())
            for column, text in ((_TITLE, shown(entry.dataset.title)), (_MOMENT, moment)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self._table.setItem(row, column, item)
            self._show_figures(row)
        self._table.setVisible(bool(entries))
        self._empty.setVisible(not entries)
        if entries:
            self._table.selectRow(0)
            self._table.setFocus()
        self._on_selection_changed()

    def set_figures(self, key: str, count: int | None, size: int) -> None:
        """Say how many images a dataset has, and its size in bytes."""
        self._figures[key] = count, size
        for row, entry in enumerate(self._entries):
            if entry.key == key:
                self._show_figures(row)

    def facts_of(self, entry: TrashedDataset) -> str:
        """The count and the size of a dataset in words; empty while they are counted."""
        if entry.key not in self._figures:
            return ""
        count, size = self._figures[entry.key]
        parts = [] if count is None else [images(count)]
        return ", ".join([*parts, data_size(size)])

    def say(self, sentence: str, kind: Kind) -> None:
        """Show a sentence above the list."""
        self.notice.show_message(sentence, kind, until=Until.REPLACED)

    def _show_figures(self, row: int) -> None:
        count, size = self._figures.get(self._entries[row].key, (None, None))
        for column, text in (
            (_IMAGES, NONE if count is None else whole(count)),
            (_SIZE, NONE if size is None else data_size(size)),
        ):
            item = QTableWidgetItem(text)
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._table.setItem(row, column, item)

    def _set_up_table(self) -> None:
        table = self._table
        table.setObjectName("datasetTrashTable")
        table.setAccessibleName(self.tr("Deleted datasets"))
        table.setHorizontalHeaderLabels(
            [self.tr("Dataset"), self.tr("Images"), self.tr("Size"), self.tr("Deleted")]
        )
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setTabKeyNavigation(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        for column, side in ((_TITLE, left), (_IMAGES, right), (_SIZE, right), (_MOMENT, left)):
            heading = table.horizontalHeaderItem(column)
            if heading is not None:
                heading.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(_TITLE, QHeaderView.ResizeMode.Stretch)
        for column in (_IMAGES, _SIZE, _MOMENT):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._remove)
        foot.addStretch(1)
        foot.addWidget(self._close)
        foot.addWidget(self._restore)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addWidget(self.notice)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._empty, 1, Qt.AlignmentFlag.AlignCenter)
        layout.addLayout(foot)

    def _selected(self) -> TrashedDataset | None:
        rows = self._table.selectionModel().selectedRows()
        return self._entries[rows[0].row()] if rows and self._entries else None

    @Slot()
    def _on_selection_changed(self) -> None:
        for button in (self._restore, self._remove):
            button.setEnabled(self._selected() is not None)

    @Slot()
    def _on_restore_clicked(self) -> None:
        entry = self._selected()
        if entry is not None:
            self.restore_requested.emit(entry)

    @Slot()
    def _on_remove_clicked(self) -> None:
        entry = self._selected()
        if entry is not None:
            self.removal_requested.emit(entry)
