"""A video's time from left to right: where one looks, and the part that is wanted."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from cnn_studio.gui.capture.transfer.video_part import VideoPart
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.time_cursor import paint_cursor

_HEIGHT = 40
_MARGIN = 10.0
_TRACK_HEIGHT = 6.0
_HANDLE_WIDTH, _HANDLE_HEIGHT = 10.0, 24.0
_REACH = 9.0  # so near to a handle a press takes it
_PAGE_MS = 1000


class TimeLine(QSlider):
    """Its value is the time that is looked at, in milliseconds.

    Signals:
        valueChanged(int): Another time is looked at.
        begin_requested(int), end_requested(int): The part shall begin or end there.
    """

    begin_requested = Signal(int)
    end_requested = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("timeLine")
        self.setAccessibleName(self.tr("Time in the video"))
        self.setToolTip(
            self.tr(
                "Left and Right go by one frame, Page Up and Page Down by a second; "
                "I: the part begins here; O: it ends here"
            )
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self._part = VideoPart()
        self._handles_shown = True
        self._dragged: SignalInstance | None = None  # a handle's request; None for the cursor
        theme.changed.connect(self._on_theme_changed)

    def set_video(self, length_ms: int, frames_per_second: float) -> None:
        """Say how long the video is, and how far apart its frames are."""
        interval_ms = max(1, round(1000 / frames_per_second))
        self.setRange(0, max(0, length_ms - interval_ms))
        self.setSingleStep(interval_ms)
        self.setPageStep(_PAGE_MS)
        self.setValue(0)

    def set_part(self, part: VideoPart) -> None:
        """Show the part that is wanted."""
        self._part = part
        self.update()

    def set_handles_shown(self, shown: bool) -> None:
        """Say whether a part of the video can be wanted, or only all of it."""
        self._handles_shown = shown
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    def key_hints(self) -> list[tuple[str, str]]:
        """The keys that it takes itself, and what they do."""
        return [
            (self.tr("I"), self.tr("The part of the video begins here")),
            (self.tr("O"), self.tr("The part of the video ends here")),
        ]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._handles_shown and event.key() == Qt.Key.Key_I:
            self.begin_requested.emit(self.value())
        elif self._handles_shown and event.key() == Qt.Key.Key_O:
            self.end_requested.emit(self.value())
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        x = event.position().x()
        begin, end = self._x_of(self._part.from_ms), self._x_of(self._part.to_ms)
        nearest = min(abs(x - begin), abs(x - end))
        self._dragged = None
        if self._handles_shown and nearest <= _REACH:
            # Where the two lie together, the one that has room to move is taken.
            is_end = abs(x - end) < abs(x - begin) or (begin == end and x >= end)
            self._dragged = self.end_requested if is_end else self.begin_requested
        self.setSliderDown(True)
        self._drag_to(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._drag_to(event.position().x())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self.setSliderDown(False)
        self._dragged = None

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle = self.height() / 2
        track = QRectF(
            _MARGIN, middle - _TRACK_HEIGHT / 2, self.width() - 2 * _MARGIN, _TRACK_HEIGHT
        )
        painter.setBrush(self._theme.color("line_strong"))
        painter.drawRoundedRect(track, _TRACK_HEIGHT / 2, _TRACK_HEIGHT / 2)
        if not self.isEnabled():
            return
        begin, end = self._x_of(self._part.from_ms), self._x_of(self._part.to_ms)
        painter.setBrush(self._theme.color("accent"))
        painter.drawRoundedRect(
            QRectF(begin, track.top(), end - begin, _TRACK_HEIGHT),
            _TRACK_HEIGHT / 2,
            _TRACK_HEIGHT / 2,
        )
        if self._handles_shown:
            painter.setPen(QPen(self._theme.color("surface"), 2))
            for x in (begin, end):
                handle = QRectF(0, 0, _HANDLE_WIDTH, _HANDLE_HEIGHT)
                handle.moveCenter(QPointF(x, middle))
                painter.drawRoundedRect(handle, 3, 3)
        paint_cursor(painter, self._x_of(self.value()), self, self._theme)

    def _drag_to(self, x: float) -> None:
        time_ms = self._time_at(x)
        if self._dragged is None:
            self.setValue(time_ms)
        else:
            self._dragged.emit(time_ms)

    def _x_of(self, time_ms: int) -> float:
        length_ms = max(1, self._part.length_ms)
        return _MARGIN + (self.width() - 2 * _MARGIN) * min(time_ms, length_ms) / length_ms

    def _time_at(self, x: float) -> int:
        share = (x - _MARGIN) / max(1.0, self.width() - 2 * _MARGIN)
        return round(min(1.0, max(0.0, share)) * self._part.length_ms)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.update()
