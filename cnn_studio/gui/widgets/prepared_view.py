"""What the network sees of a picture."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.frame_view import image_of
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import InputSpec, prepare

_SIDE = 96
_RADIUS = 4.0


class PreparedView(QWidget):
    """The prepared image, enlarged without smoothing so that its pixels can be counted."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preparedView")
        self.setAccessibleName(self.tr("What the network sees"))
        self.setToolTip(self.tr("What the network sees: the same pixels that it is trained on"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self._image: QImage | None = None
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(_SIDE, _SIDE)

    def set_frame(self, image_rgb: ImageArray, spec: InputSpec) -> None:
        """Show what a network with this InputSpec gets of an image (height, width, 3) uint8 RGB."""
        self.set_prepared(prepare(image_rgb, spec))

    def set_prepared(self, image: ImageArray) -> None:
        """Show an image that is prepared already: (size, size, channels), uint8."""
        self._image = image_of(image)
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._image = None
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QPainterPath()
        frame.addRoundedRect(QRectF(self.rect()), _RADIUS, _RADIUS)
        painter.fillPath(frame, self._theme.color("line"))
        if self._image is not None:
            painter.setClipPath(frame)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
            painter.drawImage(QRectF(self.rect()), self._image)
