"""The classes in order of probability, each with a bar and a number."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from cnn_studio.gui.prediction.live.steady_answer import Row
from cnn_studio.gui.theme import Theme

_ROW = 28
_BAR = 8
_GAP = 12
_NAME_SHARE = 0.42  # of the width, at most
_AIR = 8  # between the numbers and a scroll bar
_SPOKEN_ROWS = 3


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


class _Rows(QWidget):
    """Paints all rows; the scroll area around it shows as many as fit."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("classBarsRows")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self.rows: tuple[Row, ...] = ()
        self._name_width = 0
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(200, _ROW * len(self.rows))

    def set_rows(self, rows: tuple[Row, ...]) -> None:
        if {row.name for row in rows} != {row.name for row in self.rows}:
            metrics = QFontMetrics(_bold(self.font()))  # any class may become the first
            widths = [metrics.horizontalAdvance(row.name) for row in rows]
            self._name_width = max(widths, default=0) + 4
        fewer_or_more = len(rows) != len(self.rows)
        self.rows = rows
        if fewer_or_more:
            self.updateGeometry()
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = event.pos().y() // _ROW
            if 0 <= index < len(self.rows):
                row = self.rows[index]
                QToolTip.showText(event.globalPos(), f"{row.name}: {row.percent} %", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, row in enumerate(self.rows):
            area = QRect(0, index * _ROW, self.width(), _ROW)
            if event.rect().intersects(area):
                self._paint_row(painter, area, row, is_first=index == 0)

    def _paint_row(self, painter: QPainter, area: QRect, row: Row, is_first: bool) -> None:
        number_width = QFontMetrics(_bold(self.font())).horizontalAdvance("100 %") + 6
        name_width = min(self._name_width, int(area.width() * _NAME_SHARE))
        name = area.adjusted(0, 0, name_width - area.width(), 0)
        number = area.adjusted(area.width() - number_width, 0, 0, 0)
        bar = QRectF(
            name.right() + 1 + _GAP,
            area.top() + (_ROW - _BAR) / 2,
            area.width() - name_width - number_width - _GAP,
            _BAR,
        )
        painter.setFont(_bold(self.font()) if is_first else self.font())
        painter.setPen(self._theme.color("text"))
        middle = Qt.AlignmentFlag.AlignVCenter
        text = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, name_width)
        painter.drawText(name, middle | Qt.AlignmentFlag.AlignLeft, text)
        painter.setPen(self._theme.color("text" if is_first else "text_quiet"))
        painter.drawText(number, middle | Qt.AlignmentFlag.AlignRight, f"{row.percent} %")
        paint_bar(
            painter, bar, row.share, self._theme.color("line"), bar_colour(self._theme, is_first)
        )


def _bold(font: QFont) -> QFont:
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    return bold


class ClassBars(QScrollArea):
    """One row a class, the most probable first; many classes scroll."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("classBars")
        self.setAccessibleName(self.tr("Probability of each class"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page = QWidget(self.viewport())
        self._rows = _Rows(theme, page)
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._rows)
        self._column.addStretch(1)
        self.setWidget(page)
        self.verticalScrollBar().rangeChanged.connect(self._on_scroll_bar_range_changed)

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is on show."""
        return self._rows.rows

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows, in this order."""
        spoken_before = self._spoken(self._rows.rows)
        self._rows.set_rows(tuple(rows))
        spoken = self._spoken(self._rows.rows)
        if spoken != spoken_before:
            self.setAccessibleDescription(spoken)

    @Slot(int, int)
    def _on_scroll_bar_range_changed(self, _least: int, most: int) -> None:
        self._column.setContentsMargins(0, 0, _AIR if most > 0 else 0, 0)

    def _spoken(self, rows: Sequence[Row]) -> str:
        return ", ".join(f"{row.name} {row.percent} %" for row in rows[:_SPOKEN_ROWS])
