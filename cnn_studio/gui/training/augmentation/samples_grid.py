"""Sixteen small pictures, four in a row."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget

from cnn_studio.gui.widgets.frame_view import image_of
from cnn_studio.vision.images import ImageArray

_COLUMNS = _ROWS = 4
_CELL_PX = 72
_GAP_PX = 6
_RADIUS = 4.0
_COUNTABLE = 2.0  # enlarged by more than this, a picture's pixels are shown as they are


class SamplesGrid(QWidget):
    """Paints pictures; a place without one stays empty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("samplesGrid")
        self.setAccessibleName(self.tr("Sixteen varied samples"))
        step = _CELL_PX + _GAP_PX
        self.setFixedSize(_COLUMNS * step - _GAP_PX, _ROWS * step - _GAP_PX)
        self._images: list[QImage] = []

    @property
    def count(self) -> int:
        """How many pictures are on show."""
        return len(self._images)

    def set_pictures(self, pixels: ImageArray | None) -> None:
        """Show pictures (n, size, size, channels), uint8, RGB or grey; None shows none."""
        self._images = [] if pixels is None else [image_of(one) for one in pixels]
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        empty = self.palette().color(QPalette.ColorRole.Mid)
        for place in range(_COLUMNS * _ROWS):
            row, column = divmod(place, _COLUMNS)
            step = _CELL_PX + _GAP_PX
            cell = QRectF(column * step, row * step, _CELL_PX, _CELL_PX)
            outline = QPainterPath()
            outline.addRoundedRect(cell, _RADIUS, _RADIUS)
            if place >= len(self._images):
                painter.fillPath(outline, empty)
                continue
            image = self._images[place]
            is_smooth = _CELL_PX * self.devicePixelRatioF() < _COUNTABLE * image.width()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=is_smooth)
            painter.setClipPath(outline)
            painter.drawImage(cell, image)
            painter.setClipping(False)
