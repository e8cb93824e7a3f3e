"""A video's time from left to right, coloured by what the model says; a click goes there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QSlider, QToolTip, QWidget

from cnn_studio.camera.video_reader import VideoFacts, clock
from cnn_studio.gui.prediction.sources.class_colouring import ClassColouring
from cnn_studio.gui.prediction.sources.segment_bar import SegmentBar, words_of
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.time_cursor import paint_cursor
from cnn_studio.prediction.timeline import Segment, segment_at

_HEIGHT = 36
_MARGIN = 7.0
_BAR_HEIGHT = 20.0
_PAGE_S = 1.0


class VideoLine(QSlider):
    """Its value is the time on the screen, in milliseconds.

    Signals:
        seek_requested(float): This time in seconds shall be shown.
        step_requested(int): So many frames ahead, or back where it is below 0.
        play_requested: Play, or pause.
    """

    seek_requested = Signal(float)
    step_requested = Signal(int)
    play_requested = Signal()

    def __init__(
        self, colouring: ClassColouring, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("videoLine")
        self.setAccessibleName(self.tr("Time in the video"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._colouring = colouring
        self._theme = theme
        self._bar = SegmentBar()
        self._painted: QPixmap | None = None  # the bar, which the cursor moves over
        theme.changed.connect(self._on_theme_changed)

    @property
    def segments(self) -> Sequence[Segment]:
        """What is painted."""
        return self._bar.segments

    def set_video(self, facts: VideoFacts | None) -> None:
        """Say how long the video is; None until that is known."""
        self._bar.to_s = facts.duration_s if facts else 1.0
        self._bar.segments = ()
        last_s = facts.duration_s - 1 / facts.frames_per_second if facts else 0.0
        self.setRange(0, max(0, round(last_s * 1000)))
        self.setEnabled(facts is not None)
        self._paint_again()

    def set_segments(self, segments: Sequence[Segment]) -> None:
        """Show what the model says."""
        self._bar.segments = segments
        self._paint_again()

    def sizeHint(self) -> QSize:
        return QSize(320, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, _HEIGHT)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.describe(event.pos().x()), self)
            return True
        return super().event(event)

    def describe(self, x: float) -> str:
        """What is known at a place, in words."""
        time_s = self._bar.time_at(x)
        found = segment_at(self._bar.segments, time_s)
        keys = self.tr("Left and Right go by one frame, Page Up and Page Down by a second")
        if found is None:
            return f"{clock(time_s)}\n{keys}"
        return f"{words_of(found, clock(found.from_s), clock(found.to_s))}\n{keys}"

    def key_hints(self) -> list[tuple[str, str]]:
        """The keys that it takes itself, and what they do."""
        return [
            (self.tr("Space"), self.tr("Play or pause · Time line")),
            (self.tr("Left / Right"), self.tr("Go one frame forward or back · Time line")),
            (
                self.tr("Page Up / Page Down"),
                self.tr("Go some seconds forward or back · Time line"),
            ),
            (
                self.tr("Home / End"),
                self.tr("Go to the beginning or the end · Time line"),
            ),
        ]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, now_s = event.key(), self.value() / 1000
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Down):
            self.step_requested.emit(-1)
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_Up):
            self.step_requested.emit(1)
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.seek_requested.emit(now_s + (-_PAGE_S if key == Qt.Key.Key_PageUp else _PAGE_S))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            edge_ms = self.minimum() if key == Qt.Key.Key_Home else self.maximum()
            self.seek_requested.emit(edge_ms / 1000)
        elif key == Qt.Key.Key_Space:
            self.play_requested.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._drag_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._drag_to(event.position().x())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        top = (self.height() - _BAR_HEIGHT) / 2
        self._bar.place = QRectF(_MARGIN, top, self.width() - 2 * _MARGIN, _BAR_HEIGHT)
        self._paint_again()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ratio = self.devicePixelRatioF()
        if self._painted is None or self._painted.devicePixelRatioF() != ratio:
            self._painted = self._bar_painted(ratio)
        painter.drawPixmap(0, 0, self._painted)
        if self.isEnabled():
            paint_cursor(painter, self._bar.x_of(self.value() / 1000), self, self._theme)

    def _drag_to(self, x: float) -> None:
        time_s = min(self._bar.time_at(x), self.maximum() / 1000)
        self.setValue(round(time_s * 1000))
        self.seek_requested.emit(time_s)

    def _bar_painted(self, ratio: float) -> QPixmap:
        painted = QPixmap(self.size() * ratio)
        painted.setDevicePixelRatio(ratio)
        painted.fill(Qt.GlobalColor.transparent)
        painter = QPainter(painted)
        painter.setFont(self.font())
        self._bar.paint(painter, self._colouring, self._theme)
        return painted

    def _paint_again(self) -> None:
        self._painted = None
        self.update()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._paint_again()
