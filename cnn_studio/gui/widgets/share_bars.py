"""Bars that say how probable classes are."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_studio.gui.theme import Theme
from cnn_studio.prediction.smoothing import Row
from cnn_studio.untrusted_text import shown

_CELL_WIDTH, _MOST_WIDTH, _CELL_HEIGHT = 88, 176, 36
_GAP = 16
_TEXT_HEIGHT, _BAR_TOP, _BAR_HEIGHT = 20, 24, 6
_LETTERS_PX = 12


def bar_colour(theme: Theme, is_first: bool) -> QColor:
    """Accent for the answer, the same hue but faint for what it is not."""
    colour = theme.color("accent")
    if not is_first:
        colour.setAlphaF(0.42)
    return colour


def paint_bar(painter: QPainter, area: QRectF, share: float, ground: QColor, bar: QColor) -> None:
    """Paint a rounded track and as much of a bar as `share`, 0..1, says."""
    radius = area.height() / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(area, radius, radius)
    length = area.width() * min(max(share, 0.0), 1.0)
    if length >= 1:
        painter.save()
        painter.setClipRect(QRectF(area.left(), area.top(), length, area.height()))
        painter.setBrush(bar)
        painter.drawRoundedRect(
            QRectF(area.left(), area.top(), max(length, area.height()), area.height()),
            radius,
            radius,
        )
        painter.restore()


class ShareCells(QWidget):
    """Classes side by side, each with a bar below its name; as many as there is room for."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self._rows: tuple[Row, ...] = ()
        self._first = ""
        self._order: dict[str, int] = {}
        theme.changed.connect(self.update)

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is on show."""
        return self._rows

    def set_order(self, classes: Sequence[str]) -> None:
        """Show classes from left to right in this order."""
        self._order = {name: place for place, name in enumerate(classes)}
        self.update()

    def set_rows(self, rows: Sequence[Row], first: str) -> None:
        """Show rows.

        Args:
            rows: The most probable first.
            first: The class that is the answer; empty for none.
        """
        self._rows, self._first = tuple(rows), first
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(3 * _CELL_WIDTH, _CELL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(_CELL_WIDTH, _CELL_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._rows:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        count = max(1, min(len(self._rows), (self.width() + _GAP) // (_CELL_WIDTH + _GAP)))
        # Those on show keep their places while the shares change.
        on_show = sorted(
            self._rows[:count], key=lambda row: self._order.get(row.name, len(self._order))
        )
        width = min((self.width() + _GAP) // count - _GAP, _MOST_WIDTH)
        for place, row in enumerate(on_show):
            self._paint_cell(painter, place * (width + _GAP), width, row)

    def _paint_cell(self, painter: QPainter, left: int, width: int, row: Row) -> None:
        is_first = row.name == self._first
        font = QFont(self.font())
        font.setPixelSize(_LETTERS_PX)
        font.setWeight(QFont.Weight.DemiBold if is_first else QFont.Weight.Normal)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        number = f"{row.percent} %"
        number_width = metrics.horizontalAdvance("100 %")
        area = QRect(left, 0, width, _TEXT_HEIGHT)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(self._theme.color("text" if is_first else "text_quiet"))
        name_width = width - number_width - 4
        name = metrics.elidedText(shown(row.name), Qt.TextElideMode.ElideRight, name_width)
        painter.drawText(area, middle | Qt.AlignmentFlag.AlignLeft, name)
        painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, number)
        bar = QRectF(left, _BAR_TOP, width, _BAR_HEIGHT)
        colour = bar_colour(self._theme, is_first)
        paint_bar(painter, bar, row.share, self._theme.color("line"), colour)
