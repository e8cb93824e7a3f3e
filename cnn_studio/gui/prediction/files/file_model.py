"""The list of classified files, the newest drop on top."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from cnn_studio.gui.prediction.files.file_work import FileEntry

ENTRY_ROLE = int(Qt.ItemDataRole.UserRole)

Index = QModelIndex | QPersistentModelIndex


class FileModel(QAbstractListModel):
    """Holds the entries. Files of one drop stand in their own order, above those of older ones."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[FileEntry] = []
        self._drop = 0
        self._of_drop = 0
        self._unreadable = 0

    @property
    def entries(self) -> Sequence[FileEntry]:
        """All entries, the top one first."""
        return self._entries

    @property
    def unreadable_count(self) -> int:
        """How many files could not be read."""
        return self._unreadable

    def entry(self, index: Index) -> FileEntry | None:
        """The entry of a row."""
        return self._entries[index.row()] if index.isValid() else None

    def add(self, drop: int, entries: Sequence[FileEntry]) -> None:
        """Add files below those of the same drop, which stands above every older one."""
        if drop != self._drop:
            self._drop, self._of_drop = drop, 0
        row = self._of_drop
        self.beginInsertRows(QModelIndex(), row, row + len(entries) - 1)
        self._entries[row:row] = entries
        self._of_drop += len(entries)
        self._unreadable += sum(entry.prediction is None for entry in entries)
        self.endInsertRows()

    def clear(self) -> None:
        """Forget all files; what is still to come of a drop begins at the top."""
        self.beginResetModel()
        self._entries = []
        self._of_drop = self._unreadable = 0
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entry(index)
        if entry is None:
            return None
        if role == ENTRY_ROLE:
            return entry
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{entry.path.name}: {self._result(entry)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{entry.path}\n{self._result(entry)}\n{entry.run_name}"
        return None

    def _result(self, entry: FileEntry) -> str:
        if entry.prediction is None:
            return entry.error or ""
        name, probability = entry.prediction.top
        return f"{name}, {round(probability * 100)} %"
