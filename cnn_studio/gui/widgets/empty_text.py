"""What a view paints while it has nothing to show: a sign, a title and a sentence."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from cnn_studio.gui.theme import Theme

_ICON_PX = 40


def paint_empty_text(
    painter: QPainter, view: QWidget, theme: Theme, title: str, sentence: str
) -> None:
    """Paint them in the middle of a view."""
    middle = QRectF(view.rect()).adjusted(24, 0, -24, 0)
    top = middle.center().y() - 44
    icon = theme.icon("train", "line_strong").pixmap(
        QSize(_ICON_PX, _ICON_PX), view.devicePixelRatioF()
    )
    painter.drawPixmap(QPointF(middle.center().x() - _ICON_PX / 2, top), icon)
    font = view.font()
    font.setPixelSize(15)
    font.setWeight(font.Weight.DemiBold)
    painter.setFont(font)
    painter.setPen(theme.color("text"))
    centred = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(QRectF(middle.left(), top + 48, middle.width(), 24), centred, title)
    font.setPixelSize(13)
    font.setWeight(font.Weight.Normal)
    painter.setFont(font)
    painter.setPen(theme.color("text_quiet"))
    below = QRectF(middle.left(), top + 76, middle.width(), view.height() - top - 76)
    painter.drawText(below, centred, sentence)
