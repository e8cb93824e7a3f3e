"""The classified files as cards that fill the width, as many in a row as fit."""

# ruff: noqa: N802 - the overridden names are Qt's

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
)
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QWidget

from cnn_studio.gui.prediction.files.file_delegate import (
    CARD_HEIGHT,
    LEAST_CARD_WIDTH,
    FileDelegate,
)
from cnn_studio.gui.prediction.files.file_model import FileModel, Index
from cnn_studio.gui.theme import Theme

_Move = QAbstractItemView.CursorAction
_Hint = QAbstractItemView.ScrollHint


class FileList(QAbstractItemView):
    """A grid of cards of one size, so that a card's place is a matter of arithmetic.

    QListView keeps a place for every item and finds all of them anew with each that comes: 100 ms
    a time with 20,000 files. Here only the cards on the screen cost anything.
    """

    def __init__(self, model: FileModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fileResults")
        self.setAccessibleName(self.tr("Classified files"))
        self._columns = 1
        self._hovered = QPersistentModelIndex()
        self.setItemDelegate(FileDelegate(theme, self))
        self.setModel(model)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setMinimumHeight(CARD_HEIGHT)
        theme.changed.connect(self.viewport().update)

    def visualRect(self, index: Index) -> QRect:
        if not index.isValid():
            return QRect()
        row, column = divmod(index.row(), self._columns)
        width = self.viewport().width() // self._columns
        return QRect(column * width, row * CARD_HEIGHT - self.verticalOffset(), width, CARD_HEIGHT)

    def indexAt(self, point: QPoint) -> QModelIndex:
        width = self.viewport().width() // self._columns
        column = point.x() // width if width else 0
        row = (point.y() + self.verticalOffset()) // CARD_HEIGHT
        if not 0 <= column < self._columns or row < 0:
            return QModelIndex()
        return self.model().index(row * self._columns + column, 0)

    def scrollTo(self, index: Index, hint: _Hint = _Hint.EnsureVisible) -> None:
        bar, area = self.verticalScrollBar(), self.visualRect(index)
        below = area.bottom() + 1 - self.viewport().height()
        if area.top() < 0 or hint is _Hint.PositionAtTop:
            bar.setValue(bar.value() + area.top())
        elif below > 0:
            bar.setValue(bar.value() + below)

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def isIndexHidden(self, _index: Index) -> bool:
        return False

    def moveCursor(self, action: _Move, _modifiers: Qt.KeyboardModifier) -> QModelIndex:
        count = self.model().rowCount()
        if count == 0:
            return QModelIndex()
        page = max(1, self.viewport().height() // CARD_HEIGHT) * self._columns
        steps = {
            _Move.MoveLeft: -1,
            _Move.MovePrevious: -1,
            _Move.MoveRight: 1,
            _Move.MoveNext: 1,
            _Move.MoveUp: -self._columns,
            _Move.MoveDown: self._columns,
            _Move.MovePageUp: -page,
            _Move.MovePageDown: page,
            _Move.MoveHome: -count,
            _Move.MoveEnd: count,
        }
        current = self.currentIndex()
        row = current.row() + steps.get(action, 0) if current.isValid() else 0
        return self.model().index(min(max(row, 0), count - 1), 0)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        index = self.indexAt(rect.center())
        self.selectionModel().select(QItemSelection(index, index), command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        region = QRegion()
        for index in selection.indexes():
            region = region.united(self.visualRect(index))
        return region

    def updateGeometries(self) -> None:
        width, height = self.viewport().width(), self.viewport().height()
        self._columns = max(1, width // LEAST_CARD_WIDTH)
        rows = -(-self.model().rowCount() // self._columns) if self.model() else 0
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, rows * CARD_HEIGHT - height))
        bar.setPageStep(height)
        bar.setSingleStep(CARD_HEIGHT // 2)
        super().updateGeometries()

    def rowsInserted(self, parent: Index, start: int, end: int) -> None:
        super().rowsInserted(parent, start, end)
        self.updateGeometries()
        if self.visualRect(self.model().index(start, 0)).top() < self.viewport().height():
            self.viewport().update()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometries()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(QModelIndex())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        state = option.state & ~QStyle.StateFlag.State_HasFocus
        offset, model = self.verticalOffset(), self.model()
        first = (event.rect().top() + offset) // CARD_HEIGHT * self._columns
        end = ((event.rect().bottom() + offset) // CARD_HEIGHT + 1) * self._columns
        for row in range(max(first, 0), min(end, model.rowCount())):
            index = model.index(row, 0)
            option.rect = self.visualRect(index)
            option.state = state | self._state_of(index)
            self.itemDelegate().paint(painter, option, index)

    def _state_of(self, index: QModelIndex) -> QStyle.StateFlag:
        state = QStyle.StateFlag.State_None
        if self.selectionModel().isSelected(index):
            state |= QStyle.StateFlag.State_Selected
        if index == self.currentIndex() and self.hasFocus():
            state |= QStyle.StateFlag.State_HasFocus
        if self._hovered == index:
            state |= QStyle.StateFlag.State_MouseOver
        return state

    def _hover(self, index: QModelIndex) -> None:
        if self._hovered != index:
            self._hovered = QPersistentModelIndex(index)
            self.viewport().update()
