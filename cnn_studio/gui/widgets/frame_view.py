"""The picture of the camera, painted at the screen's pace."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal, SignalInstance, Slot
from PySide6.QtGui import (
    QHideEvent,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from cnn_studio.camera.feed import FeedState, FeedStatus
from cnn_studio.camera.source import Frame
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.button_key import ButtonKey
from cnn_studio.gui.widgets.frame_signs import (
    FLASH_MS,
    paint_guide,
    paint_overlay,
    paint_signs,
    paint_veil,
)
from cnn_studio.vision.images import ImageArray

_PAINT_INTERVAL_MS = 15
_RADIUS = 6.0
_LAYOUTS = {
    1: QImage.Format.Format_Grayscale8,
    3: QImage.Format.Format_RGB888,
    4: QImage.Format.Format_RGBA8888,
}


def image_of(image_rgb: ImageArray) -> QImage:
    """Pixels (height, width, 3) RGB, 4 with alpha or 1 grey, uint8, as a QImage of its own."""
    height, width = image_rgb.shape[:2]
    layout = _LAYOUTS[image_rgb.shape[2] if image_rgb.ndim == 3 else 1]
    return QImage(image_rgb.data, width, height, image_rgb.strides[0], layout).copy()


class FrameGiver(Protocol):
    """What gives the frames: the camera, or whatever stands in for it."""

    @property
    def state(self) -> FeedState:
        """How it is; the message of a state may say what is being opened."""

    @property
    def mirrored(self) -> bool:
        """Whether its picture is shown as a mirror does."""

    @property
    def state_changed(self) -> SignalInstance:
        """state_changed(FeedState)."""

    @property
    def mirrored_changed(self) -> SignalInstance:
        """mirrored_changed(bool)."""

    def latest(self) -> Frame | None:
        """The newest frame, or None while it gives nothing."""

    def retry(self) -> None:
        """Try again now."""


class FrameView(QWidget):
    """Shows the newest frame, or says in a sentence why there is none.

    Signals:
        frame_shown(Frame): A new frame is on the screen.
    """

    frame_shown = Signal(object)

    def __init__(self, camera: FrameGiver, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("frameView")
        self.setAccessibleName(self.tr("Camera preview"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 180)
        self._camera = camera
        self._theme = theme
        self._frame: Frame | None = None
        self._image: QImage | None = None
        self._held: Frame | None = None
        self._overlay: tuple[QImage, QRectF] | None = None
        self._guide_visible = True
        self._recording = ""
        self._countdown = 0
        self._remark = ""
        self._veil = QTimer(self, interval=FLASH_MS, singleShot=True)
        self._veil.timeout.connect(self.update)
        self._message = QLabel(self)
        self._message.setObjectName("frameMessage")
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._message.setMaximumWidth(420)
        self._icon = QLabel(self)
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._retry = QPushButton(self.tr("Retry"), self)
        self._retry.setObjectName("retryButton")
        self._retry.setToolTip(self.tr("Try to get a picture again"))
        self._retry.setAccessibleName(self._retry.toolTip())
        self._retry.clicked.connect(camera.retry)
        ButtonKey(self._retry, "F5")
        self._lay_out()
        self._timer = QTimer(self, interval=_PAINT_INTERVAL_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timer_timeout)
        camera.state_changed.connect(self._on_camera_state_changed)
        camera.mirrored_changed.connect(self._on_camera_mirrored_changed)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._on_camera_state_changed(camera.state)

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def set_guide_visible(self, visible: bool) -> None:
        """Show the square that the model sees."""
        self._guide_visible = visible
        self.update()

    def hold(self, frame: Frame | None) -> None:
        """Stay with a frame whatever the camera does; None lets it go on."""
        self._held = frame
        if frame is not None:
            self._show(frame)
        else:
            self._on_camera_state_changed(self._camera.state)

    def set_overlay(self, image: QImage | None, part: QRectF | None = None) -> None:
        """Lay an image over a part of the frame, given in the frame's pixels; None for nothing."""
        self._overlay = (image, part) if image is not None and part is not None else None
        self.update()

    def set_recording(self, text: str) -> None:
        """Frame the picture in the recording colour and say what is recorded; empty for nothing."""
        self._recording = text
        self.update()

    def set_countdown(self, seconds: int) -> None:
        """Show how many seconds are left, large; 0 for none."""
        self._countdown = seconds
        self.update()

    def set_remark(self, text: str) -> None:
        """Say in a word what is wrong with the picture; empty for nothing."""
        if text != self._remark:
            self._remark = text
            self.update()

    def flash(self) -> None:
        """Veil the picture for a moment: it has been taken."""
        self._veil.start()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        if self._image is None:
            painter.setPen(self._theme.color("line"))
            painter.setBrush(self._theme.color("surface"))
            painter.drawRoundedRect(
                QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS
            )
            return
        target = self._target()
        frame = QPainterPath()
        frame.addRoundedRect(target, _RADIUS, _RADIUS)
        painter.setClipPath(frame)
        painter.save()
        if self._camera.mirrored:
            painter.translate(2 * target.center().x(), 0)
            painter.scale(-1, 1)
        painter.drawImage(target, self._image)
        if self._overlay is not None:
            paint_overlay(painter, target, self._image.width(), *self._overlay)
        painter.restore()
        if self._guide_visible:
            paint_guide(painter, target, self._image.size())
        if self._veil.isActive():
            paint_veil(painter, frame)
        if self._recording:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("record"), 6))
            painter.drawRoundedRect(target, _RADIUS, _RADIUS)
        paint_signs(painter, target, self._theme, self._recording, self._remark, self._countdown)

    def showEvent(self, _event: QShowEvent) -> None:
        self._timer.start()

    def hideEvent(self, _event: QHideEvent) -> None:
        self._timer.stop()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setSpacing(16)
        layout.addStretch(1)
        # A wrapped label keeps its height only in a row; aligned in the column it is cut.
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._message, 20)
        row.addStretch(1)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addLayout(row)
        layout.addWidget(self._retry, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)

    def _target(self) -> QRectF:
        if self._image is None:
            return QRectF(self.rect())
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left = (self.width() - size.width()) / 2
        top = (self.height() - size.height()) / 2
        return QRectF(left, top, size.width(), size.height())

    @Slot()
    def _on_timer_timeout(self) -> None:
        frame = self._camera.latest()
        if self._held is None and frame is not None and frame is not self._frame:
            self._show(frame)

    def _show(self, frame: Frame) -> None:
        self._frame = frame
        self._image = image_of(frame.image_rgb)
        self._show_message("")
        self.update()
        self.frame_shown.emit(frame)

    @Slot(object)
    def _on_camera_state_changed(self, state: FeedState) -> None:
        if state.status is FeedStatus.RUNNING or self._held is not None:
            return  # the message goes when the first frame is there
        self._frame = self._image = None
        if state.status is FeedStatus.OPENING:
            self._show_message(state.message or self.tr("Opening the camera …"))
        else:
            self._show_message(state.message or self.tr("The camera is off."), problem=True)
        self.update()

    @Slot(bool)
    def _on_camera_mirrored_changed(self, _mirrored: bool) -> None:
        self.update()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._icon.setPixmap(self._theme.icon("no-camera", "text_quiet").pixmap(48, 48))
        self.update()

    def _show_message(self, text: str, problem: bool = False) -> None:
        self._message.setText(text)
        self._message.setVisible(bool(text))
        self._icon.setVisible(problem)
        self._retry.setVisible(problem)
