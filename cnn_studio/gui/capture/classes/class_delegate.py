"""Paints one class: its number key, colour, name, what is said of it, and its images."""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from cnn_studio.gui.capture.classes.class_model import ClassModel, ClassRow
from cnn_studio.gui.figures import whole
from cnn_studio.gui.theme import Theme
from cnn_studio.untrusted_text import shown

ROW_HEIGHT = 44
_NUMBER_KEYS = 9
_LARGEST_SHOWN = 9_999  # a larger target leaves no room for the name
_LEFT, _RIGHT = 12, 12
_NUMBER_WIDTH, _CHIP, _GAP = 14, 10, 8
_BAR_TOP, _BAR_HEIGHT = 31, 4
_TEXT_TOP, _TEXT_HEIGHT = 7, 20
_NOTE_TOP, _NOTE_HEIGHT, _NOTE_PX = 25, 16, 11

_Index = QModelIndex | QPersistentModelIndex


class ClassDelegate(QStyledItemDelegate):
    """Draws the rows of a ClassModel and gives a line edit to rename one."""

    draws_focus = True  # see FocusRing

    def __init__(self, model: ClassModel, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme
        self._drop_row = -1
        self._is_moving = False
        self._are_idle = False

    def set_drop_row(self, row: int) -> None:
        """Say over which row files are held; -1 for none."""
        self._drop_row = row

    def mark_digits(self, *, is_moving: bool, are_idle: bool) -> None:
        """Say that a digit moves images instead of choosing a class, or does neither."""
        self._is_moving, self._are_idle = is_moving, are_idle

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(160, ROW_HEIGHT)

    def createEditor(
        self, parent: QWidget, _option: QStyleOptionViewItem, _index: _Index
    ) -> QWidget:
        editor = QLineEdit(parent)
        editor.setObjectName("classNameEditor")
        editor.setAccessibleName(self.tr("Name of the class"))
        editor.setToolTip(self.tr("Enter renames the class, Esc leaves it as it is"))
        return editor

    def updateEditorGeometry(  # noqa: N802 - Qt's name
        self, editor: QWidget, option: QStyleOptionViewItem, _index: _Index
    ) -> None:
        rect: QRect = option.rect
        left = _LEFT + _NUMBER_WIDTH + _GAP + _CHIP + 2
        editor.setGeometry(rect.adjusted(left, 5, -_RIGHT, -5))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(option.font)
        self._paint_ground(painter, rect, state, index.row())
        self._paint_words(painter, rect, index)
        painter.restore()

    def _paint_ground(
        self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, row: int
    ) -> None:
        inner = QRectF(rect).adjusted(4, 1, -4, -1)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.setPen(Qt.PenStyle.NoPen)
        if selected or row == self._drop_row:
            painter.setBrush(self._theme.color("selection"))
            painter.drawRoundedRect(inner, 6, 6)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(self._theme.color("hover"))
            painter.drawRoundedRect(inner, 6, 6)
        if row == self._drop_row or (selected and state & QStyle.StateFlag.State_HasFocus):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("accent"), 2))
            painter.drawRoundedRect(inner.adjusted(1, 1, -1, -1), 6, 6)

    def _paint_words(self, painter: QPainter, rect: QRect, index: _Index) -> None:
        row = self._model.row(index)
        below = self._note_below(row)
        text_top = _TEXT_TOP if row.target or below else (ROW_HEIGHT - _TEXT_HEIGHT) // 2
        text = QRect(rect.left() + _LEFT, rect.top() + text_top, 0, _TEXT_HEIGHT)
        middle = Qt.AlignmentFlag.AlignVCenter
        number = text.adjusted(0, 0, _NUMBER_WIDTH, 0)
        if index.row() < _NUMBER_KEYS:
            self._paint_number(painter, number, str(index.row() + 1))
        painter.setPen(self._theme.color("text_quiet"))
        chip = QRectF(number.right() + 1, text.center().y() - _CHIP / 2 + 1, _CHIP, _CHIP)
        self._paint_chip(painter, chip, row)
        count = _count_text(row)
        count_width = painter.fontMetrics().horizontalAdvance(count)
        right = rect.right() - _RIGHT
        count_rect = QRect(right - count_width, text.top(), count_width + 1, _TEXT_HEIGHT)
        painter.drawText(count_rect, middle | Qt.AlignmentFlag.AlignRight, count)
        left = round(chip.right()) + _GAP
        name_rect = QRect(left, text.top(), right - count_width - _GAP - left, _TEXT_HEIGHT)
        painter.setPen(self._theme.color("text" if row.is_trained else "text_quiet"))
        elide = Qt.TextElideMode.ElideRight
        name = painter.fontMetrics().elidedText(shown(row.name), elide, name_rect.width())
        painter.drawText(name_rect, middle | Qt.AlignmentFlag.AlignLeft, name)
        line = QRectF(left, rect.top() + _BAR_TOP, right - left, 0)
        if below:
            note = QRect(left, rect.top() + _NOTE_TOP, right - left, _NOTE_HEIGHT)
            colour = "good" if row.has_enough and row.is_trained else "text_quiet"
            line.setLeft(left + self._paint_note(painter, note, below, colour) + _GAP)
        if row.target and row.is_trained:
            self._paint_bar(painter, line, row)

    def _paint_number(self, painter: QPainter, where: QRect, number: str) -> None:
        """Write a class's key: on a badge while it moves images, faint while it does nothing."""
        colour = "text_disabled" if self._are_idle else "text_quiet"
        if self._is_moving:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("accent"))
            painter.drawRoundedRect(where.adjusted(-4, 1, -1, -1), 4, 4)
            colour = "on_accent"
        painter.setPen(self._theme.color(colour))
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(where, left, number)

    def _note_below(self, row: ClassRow) -> str:
        """What is to be said of a class that is not as the others; empty if it is."""
        words = [self.tr("background")] if row.is_background else []
        if not row.is_trained:
            words.append(self.tr("not trained"))
        elif row.has_enough:
            words.append(self.tr("enough"))
        return " · ".join(words)

    def _paint_note(self, painter: QPainter, where: QRect, text: str, colour: str) -> int:
        """Write a note, and return how wide it is."""
        painter.save()
        font = painter.font()
        font.setPixelSize(_NOTE_PX)
        painter.setFont(font)
        painter.setPen(self._theme.color(colour))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        fitting = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, where.width())
        painter.drawText(where, middle, fitting)
        width = painter.fontMetrics().horizontalAdvance(fitting)
        painter.restore()
        return width

    def _paint_chip(self, painter: QPainter, chip: QRectF, row: ClassRow) -> None:
        painter.save()
        if row.is_trained:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(row.colour))
        else:  # an outline of what it was
            painter.setPen(QPen(QColor(row.colour), 1.5))
            chip = chip.adjusted(0.75, 0.75, -0.75, -0.75)
        painter.drawRoundedRect(chip, 3, 3)
        painter.restore()

    def _paint_bar(self, painter: QPainter, line: QRectF, row: ClassRow) -> None:
        whole = line.adjusted(0, 0, 0, _BAR_HEIGHT)
        share = min((row.count or 0) / row.target, 1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("line"))
        painter.drawRoundedRect(whole, _BAR_HEIGHT / 2, _BAR_HEIGHT / 2)
        if share > 0:
            done = QRectF(whole)
            done.setWidth(max(share * whole.width(), _BAR_HEIGHT))
            painter.setBrush(self._theme.color("good" if share >= 1 else "accent"))
            painter.drawRoundedRect(done, _BAR_HEIGHT / 2, _BAR_HEIGHT / 2)


def _count_text(row: ClassRow) -> str:
    """How many images there are, of how many where the next step is near enough to read."""
    if row.count is None:
        return ""
    is_short = row.count < row.target <= _LARGEST_SHOWN and row.is_trained
    return f"{whole(row.count)} / {whole(row.target)}" if is_short else whole(row.count)
