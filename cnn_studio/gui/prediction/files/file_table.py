"""The table of classified files on the screen: its columns, and what is selected in it."""

# ruff: noqa: N802 - the overridden names are Qt's

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from cnn_studio.gui.prediction.files.arrangement import Column
from cnn_studio.gui.prediction.files.file_entry import FileEntry
from cnn_studio.gui.prediction.files.file_model import FileModel
from cnn_studio.gui.prediction.files.file_pictures import SIDE_PX, FilePictures
from cnn_studio.gui.prediction.files.share_delegate import ShareDelegate
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.table_look import make_quiet

ROW_PX = SIDE_PX + 8
_WIDTHS_PX = {Column.CLASS: 132, Column.PROBABILITY: 104, Column.UNKNOWN: 92, Column.TRUE: 132}
_NARROW_PX = {Column.CLASS: 96, Column.PROBABILITY: 96, Column.UNKNOWN: 80, Column.TRUE: 96}
_NAME_LEAST_PX, _SECOND_LEAST_PX = 180, 120
_SCREENS_AHEAD = 2
_MOST_KEPT = 200  # rows that stay selected when others are listed


class FileTable(QTableView):
    """Shows a FileModel. What is selected stays so when it is sorted or filtered.

    Signals:
        entry_opened(FileEntry): A file should be shown large.
        entry_reached(FileEntry): The person has gone on to this file.
        number_pressed(int): A key says which class the selected file shows, 1 to 9.
        selection_changed: Other files are selected.
    """

    entry_opened = Signal(object)
    entry_reached = Signal(object)
    number_pressed = Signal(int)
    selection_changed = Signal()

    def __init__(
        self,
        model: FileModel,
        pictures: FilePictures,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("fileResults")
        self.setAccessibleName(self.tr("Classified files"))
        self._files = model
        self._pictures = pictures
        self._theme = theme
        self._has_scores = self._has_truth = False
        self._kept: set[int] = set()
        self._kept_current = 0
        self._is_restoring = False
        make_quiet(self, ROW_PX)
        self.setModel(model)
        self.setItemDelegateForColumn(Column.PROBABILITY, ShareDelegate(theme, self))
        self.setIconSize(QSize(SIDE_PX, SIDE_PX))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalScrollBar().setSingleStep(ROW_PX)
        self._furnish_header()
        for head in (self.horizontalHeader(), self.verticalHeader()):
            # A head that knows the selection asks every row of it whether it is selected.
            head.setSelectionModel(QItemSelectionModel(model, head))
        model.modelAboutToBeReset.connect(self._on_model_about_to_be_reset)
        model.modelReset.connect(self._on_model_reset)
        self.activated.connect(self._on_activated)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        self.selectionModel().selectionChanged.connect(self.selection_changed)
        pictures.changed.connect(self.viewport().update)
        theme.changed.connect(self.viewport().update)
        self._fit_columns()

    def set_known(self, *, has_scores: bool, has_truth: bool) -> None:
        """Say whether there is anything to show of what is unknown, and of what is true."""
        if (has_scores, has_truth) != (self._has_scores, self._has_truth):
            self._has_scores, self._has_truth = has_scores, has_truth
            self._fit_columns()

    def selected_entries(self) -> list[FileEntry]:
        """What is selected, the top one first."""
        rows = self._files.rows
        return [entry for first, last in self._ranges() for entry in rows[first : last + 1]]

    @property
    def selected_count(self) -> int:
        """How many files are selected."""
        return sum(last - first + 1 for first, last in self._ranges())

    def event(self, event: QEvent) -> bool:
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and _number_of(event) and self.selected_count:
            event.accept()  # else the key would be about what is on show
        return super().event(event)

    def key_hints(self) -> list[tuple[str, str]]:
        """The keys that it takes itself, and what they do."""
        return [
            (
                self.tr("1 to 9"),
                self.tr("Say that the files show the class of this number · Files"),
            ),
        ]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        number = _number_of(event)
        if not number or not self.selected_count:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.number_pressed.emit(number)

    def keyboardSearch(self, _text: str) -> None:
        """Nothing: it would ask for the name of every row, and there is a field to search in."""

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        # Home and End mean the list, not the row, which is selected as a whole.
        ends = {
            QAbstractItemView.CursorAction.MoveHome: 0,
            QAbstractItemView.CursorAction.MoveEnd: len(self._files.rows) - 1,
        }
        if action in ends:
            return self._files.index(ends[action], Column.NAME)
        return super().moveCursor(action, modifiers)

    def selectAll(self) -> None:
        # QTableView's own goes through the rows one by one where a column is hidden.
        last = self._files.index(len(self._files.rows) - 1, len(Column) - 1)
        all_rows = QItemSelection(self._files.index(0, 0), last)
        self.selectionModel().select(all_rows, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def visualRegionForSelection(self, _selection: QItemSelection) -> QRegion:
        # Uniting the places of 20,000 rows takes long; painting those in sight does not.
        return QRegion(self.viewport().rect())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        is_by_key = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        if is_by_key and self.selected_count == 0 and self._files.rows:
            self.selectRow(max(0, self.currentIndex().row()))  # else nobody sees the focus

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()
        if self.currentIndex().isValid():  # it stays in sight when the list gives back its room
            self.scrollTo(self.currentIndex())

    def showEvent(self, event: QShowEvent) -> None:
        self._pictures.set_ratio(self.devicePixelRatioF())
        super().showEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._files.rows and self._files.entries:
            painter = QPainter(self.viewport())
            painter.setPen(self._theme.color("text_quiet"))
            middle = Qt.AlignmentFlag.AlignCenter
            painter.drawText(self.viewport().rect(), middle, self.tr("No file is like that."))
            painter.end()
        self._ask_for_pictures()

    def _ranges(self) -> list[tuple[int, int]]:
        """The selected rows as (first, last), in order."""
        # Not selectedRows(), which makes an object for each row.
        selection = self.selectionModel().selection()
        ranges = [selection.at(place) for place in range(selection.count())]
        return sorted((each.top(), each.bottom()) for each in ranges)

    def _ask_for_pictures(self) -> None:
        """Have made what is in sight, and what comes next."""
        rows = self._files.rows
        first = max(0, self.rowAt(0))
        last = self.rowAt(self.viewport().height() - 1)
        end = len(rows) if last < 0 else last + 1
        more = (end - first) * _SCREENS_AHEAD
        self._pictures.focus(rows[first:end], rows[end : end + more])

    def _furnish_header(self) -> None:
        header = self.horizontalHeader()
        header.setMinimumSectionSize(40)
        header.setSortIndicatorClearable(True)  # the third click: as they came
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        for column in (Column.NAME, Column.SECOND):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.setSortingEnabled(True)

    def _fit_columns(self) -> None:
        hidden = set()
        if not self._has_scores:
            hidden.add(Column.UNKNOWN)
        if not self._has_truth:
            hidden.add(Column.TRUE)
        room, widths = self.viewport().width() - _NAME_LEAST_PX, _WIDTHS_PX
        fixed = sum(width for column, width in widths.items() if column not in hidden)
        if room < fixed + _SECOND_LEAST_PX:
            hidden.add(Column.SECOND)
        if room < fixed:
            widths = _NARROW_PX
        for column, width in widths.items():
            self.setColumnWidth(column, width)
        for column in Column:
            self.setColumnHidden(column, column in hidden)

    @Slot()
    def _on_model_about_to_be_reset(self) -> None:
        few = self.selected_count <= _MOST_KEPT
        self._kept = {entry.key for entry in self.selected_entries()} if few else set()
        current = self._files.entry(self.currentIndex())
        self._kept_current = current.key if current is not None else 0
        self._is_restoring = True

    @Slot()
    def _on_model_reset(self) -> None:
        flags = QItemSelectionModel.SelectionFlag
        chosen = QItemSelection()
        if self._kept or self._kept_current:
            for row, entry in enumerate(self._files.rows):
                if entry.key in self._kept:
                    index = self._files.index(row, 0)
                    chosen.select(index, index)
                if entry.key == self._kept_current:
                    index = self._files.index(row, Column.NAME)
                    self.selectionModel().setCurrentIndex(index, flags.NoUpdate)
        self.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)
        self._is_restoring = False
        self.selection_changed.emit()

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        entry = self._files.entry(index)
        if entry is not None:
            self.entry_opened.emit(entry)

    @Slot(QModelIndex, QModelIndex)
    def _on_current_changed(self, index: QModelIndex, before: QModelIndex) -> None:
        entry = self._files.entry(index)
        if entry is not None and not self._is_restoring and index.row() != before.row():
            self.entry_reached.emit(entry)


def _number_of(event: QEvent) -> int:
    """The number of a key, 1 to 9; 0 for any other event, or with Ctrl, Alt or the like."""
    if not isinstance(event, QKeyEvent):
        return 0
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    number = event.key() - Qt.Key.Key_0
    return number if 1 <= number <= 9 and held == Qt.KeyboardModifier.NoModifier else 0
