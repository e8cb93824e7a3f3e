"""A list of square tiles that costs what is in sight, be it of ten images or of 50,000."""

# ruff: noqa: N802 - the overridden names are Qt's
from __future__ import annotations

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyleOptionViewItem, QWidget

from cnn_studio.gui.pictures.tile_grid import TileGrid

_AnyIndex = QModelIndex | QPersistentModelIndex
_Move = QAbstractItemView.CursorAction


class TileView(QListView):
    """Lays out the rows of a model as a grid.

    QListView lays all rows out again at each insertion, which takes 30 ms for 20,000 of them, and a
    recording inserts 15 times a second. Here every place is reckoned when it is needed. It remains
    a QListView, as which screen readers know it.

    Args:
        least_cell: How wide and high a cell is at least, pixels.
    """

    def __init__(self, least_cell: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least_cell = least_cell
        self._band_start: QPoint | None = None
        self._band = QRect()
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setMouseTracking(True)

    @property
    def grid(self) -> TileGrid:
        """Where the tiles stand, from the top of the whole list."""
        model = self.model()
        count = model.rowCount() if model is not None else 0
        return TileGrid(count, self.viewport().width(), self._least_cell)

    def set_least_cell(self, least_cell: int) -> None:
        """Have cells of at least another width and height, pixels."""
        self._least_cell = least_cell
        self.updateGeometries()
        self.viewport().update()

    @property
    def selected_count(self) -> int:
        """How many rows are selected."""
        return sum(last - first + 1 for first, last in self.selected_ranges())

    def selected_ranges(self) -> list[tuple[int, int]]:
        """The selected rows as (first, last), in order."""
        # Not selectedIndexes(), which makes an object for each row.
        selection = self.selectionModel().selection()
        ranges = [selection.at(place) for place in range(selection.count())]
        return sorted((each.top(), each.bottom()) for each in ranges)

    def rows_in_sight(self) -> tuple[int, int]:
        """The rows that are at least partly in sight as (first, last); (0, -1) if none is."""
        area = self.viewport().rect().translated(0, self.verticalOffset())
        return next(iter(self.grid.places_in(area)), (0, -1))

    def doItemsLayout(self) -> None:
        QAbstractItemView.doItemsLayout(self)

    def updateGeometries(self) -> None:
        grid, height = self.grid, self.viewport().height()
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, grid.height - height))
        bar.setPageStep(height)
        bar.setSingleStep(grid.cell // 3)
        QAbstractItemView.updateGeometries(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        QAbstractItemView.resizeEvent(self, event)
        self.updateGeometries()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        self.viewport().update()

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def visualRect(self, index: _AnyIndex) -> QRect:
        if not index.isValid():
            return QRect()
        return self.grid.rect(index.row()).translated(0, -self.verticalOffset())

    def indexAt(self, point: QPoint) -> QModelIndex:
        place = self.grid.place_at(point + QPoint(0, self.verticalOffset()))
        return self.model().index(place, 0) if place >= 0 else QModelIndex()

    def scrollTo(
        self, index: _AnyIndex, hint: QListView.ScrollHint = QListView.ScrollHint.EnsureVisible
    ) -> None:
        if not index.isValid():
            return
        rect, bar = self.grid.rect(index.row()), self.verticalScrollBar()
        height = self.viewport().height()
        if hint == QListView.ScrollHint.PositionAtTop or rect.top() < bar.value():
            bar.setValue(rect.top())
        elif hint == QListView.ScrollHint.PositionAtCenter:
            bar.setValue(rect.center().y() - height // 2)
        elif rect.bottom() >= bar.value() + height:
            bar.setValue(rect.bottom() + 1 - height)

    def moveCursor(self, action: _Move, _modifiers: Qt.KeyboardModifier) -> QModelIndex:
        grid = self.grid
        if grid.count == 0:
            return QModelIndex()
        page = max(1, self.viewport().height() // grid.cell) * grid.columns
        steps = {
            _Move.MoveLeft: -1,
            _Move.MovePrevious: -1,
            _Move.MoveRight: 1,
            _Move.MoveNext: 1,
            _Move.MoveUp: -grid.columns,
            _Move.MoveDown: grid.columns,
            _Move.MovePageUp: -page,
            _Move.MovePageDown: page,
            _Move.MoveHome: -grid.count,
            _Move.MoveEnd: grid.count,
        }
        current = self.currentIndex()
        place = current.row() + steps[action] if current.isValid() else 0
        return self.model().index(min(max(place, 0), grid.count - 1), 0)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        # A band selects what it touches; Shift with a click or an arrow selects all between the
        # rectangle's two corners in reading order.
        offset, grid = QPoint(0, self.verticalOffset()), self.grid
        if self.state() == QListView.State.DragSelectingState:
            ranges = grid.places_in(rect.normalized().translated(offset))
        else:
            ends = [grid.nearest_place(p + offset) for p in (rect.topLeft(), rect.bottomRight())]
            ranges = [(min(ends), max(ends))] if min(ends) >= 0 else []
        selection = QItemSelection()
        for first, last in ranges:
            selection.select(self.model().index(first, 0), self.model().index(last, 0))
        self.selectionModel().select(selection, command)

    def keyboardSearch(self, _search: str) -> None:
        """Letters select nothing: the names of files are searched by Ctrl+F."""

    def selectAll(self) -> None:
        # QListView's own asks the model about each row, which takes 70 ms for 50,000.
        model = self.model()
        rows = QItemSelection(model.index(0, 0), model.index(model.rowCount() - 1, 0))
        self.selectionModel().select(rows, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def visualRegionForSelection(self, _selection: QItemSelection) -> QRegion:
        # Uniting the places of 20,000 tiles takes seconds; painting those in sight does not.
        return QRegion(self.viewport().rect())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._band_start = event.position().toPoint() + QPoint(0, self.verticalOffset())
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        dragging = self.state() == QListView.State.DragSelectingState
        if dragging and self._band_start is not None:
            end = event.position().toPoint() + QPoint(0, self.verticalOffset())
            self._band = QRect(self._band_start, end).normalized()
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self._band_start, self._band = None, QRect()
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        plain = option.state
        offset, current = self.verticalOffset(), self.currentIndex()
        hovered = self.indexAt(self.viewport().mapFromGlobal(self.cursor().pos()))
        chosen = self.selectionModel()
        for first, last in self.grid.places_in(event.rect().translated(0, offset)):
            for row in range(first, last + 1):
                index = self.model().index(row, 0)
                option.rect = self.visualRect(index)
                if not event.region().intersects(option.rect):
                    continue
                state = plain
                if chosen.isSelected(index):
                    state |= QStyle.StateFlag.State_Selected
                if index == current and self.hasFocus():
                    state |= QStyle.StateFlag.State_HasFocus
                if index == hovered and self.underMouse():
                    state |= QStyle.StateFlag.State_MouseOver
                option.state = state
                self.itemDelegate().paint(painter, option, index)
        if not self._band.isEmpty():
            self._paint_band(painter, self._band.translated(0, -offset))

    def _paint_band(self, painter: QPainter, band: QRect) -> None:
        accent = self.palette().color(QPalette.ColorRole.Highlight)
        painter.setPen(QPen(accent, 1))
        painter.setBrush(QColor(accent.red(), accent.green(), accent.blue(), 40))
        painter.drawRect(band.adjusted(0, 0, -1, -1))
