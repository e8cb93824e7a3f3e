"""Paints one thumbnail of the gallery."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from cnn_studio.gui.pictures.gallery_model import GalleryModel
from cnn_studio.gui.theme import Theme
from cnn_studio.untrusted_text import shown

LEAST_SIDE = 112
GAP = 8
_RADIUS = 4.0
_ICON = 28
_NOTE_PX = 11


class GalleryDelegate(QStyledItemDelegate):
    """The middle square of the image; a ring around what is selected; a sign if it is broken."""

    def __init__(self, model: GalleryModel, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(LEAST_SIDE + GAP, LEAST_SIDE + GAP)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        rect = option.rect
        state = option.state
        half = GAP / 2
        tile = QRectF(rect).adjusted(half, half, -half, -half)
        outline = QPainterPath()
        outline.addRoundedRect(tile, _RADIUS, _RADIUS)
        painter.save()
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        thumbnail = self._model.thumbnail(index)
        painter.fillPath(outline, self._theme.color("hover"))
        if thumbnail is not None and thumbnail.pixmap is not None:
            painter.setClipPath(outline)
            painter.drawPixmap(tile, thumbnail.pixmap, QRectF(thumbnail.pixmap.rect()))
            painter.setClipping(False)
        elif thumbnail is not None:
            self._paint_broken(painter, tile, outline)
        note = self._model.note(index)
        if note:
            paint_note(painter, tile, note)
        self._paint_ring(painter, tile, state)
        painter.restore()

    def _paint_broken(self, painter: QPainter, tile: QRectF, outline: QPainterPath) -> None:
        painter.setPen(QPen(self._theme.color("warn"), 1, Qt.PenStyle.DashLine))
        painter.drawPath(outline)
        icon = QRectF(0, 0, _ICON, _ICON)
        icon.moveCenter(tile.center())
        self._theme.icon("warning", "warn").paint(painter, icon.toRect())

    def _paint_ring(self, painter: QPainter, tile: QRectF, state: QStyle.StateFlag) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if state & QStyle.StateFlag.State_Selected:
            wash = self._theme.color("accent")
            wash.setAlpha(48)
            ring = QPainterPath()
            ring.addRoundedRect(tile, _RADIUS, _RADIUS)
            painter.fillPath(ring, wash)
            painter.setPen(QPen(self._theme.color("accent"), 3))
            painter.drawRoundedRect(tile.adjusted(-0.5, -0.5, 0.5, 0.5), _RADIUS, _RADIUS)
        elif state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(self._theme.color("accent"), 1, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(tile.adjusted(-1, -1, 1, 1), _RADIUS, _RADIUS)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(self._theme.color("line_strong"), 1))
            painter.drawRoundedRect(tile, _RADIUS, _RADIUS)


def paint_note(painter: QPainter, tile: QRectF, note: str) -> None:
    """Write a few words into the lower left corner of a picture, readable on any; a line each."""
    font = painter.font()
    font.setPixelSize(_NOTE_PX)
    painter.setFont(font)
    metrics = painter.fontMetrics()
    room, elide = int(tile.width()) - 16, Qt.TextElideMode.ElideRight
    lines = [metrics.elidedText(shown(line), elide, room) for line in note.splitlines()]
    width = max(metrics.horizontalAdvance(line) for line in lines)
    box = QRectF(0, 0, width + 10, metrics.height() * len(lines) + 4)
    box.moveBottomLeft(tile.bottomLeft() + QPointF(4, -4))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 170))
    painter.drawRoundedRect(box, _RADIUS, _RADIUS)
    painter.setPen(QColor(255, 255, 255))
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    painter.drawText(box.adjusted(5, 0, 0, 0), int(flags), "\n".join(lines))
