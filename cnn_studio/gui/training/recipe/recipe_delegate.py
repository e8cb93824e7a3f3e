"""Paints a recipe in the list: its name, and under it what it is for and how long it takes."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.elided_chooser import SHORTER_ROLE

ABOUT_ROLE = SHORTER_ROLE + 1
"""What a recipe is for, and how long it will take: a str, possibly empty."""

_MARGIN_PX = 10
_AIR_PX = 6


class RecipeDelegate(QStyledItemDelegate):
    """Two lines an entry; one where there is nothing to say of it."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        about = str(index.data(ABOUT_ROLE) or "")
        metrics = option.fontMetrics
        widths = [metrics.horizontalAdvance(text) for text in (self._title(index), about)]
        lines = 2 if about else 1
        return QSize(max(widths) + 2 * _MARGIN_PX, lines * metrics.height() + 2 * _AIR_PX)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        ground = QStyleOptionViewItem(option)
        self.initStyleOption(ground, index)
        ground.text = ""
        style = option.widget.style() if option.widget is not None else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, ground, painter, option.widget)
        about = str(index.data(ABOUT_ROLE) or "")
        room = option.rect.adjusted(_MARGIN_PX, _AIR_PX, -_MARGIN_PX, -_AIR_PX)
        height = option.fontMetrics.height() if about else room.height()
        painter.save()
        painter.setFont(option.font)
        line = QRect(room.left(), room.top(), room.width(), height)
        for text, colour in ((self._title(index), "text"), (about, "text_quiet")):
            painter.setPen(self._theme.color(colour))
            shown = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)
            line.translate(0, height)
        painter.restore()

    def _title(self, index: QModelIndex | QPersistentModelIndex) -> str:
        return str(index.data(Qt.ItemDataRole.DisplayRole) or "")
