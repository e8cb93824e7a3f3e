"""A line of text that would rather be smaller than cut off."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class FittedLabel(QLabel):
    """Shrinks its text down to a least size, and only then elides it; `text()` stays whole.

    Args:
        least_px: The smallest letters, in pixels; the largest are the style's own.
        elide: Where a text that is still too long is cut.
    """

    def __init__(
        self,
        least_px: int,
        parent: QWidget | None = None,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(parent)
        self._least_px = least_px
        self._elide = elide
        self.setTextFormat(Qt.TextFormat.PlainText)  # a class may be called <b>
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = self.contentsRect()
        font = self._fitting_font(area.width())
        painter.setFont(font)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = QFontMetrics(font).elidedText(self.text(), self._elide, area.width())
        painter.drawText(area, self.alignment(), text)

    def _fitting_font(self, width: int) -> QFont:
        font = QFont(self.font())
        full_px = self.fontInfo().pixelSize()
        needed = QFontMetrics(font).horizontalAdvance(self.text())
        if needed > width:
            font.setPixelSize(max(self._least_px, int(full_px * width / needed)))
        return font
