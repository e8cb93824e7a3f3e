"""The classes of a dataset as a list for Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)

from cnn_studio.data.cards import DatasetCard, next_step
from cnn_studio.gui.class_colours import class_colours
from cnn_studio.gui.figures import whole
from cnn_studio.untrusted_text import shown

AnyIndex = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


@dataclass(frozen=True)
class ClassRow:
    """What one row shows.

    Attributes:
        name: The class.
        colour: Its colour, "#RRGGBB".
        count: How many images it has; None while that is not known.
        target: How many it should have next; 0 for none.
        has_own_colour: Whether a person chose the colour.
        is_trained: Whether trainings use it.
        is_background: Whether its pictures show none of the other classes.
        has_enough: Whether it is told apart well with the images it has.
    """

    name: str
    colour: str
    count: int | None = None
    target: int = 0
    has_own_colour: bool = False
    is_trained: bool = True
    is_background: bool = False
    has_enough: bool = False


class ClassModel(QAbstractListModel):
    """One row a class.

    Signals:
        rename_requested(str, str): The name in a row was edited: the old one and the new one.
        order_requested(list): All classes, in the order that they shall have. The rows stand in it
            already, and stay so until `end_order`.
    """

    rename_requested = Signal(str, str)
    order_requested = Signal(list)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[ClassRow] = []
        self._editable = False
        self._order: list[str] = []  # the one that was asked for last, while it is shown early
        self._is_order_saved = False

    @property
    def rows(self) -> Sequence[ClassRow]:
        """What is shown, in order."""
        return self._rows

    def name_of(self, number: int) -> str:
        """The class that a number key stands for, as the list shows it; empty if none does."""
        return self._rows[number - 1].name if 1 <= number <= len(self._rows) else ""

    @property
    def is_editable(self) -> bool:
        """Whether classes can be changed."""
        return self._editable

    def set_classes(
        self,
        counts: Mapping[str, int],
        card: DatasetCard | None,
        known: bool,
        editable: bool,
        enough: Set[str] = frozenset(),
    ) -> None:
        """Show these classes in this order.

        Args:
            counts: Images of each class.
            card: What else is known of them.
            known: Whether the counts have been read yet.
            editable: Whether the classes can be changed; a target is shown only then.
            enough: Those that are told apart well with the images they have.
        """
        rows = _rows(counts if known else dict.fromkeys(counts), card, editable, enough)
        if sorted(self._order) == sorted(row.name for row in rows):
            rows.sort(key=lambda row: self._order.index(row.name))
        self._editable = editable
        if [row.name for row in rows] != [row.name for row in self._rows]:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        elif rows:
            self._rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, 0))

    def place_class(self, name: str, place: int) -> None:
        """Put a class before the one that stands in this place now, and ask for that order."""
        names = [row.name for row in self._rows]
        if not self._editable or name not in names:
            return
        row, place = names.index(name), min(max(place, 0), len(names))
        if place in (row, row + 1):
            return
        self.beginMoveRows(_NOWHERE, row, row, _NOWHERE, place)
        moved = self._rows.pop(row)
        self._rows.insert(place - 1 if place > row else place, moved)
        self.endMoveRows()
        self._order = [each.name for each in self._rows]
        self._is_order_saved = False
        self.order_requested.emit(self._order)

    @property
    def is_order_saved(self) -> bool:
        """Whether the order that was asked for last is on disk, and `end_order` is due."""
        return self._is_order_saved

    @Slot(list)
    def confirm_order(self, names: Sequence[str]) -> None:
        """This order is on disk now, though perhaps not in the next `set_classes` yet."""
        self._is_order_saved = bool(self._order) and list(names) == self._order

    def end_order(self) -> None:
        """Show the classes in the order of `set_classes` from the next one on."""
        self._order = []
        self._is_order_saved = False

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
        if role == Qt.ItemDataRole.DisplayRole:
            return shown(row.name)
        if role == Qt.ItemDataRole.EditRole:
            return row.name
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return shown(self._description(row))
        return None

    def setData(self, index: AnyIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if not index.isValid() or role != Qt.ItemDataRole.EditRole:
            return False
        old, new = self._rows[index.row()].name, str(value).strip()
        if new and new != old:
            self.rename_requested.emit(old, new)
        return False  # the row changes once the folder has

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        flags = super().flags(index)
        if self._editable and index.isValid():
            flags |= Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDragEnabled
        return flags

    def _description(self, row: ClassRow) -> str:
        if row.count is None:
            return row.name
        if row.target:
            text = self.tr("{name}: {count} of {target} images")
        else:
            text = self.tr("{name}: {count} images")
        words = [text.format(name=row.name, count=whole(row.count), target=whole(row.target))]
        if row.is_background:
            words.append(self.tr("the background class: shows none of the others"))
        if not row.is_trained:
            words.append(self.tr("not trained"))
        elif row.has_enough:
            words.append(self.tr("recognised well with these: enough"))
        return ", ".join(words)


def _rows(
    counts: Mapping[str, int | None], card: DatasetCard | None, editable: bool, enough: Set[str]
) -> list[ClassRow]:
    if card is None:
        return []
    colours = class_colours(card, counts)
    return [
        ClassRow(
            name,
            colours[name],
            count,
            next_step(card.targets, count or 0) if editable else 0,
            name in card.colours,
            name not in card.disabled,
            name == card.background,
            name in enough,
        )
        for name, count in counts.items()
    ]
