"""The table of runs; one is selected, and its curves and results are on show."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training.runs_model import RUN_ROLE, Column, RunsModel
from cnn_studio.gui.training.table_look import make_quiet
from cnn_studio.models.runs import Run

_ROW_PX = 32
_WIDTHS_PX = {
    Column.TIME: 104,
    Column.STATUS: 80,
    Column.EPOCHS: 68,
    Column.TRAINING: 76,
    Column.VALIDATION: 84,
    Column.TEST: 76,
}
_DATASET_LEAST_PX = 80
# What a narrow window does without first; the row's tooltip says it all.
_DISPENSABLE = (Column.EPOCHS, Column.TRAINING, Column.STATUS, Column.TEST)


class RunsTable(QTableView):
    """Shows the runs and tells which one is selected.

    Signals:
        run_selected(Run | None): Another run is selected, or none.
    """

    run_selected = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runsTable")
        self.setAccessibleName(self.tr("Runs, newest first"))
        self._model = RunsModel(theme, self)
        self._selected: Path | None = None
        self._takes_newest = True
        self.setModel(self._model)
        make_quiet(self, _ROW_PX)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(48)
        header.setSectionResizeMode(Column.DATASET, QHeaderView.ResizeMode.Stretch)
        for column, width in _WIDTHS_PX.items():
            self.setColumnWidth(column, width)
        self.selectionModel().currentRowChanged.connect(self._on_current_row_changed)

    @property
    def runs(self) -> list[Run]:
        """The runs, newest first."""
        return self._model.runs

    def selected_run(self) -> Run | None:
        """The run that is selected."""
        run = self.currentIndex().data(RUN_ROLE)
        return run if isinstance(run, Run) else None

    def set_runs(self, runs: Iterable[Run]) -> None:
        """Show other runs; the selected one stays selected, or else the newest is."""
        selected = self._selected
        self._model.set_runs(runs)
        row = self._model.row_of(selected) if selected is not None else None
        if row is None and self._model.runs and self._takes_newest:
            row = 0
        if row is None:
            self.run_selected.emit(None)
        else:
            self._select_row(row)

    def select(self, folder: Path) -> None:
        """Select a run, now or as soon as it is listed."""
        self._selected = folder
        self._takes_newest = True
        row = self._model.row_of(folder)
        if row is not None:
            self._select_row(row)

    def clear_selection(self) -> None:
        """Select no run until one is chosen."""
        self._selected = None
        self._takes_newest = False
        self.selectionModel().clear()
        self.run_selected.emit(None)

    def set_live(self, folder: Path | None) -> None:
        """Which run is training now."""
        self._model.set_live(folder)
        self._takes_newest = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        room = self.viewport().width() - _DATASET_LEAST_PX - sum(_WIDTHS_PX.values())
        for column in _DISPENSABLE:
            self.setColumnHidden(column, room < 0)
            if room < 0:
                room += _WIDTHS_PX[column]
        super().resizeEvent(event)

    def _select_row(self, row: int) -> None:
        index = self._model.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(index)

    @Slot(QModelIndex, QModelIndex)
    def _on_current_row_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        run = current.data(RUN_ROLE)
        if isinstance(run, Run):
            self._selected = run.folder
            self.run_selected.emit(run)
