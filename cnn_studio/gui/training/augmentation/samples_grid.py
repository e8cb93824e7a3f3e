"""Small pictures in rows of four."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget

from cnn_studio.gui.widgets.frame_view import image_of
from cnn_studio.vision.images import ImageArray

COLUMNS = _ROWS = 4
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
        self.setFixedSize(samples_size(_ROWS, _CELL_PX))
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
        paint_samples(painter, self, self._images, _ROWS, _CELL_PX)
        painter.end()


def samples_size(rows: int, cell_px: int) -> QSize:
    """How much room so many rows of pictures of this width take."""
    step = cell_px + _GAP_PX
    return QSize(COLUMNS * step - _GAP_PX, rows * step - _GAP_PX)


def paint_samples(
    painter: QPainter, widget: QWidget, images: Sequence[QImage], rows: int, cell_px: int
) -> None:
    """Paint pictures; a place without one stays empty."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    empty = widget.palette().color(QPalette.ColorRole.Mid)
    step = cell_px + _GAP_PX
    for place in range(COLUMNS * rows):
        row, column = divmod(place, COLUMNS)
        cell = QRectF(column * step, row * step, cell_px, cell_px)
        outline = QPainterPath()
        outline.addRoundedRect(cell, _RADIUS, _RADIUS)
        if place >= len(images):
            painter.fillPath(outline, empty)
            continue
        image = images[place]
        is_smooth = cell_px * widget.devicePixelRatioF() < _COUNTABLE * image.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=is_smooth)
        painter.setClipPath(outline)
        painter.drawImage(cell, image)
        painter.setClipping(False)
