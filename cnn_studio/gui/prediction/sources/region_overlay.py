"""A dimmed picture of a screen, on which a part of it is chosen with the mouse."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QScreen,
)
from PySide6.QtWidgets import QWidget

from cnn_studio.gui.prediction.sources.screen_region import LEAST_SIDE, ScreenRegion
from cnn_studio.gui.theme import Theme

_DIM = QColor(0, 0, 0, 140)
_PLATE = QColor(0, 0, 0, 190)
_TEXT_PX = 15
_PADDING = 12


class RegionOverlay(QWidget):
    """Covers one screen with its own picture; what is dragged over stands out.

    A picture, and not a window that can be seen through, since not every desktop can show those.

    Signals:
        chosen(ScreenRegion): This part; Enter chooses the whole screen.
        cancelled: Escape was pressed, or the overlay was closed.
    """

    chosen = Signal(object)
    cancelled = Signal()

    def __init__(self, screen: QScreen, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            parent,
            Qt.WindowType.Window
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint,
        )
        self.setObjectName("regionOverlay")
        self.setAccessibleName(self.tr("Choose a part of the screen"))
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self._name = screen.name()
        self._theme = theme
        self._picture: QPixmap = screen.grabWindow(0)
        self._begin: QPoint | None = None
        self._end = QPoint()

    @property
    def region(self) -> QRect:
        """What is dragged over so far, within the screen; empty before that."""
        if self._begin is None:
            return QRect()
        left, right = sorted((self._begin.x(), self._end.x()))
        top, bottom = sorted((self._begin.y(), self._end.y()))
        return QRect(left, top, right - left, bottom - top).intersected(self.rect())

    def closeEvent(self, _event: QCloseEvent) -> None:
        self.cancelled.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.rect())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin = self._end = event.position().toPoint()
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._begin is not None:
            self._end = event.position().toPoint()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._begin is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self._end = event.position().toPoint()
        region, self._begin = self.region, None
        if min(region.width(), region.height()) >= LEAST_SIDE:
            self._choose(region)
        self.update()  # a mere click begins again

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(self.rect(), self._picture)
        region = self.region
        if region.isEmpty():
            painter.fillRect(self.rect(), _DIM)
            self._paint_words(
                painter,
                self.tr("Drag over the part of the screen to classify."),
                self.tr("Enter takes the whole screen, Escape cancels."),
            )
            return
        for part in _around(self.rect(), region):
            painter.fillRect(part, _DIM)
        painter.setPen(QPen(QColor(255, 255, 255), 3))
        painter.drawRect(region)
        painter.setPen(QPen(self._theme.color("accent"), 1))
        painter.drawRect(region)
        self._paint_size(painter, region)

    def _paint_words(self, painter: QPainter, *lines: str) -> None:
        self._set_font(painter)
        metrics = painter.fontMetrics()
        width = max(metrics.horizontalAdvance(line) for line in lines) + 2 * _PADDING
        plate = QRectF(0, 0, width, metrics.lineSpacing() * len(lines) + 2 * _PADDING)
        plate.moveCenter(QRectF(self.rect()).center())
        _paint_plate(painter, plate, "\n".join(lines))

    def _paint_size(self, painter: QPainter, region: QRect) -> None:
        self._set_font(painter)
        metrics = painter.fontMetrics()
        text = f"{region.width()} × {region.height()}"  # noqa: RUF001
        plate = QRectF(0, 0, metrics.horizontalAdvance(text) + 16, metrics.height() + 8)
        plate.moveTopLeft(region.bottomLeft() + QPoint(0, 6))
        if plate.bottom() > self.height():
            plate.moveBottomLeft(region.bottomLeft() + QPoint(6, -6))
        if plate.right() > self.width():
            plate.moveRight(self.width())
        _paint_plate(painter, plate, text)

    def _set_font(self, painter: QPainter) -> None:
        font = QFont(self.font())
        font.setPixelSize(_TEXT_PX)
        painter.setFont(font)

    def _choose(self, region: QRect) -> None:
        self.chosen.emit(
            ScreenRegion(self._name, region.left(), region.top(), region.width(), region.height())
        )


def _paint_plate(painter: QPainter, plate: QRectF, text: str) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_PLATE)
    painter.drawRoundedRect(plate, 6, 6)
    painter.setPen(QColor(255, 255, 255))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)


def _around(whole: QRect, hole: QRect) -> list[QRect]:
    """What is left of a rectangle around another one in it."""
    return [
        QRect(whole.left(), whole.top(), whole.width(), hole.top()),
        QRect(whole.left(), hole.top(), hole.left(), hole.height()),
        QRect(hole.x() + hole.width(), hole.top(), whole.width(), hole.height()),
        QRect(whole.left(), hole.y() + hole.height(), whole.width(), whole.height()),
    ]
