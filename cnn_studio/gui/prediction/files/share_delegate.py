"""Paints a probability, and below it how large it is as a bar."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from cnn_studio.gui.prediction.files.file_model import SHARE_ROLE
from cnn_studio.gui.theme import Theme

_BAR_PX, _BELOW_PX, _BESIDE_PX = 3.0, 7.0, 9.0


class ShareDelegate(QStyledItemDelegate):
    """Draws the text as usual, and the bar where the model names a share."""

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
        share = index.data(SHARE_ROLE)
        if share is None:
            return
        cell = QRectF(option.rect).adjusted(_BESIDE_PX, 0, -_BESIDE_PX, -_BELOW_PX)
        track = QRectF(cell.left(), cell.bottom() - _BAR_PX, cell.width(), _BAR_PX)
        bar = QRectF(track)
        bar.setWidth(max(_BAR_PX, share * track.width()))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for area, colour in ((track, "line"), (bar, "accent")):
            painter.setBrush(self._theme.color(colour))
            painter.drawRoundedRect(area, _BAR_PX / 2, _BAR_PX / 2)
        painter.restore()
