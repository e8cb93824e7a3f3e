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
)
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from cnn_studio.gui.training import wording
from cnn_studio.gui.training.table_look import LEFT, RIGHT, head_answer, make_quiet
from cnn_studio.models.scores import Scores

_Index = QModelIndex | QPersistentModelIndex
_ROW_PX = 28
_NUMBER_PX = 80


class ClassScoresModel(QAbstractTableModel):
    """One row a class."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scores: Scores | None = None
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
        if role == Qt.ItemDataRole.ToolTipRole and column == 0:
            return name
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        texts = (
            name,
            wording.whole(scores.count),
            *(wording.share(value) for value in (scores.precision, scores.recall, scores.f1)),
        )
        return texts[column]

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
    """The table; a click on a column's head sorts by it, the weakest class first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("classScoresTable")
        self.setAccessibleName(self.tr("Scores of each class"))
        self._model = ClassScoresModel(self)
        sorted_model = QSortFilterProxyModel(self)
        sorted_model.setSourceModel(self._model)
        sorted_model.setSortRole(Qt.ItemDataRole.UserRole)
        self.setModel(sorted_model)
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


def _alignment(column: int) -> Qt.AlignmentFlag:
    return LEFT if column == 0 else RIGHT
