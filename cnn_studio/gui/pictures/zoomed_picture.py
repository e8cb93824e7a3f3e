"""A picture that can be looked at closely: zoomed by the wheel, moved by dragging."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from cnn_studio.gui.pictures.picture_zoom import WHEEL_NOTCH, ZOOM_STEP, PictureZoom

_MOVE_SHARE = 0.2  # of the room, by a key
_CRISP_FROM = 2.0  # pixels of the screen: from here on a pixel can be told from its neighbours

_STEPS = {
    Qt.Key.Key_Left: (1, 0),
    Qt.Key.Key_Right: (-1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class ZoomedPicture(QWidget):
    """Shows a picture as large as fits, or closer. Pixels that can be seen stay crisp.

    Args:
        parent: Its parent.
        most_fitted: How many times a small picture is enlarged at most to fit; None for any.

    Signals:
        zoom_changed: Another part is in sight, or another size.
    """

    zoom_changed = Signal()

    def __init__(self, parent: QWidget | None = None, *, most_fitted: float | None = None) -> None:
        super().__init__(parent)
        self._zoom = PictureZoom(most_fitted)
        self._image: QImage | None = None
        self._whole: QImage | None = None
        self._dragged_from: QPointF | None = None

    @property
    def zoom(self) -> PictureZoom:
        """How large it is shown, and where."""
        return self._zoom

    @property
    def image(self) -> QImage | None:
        """What is shown."""
        return self._image

    def set_image(self, image: QImage | None, whole: QImage | None = None) -> None:
        """Show an image; another one than before is shown whole.

        Args:
            image: What is shown; None for nothing.
            whole: The same with all of its pixels, for looking closely.
        """
        keys = [None if each is None else each.cacheKey() for each in (image, self._image)]
        if keys[0] is None or keys[0] != keys[1]:
            self._image, self._whole = image, whole or image
            self._dragged_from = None
            self._zoom.set_picture(QSize() if self._whole is None else self._whole.size())
            self._show_change()
        self.update()

    def paint_image(self, painter: QPainter) -> QRectF:
        """Paint the part in sight; returns where all of the picture would lie."""
        target = self._zoom.target
        if self._image is None or self._whole is None:
            return target
        image = self._image if self._zoom.is_fitted else self._whole
        scale = target.width() / image.width()
        seen = QRectF(self.rect()) & target
        # Only the pixels in sight: a picture that is enlarged 32 times is too wide for a painter.
        left = max(0, math.floor((seen.left() - target.left()) / scale) - 1)
        top = max(0, math.floor((seen.top() - target.top()) / scale) - 1)
        right = min(image.width(), math.ceil((seen.right() - target.left()) / scale) + 1)
        bottom = min(image.height(), math.ceil((seen.bottom() - target.top()) / scale) + 1)
        part = QRect(left, top, right - left, bottom - top)
        place = QRectF(
            target.left() + left * scale,
            target.top() + top * scale,
            part.width() * scale,
            part.height() * scale,
        )
        is_crisp = scale * self.devicePixelRatioF() > _CRISP_FROM
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not is_crisp)
        painter.drawImage(place, image, QRectF(part))
        return target

    def take_key(self, key: int) -> bool:
        """Do what a key means for the picture; False if it means nothing here, or not now."""
        zoom = self._zoom
        if self._image is None:
            return False
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            zoom.zoom(ZOOM_STEP)
        elif key == Qt.Key.Key_Minus:
            zoom.zoom(1 / ZOOM_STEP)
        elif key == Qt.Key.Key_0:
            zoom.fit()
        elif key == Qt.Key.Key_Z:
            zoom.show_pixels()
        elif key in _STEPS and zoom.is_larger:
            across, down = _STEPS[Qt.Key(key)]
            step = min(self.width(), self.height()) * _MOVE_SHARE
            zoom.move(QPointF(across * step, down * step))
        else:
            return False
        self._show_change()
        return True

    @Slot()
    def show_whole(self) -> None:
        """Show all of it again."""
        self._zoom.fit()
        self._show_change()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint_image(painter)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._zoom.set_room(QRectF(self.rect()), self.devicePixelRatioF())
        self._show_change()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() / WHEEL_NOTCH
        event.accept()
        if self._image is not None and turned:
            self._zoom.zoom(ZOOM_STEP**turned, event.position())
            self._show_change()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._zoom.is_larger:
            self._dragged_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            event.accept()
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged_from is None:
            event.ignore()
            return
        self._zoom.move(event.position() - self._dragged_from)
        self._dragged_from = event.position()
        self._show_change()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragged_from is None:
            event.ignore()
            return
        self._dragged_from = None
        self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._zoom.is_fitted:
            event.ignore()
        else:
            self.show_whole()

    def _show_change(self) -> None:
        self._zoom.set_room(QRectF(self.rect()), self.devicePixelRatioF())
        self._show_cursor()
        self.update()
        self.zoom_changed.emit()

    def _show_cursor(self) -> None:
        if self._dragged_from is not None:
            return
        if self._zoom.is_larger:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.unsetCursor()
