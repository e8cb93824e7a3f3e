"""The list of datasets in the header's menu: each with its number of images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from cnn_studio.data.catalog import Dataset
from cnn_studio.gui.figures import images, whole
from cnn_studio.gui.theme import Theme
from cnn_studio.untrusted_text import shown, unicode_text

ROW_HEIGHT = 32
NAME_ROLE = int(Qt.ItemDataRole.UserRole)
"""The name of a dataset's folder, as a text that Qt takes."""

_COUNT_ROLE = NAME_ROLE + 1
_CHOSEN_ROLE = NAME_ROLE + 2
_SIDE, _SIGN, _GAP = 10, 16, 8
_Index = QModelIndex | QPersistentModelIndex


class DatasetModel(QAbstractListModel):
    """The datasets whose titles or names have a text in them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._every: tuple[Dataset, ...] = ()
        self._shown: list[Dataset] = []
        self._chosen = ""
        self._wanted = ""
        self._counts: dict[str, int] = {}

    def set_datasets(self, datasets: Sequence[Dataset], chosen: str) -> None:
        """List these; `chosen` is the name of the one in use."""
        self._every, self._chosen = tuple(datasets), chosen
        self._arrange()

    def set_wanted(self, text: str) -> None:
        """List only what has all words of a text in its title or name."""
        self._wanted = text
        self._arrange()

    def set_counts(self, counts: Mapping[str, int]) -> None:
        """Say how many images datasets have, by their names; what is not known is not shown."""
        self._counts = dict(counts)
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))

    def row_of(self, name: str) -> int:
        """The row of a dataset; -1 if it is not listed."""
        return next((n for n, each in enumerate(self._shown) if each.name == name), -1)

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: _Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        dataset = self._shown[index.row()]
        count = self._counts.get(dataset.name)
        title = shown(dataset.title)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return title
            case Qt.ItemDataRole.ToolTipRole:
                return title if count is None else f"{title} · {images(count)}"
            case Qt.ItemDataRole.AccessibleTextRole:
                return title if count is None else f"{title}, {images(count)}"
        own = {NAME_ROLE: unicode_text(dataset.name), _CHOSEN_ROLE: dataset.name == self._chosen}
        return count if role == _COUNT_ROLE else own.get(role)

    def _arrange(self) -> None:
        words = self._wanted.casefold().split()
        self.beginResetModel()
        self._shown = [
            dataset
            for dataset in self._every
            if all(word in f"{dataset.title}\n{dataset.name}".casefold() for word in words)
        ]
        self.endResetModel()


class DatasetDelegate(QStyledItemDelegate):
    """Paints a row: whether it is in use, its title with the middle left out, and its count."""

    draws_focus = True  # see FocusRing

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(option.font)
        ground = QRectF(rect).adjusted(0, 1, 0, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(self._theme.color("selection"))
            painter.drawRoundedRect(ground, 6, 6)
            if state & QStyle.StateFlag.State_HasFocus:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(self._theme.color("accent"), 2))
                painter.drawRoundedRect(ground.adjusted(1, 1, -1, -1), 6, 6)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(self._theme.color("hover"))
            painter.drawRoundedRect(ground, 6, 6)
        self._paint_words(painter, rect, index)
        painter.restore()

    def _paint_words(self, painter: QPainter, rect: QRect, index: _Index) -> None:
        if index.data(_CHOSEN_ROLE):
            top = rect.center().y() - _SIGN // 2 + 1
            sign = QRect(rect.left() + _SIDE, top, _SIGN, _SIGN)
            self._theme.icon("check", "accent").paint(painter, sign)
        count = index.data(_COUNT_ROLE)
        number = "" if count is None else whole(count)
        metrics = painter.fontMetrics()
        right = rect.right() - _SIDE
        width = metrics.horizontalAdvance(number)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(self._theme.color("text_quiet"))
        place = QRect(right - width, rect.top(), width + 1, rect.height())
        painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, number)
        left = rect.left() + _SIDE + _SIGN + _GAP
        room = right - width - (_GAP if number else 0) - left
        title = metrics.elidedText(index.data(), Qt.TextElideMode.ElideMiddle, room)
        painter.setPen(self._theme.color("text"))
        painter.drawText(
            QRect(left, rect.top(), room, rect.height()), middle | Qt.AlignmentFlag.AlignLeft, title
        )
