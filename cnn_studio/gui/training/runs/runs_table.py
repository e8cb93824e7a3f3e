"""The table of runs; curves and results of what is selected in it are on show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from PySide6.QtCore import (
    QDate,
    QItemSelection,
    QItemSelectionModel,
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.runs.runs_model import RUN_ROLE, RunsModel
from cnn_studio.gui.training.runs.runs_order import Column, RunFilter
from cnn_studio.gui.widgets.elided_label import elided
from cnn_studio.gui.widgets.table_look import make_quiet
from cnn_studio.models.run_notes import RunNotes
from cnn_studio.models.runs import Run

_Index = QModelIndex | QPersistentModelIndex
_ROW_PX = 32
_WIDTHS_PX = {
    Column.STAR: 28,
    Column.TIME: 104,
    Column.DATASET: 104,
    Column.NETWORK: 96,
    Column.STATUS: 80,
    Column.EPOCHS: 72,
    Column.TRAINING: 84,
    Column.VALIDATION: 92,
    Column.TEST: 76,
}
_NAME_LEAST_PX = 110
_CELL_MARGINS_PX = 20
# What a narrow window does without first; the row's tooltip says it all.
_DISPENSABLE = (
    Column.EPOCHS,
    Column.TRAINING,
    Column.DATASET,
    Column.STATUS,
    Column.NETWORK,
    Column.TEST,
    Column.TIME,
)


class _NameDelegate(QStyledItemDelegate):
    """Elides a name that is too long, and never a number in it: the time of a run, say."""

    def initStyleOption(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        super().initStyleOption(option, index)
        style, control = option.widget.style(), QStyle.SubElement.SE_ItemViewItemText
        room = style.subElementRect(control, option, option.widget).width()
        margin = 1 + style.pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin)
        option.text = elided(option.text, option.fontMetrics, room - 2 * margin)


class RunsTable(QTableView):
    """Shows the runs and tells which of them are selected.

    Signals:
        runs_selected(list[Run]): Others are selected; the first is the one under the cursor.
        title_given(Run, str): The person has typed a title for a run.
        star_pressed(Run): The star of a run was pressed.
        menu_requested(QPoint): The menu is asked for, at this place of the screen.
    """

    runs_selected = Signal(list)
    title_given = Signal(object, str)
    star_pressed = Signal(object)
    menu_requested = Signal(QPoint)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runsTable")
        self.setAccessibleName(self.tr("Runs"))
        self._model = RunsModel(theme, self)
        self._selected: list[Path] = []
        self._takes_newest = True
        self.setModel(self._model)
        make_quiet(self, _ROW_PX)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setIconSize(QSize(16, 16))
        for column in (Column.NAME, Column.DATASET):
            self.setItemDelegateForColumn(column, _NameDelegate(self))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._furnish_header()
        self.clicked.connect(self._on_clicked)
        self.customContextMenuRequested.connect(self._on_menu_requested)
        self._model.modelReset.connect(self._share_room)
        self._model.title_given.connect(self.title_given)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)

    @property
    def runs(self) -> list[Run]:
        """The runs that are listed, in the order of the rows."""
        return self._model.runs

    @property
    def all_runs(self) -> list[Run]:
        """The runs, whether they are listed or not."""
        return self._model.all_runs

    def selected_run(self) -> Run | None:
        """The selected run under the cursor, or else the first that is selected."""
        return next(iter(self.selected_runs()), None)

    def selected_runs(self) -> list[Run]:
        """The runs that are selected: the one under the cursor, then the others as they stand."""
        current = self.currentIndex().row()
        # By ranges: selectedRows() asks the model for the flags of every cell.
        ranges = self.selectionModel().selection().toList()
        rows = sorted({row for each in ranges for row in range(each.top(), each.bottom() + 1)})
        rows.sort(key=lambda row: row != current)
        return [self._model.runs[row] for row in rows]

    def set_runs(self, runs: Iterable[Run]) -> None:
        """Show other runs; what is selected stays selected, or else the newest is."""
        self._model.set_runs(runs)
        self._select_again()

    def set_filter(self, wanted: RunFilter) -> None:
        """List only some of the runs."""
        self._model.set_filter(wanted)
        self._select_again()

    def set_notes(self, folder: Path, notes: RunNotes) -> None:
        """Show other notes on a run."""
        self._model.set_notes(folder, notes)

    def set_colours(self, colours: Mapping[Path, str]) -> None:
        """Which colour the curve of each selected run has."""
        self._model.set_colours(colours)

    def select(self, folder: Path) -> None:
        """Select a run, now or as soon as it is listed."""
        self._selected = [folder]
        self._takes_newest = True
        row = self._model.row_of(folder)
        if row is not None:
            self._select_rows([row])

    def clear_selection(self) -> None:
        """Select no run until one is chosen."""
        self._takes_newest = False
        self.selectionModel().clear()
        self._selected = []
        self.runs_selected.emit([])

    def set_live(self, folder: Path | None) -> None:
        """Which run is training now."""
        self._model.set_live(folder)
        self._takes_newest = True

    @Slot()
    def edit_title(self) -> None:
        """Let the person type a title for the run under the cursor."""
        index = self.currentIndex()
        if index.isValid():
            self.edit(index.siblingAtColumn(Column.NAME))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._share_room()
        super().resizeEvent(event)

    @Slot()
    def _share_room(self) -> None:
        """Give numbers what they need, hide what has no room, and let names have the rest."""
        widths = _WIDTHS_PX | {
            Column.TIME: self._time_px(),
            Column.EPOCHS: self._px_of(Column.EPOCHS),
        }
        room = self.viewport().width() - _NAME_LEAST_PX - sum(widths.values())
        for column in _DISPENSABLE:
            self.setColumnHidden(column, room < 0)
            if room < 0:
                room += widths[column]
        more = min(max(0, room // 2), self._px_of(Column.DATASET) - widths[Column.DATASET])
        widths[Column.DATASET] += more
        for column in (Column.TIME, Column.EPOCHS, Column.DATASET):
            self.setColumnWidth(column, widths[column])
        self._model.set_hidden(
            column for column in (Column.DATASET, Column.TIME) if self.isColumnHidden(column)
        )

    def _px_of(self, column: Column) -> int:
        """What the longest text of a column has room in, and its title in any case."""
        needed = self.fontMetrics().horizontalAdvance(self._model.longest_in(column))
        needed += _CELL_MARGINS_PX
        return max(_WIDTHS_PX[column], needed)

    def _time_px(self) -> int:
        """What every time of a year has room in, as the person's language writes it."""
        days = (QDate(2000, month, 28) for month in range(1, 13))
        texts = (f"{QLocale().toString(day, wording.DAY)} 23:59" for day in days)
        widest = max(self.fontMetrics().horizontalAdvance(text) for text in texts)
        return max(_WIDTHS_PX[Column.TIME], widest + _CELL_MARGINS_PX)

    def _furnish_header(self) -> None:
        header = self.horizontalHeader()
        header.setMinimumSectionSize(28)
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in _WIDTHS_PX.items():
            self.setColumnWidth(column, width)
        header.setSortIndicator(Column.TIME, Qt.SortOrder.DescendingOrder)
        self.setSortingEnabled(True)

    def _select_again(self) -> None:
        """After other rows stand there: select what was selected, or else the first."""
        rows = [self._model.row_of(folder) for folder in self._selected]
        found = [row for row in rows if row is not None]
        if not found and self._model.runs and self._takes_newest:
            found = [0]
        if found:
            self._select_rows(found)
        else:
            self.runs_selected.emit([])

    def _select_rows(self, rows: list[int]) -> None:
        flags = QItemSelectionModel.SelectionFlag
        chosen = QItemSelection()
        for row in rows:
            index = self._model.index(row, 0)
            chosen.select(index, index)
        index = self._model.index(rows[0], Column.NAME)
        self.selectionModel().setCurrentIndex(index, flags.NoUpdate)
        self.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(index)

    @Slot()
    def _on_selection_changed(self) -> None:
        runs = self.selected_runs()
        if runs:
            self._selected = [run.folder for run in runs]
            self._takes_newest = True
        self.runs_selected.emit(runs)

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == Column.STAR:
            self.star_pressed.emit(index.data(RUN_ROLE))

    @Slot(QPoint)
    def _on_menu_requested(self, place: QPoint) -> None:
        self.menu_requested.emit(self.viewport().mapToGlobal(place))
