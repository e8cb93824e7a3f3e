"""The classes in order of probability, each with a bar and a number."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from cnn_studio.gui.prediction.live.text_size import NORMAL, TextSize
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.share_bars import bar_colour, paint_bar
from cnn_studio.prediction.smoothing import Row
from cnn_studio.untrusted_text import shown

_GAP = 12
_NAME_SHARE = 0.42  # of the width, at most
_AIR = 8  # between the numbers and a scroll bar
_SPOKEN_ROWS = 3


class _Rows(QWidget):
    """Paints all rows; the scroll area around it shows as many as fit.

    Signals:
        clicked(str): The row of this class was clicked.
    """

    clicked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("classBarsRows")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self.rows: tuple[Row, ...] = ()
        self.size_of_text = NORMAL
        self._is_muted, self._has_first = False, True
        self._click_text = ""
        self._pointed = -1
        self._name_width = 0
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(200, self.size_of_text.row * len(self.rows))

    def set_rows(self, rows: tuple[Row, ...], is_muted: bool, has_first: bool) -> None:
        if {row.name for row in rows} != {row.name for row in self.rows}:
            self._name_width = self._widest(rows)
        fewer_or_more = len(rows) != len(self.rows)
        self.rows = rows
        self._is_muted, self._has_first = is_muted, has_first and not is_muted
        if fewer_or_more:
            self.updateGeometry()
        self.update()

    def set_text_size(self, size: TextSize) -> None:
        self.size_of_text = size
        self._name_width = self._widest(self.rows)
        self.updateGeometry()
        self.update()

    def set_click_text(self, text: str) -> None:
        self._click_text = text
        self.setMouseTracking(bool(text))
        cursor = Qt.CursorShape.PointingHandCursor if text else Qt.CursorShape.ArrowCursor
        self.setCursor(cursor)
        self._point_at(-1)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self._row_at(event.pos().y())
            if index >= 0:
                row = self.rows[index]
                text = f"{row.name}: {row.percent} %"
                if self._click_text:
                    text = f"{text}\n{self._click_text.format(name=row.name)}"
                QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self._row_at(int(event.position().y())))

    def leaveEvent(self, _event: QEvent) -> None:
        self._point_at(-1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self._row_at(int(event.position().y()))
        is_click = event.button() == Qt.MouseButton.LeftButton and index >= 0
        if self._click_text and is_click and self.rect().contains(event.position().toPoint()):
            self.clicked.emit(self.rows[index].name)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self.size_of_text.row
        for index, row in enumerate(self.rows):
            area = QRect(0, index * height, self.width(), height)
            if event.rect().intersects(area):
                if index == self._pointed:
                    self._paint_hover(painter, area)
                self._paint_row(painter, area, row, is_first=index == 0 and self._has_first)

    def _paint_hover(self, painter: QPainter, area: QRect) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("hover"))
        painter.drawRoundedRect(QRectF(area), 4, 4)

    def _paint_row(self, painter: QPainter, area: QRect, row: Row, is_first: bool) -> None:
        strong, plain = self._font(is_strong=True), self._font(is_strong=False)
        number_width = QFontMetrics(strong).horizontalAdvance("100 %") + 6
        name_width = min(self._name_width, int(area.width() * _NAME_SHARE))
        name = area.adjusted(0, 0, name_width - area.width(), 0)
        number = area.adjusted(area.width() - number_width, 0, 0, 0)
        size = self.size_of_text
        bar = QRectF(
            name.right() + 1 + _GAP,
            area.top() + (size.row - size.bar) / 2,
            area.width() - name_width - number_width - _GAP,
            size.bar,
        )
        painter.setFont(strong if is_first else plain)
        painter.setPen(self._theme.color("text_quiet" if self._is_muted else "text"))
        middle = Qt.AlignmentFlag.AlignVCenter
        text = painter.fontMetrics().elidedText(
            shown(row.name), Qt.TextElideMode.ElideRight, name_width
        )
        painter.drawText(name, middle | Qt.AlignmentFlag.AlignLeft, text)
        painter.setPen(self._theme.color("text" if is_first else "text_quiet"))
        painter.drawText(number, middle | Qt.AlignmentFlag.AlignRight, f"{row.percent} %")
        colour = bar_colour(self._theme, is_first)
        if self._is_muted:
            colour = self._theme.color("line_strong")
        paint_bar(painter, bar, row.share, self._theme.color("line"), colour)

    def _widest(self, rows: Sequence[Row]) -> int:
        metrics = QFontMetrics(self._font(is_strong=True))  # any class may become the first
        return max((metrics.horizontalAdvance(row.name) for row in rows), default=0) + 4

    def _font(self, *, is_strong: bool) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(self.size_of_text.letters_px)
        if is_strong:
            font.setWeight(QFont.Weight.DemiBold)
        return font

    def _row_at(self, y: int) -> int:
        index = y // self.size_of_text.row
        return index if 0 <= index < len(self.rows) else -1

    def _point_at(self, index: int) -> None:
        pointed = index if self._click_text else -1
        if pointed != self._pointed:
            self._pointed = pointed
            self.update()


class ClassBars(QScrollArea):
    """One row a class, the most probable first; many classes scroll.

    Signals:
        class_clicked(str): The row of this class was clicked, where that does something.
    """

    class_clicked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("classBars")
        self.setAccessibleName(self.tr("Probability of each class"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page = QWidget(self.viewport())
        self._rows = _Rows(theme, page)
        self._rows.clicked.connect(self.class_clicked)
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

    def set_rows(
        self, rows: Sequence[Row], *, is_muted: bool = False, has_first: bool = True
    ) -> None:
        """Show rows.

        Args:
            rows: The rows, in this order.
            is_muted: Whether none of them is the answer, since the picture shows something else.
            has_first: Whether the first one is the answer; else it is not decided which one is.
        """
        fewer_or_more = len(rows) != len(self._rows.rows)
        spoken_before = self._spoken(self._rows.rows)
        self._rows.set_rows(tuple(rows), is_muted, has_first)
        if fewer_or_more:
            self._cut_between_rows()
        spoken = self._spoken(self._rows.rows)
        if spoken != spoken_before:
            self.setAccessibleDescription(spoken)

    def set_text_size(self, size: TextSize) -> None:
        """Draw the rows in another size."""
        self._rows.set_text_size(size)
        self._cut_between_rows()

    def set_click_text(self, text: str) -> None:
        """Say what a click on a row does, with {name} for its class; empty for nothing."""
        self._rows.set_click_text(text)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 0)  # the head above it comes first

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            # Before it is laid out: resizeEvent comes for the viewport, and would come again.
            self._cut_between_rows()
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._mark_scroll_bar(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark_scroll_bar(False)

    def _mark_scroll_bar(self, is_marked: bool) -> None:
        """Show the focus where it does something: a frame would move the rows."""
        bar = self.verticalScrollBar()
        bar.setProperty("focused", is_marked)
        bar.style().unpolish(bar)
        bar.style().polish(bar)

    def _cut_between_rows(self) -> None:
        """Leave the place below empty where only a part of a row would fit."""
        row = self._rows.size_of_text.row
        is_cut = self.height() < row * len(self._rows.rows)
        self.setViewportMargins(0, 0, 0, self.height() % row if is_cut else 0)

    @Slot(int, int)
    def _on_scroll_bar_range_changed(self, _least: int, most: int) -> None:
        self._column.setContentsMargins(0, 0, _AIR if most > 0 else 0, 0)
        policy = Qt.FocusPolicy.StrongFocus if most > 0 else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(policy)  # there is nothing to do for a key where all rows are seen

    def _spoken(self, rows: Sequence[Row]) -> str:
        return ", ".join(f"{row.name} {row.percent} %" for row in rows[:_SPOKEN_ROWS])
