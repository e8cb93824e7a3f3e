"""A text that would rather be smaller, or stand in two lines, than be cut off."""

from __future__ import annotations

import math

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from cnn_studio.gui.widgets.elided_label import elided
from cnn_studio.untrusted_text import shown_lines


class FittedLabel(QLabel):
    """Shrinks its text to a least size, then breaks it, and only then elides it.

    `text()` stays whole, for tests and screen readers.

    Args:
        least_px: The smallest letters, in pixels; the largest are the style's own.
        lines: How many lines of the smallest letters there is room for.
        elide: Where a text that is still too long is cut.
    """

    def __init__(
        self,
        least_px: int,
        parent: QWidget | None = None,
        *,
        lines: int = 1,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(parent)
        self._least_px = least_px
        self._lines = lines
        self._elide = elide
        self.setTextFormat(Qt.TextFormat.PlainText)  # a class may be called <b>
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        super().setText(shown_lines(text))

    def set_least(self, least_px: int) -> None:
        """Let the letters shrink to another size at the least."""
        self._least_px = least_px
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        smallest = self._lines * QFontMetrics(self._sized(self._least_px)).lineSpacing()
        return QSize(super().sizeHint().width(), max(self.fontMetrics().height(), smallest))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = self.contentsRect()
        font = self._fitting_font(area.width())
        metrics = QFontMetrics(font)
        needed = metrics.horizontalAdvance(self.text())
        lines = min(self._lines, math.ceil(needed / max(1, area.width())))
        # The words break where they must, so the last line may end a little early.
        room = area.width() * lines - (metrics.averageCharWidth() * lines if lines > 1 else 0)
        text = self._cut(metrics, room)
        while lines > 1 and room > 0 and not _fits(text, metrics, area.width(), lines):
            room -= metrics.averageCharWidth()  # words that break early need another line
            text = self._cut(metrics, room)
        option = QTextOption(self.alignment())
        option.setWrapMode(
            QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
            if lines > 1
            else QTextOption.WrapMode.NoWrap
        )
        painter.setFont(font)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(QRectF(area), text, option)

    def _cut(self, metrics: QFontMetrics, room: int) -> str:
        if self._elide is Qt.TextElideMode.ElideRight:
            return elided(self.text(), metrics, room)
        return metrics.elidedText(self.text(), self._elide, room)

    def _fitting_font(self, width: int) -> QFont:
        needed = self.fontMetrics().horizontalAdvance(self.text())
        if needed <= width:
            return self.font()
        return self._sized(max(self._least_px, int(self.fontInfo().pixelSize() * width / needed)))

    def _sized(self, pixels: int) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(pixels)
        return font


def _fits(text: str, metrics: QFontMetrics, width: int, lines: int) -> bool:
    """Whether a text that is broken where it must be takes no more than so many lines."""
    flags = int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere)
    needed = metrics.boundingRect(QRect(0, 0, width, 1 << 20), flags, text)
    return needed.height() <= lines * metrics.lineSpacing()
