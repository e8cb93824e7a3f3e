"""One image, as large as there is room, whole."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from cnn_studio.gui.pictures.gallery_delegate import paint_note
from cnn_studio.gui.theme import Theme

LEAST_WIDTH, _LEAST_PICTURE = 176, 96


class WholePicture(QWidget):
    """One image, whole, with a note in its corner."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._image: QImage | str = ""
        self._note = ""
        theme.changed.connect(self.update)

    def set_image(self, image: QImage | str) -> None:
        """Show this."""
        self._image = image
        self.update()

    def set_note(self, note: str) -> None:
        """Write this into the corner."""
        self._note = note
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(LEAST_WIDTH, 2 * _LEAST_PICTURE)

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_WIDTH, _LEAST_PICTURE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        target = area
        if isinstance(self._image, str):
            painter.fillRect(area, self._theme.color("hover"))
            painter.setPen(QColor(self._theme.tokens.text_quiet))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(area.adjusted(8, 8, -8, -24), int(flags), self._image)
        else:
            # A small image stays recognizably small: it is enlarged at most four times.
            room = area.size().toSize().boundedTo(self._image.size() * 4)
            size = self._image.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
            target = QRectF(0, 0, size.width(), size.height())
            target.moveCenter(area.center())
            painter.drawImage(target, self._image)
        if self._note:
            paint_note(painter, target, self._note)
        painter.end()
