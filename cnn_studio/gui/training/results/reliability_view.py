"""The reliability diagram: whether the model is as often right as it says."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cnn_studio.gui.figures import images, percent
from cnn_studio.gui.theme import Theme
from cnn_studio.models.reliability import BINS, Reliability

_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 20, 12, 44
_LEAST = QSize(220, 140)
_LINES = 5
_TITLE_PX, _TICK_PX, _GAP_PX = 20, 16, 6
_OPACITY = 0.8


class ReliabilityView(QWidget):
    """A bar for each span of probabilities: how many of the answers given with it were right.

    The dashed line is where an honest model's bars end. A click on a bar, or Enter on the one that
    the arrow keys have reached, opens its images.

    Signals:
        bin_chosen(int): The images of this bar shall be shown.
    """

    bin_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reliabilityView")
        self.setAccessibleName(self.tr("Reliability diagram"))
        self.setToolTip(self.tr("Click a bar to see its images"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._theme = theme
        self._measured: Reliability | None = None
        self._current = BINS - 1
        theme.changed.connect(self.update)

    def set_reliability(self, measured: Reliability | None) -> None:
        """Show another diagram, or none."""
        self._measured = measured
        self.setAccessibleDescription(
            ""
            if measured is None
            else self.tr("Expected calibration error {ece}").format(ece=percent(measured.ece))
        )
        self.update()

    def minimumSizeHint(self) -> QSize:
        return _LEAST

    def bin_at(self, place: QPoint) -> int | None:
        """The bar in whose column a point is; None where it has no images."""
        plot = self._plot()
        if self._measured is None or not plot.contains(QPointF(place)):
            return None
        number = min(BINS - 1, int((place.x() - plot.left()) / plot.width() * BINS))
        return number if self._measured.bins[number].count else None

    def describe(self, number: int) -> str:
        """One bar in words."""
        if self._measured is None:
            return ""
        each = self._measured.bins[number]
        return self.tr(
            "{images} with a probability of {low} to {high}: {accuracy} of them right, "
            "{confidence} said on average."
        ).format(
            images=images(each.count),
            low=percent(each.low, 0),
            high=percent(each.high, 0),
            accuracy=percent(each.accuracy),
            confidence=percent(each.confidence),
        )

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = self.bin_at(event.pos())
            text = self.toolTip() if number is None else self.describe(number)
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self.bin_at(event.position().toPoint()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        number = self.bin_at(event.position().toPoint())
        if number is not None and event.button() == Qt.MouseButton.LeftButton:
            self._current = number
            self.update()
            self.bin_chosen.emit(number)

    def key_hints(self) -> list[tuple[str, str]]:
        """The keys that it takes itself, and what they do."""
        return [
            (self.tr("Left / Right"), self.tr("Go to the next column · Reliability")),
            (self.tr("Enter"), self.tr("Show the images of the column · Reliability")),
        ]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps:
            self._current = min(max(self._current + steps[Qt.Key(event.key())], 0), BINS - 1)
            self.setAccessibleDescription(self.describe(self._current))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._measured is not None and self._measured.bins[self._current].count:
                self.bin_chosen.emit(self._current)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._measured is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self.font()
        font.setPixelSize(11)
        painter.setFont(font)
        plot = self._plot()
        self._paint_axes(painter, plot)
        self._paint_bars(painter, plot, self._measured)
        painter.setPen(QPen(self._theme.color("text_quiet"), 1.5, Qt.PenStyle.DashLine))
        painter.drawLine(plot.bottomLeft(), plot.topRight())

    def _plot(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)

    def _paint_axes(self, painter: QPainter, plot: QRectF) -> None:
        centre = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for step in range(_LINES + 1):
            share = step / _LINES
            y, x = plot.bottom() - share * plot.height(), plot.left() + share * plot.width()
            painter.setPen(self._theme.color("line"))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(self._theme.color("text_quiet"))
            text = percent(share, 0)
            painter.drawText(QRectF(0, y - 8, plot.left() - _GAP_PX, 16), right, text)
            painter.drawText(QRectF(x - 20, plot.bottom() + 4, 40, _TICK_PX), centre, text)
        title = QRectF(plot.left(), plot.bottom() + 4 + _TICK_PX, plot.width(), _TITLE_PX)
        painter.drawText(title, centre, self.tr("probability of the answer"))

    def _paint_bars(self, painter: QPainter, plot: QRectF, measured: Reliability) -> None:
        width = plot.width() / BINS
        hue = self._theme.color("training")
        hue.setAlphaF(_OPACITY)
        for number, each in enumerate(measured.bins):
            left = plot.left() + number * width
            if number == self._current and self.hasFocus():
                painter.setPen(QPen(self._theme.color("accent"), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(QRectF(left, plot.top(), width, plot.height()), 2, 2)
            if not each.count:
                continue
            height = max(2.0, each.accuracy * plot.height())  # a bar of none right can be clicked
            box = QRectF(left + 1, plot.bottom() - height, max(1.0, width - 2), height)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(hue)
            painter.drawRect(box)
