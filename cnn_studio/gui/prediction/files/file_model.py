"""The table of classified files, the newest drop on top unless it is sorted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)

from cnn_studio.gui.figures import NONE, percent
from cnn_studio.gui.prediction.files.arrangement import Column, FileFilter, arranged
from cnn_studio.gui.prediction.files.file_pictures import FilePictures, as_it_is
from cnn_studio.gui.prediction.files.file_work import FileEntry
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.table_look import LEFT, RIGHT, head_answer

ENTRY_ROLE = int(Qt.ItemDataRole.UserRole)
SHARE_ROLE = ENTRY_ROLE + 1  # a probability, for the bar below it

Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_SIGN_PX = 14
_JUDGED_AT_ONCE = 2000
_REARRANGE_MS = 500  # while files come into a list that is sorted or filtered


class FileModel(QAbstractTableModel):
    """Holds the entries. Files of one drop stand in their own order, above those of older ones.

    While it is sorted or filtered, it is set up anew as a whole, which takes 20 ms for 20,000
    files; a proxy model asks for each value of each row on its own, which takes seconds.

    Args:
        pictures: The thumbnails.
        theme: The colours.

    Signals:
        accept_applied: All files say anew whether they are unknown.
    """

    accept_applied = Signal()

    def __init__(self, pictures: FilePictures, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._theme = theme
        self._entries: list[FileEntry] = []
        self._rows: list[FileEntry] = []
        self._drop = 0
        self._of_drop = 0
        self._unreadable = 0
        self._filter = FileFilter()
        self._column: Column | None = None
        self._descending = False
        self._later = QTimer(self, interval=_REARRANGE_MS, singleShot=True)
        self._later.timeout.connect(self.rearrange)
        self._accept: float | None = None
        self._judged = 0  # so many entries say already what follows from it
        self._judging = QTimer(self, interval=0)
        self._judging.timeout.connect(self._on_judging_timeout)
        self._titles = (
            (self.tr("File"), self.tr("Click to sort by name")),
            (self.tr("Class"), self.tr("What the model takes it for")),
            (self.tr("Probability"), self.tr("How sure the model is")),
            (self.tr("Unknown"), self.tr("Whether it is likely none of the classes")),
            (self.tr("Second guess"), self.tr("The next probable class")),
            (self.tr("True class"), self.tr("The class that its folder is called after")),
        )

    @property
    def entries(self) -> Sequence[FileEntry]:
        """All entries, the newest drop first."""
        return self._entries

    @property
    def rows(self) -> Sequence[FileEntry]:
        """What is listed, the top one first."""
        return self._rows

    @property
    def unreadable_count(self) -> int:
        """How many files could not be read."""
        return self._unreadable

    @property
    def filter(self) -> FileFilter:
        """Which files are listed."""
        return self._filter

    def entry(self, index: Index) -> FileEntry | None:
        """The entry of a row."""
        return self._rows[index.row()] if index.isValid() else None

    def add(self, drop: int, entries: Sequence[FileEntry]) -> None:
        """Add files below those of the same drop, which stands above every older one."""
        if drop != self._drop:
            self._drop, self._of_drop = drop, 0
        if self._accept is not None:
            entries = [entry.with_accept(self._accept) for entry in entries]
        row = self._of_drop
        self._of_drop += len(entries)
        self._unreadable += sum(entry.prediction is None for entry in entries)
        if self._column is None and self._filter.is_empty:
            self.beginInsertRows(QModelIndex(), row, row + len(entries) - 1)
            self._entries[row:row] = entries
            self._rows[row:row] = entries
            self.endInsertRows()
            return
        self._entries[row:row] = entries
        if not self._later.isActive():
            self._later.start()

    def clear(self) -> None:
        """Forget all files; what is still to come of a drop begins at the top."""
        self._entries = []
        self._of_drop = self._unreadable = 0
        self.rearrange()

    def set_filter(self, wanted: FileFilter) -> None:
        """List only some of the files."""
        if wanted != self._filter:
            self._filter = wanted
            self.rearrange()

    def set_accept(self, accept: float) -> None:
        """Say of all files anew whether they are unknown; a few thousand at a time."""
        self._accept, self._judged = accept, 0
        self._judging.start()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column; -1 is the order in which they came."""
        self._column = Column(column) if column >= 0 else None
        self._descending = order is Qt.SortOrder.DescendingOrder
        self.rearrange()

    @Slot()
    def rearrange(self) -> None:
        """List what is to be listed, in its order."""
        self._later.stop()
        self.beginResetModel()
        self._rows = arranged(
            self._entries, self._filter, self._column, descending=self._descending
        )
        self.endResetModel()

    @Slot()
    def _on_judging_timeout(self) -> None:
        # What has come at the top meanwhile only has some entries judged twice.
        start = self._judged
        some = self._entries[start : start + _JUDGED_AT_ONCE]
        if some and self._accept is not None:
            self._judged += len(some)
            self._entries[start : self._judged] = [e.with_accept(self._accept) for e in some]
            return
        self._judging.stop()
        self.rearrange()
        self.accept_applied.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - the same
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        title, tip = self._titles[section]
        return head_answer(title, tip, _side(section), role)

    def data(self, index: Index, role: int = _Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry, column = self._rows[index.row()], index.column()
        if role == _Role.DisplayRole:
            return self._text(entry, column)
        if role == _Role.DecorationRole:
            return self._sign(entry, column)
        if role == _Role.ForegroundRole:
            return self._colour(entry, column)
        if role == _Role.TextAlignmentRole:
            return _side(column)
        if role == SHARE_ROLE:
            is_share = column == Column.PROBABILITY and entry.prediction is not None
            return entry.probability if is_share else None
        if role == _Role.ToolTipRole:
            return self._tip(entry)
        if role == _Role.AccessibleTextRole and column == Column.NAME:
            return f"{entry.name}: {self._result(entry)}"
        return entry if role == ENTRY_ROLE else None

    def _text(self, entry: FileEntry, column: int) -> str:
        if column == Column.NAME:
            return entry.name
        if column == Column.TRUE:
            return entry.true or NONE
        if entry.prediction is None:
            reason = {Column.CLASS: self.tr("unreadable"), Column.SECOND: entry.reason}
            return reason.get(Column(column), "")
        if column == Column.CLASS:
            return entry.said
        if column == Column.PROBABILITY:
            return percent(entry.probability)
        if column == Column.UNKNOWN:
            return self.tr("unknown") if entry.is_unknown else ""
        return f"{entry.second}  {percent(entry.second_probability)}" if entry.second else ""

    def _sign(self, entry: FileEntry, column: int) -> object:
        """The picture of a name; the sign of what went wrong."""
        if column == Column.NAME:
            return self._pictures.icon(entry)
        if column == Column.TRUE and entry.is_wrong:
            return as_it_is(self._theme.icon("close", "warn").pixmap(_SIGN_PX, _SIGN_PX))
        return None

    def _colour(self, entry: FileEntry, column: int) -> object:
        if column == Column.SECOND or (column == Column.TRUE and not entry.is_wrong):
            return self._theme.color("text_quiet")
        if column == Column.UNKNOWN or (column == Column.CLASS and entry.prediction is None):
            return self._theme.color("warn")
        if column in (Column.CLASS, Column.PROBABILITY) and entry.is_unknown:
            return self._theme.color("text_quiet")
        return None

    def _tip(self, entry: FileEntry) -> str:
        lines = [f"{entry.path}{entry.name.removeprefix(entry.path.name)}", self._result(entry)]
        if entry.prediction is not None and entry.prediction.score is not None:
            familiar = self.tr("more familiar than {share} of the images held back in training")
            lines.append(familiar.format(share=percent(entry.prediction.score, 0)))
        if entry.is_wrong:
            lines.append(self.tr("It is {true}.").format(true=entry.true))
        return "\n".join((*lines, entry.run_name))

    def _result(self, entry: FileEntry) -> str:
        if entry.prediction is None:
            return entry.error or ""
        result = f"{entry.said}, {round(entry.probability * 100)} %"
        if entry.is_unknown:
            return self.tr("unknown, perhaps {result}").format(result=result)
        return result


def _side(column: int) -> Qt.AlignmentFlag:
    return RIGHT if column == Column.PROBABILITY else LEFT
