"""Paints the folders of an import, and lets a class be chosen or typed for them."""

# ruff: noqa: N802 - the overridden names are Qt's
from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from cnn_studio.data.class_names import MAX_LENGTH
from cnn_studio.gui.capture.transfer.import_groups import CLASS, FOLDER, GroupModel
from cnn_studio.gui.theme import Theme
from cnn_studio.untrusted_text import shown

_PICTURE = 36
_SIDE, _GAP, _SMALL_GAP = 8, 12, 4
_FIELD_HEIGHT, _RADIUS = 32, 6
_ICON, _PILL_PX = 14, 11
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_Index = QModelIndex | QPersistentModelIndex


class GroupDelegate(QStyledItemDelegate):
    """Draws the rows of a GroupModel; a class looks like the field that it is.

    Signals:
        typed(int, str): This stands in the field of a row now, and is not chosen yet.
        chosen(int, str): This class was chosen for a row; empty to leave it out.
        given_up: The choice in a field was given up.
    """

    typed = Signal(int, str)
    chosen = Signal(int, str)
    given_up = Signal()

    def __init__(self, model: GroupModel, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme
        self._row = -1
        self.closeEditor.connect(self._on_editor_closed)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        editor = QComboBox(parent)
        editor.setFont(option.font)
        editor.setObjectName("importClassField")
        editor.setAccessibleName(self.tr("Class of the images"))
        editor.setToolTip(self.tr("Choose a class, or type the name of a new one"))
        editor.setEditable(True)
        field = QLineEdit(editor)
        field.setMaxLength(MAX_LENGTH)
        field.textEdited.connect(self._on_field_text_edited)
        editor.setLineEdit(field)
        editor.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        for name in self._model.classes:
            editor.addItem(shown(name), name)
        editor.insertSeparator(editor.count())
        editor.addItem(self._model.leave_out, "")
        # Its list would take Enter, and the choice stay open. (Qt takes None, the stubs do not.)
        editor.setCompleter(None)  # type: ignore[arg-type]
        editor.activated.connect(self._on_editor_activated)
        self._row = index.row()
        return editor

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        if isinstance(editor, QComboBox):
            group = self._model.group(index)
            editor.setCurrentIndex(-1 if group.problem else editor.findData(group.class_name))
            field = editor.lineEdit()
            if field is not None:
                field.setPlaceholderText(self.tr("Choose a class"))
                field.selectAll()

    def setModelData(self, editor: QWidget, _model: QAbstractItemModel, index: _Index) -> None:
        if isinstance(editor, QComboBox):
            text = editor.currentText().strip()
            place = editor.findText(text, Qt.MatchFlag.MatchFixedString)
            if text:
                self.chosen.emit(index.row(), text if place < 0 else editor.itemData(place))

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, _index: _Index
    ) -> None:
        editor.setGeometry(_field(option.rect))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, self._theme.color("selection"))
        painter.setFont(option.font)
        is_in = bool(self._model.group(index).class_name)
        painter.setPen(self._theme.color("text" if is_in else "text_quiet"))
        if index.column() == FOLDER:
            self._paint_folder(painter, rect, index)
        elif index.column() == CLASS:
            has_focus = bool(state & QStyle.StateFlag.State_HasFocus)
            self._paint_class(painter, _field(rect), index, has_focus)
        else:
            words = rect.adjusted(0, 0, -_SIDE, 0)
            painter.drawText(words, _MIDDLE | Qt.AlignmentFlag.AlignRight, index.data())
        painter.restore()

    def _paint_folder(self, painter: QPainter, rect: QRect, index: _Index) -> None:
        top = rect.top() + (rect.height() - _PICTURE) / 2
        where = QRectF(rect.left() + _SIDE, top, _PICTURE, _PICTURE)
        for thumbnail in self._model.pictures(index):
            outline = QPainterPath()
            outline.addRoundedRect(where, _SMALL_GAP, _SMALL_GAP)
            painter.fillPath(outline, self._theme.color("hover"))
            if thumbnail is not None and thumbnail.pixmap is not None:
                painter.save()
                painter.setClipPath(outline)
                painter.drawPixmap(where, thumbnail.pixmap, QRectF(thumbnail.pixmap.rect()))
                painter.restore()
            elif thumbnail is not None:
                icon = where.adjusted(9, 9, -9, -9).toRect()
                self._theme.icon("warning", "warn").paint(painter, icon)
            where.translate(_PICTURE + _SMALL_GAP, 0)
        # Names begin below each other, however many pictures stand before them.
        left = _SIDE + 3 * (_PICTURE + _SMALL_GAP) + _GAP - _SMALL_GAP
        _write(painter, rect.adjusted(left, 0, -_GAP, 0), index.data())

    def _paint_class(self, painter: QPainter, field: QRect, index: _Index, has_focus: bool) -> None:
        group = self._model.group(index)
        ink = painter.pen()
        painter.setPen(QPen(self._theme.color("accent" if has_focus else "line_strong"), 1))
        painter.setBrush(self._theme.color("surface"))
        painter.drawRoundedRect(QRectF(field).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        words = field.adjusted(9, 0, -30, 0)
        arrow = QRect(field.right() - 20, field.center().y() - 6, _ICON, _ICON)
        self._theme.icon("chevron-down", "text_quiet").paint(painter, arrow)
        if group.is_new:
            words.setRight(self._paint_pill(painter, words))
        text = index.data()
        if group.problem:
            icon = QRect(words.left(), field.center().y() - 7, 16, 16)
            self._theme.icon("warning", "warn").paint(painter, icon)
            words.setLeft(words.left() + 22)
            text = self.tr("Choose a class")
        painter.setPen(ink)
        _write(painter, words, text)

    def _paint_pill(self, painter: QPainter, words: QRect) -> int:
        """Mark a class as new, on the right; returns where that begins."""
        painter.save()
        font = painter.font()
        font.setPixelSize(_PILL_PX)
        painter.setFont(font)
        text = self.tr("new")
        width = painter.fontMetrics().horizontalAdvance(text) + 14
        pill = QRectF(words.right() - width, words.center().y() - 8.5, width, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("selection"))
        painter.drawRoundedRect(pill, 9, 9)
        painter.setPen(self._theme.color("accent"))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()
        return round(pill.left()) - _SMALL_GAP

    @Slot(str)
    def _on_field_text_edited(self, text: str) -> None:
        self.typed.emit(self._row, text)

    @Slot()
    def _on_editor_activated(self) -> None:
        editor = self.sender()
        if isinstance(editor, QComboBox):
            self.commitData.emit(editor)
            self.closeEditor.emit(editor)

    @Slot(QWidget, QStyledItemDelegate.EndEditHint)
    def _on_editor_closed(self, _editor: QWidget, hint: QStyledItemDelegate.EndEditHint) -> None:
        if hint == QStyledItemDelegate.EndEditHint.RevertModelCache:
            self.given_up.emit()


def _field(rect: QRect) -> QRect:
    field = rect.adjusted(_SMALL_GAP, 0, -_GAP, 0)
    field.setTop(rect.top() + (rect.height() - _FIELD_HEIGHT) // 2)
    field.setHeight(_FIELD_HEIGHT)
    return field


def _write(painter: QPainter, where: QRect, text: str) -> None:
    middle = Qt.TextElideMode.ElideMiddle
    shown = painter.fontMetrics().elidedText(text, middle, where.width())
    painter.drawText(where, _MIDDLE | Qt.AlignmentFlag.AlignLeft, shown)
