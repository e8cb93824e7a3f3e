"""One picture of a video, with the square that the model sees, or a sentence in its place."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.frame_signs import paint_guide

_RADIUS = 6.0
_TEXT_WIDTH = 420
_ICON_SIDE = 48


class VideoPicture(QWidget):
    """Shows what it is given, as large as its place allows."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("videoPicture")
        self.setAccessibleName(self.tr("Picture of the video"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 180)
        self._theme = theme
        self._image: QImage | None = None
        self._text = ""
        theme.changed.connect(self._on_theme_changed)

    @property
    def image(self) -> QImage | None:
        """The picture on show; None if there is a sentence."""
        return self._image

    @property
    def text(self) -> str:
        """The sentence on show; empty if there is a picture."""
        return self._text

    def sizeHint(self) -> QSize:
        return QSize(640, 360)

    def set_image(self, image: QImage) -> None:
        """Show a picture."""
        self._image, self._text = image, ""
        self.update()

    def say(self, text: str) -> None:
        """Show a sentence."""
        self._image, self._text = None, text
        self.setAccessibleDescription(text)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        place = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(self._theme.color("line"))
        painter.setBrush(self._theme.color("ground"))
        painter.drawRoundedRect(place, _RADIUS, _RADIUS)
        if self._image is None:
            self._paint_text(painter, place)
            return
        size = self._image.size()
        shown = size.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRectF(0, 0, shown.width(), shown.height())
        target.moveCenter(QRectF(self.rect()).center())
        frame = QPainterPath()
        frame.addRoundedRect(target, _RADIUS, _RADIUS)
        painter.setClipPath(frame)
        painter.drawImage(target, self._image)
        paint_guide(painter, target, size)

    def _paint_text(self, painter: QPainter, place: QRectF) -> None:
        icon = self._theme.icon("video", "text_quiet").pixmap(_ICON_SIDE, _ICON_SIDE)
        width = min(_TEXT_WIDTH, place.width() - 32)
        box = QRectF(0, 0, width, 100)
        box.moveCenter(place.center())
        box.moveTop(place.center().y() + 4)
        middle = place.center().x() - _ICON_SIDE / 2
        painter.drawPixmap(round(middle), round(box.top() - 8 - _ICON_SIDE), icon)
        painter.setPen(self._theme.color("text"))
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.drawText(box, flags | Qt.TextFlag.TextWordWrap, self._text)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.update()
