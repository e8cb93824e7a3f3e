"""Paints a figure, and below it where within 0 to 1 it may really lie."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from cnn_studio.gui.theme import Theme
from cnn_studio.models.intervals import Interval

INTERVAL_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_TRACK_PX, _BAR_PX, _BELOW_PX, _BESIDE_PX = 2.0, 3.0, 3.0, 8.0


class IntervalDelegate(QStyledItemDelegate):
    """Draws the text as usual, and the interval as a line where the model names one."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        interval = index.data(INTERVAL_ROLE)
        if not isinstance(interval, Interval):
            return
        cell = QRectF(option.rect).adjusted(_BESIDE_PX, 0, -_BESIDE_PX, -_BELOW_PX)
        track = QRectF(cell.left(), cell.bottom() - _TRACK_PX, cell.width(), _TRACK_PX)
        left = cell.left() + interval.low * cell.width()
        width = max(_BAR_PX, (interval.high - interval.low) * cell.width())
        left = min(left, cell.right() - width)
        painter.fillRect(track, self._theme.color("line"))
        bar = QRectF(left, cell.bottom() - (_BAR_PX + _TRACK_PX) / 2, width, _BAR_PX)
        painter.fillRect(bar, self._theme.color("training"))
