"""What the network sees of a picture."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QImage,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QShortcut,
)
from PySide6.QtWidgets import QDialog, QSizePolicy, QVBoxLayout, QWidget

from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.frame_view import image_of
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import InputSpec, prepare

_SIDE = 96
_LARGE_SIDE = 480
_MARGIN = 16
_KEYS = "Alt+J"
_RADIUS = 4.0


class PreparedView(QWidget):
    """The prepared image, enlarged without smoothing so that its pixels can be counted.

    A click shows it in a window of its own as well, which stays open and follows.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preparedView")
        self.setAccessibleName(self.tr("What the network sees"))
        key = QShortcut(QKeySequence(_KEYS), self, autoRepeat=False)
        key.activated.connect(self.enlarge)
        key.setWhatsThis(self.tr("Show large what the network sees"))
        native = key.key().toString(QKeySequence.SequenceFormat.NativeText)
        tip = self.tr("What the network sees: the same pixels that it is trained on; larger")
        self.setToolTip(f"{tip} ({native})")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self._image: QImage | None = None
        self._large: _LargePrepared | None = None
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(_SIDE, _SIDE)

    def set_frame(self, image_rgb: ImageArray, spec: InputSpec) -> None:
        """Show what a network with this InputSpec gets of an image (height, width, 3) uint8 RGB."""
        self.set_prepared(prepare(image_rgb, spec))

    def set_prepared(self, image: ImageArray) -> None:
        """Show an image that is prepared already: (size, size, channels), uint8."""
        self._show(image_of(image))

    def clear(self) -> None:
        """Show nothing."""
        self._show(None)

    @Slot()
    def enlarge(self) -> None:
        """Show it in a window of its own, or bring that to the front."""
        if self._large is None:
            self._large = _LargePrepared(self._theme, self)
        self._large.show_image(self._image)
        self._large.show()
        self._large.raise_()
        self._large.activateWindow()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        is_inside = self.rect().contains(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and is_inside:
            self.enlarge()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()  # else its release goes elsewhere

    def _show(self, image: QImage | None) -> None:
        self._image = image
        self.update()
        if self._large is not None and self._large.isVisible():
            self._large.show_image(image)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        _paint(painter, QRectF(self.rect()), self._image, self._theme)
        painter.end()


class _Canvas(QWidget):
    """Paints the image in the middle, each of its pixels a whole number of the screen's wide."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("largePrepared")
        self.setAccessibleName(self.tr("What the network sees"))
        self.setMinimumSize(_SIDE, _SIDE)
        self._theme = theme
        self.image: QImage | None = None
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(_LARGE_SIDE, _LARGE_SIDE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        ratio, side = self.devicePixelRatioF(), float(min(self.width(), self.height()))
        if self.image is not None:
            times = side * ratio // self.image.width()
            side = times * self.image.width() / ratio if times else side
        place = QRectF(0, 0, side, side)
        place.moveTopLeft(QRectF(self.rect()).center() - place.center())
        place.moveTo(round(place.x() * ratio) / ratio, round(place.y() * ratio) / ratio)
        painter = QPainter(self)
        _paint(painter, place, self.image, self._theme)
        painter.end()


class _LargePrepared(QDialog):
    """A window of its own with what the network sees; it may be made as large as the screen."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("largePreparedWindow")
        self.setWindowTitle(self.tr("What the model sees"))
        self._canvas = _Canvas(theme, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.addWidget(self._canvas)

    def show_image(self, image: QImage | None) -> None:
        self._canvas.image = image
        self._canvas.update()


def _paint(painter: QPainter, place: QRectF, image: QImage | None, theme: Theme) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    frame = QPainterPath()
    frame.addRoundedRect(place, _RADIUS, _RADIUS)
    painter.fillPath(frame, theme.color("line"))
    if image is not None:
        painter.setClipPath(frame)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
        painter.drawImage(place, image)
