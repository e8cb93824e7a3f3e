"""The mark on a time line of where one looks."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from cnn_studio.gui.theme import Theme


def paint_cursor(painter: QPainter, x: float, line: QWidget, theme: Theme) -> None:
    """Paint the mark at `x` from top to bottom of a time line, in the accent if it has focus."""
    painter.setPen(QPen(theme.color("surface"), 1))
    painter.setBrush(theme.color("accent" if line.hasFocus() else "text"))
    painter.drawRect(QRectF(x - 1.5, 4, 3, line.height() - 8))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawPolygon(QPolygonF([QPointF(x - 6, 1), QPointF(x + 6, 1), QPointF(x, 9)]))
