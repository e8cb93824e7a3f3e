"""The last minutes from left to right: what was said, now at the right edge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cnn_studio.gui.prediction.sources.class_colouring import ClassColouring
from cnn_studio.gui.prediction.sources.segment_bar import SegmentBar, words_of
from cnn_studio.gui.theme import Theme
from cnn_studio.prediction.timeline import Segment, segment_at

_BAR_HEIGHT = 36.0
_TEXT_HEIGHT = 20.0


class HistoryStrip(QWidget):
    """Paints the segments over the times of the wall clock."""

    def __init__(
        self, colouring: ClassColouring, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("historyStrip")
        self.setAccessibleName(self.tr("The answers of the last minutes"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._colouring = colouring
        self._theme = theme
        self._bar = SegmentBar()
        theme.changed.connect(self._on_theme_changed)

    @property
    def segments(self) -> Sequence[Segment]:
        """What is painted."""
        return self._bar.segments

    def set_segments(self, segments: Sequence[Segment], from_s: float, to_s: float) -> None:
        """Show segments between two times, in seconds since 1970 (UTC)."""
        self._bar.segments = segments
        self._bar.from_s, self._bar.to_s = from_s, to_s
        self.update()

    def describe(self, x: float) -> str:
        """What was said at a place, in words; the time alone where nothing was."""
        time_s = self._bar.time_at(x)
        found = segment_at(self._bar.segments, time_s)
        if found is None:
            return wall_clock(time_s)
        return words_of(found, wall_clock(found.from_s), wall_clock(found.to_s))

    def sizeHint(self) -> QSize:
        return QSize(480, round(_BAR_HEIGHT + _TEXT_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, round(_BAR_HEIGHT + _TEXT_HEIGHT))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.describe(event.pos().x()), self)
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._bar.place = QRectF(0, 0, self.width(), _BAR_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._bar.paint(painter, self._colouring, self._theme)
        painter.setPen(self._theme.color("text_quiet"))
        room = QRectF(0, _BAR_HEIGHT, self.width(), _TEXT_HEIGHT)
        for share, side in (
            (0.0, Qt.AlignmentFlag.AlignLeft),
            (0.5, Qt.AlignmentFlag.AlignHCenter),
            (1.0, Qt.AlignmentFlag.AlignRight),
        ):
            time_s = self._bar.from_s + share * (self._bar.to_s - self._bar.from_s)
            painter.drawText(room, side | Qt.AlignmentFlag.AlignBottom, wall_clock(time_s))

    @Slot()
    def _on_theme_changed(self) -> None:
        self.update()


def wall_clock(time_s: float) -> str:
    """A time, in seconds since 1970 (UTC), as the clock on the wall shows it."""
    return datetime.fromtimestamp(time_s).strftime("%H:%M:%S")
