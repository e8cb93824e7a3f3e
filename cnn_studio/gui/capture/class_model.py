"""The classes of a dataset as a list for Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

AnyIndex = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


@dataclass(frozen=True)
class ClassRow:
    """What one row shows.

    Attributes:
        name: The class.
        count: How many images it has; None while that is not known.
        target: How many it should have; 0 for none.
    """

    name: str
    count: int | None
    target: int


class ClassModel(QAbstractListModel):
    """One row a class.

    Signals:
        rename_requested(str, str): The name in a row was edited: the old one and the new one.
    """

    rename_requested = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[ClassRow] = []
        self._editable = False

    def set_classes(
        self, counts: Mapping[str, int], target: int, known: bool, editable: bool
    ) -> None:
        """Show these classes in this order.

        Args:
            counts: Images of each class.
            target: How many each should have; 0 for none.
            known: Whether the counts have been read yet.
            editable: Whether the names can be changed.
        """
        rows = [ClassRow(name, count if known else None, target) for name, count in counts.items()]
        self._editable = editable
        if [row.name for row in rows] != [row.name for row in self._rows]:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        elif rows:
            self._rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, 0))

    def row(self, index: AnyIndex) -> ClassRow:
        """What a row shows."""
        return self._rows[index.row()]

    def index_of(self, name: str) -> QModelIndex:
        """Where a class stands; an invalid index if it is not there."""
        names = [row.name for row in self._rows]
        return self.index(names.index(name), 0) if name in names else QModelIndex()

    def rowCount(self, parent: AnyIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return row.name
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._description(row)
        return None

    def setData(self, index: AnyIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if not index.isValid() or role != Qt.ItemDataRole.EditRole:
            return False
        old, new = self._rows[index.row()].name, str(value).strip()
        if new and new != old:
            self.rename_requested.emit(old, new)
        return False  # the row changes once the folder has

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        editable = (
            Qt.ItemFlag.ItemIsEditable
            if self._editable and index.isValid()
            else Qt.ItemFlag.NoItemFlags
        )
        return super().flags(index) | editable

    def _description(self, row: ClassRow) -> str:
        if row.count is None:
            return row.name
        if not row.target:
            return self.tr("{name}: {count} images").format(name=row.name, count=f"{row.count:,}")
        return self.tr("{name}: {count} of {target} images").format(
            name=row.name, count=f"{row.count:,}", target=f"{row.target:,}"
        )
