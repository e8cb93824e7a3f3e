"""What is shown over a tab, or a part of it, while files are held above it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from cnn_studio.gui.theme import Theme

_MARGIN = 8
_RADIUS = 8.0
_ICON = 48


class DropOverlay(QWidget):
    """Lets every event through, and says what a drop will do.

    Args:
        theme: Where colours and icons come from.
        parent: The widget that it covers, unless it covers a part of that.
        covers: That part, somewhere inside the parent.
    """

    def __init__(self, theme: Theme, parent: QWidget, covers: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dropOverlay")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._theme = theme
        self._parent = parent
        self._covered = covers or parent
        self._words = ""
        self._covered.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._covered:
            self.setGeometry(self._place())
        return super().eventFilter(watched, event)

    def cover(self, words: str = "") -> None:
        """Show over everything else, with the usual words or others."""
        self._words = words or self.tr("Drop images, folders, archives or videos to classify them")
        self.setGeometry(self._place())
        self.raise_()
        self.show()
        self.update()

    @property
    def words(self) -> str:
        """What it says; empty while it is not shown."""
        return "" if self.isHidden() else self._words

    def _place(self) -> QRect:
        return QRect(self._covered.mapTo(self._parent, QPoint(0, 0)), self._covered.size())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(self._theme.color("ground"))
        veil.setAlpha(225)
        painter.fillRect(self.rect(), veil)
        pen = QPen(self._theme.color("accent"), 2, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        tint = QColor(self._theme.color("accent"))
        tint.setAlpha(24)
        painter.setBrush(tint)
        frame = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        painter.drawRoundedRect(frame, _RADIUS, _RADIUS)
        centre = self.rect().center()
        icon = self._theme.icon("import", "accent")
        icon.paint(painter, centre.x() - _ICON // 2, centre.y() - _ICON - 4, _ICON, _ICON)
        font = self.font()
        font.setPixelSize(15)
        font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(self._theme.color("text"))
        words = self.rect().adjusted(2 * _MARGIN, centre.y() + 12, -2 * _MARGIN, 0)
        top = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.drawText(words, top | Qt.TextFlag.TextWordWrap, self._words)
