"""Segments of answers painted from left to right, each in the colour of its class."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QLocale, QRectF, Qt
from PySide6.QtGui import QPainter

from cnn_studio.gui.prediction.sources.class_colouring import ClassColouring
from cnn_studio.gui.theme import Theme
from cnn_studio.prediction.timeline import Segment
from cnn_studio.untrusted_text import shown

_TEXT_INSET = 4.0
_LEAST_TEXT_WIDTH = 18.0
_EDGE = 2.0  # between what two models said


class SegmentBar:
    """Where segments lie between two times, and how they are painted there.

    Attributes:
        segments: What is painted.
        from_s: The time at the left edge.
        to_s: The time at the right edge.
        place: The rectangle.
    """

    def __init__(self) -> None:
        self.segments: Sequence[Segment] = ()
        self.from_s = 0.0
        self.to_s = 1.0
        self.place = QRectF()

    def time_at(self, x: float) -> float:
        """The time at a place, within the bar."""
        share = (x - self.place.left()) / max(1.0, self.place.width())
        return self.from_s + min(1.0, max(0.0, share)) * (self.to_s - self.from_s)

    def x_of(self, time_s: float) -> float:
        """The place of a time, within the bar."""
        share = (time_s - self.from_s) / max(1e-9, self.to_s - self.from_s)
        return self.place.left() + min(1.0, max(0.0, share)) * self.place.width()

    def paint(self, painter: QPainter, colouring: ClassColouring, theme: Theme) -> None:
        """Paint the ground and the segments; those that are long enough carry their names."""
        painter.save()
        # A clip that is round, or smooth edges, would make hundreds of segments slow to paint.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(self.place, theme.color("line"))
        painted = self.place.left()
        model = self.segments[0].model if self.segments else ""
        for segment in self.segments:
            # Whole pixels, or the ground would shine through between two neighbours.
            left, right = round(self.x_of(segment.from_s)), round(self.x_of(segment.to_s))
            right = max(right, left + 1)
            is_within = segment.to_s > self.from_s and segment.from_s < self.to_s
            if is_within and right > painted:  # of several in one pixel the first one is seen
                room = QRectF(left, self.place.top(), right - left, self.place.height())
                colouring.fill(painter, room, segment.class_name)
                self._paint_name(painter, room, segment, colouring)
                painted = right
                if segment.model != model:
                    edge = QRectF(left - _EDGE, self.place.top(), _EDGE, self.place.height())
                    painter.fillRect(edge, theme.color("text"))
                    model = segment.model
        painter.restore()

    def _paint_name(
        self, painter: QPainter, room: QRectF, segment: Segment, colouring: ClassColouring
    ) -> None:
        room = room.adjusted(_TEXT_INSET, 0, -_TEXT_INSET, 0)
        if room.width() < _LEAST_TEXT_WIDTH:
            return
        name = name_of(segment.class_name)
        text = painter.fontMetrics().elidedText(
            name, Qt.TextElideMode.ElideRight, int(room.width())
        )
        if len(text) < min(3, len(name)):
            return
        if segment.class_name is None:  # the hatching would run through the letters
            width = painter.fontMetrics().horizontalAdvance(text)
            ground = QRectF(room.left() - 3, room.top(), width + 6, room.height())
            painter.fillRect(ground, colouring.colour_of(None))
        painter.setPen(colouring.ink_on(segment.class_name))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def name_of(class_name: str | None) -> str:
    """What a class is called on the screen; None is unknown."""
    if class_name is not None:
        return shown(class_name)
    return QCoreApplication.translate("SegmentBar", "unknown")


def words_of(segment: Segment, from_text: str, to_text: str) -> str:
    """A segment in words, for a tooltip."""
    text = QCoreApplication.translate("SegmentBar", "{name}, {percent} %\n{begin} to {end}")
    percent = QLocale().toString(round(segment.probability * 100))
    name = name_of(segment.class_name)
    words = text.format(name=name, percent=percent, begin=from_text, end=to_text)
    return f"{words}\n{segment.model}" if segment.model else words
