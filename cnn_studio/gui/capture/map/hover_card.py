"""Paints the image that the mouse is on, and its name, beside its point on the map."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap

from cnn_studio.gui.theme import Theme

_SIDE, _MOST_WIDTH, _GAP, _PADDING, _RADIUS = 112, 260, 14, 6, 6


def paint_card(
    painter: QPainter, at: QPoint, room: QSize, picture: QPixmap | None, name: str, theme: Theme
) -> None:
    """Paint it within the room, right below the point if it fits there.

    Args:
        painter: Of the map.
        at: The point.
        room: The size of the map's widget.
        picture: The image; None while it is being read.
        name: What it is called.
        theme: Where the colours come from.
    """
    metrics = painter.fontMetrics()
    across = min(max(_SIDE, metrics.horizontalAdvance(name) + 1), _MOST_WIDTH)
    line = metrics.height()
    card = QRectF(0, 0, across + 2 * _PADDING, _SIDE + line + 2 * _PADDING)
    card.moveTopLeft(QPointF(at.x() + _GAP, at.y() + _GAP))
    if card.right() > room.width():
        card.moveLeft(max(at.x() - _GAP - card.width(), 0))
    if card.bottom() > room.height():
        card.moveTop(max(at.y() - _GAP - card.height(), 0))
    painter.setPen(QPen(theme.color("line_strong"), 1))
    painter.setBrush(theme.color("surface"))
    painter.drawRoundedRect(card, _RADIUS, _RADIUS)
    inner = QRectF(card.left() + _PADDING, card.top() + _PADDING, across, _SIDE)
    square = QRectF(inner.left() + (across - _SIDE) // 2, inner.top(), _SIDE, _SIDE)
    if picture is None:
        painter.fillRect(square, theme.color("hover"))
    else:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(square, picture, QRectF(picture.rect()))
    painter.setPen(theme.color("text"))
    shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, across)
    below = QRectF(inner.left(), inner.bottom(), across, line + _PADDING)
    painter.drawText(below, Qt.AlignmentFlag.AlignCenter, shown)
