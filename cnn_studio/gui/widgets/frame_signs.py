"""What stands on a picture: the square, that it is recorded, what is wrong with it, a countdown."""

from __future__ import annotations

import time

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.elided_label import elided
from cnn_studio.vision.preparation import guide_square

_INSET = 12.0
_HEIGHT = 28.0
_DOT = 10.0
_DOT_GAP = 8.0
_PILL = 24.0  # what a pill is wider than its text
_TEXT_PX = 13
_COUNTDOWN_SHARE = 0.45  # of the picture's height
_SHADE = QColor(0, 0, 0, 150)
_VEIL = QColor(255, 255, 255, 190)

FLASH_MS = 120
"""How long a picture is veiled when it has been taken."""


def paint_veil(painter: QPainter, frame: QPainterPath) -> None:
    """Veil a picture: it has been taken."""
    painter.fillPath(frame, _VEIL)


def paint_overlay(
    painter: QPainter, target: QRectF, width: int, image: QImage, part: QRectF
) -> None:
    """Lay an image over a part of a picture.

    Args:
        painter: On the widget that shows the picture; what it paints afterwards is as before.
        target: Where the picture is.
        width: Of the picture, in its own pixels.
        image: What is laid over it.
        part: Over which part, in the picture's pixels.
    """
    painter.save()
    painter.translate(target.topLeft())
    painter.scale(target.width() / width, target.width() / width)
    painter.drawImage(part, image)
    painter.restore()


def paint_guide(painter: QPainter, target: QRectF, size: QSize) -> None:
    """Veil what lies outside of the square that the model sees.

    Args:
        painter: On the widget that shows the picture.
        target: Where the picture is.
        size: Of the picture, in its own pixels.
    """
    scale = target.width() / size.width()
    top, left, side = guide_square(size.height(), size.width())
    square = QRectF(
        target.left() + left * scale, target.top() + top * scale, side * scale, side * scale
    ).adjusted(1, 1, -1, -1)
    outside = QPainterPath()
    outside.addRect(target)
    inside = QPainterPath()
    inside.addRect(square)
    painter.fillPath(outside - inside, QColor(0, 0, 0, 110))
    painter.setPen(QPen(QColor(255, 255, 255, 200), 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(square)


def paint_signs(
    painter: QPainter,
    target: QRectF,
    theme: Theme,
    recording: str,
    remark: str,
    countdown: int,
) -> None:
    """Paint them over the picture.

    Args:
        painter: On the widget that shows the picture.
        target: Where the picture is.
        theme: The colours.
        recording: What is being recorded; empty if nothing is.
        remark: What is wrong with the picture; empty if nothing is.
        countdown: Seconds until the recording begins; 0 if none is about to.
    """
    painter.save()
    font = painter.font()
    font.setPixelSize(_TEXT_PX)
    font.setBold(True)
    painter.setFont(font)
    if recording:
        corner = target.topLeft() + QPointF(_INSET, _INSET)
        room = round(target.width() - 2 * _INSET - _PILL - _DOT - _DOT_GAP)
        text = elided(recording, painter.fontMetrics(), room)
        _paint_pill(painter, corner, text, theme.color("record"), has_dot=True)
    if remark:
        corner = target.bottomLeft() + QPointF(_INSET, -_INSET - _HEIGHT)
        _paint_pill(painter, corner, remark, _SHADE, has_dot=False)
    if countdown:
        painter.fillRect(target, QColor(0, 0, 0, 90))
        font.setPixelSize(max(24, round(target.height() * _COUNTDOWN_SHARE)))
        painter.setFont(font)
        painter.setPen(QColor(255, 255, 255))
        painter.drawText(target, Qt.AlignmentFlag.AlignCenter, str(countdown))
    painter.restore()


def _paint_pill(
    painter: QPainter, corner: QPointF, text: str, ground: QColor, *, has_dot: bool
) -> None:
    width = painter.fontMetrics().horizontalAdvance(text) + _PILL
    left = _DOT + _DOT_GAP if has_dot else 0
    pill = QRectF(corner.x(), corner.y(), width + left, _HEIGHT)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(pill, _HEIGHT / 2, _HEIGHT / 2)
    colour = QColor(255, 255, 255) if ground.lightness() < 150 else QColor(20, 20, 20)
    if has_dot and int(time.monotonic() * 2) % 2 == 0:  # on and off once a second
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(pill.left() + 12 + _DOT / 2, pill.center().y()), 5, 5)
    painter.setPen(colour)
    painter.drawText(pill.adjusted(12 + left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
