"""The confusion matrix: what each class was taken for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QMoveEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cnn_studio.gui.figures import short, whole
from cnn_studio.gui.theme import Theme
from cnn_studio.models.scores import Scores
from cnn_studio.untrusted_text import shown

_SMALLEST_PX = 14
MANY_CLASSES = 40
"""Of more no screen shows all with their counts: then the matrix is scrolled."""
_OF_MANY_PX = (26, 18)
_WIDEST_PX, _HIGHEST_PX = 88, 32
_LONGEST_NAME_PX = 80
_TURNED_NAME_PX = 72
_LOW_PX = 150  # of what can be seen of it: then what stands above the cells takes less
_TURNED_NAME_LOW_PX = 48
_AXIS_PX = 20
_GAP_PX = 6
_FONT_PX = 12
_SMALL_FONT_PX = 10
_MIDDLE = Qt.TextElideMode.ElideMiddle  # names often differ at their end
_HALF_LETTER_PX = 4
_SHADE_FROM, _SHADE_TO = 0.10, 0.92  # opacity of a cell with a share just above 0, and of 1


class ConfusionView(QWidget):
    """Rows are the true classes, columns what the model said; shaded by the share of the row.

    Right answers stand on the diagonal in one hue and wrong ones beside it in another, which also
    those tell apart who see red and green alike. A click on a cell, or Enter on the one that the
    arrow keys have reached, opens its images.

    The names stay at the edges of what is seen of it where it is scrolled.

    Signals:
        cell_chosen(int, int): The images of this (true, predicted) class shall be shown.
        reached(QRect): This cell is the current one now, and is to be brought into sight.
    """

    cell_chosen = Signal(int, int)
    reached = Signal(QRect)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("confusionView")
        self.setAccessibleName(self.tr("Confusion matrix"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._theme = theme
        self._scores: Scores | None = None
        self._shows_shares = False
        self._current = (0, 0)
        self._marked: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        theme.changed.connect(self.update)

    def set_scores(self, scores: Scores | None) -> None:
        """Show another matrix, or none."""
        self._scores = scores
        self._current = (0, 0)
        self._marked = None
        self.setAccessibleDescription("" if scores is None else self._worst_in_words(scores))
        self.setMinimumSize(self.minimumSizeHint())
        self.update()

    def set_shares(self, shares: bool) -> None:
        """Write shares of the true class into the cells, or counts again."""
        self._shows_shares = shares
        self.update()

    @property
    def names(self) -> tuple[str, ...]:
        """The classes, in the order of rows and columns."""
        return self._names

    @property
    def marked(self) -> int | None:
        """The class that is marked; None if none is."""
        return self._marked

    @property
    def name_size(self) -> QSize:
        """How much the names take at the left and above."""
        left, top, _width, _height = self._grid()
        return QSize(round(left), round(top))

    def mark_class(self, place: int | None) -> None:
        """Mark the row and the column of a class and bring them into sight, or mark none."""
        self._marked = place
        if place is not None:
            self.go_to(place, place)
        self.update()

    def go_to(self, row: int, column: int) -> None:
        """Make a cell the current one and bring it into sight."""
        self._go_to((row, column))

    def minimumSizeHint(self) -> QSize:
        if self._scores is None:
            return QSize(0, 0)
        count = len(self._scores.classes)
        wide, high = _OF_MANY_PX if count > MANY_CLASSES else (_SMALLEST_PX, _SMALLEST_PX)
        head = self._head_height(wide * count)
        return QSize(self._name_width() + wide * count + _AXIS_PX, high * count + head + 2)

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self.update()  # the names stay at the edge while the cells go

    def cell_at(self, place: QPoint) -> tuple[int, int] | None:
        """The (true, predicted) class under a point of the widget."""
        if self._scores is None:
            return None
        left, top, width, height = self._grid()
        column = int((place.x() - left) // width)
        row = int((place.y() - top) // height)
        count = len(self._scores.classes)
        return (row, column) if 0 <= row < count and 0 <= column < count else None

    def describe(self, row: int, column: int) -> str:
        """One cell in words."""
        if self._scores is None:
            return ""
        names, counts = self._scores.classes, self._scores.confusion[row]
        text = (
            self.tr("{count} of {total} images of {true} were recognised ({share} %).")
            if row == column
            else self.tr("{count} of {total} images of {true} were taken for {said} ({share} %).")
        )
        share = 100 * counts[column] / max(1, sum(counts))
        return text.format(
            count=whole(counts[column]),
            total=whole(sum(counts)),
            true=names[row],
            said=names[column],
            share=round(share, 1),
        )

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self.cell_at(event.pos())
            if cell is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self.describe(*cell), self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._has_images(self.cell_at(event.position().toPoint()))
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position().toPoint())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self._go_to(cell)
            if self._has_images(cell):
                self.cell_chosen.emit(*cell)

    def key_hints(self) -> list[tuple[str, str]]:
        """The keys that it takes itself, and what they do."""
        return [
            (self.tr("Arrow keys"), self.tr("Go to the next cell · Matrix")),
            (self.tr("Enter"), self.tr("Show the images of the cell · Matrix")),
        ]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        steps = {
            keys.Key_Left: (0, -1),
            keys.Key_Right: (0, 1),
            keys.Key_Up: (-1, 0),
            keys.Key_Down: (1, 0),
        }
        last = len(self._names) - 1
        if event.key() in steps and last >= 0:
            down, right = steps[keys(event.key())]
            row, column = self._current
            self._go_to((min(max(row + down, 0), last), min(max(column + right, 0), last)))
        elif event.key() in (keys.Key_Return, keys.Key_Enter):
            if self._has_images(self._current):
                self.cell_chosen.emit(*self._current)
        else:
            super().keyPressEvent(event)

    def _go_to(self, cell: tuple[int, int]) -> None:
        self._current = cell
        self.setAccessibleDescription(self.describe(*cell))
        left, top, width, height = self._grid()
        place = QRectF(left + cell[1] * width, top + cell[0] * height, width, height)
        self.reached.emit(place.toAlignedRect())
        self.update()

    def _has_images(self, cell: tuple[int, int] | None) -> bool:
        if self._scores is None or cell is None:
            return False
        return self._scores.confusion[cell[0]][cell[1]] > 0

    def _word(self, count: int, share: float, say: Callable[[int], str] = whole) -> str:
        """What stands in a cell."""
        return f"{round(100 * share)} %" if self._shows_shares else say(count)

    def _fitting(self, font: QFont, scores: Scores) -> tuple[QFont | None, Callable[[int], str]]:
        """In which letters all cells can be written, none if in none; and their counts, how."""
        _left, _top, width, height = self._grid()
        counts = {count for row in scores.confusion for count in row}
        for say in (whole, short):
            longest = max((self._word(count, 1.0, say) for count in counts), key=len)
            for pixels in (_FONT_PX, _SMALL_FONT_PX):
                font.setPixelSize(pixels)
                room = QFontMetrics(font).horizontalAdvance(longest)
                if room <= width - 4 and pixels <= height - 2:
                    return font, say
        return None, whole

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._scores is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_cells(painter, self._scores)
        painter.setFont(self._name_font())
        self._paint_names(painter)

    @property
    def _names(self) -> tuple[str, ...]:
        return self._scores.classes if self._scores else ()

    def _name_font(self) -> QFont:
        font = self.font()
        is_dense = len(self._names) * (_FONT_PX + 3) > self.height() - _TURNED_NAME_PX
        font.setPixelSize(_SMALL_FONT_PX if is_dense else _FONT_PX)
        return font

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(self._name_font())

    def _name_width(self) -> int:
        metrics = self._metrics()
        longest = max((metrics.horizontalAdvance(name) for name in self._names), default=0)
        return min(longest + 1, _LONGEST_NAME_PX) + _GAP_PX

    def _are_names_turned(self, width: float) -> bool:
        metrics = self._metrics()
        return any(metrics.horizontalAdvance(name) > width - 4 for name in self._names)

    def _head_height(self, grid_width: float) -> int:
        if not self._are_names_turned(grid_width / max(1, len(self._names))):
            return self._axis_height() + 20
        metrics = self._metrics()
        longest = max((metrics.horizontalAdvance(name) for name in self._names), default=0)
        most = _TURNED_NAME_LOW_PX if self._is_low() else _TURNED_NAME_PX
        return self._axis_height() + min(longest + 1, most) + _GAP_PX

    def _is_low(self) -> bool:
        area = self.parentWidget()
        return area is not None and area.height() < _LOW_PX

    def _axis_height(self) -> int:
        """Of the line above the names; the rows need it more where few of them can be seen."""
        return 0 if self._is_axis_in_corner() else _AXIS_PX

    def _is_axis_in_corner(self) -> bool:
        room = self._name_width() - _GAP_PX + _AXIS_PX
        needed = self._metrics().horizontalAdvance(self.tr("predicted"))
        return (len(self._names) > MANY_CLASSES or self._is_low()) and needed <= room

    def _grid(self) -> tuple[float, float, float, float]:
        """Left, top, cell width and cell height."""
        count = len(self._scores.classes) if self._scores else 1
        left = self._name_width() + _AXIS_PX
        width = min(_WIDEST_PX, (self.width() - left - 1) / count)
        top = self._head_height(width * count)
        height = min(_HIGHEST_PX, (self.height() - top - 1) / count)
        return left, top, max(width, 1.0), max(height, 1.0)

    def _paint_names(self, painter: QPainter) -> None:
        """Names beside and above the cells, at the edges of what is seen of them."""
        seen = self._seen()
        left, top, width, height = self._grid()
        count, surface = len(self._names), self._theme.color("surface")
        # Scrolled cells go below the names.
        if seen.left() > 0:
            painter.fillRect(QRectF(seen.left(), seen.top(), left, seen.height()), surface)
        if seen.top() > 0:
            painter.fillRect(QRectF(seen.left(), seen.top(), seen.width(), top), surface)
        grid = QRectF(left + seen.left(), top + seen.top(), width * count, height * count)
        painter.save()
        painter.setClipRect(QRectF(seen.left(), grid.top() - 1, seen.width(), seen.height()))
        for place, name in enumerate(self._names):
            middle = top + (place + 0.5) * height
            if not grid.top() <= middle - _HALF_LETTER_PX <= seen.bottom() - 2 * _HALF_LETTER_PX:
                continue  # a name that is seen in part only cannot be read
            painter.setPen(self._name_colour(place))
            self._paint_row_name(painter, name, seen.left(), top + place * height, height)
        painter.setClipRect(QRectF(grid.left() - 1, seen.top(), seen.width(), seen.height()))
        for place, name in enumerate(self._names):
            middle = left + (place + 0.5) * width
            if (
                seen.height() < top
                or not grid.left() <= middle - _HALF_LETTER_PX <= seen.right() - 2 * _HALF_LETTER_PX
            ):
                continue
            painter.setPen(self._name_colour(place))
            self._paint_column_name(painter, name, left + place * width, seen.top(), width)
        painter.restore()
        self._paint_axes(painter, seen, grid)

    def _paint_axes(self, painter: QPainter, seen: QRectF, grid: QRectF) -> None:
        """What the columns and the rows are, where there is room for the words."""
        left, top, _width, _height = self._grid()
        painter.setPen(self._theme.color("text_quiet"))
        centre = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
        across = min(grid.width(), seen.width() - left)
        down = min(grid.height(), seen.height() - top)
        if not self._is_axis_in_corner():
            above = QRectF(grid.left(), seen.top(), across, 16)
            painter.drawText(above, centre, self.tr("predicted"))
        elif seen.height() >= top:
            corner = QRectF(seen.left(), grid.top() - 18, left - _GAP_PX, 16)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(corner, right | Qt.TextFlag.TextDontClip, self.tr("predicted"))
        if down < painter.fontMetrics().horizontalAdvance(self.tr("true")):
            return
        painter.save()
        painter.translate(seen.left(), grid.top() + down)
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, down, 16), centre, self.tr("true"))
        painter.restore()

    def _seen(self) -> QRectF:
        """What of it is in sight; all of it while it is drawn elsewhere than on the screen."""
        region = self.visibleRegion()
        return QRectF(self.rect() if region.isEmpty() else region.boundingRect())

    def _name_colour(self, place: int) -> QColor:
        return self._theme.color("accent" if place == self._marked else "text")

    def _paint_row_name(
        self, painter: QPainter, name: str, left: float, top: float, height: float
    ) -> None:
        width = self._name_width() - _GAP_PX
        row = QRectF(left + _AXIS_PX, top, width, height)
        elided = painter.fontMetrics().elidedText(shown(name), _MIDDLE, width)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(row, right | Qt.TextFlag.TextDontClip, elided)

    def _paint_column_name(
        self, painter: QPainter, name: str, left: float, above: float, width: float
    ) -> None:
        _left, top, _width, _height = self._grid()
        if not self._are_names_turned(width):
            axis = self._axis_height()
            head = QRectF(left, above + axis, width, top - axis)
            painter.drawText(head, Qt.AlignmentFlag.AlignCenter, shown(name))
            return
        length = round(top - self._axis_height() - _GAP_PX)
        painter.save()
        painter.translate(left, above + top - _GAP_PX / 2)
        painter.rotate(-90)
        elided = painter.fontMetrics().elidedText(shown(name), _MIDDLE, length)
        start = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, length, width), start | Qt.TextFlag.TextDontClip, elided)
        painter.restore()

    def _paint_cells(self, painter: QPainter, scores: Scores) -> None:
        left, top, width, height = self._grid()
        font, say = self._fitting(painter.font(), scores)
        if font is not None:
            painter.setFont(font)
        gap = 1.0 if min(width, height) < 20 else 2.0
        seen = self._seen()
        for row, counts in enumerate(scores.confusion):
            total = max(1, sum(counts))
            for column, count in enumerate(counts):
                box = QRectF(left + column * width, top + row * height, width, height)
                box = box.adjusted(0, 0, -gap, -gap)
                share = count / total
                if not box.intersects(seen):
                    continue
                fill, word = self._colours(share, is_right=row == column)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(fill)
                painter.drawRoundedRect(box, 2, 2)
                if font is not None and count:
                    text = self._word(count, share, say)
                    painter.setPen(word)
                    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
                is_current = (row, column) == self._current
                if is_current and (self.hasFocus() or self._marked is not None):
                    painter.setPen(QPen(self._theme.color("accent"), 2))
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.drawRoundedRect(box, 2, 2)

    def _colours(self, share: float, *, is_right: bool) -> tuple[QColor, QColor]:
        """The ground of a cell and the colour of its count."""
        if share == 0:
            return self._theme.color("hover"), self._theme.color("text_quiet")
        hue = self._theme.color("training" if is_right else "validation")
        surface = self._theme.color("surface")
        opacity = _SHADE_FROM + (_SHADE_TO - _SHADE_FROM) * share
        fill = QColor.fromRgbF(
            hue.redF() * opacity + surface.redF() * (1 - opacity),
            hue.greenF() * opacity + surface.greenF() * (1 - opacity),
            hue.blueF() * opacity + surface.blueF() * (1 - opacity),
        )
        luma = 0.299 * fill.redF() + 0.587 * fill.greenF() + 0.114 * fill.blueF()
        return fill, QColor("#14171B" if luma > 0.55 else "#FFFFFF")

    def _worst_in_words(self, scores: Scores) -> str:
        worst = scores.worst_confusions(1)
        return self.describe(*worst[0]) if worst else self.tr("Every image was recognised.")
