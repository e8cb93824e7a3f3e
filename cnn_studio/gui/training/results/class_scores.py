"""Precision, recall and F1 of each class, as a table."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from cnn_studio.gui.figures import whole
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.results.interval_delegate import INTERVAL_ROLE, IntervalDelegate
from cnn_studio.gui.widgets.table_look import LEFT, RIGHT, head_answer, make_quiet
from cnn_studio.models.intervals import Interval
from cnn_studio.models.scores import ClassIntervals, Scores
from cnn_studio.untrusted_text import shown

_Index = QModelIndex | QPersistentModelIndex
_ROW_PX = 32
_NUMBER_PX = 80
_COUNT, _FIRST_FIGURE = 1, 2


class ClassScoresModel(QAbstractTableModel):
    """One row a class."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scores: Scores | None = None
        self._intervals: tuple[ClassIntervals, ...] = ()
        self._titles = (
            (self.tr("Class"), ""),
            (self.tr("Images"), self.tr("How many images really are of this class")),
            (self.tr("Precision"), self.tr("Of what was called this class, the share that was")),
            (self.tr("Recall"), self.tr("Of the images of this class, the share recognised")),
            (self.tr("F1"), self.tr("The harmonic mean of precision and recall")),
        )

    def set_scores(self, scores: Scores | None) -> None:
        """Show other scores, or none."""
        self.beginResetModel()
        self._scores = scores
        self._intervals = scores.class_intervals if scores else ()
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        is_root = parent is None or not parent.isValid()
        return len(self._scores.classes) if self._scores and is_root else 0

    def columnCount(self, _parent: _Index | None = None) -> int:
        return len(self._titles)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._scores is None or not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        name, scores = self._scores.classes[row], self._scores.per_class[row]
        values = (name, scores.count, scores.precision, scores.recall, scores.f1)
        if role == Qt.ItemDataRole.UserRole:
            return values[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row, column)
        if role == INTERVAL_ROLE:
            return self._interval(row, column)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        texts = (
            shown(name),
            whole(scores.count),
            *(wording.share(value) for value in (scores.precision, scores.recall, scores.f1)),
        )
        return texts[column]

    def _interval(self, row: int, column: int) -> Interval | None:
        if column < _FIRST_FIGURE:
            return None
        own = self._intervals[row]
        return (own.precision, own.recall, own.f1)[column - _FIRST_FIGURE]

    def _tip(self, row: int, column: int) -> str:
        """The interval of a figure; the class's whole name elsewhere."""
        interval = self._interval(row, column)
        if interval is None:
            return self._scores.classes[row] if self._scores else ""
        return self.tr("95 % interval {low} to {high}").format(
            low=wording.share(interval.low), high=wording.share(interval.high)
        )

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        title, tip = self._titles[section]
        return head_answer(title, tip, _alignment(section), role)


class ClassScoresTable(QTableView):
    """The table; a click on a column's head sorts by it, the weakest class first.

    Signals:
        class_chosen(int): The images of the class in this place shall be shown.
    """

    class_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("classScoresTable")
        self.setAccessibleName(self.tr("Scores of each class"))
        self.setToolTip(self.tr("Double-click a class to see its images"))
        self._model = ClassScoresModel(self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self._model)
        self._sorted.setSortRole(Qt.ItemDataRole.UserRole)
        self.setModel(self._sorted)
        self.setItemDelegate(IntervalDelegate(theme, self))
        self.doubleClicked.connect(self._on_double_clicked)
        make_quiet(self, _ROW_PX)
        header = self.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, self._model.columnCount()):
            self.setColumnWidth(column, _NUMBER_PX)
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)

    def set_scores(self, scores: Scores | None) -> None:
        """Show other scores, or none."""
        self._model.set_scores(scores)
        self.setColumnWidth(_COUNT, max(_NUMBER_PX, self.sizeHintForColumn(_COUNT)))

    def key_hints(self) -> list[tuple[str, str]]:
        """The keys that it takes itself, and what they do."""
        return [(self.tr("Enter"), self.tr("Show the images of the class · Classes"))]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_double_clicked(self.currentIndex())
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _on_double_clicked(self, index: QModelIndex) -> None:
        if index.isValid():
            self.class_chosen.emit(self._sorted.mapToSource(index).row())


def _alignment(column: int) -> Qt.AlignmentFlag:
    return LEFT if column == 0 else RIGHT
