"""The table of classified files, the newest drop on top unless it is sorted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
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
from cnn_studio.gui.prediction.files.file_entry import FileEntry
from cnn_studio.gui.prediction.files.file_pictures import FilePictures, as_it_is
from cnn_studio.gui.prediction.files.file_work import Listed
from cnn_studio.gui.prediction.model.run_choice import UsedModel
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.table_look import LEFT, RIGHT, head_answer
from cnn_studio.prediction.pictures import Picture
from cnn_studio.untrusted_text import shown

ENTRY_ROLE = int(Qt.ItemDataRole.UserRole)
SHARE_ROLE = ENTRY_ROLE + 1  # a probability, for the bar below it

Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_SIGN_PX = 14
_JUDGED_AT_ONCE = 2000
_REARRANGE_MS = 500  # while files come into a list that is sorted or filtered
_PENDING = "…"


class FileModel(QAbstractTableModel):
    """Holds the entries. Files of one drop stand in their own order, above those of older ones.

    All that is said in it was said by one model. When another one is chosen, each file keeps its
    place and says nothing until that one has been asked about it.

    While it is sorted or filtered, it is set up again as a whole, which takes 20 ms for 20,000
    files; a proxy model asks for each value of each row on its own, which takes seconds.

    Args:
        pictures: The thumbnails.
        theme: The colours.

    Signals:
        accept_applied: All files say again whether they are unknown.
    """

    accept_applied = Signal()

    def __init__(self, pictures: FilePictures, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._theme = theme
        self._entries: list[FileEntry] = []
        self._rows: list[FileEntry] = []
        self._sizes: dict[int, int] = {}  # how many files each drop has
        self._places: dict[tuple[int, Picture], int] = {}  # of a picture within its drop
        self._unreadable = 0
        self._model: UsedModel | None = None
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
    def has_unasked(self) -> bool:
        """Whether the model in use has still to be asked about some of them."""
        return any(entry.is_unasked for entry in self._entries)

    @property
    def filter(self) -> FileFilter:
        """Which files are listed."""
        return self._filter

    def entry(self, index: Index) -> FileEntry | None:
        """The entry of a row."""
        return self._rows[index.row()] if index.isValid() else None

    def add(self, drop: int, entries: Sequence[FileEntry]) -> None:
        """Add files below those of the same drop, which stands above every older one.

        A file that is listed already, and that the model in use has said nothing of, is replaced.
        """
        if self._accept is not None:
            entries = [entry.with_accept(self._accept) for entry in entries]
        first = sum(size for other, size in self._sizes.items() if other > drop)
        row = first + self._sizes.get(drop, 0)
        new = self._take_answers(drop, first, entries)
        for place, entry in enumerate(new, start=row - first):
            self._places.setdefault((drop, entry.answer.picture), place)
        self._sizes[drop] = row - first + len(new)
        self._unreadable += sum(entry.is_unreadable for entry in new)
        if self._is_as_it_came:
            if new:
                self.beginInsertRows(QModelIndex(), row, row + len(new) - 1)
                self._entries[row:row] = new
                self._rows[row:row] = new
                self.endInsertRows()
            return
        self._entries[row:row] = new
        if not self._later.isActive():
            self._later.start()

    def set_model(self, model: UsedModel) -> None:
        """Put aside what every other model said; what this one said before comes back."""
        self._model = model
        self._entries = [entry.for_model(model) for entry in self._entries]
        self._unreadable = sum(entry.is_unreadable for entry in self._entries)
        self.rearrange()

    def listed(self) -> Mapping[int, Listed]:
        """What the list has of each drop, for the model in use."""
        to_ask = defaultdict[int, set[Picture]](set)
        answered = defaultdict[int, set[Picture]](set)
        firsts, first = {}, 0
        for drop in sorted(self._sizes, reverse=True):
            firsts[drop], first = first, first + self._sizes[drop]
        for (drop, picture), place in self._places.items():
            is_due = self._is_due(self._entries[firsts[drop] + place])
            (to_ask if is_due else answered)[drop].add(picture)
        return {drop: Listed(to_ask[drop], answered[drop]) for drop in self._sizes}

    def clear(self) -> None:
        """Forget all files; what is still to come of a drop begins at the top."""
        self._entries = []
        self._sizes.clear()
        self._places.clear()
        self._unreadable = 0
        self.rearrange()

    @property
    def _is_as_it_came(self) -> bool:
        """Whether all files are listed, in the order in which they came."""
        return self._column is None and self._filter.is_empty

    def _is_due(self, entry: FileEntry) -> bool:
        """Whether the model in use is still to be asked; perhaps it can be read by now."""
        return entry.is_unasked or (entry.is_unreadable and entry.model != self._model)

    def _take_answers(self, drop: int, first: int, entries: Sequence[FileEntry]) -> list[FileEntry]:
        """Put answers in the places of their files; those that are not listed yet are left."""
        rows, left = [], []
        for entry in entries:
            place = self._places.get((drop, entry.answer.picture))
            if place is None or not self._is_due(self._entries[first + place]):
                left.append(entry)
                continue
            row = first + place
            self._unreadable += entry.is_unreadable - self._entries[row].is_unreadable
            self._entries[row] = replace(entry, key=self._entries[row].key)
            rows.append(row)
        if rows and self._is_as_it_came:
            for row in rows:
                self._rows[row] = self._entries[row]
            top, bottom = min(rows), max(rows)
            self.dataChanged.emit(self.index(top, 0), self.index(bottom, len(Column) - 1))
        return left

    def set_filter(self, wanted: FileFilter) -> None:
        """List only some of the files."""
        if wanted != self._filter:
            self._filter = wanted
            self.rearrange()

    def set_accept(self, accept: float) -> None:
        """Say of all files again whether they are unknown; a few thousand at a time."""
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
            return shown(self._text(entry, column))
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
            return shown(f"{entry.name}: {self._result(entry)}")
        return entry if role == ENTRY_ROLE else None

    def _text(self, entry: FileEntry, column: int) -> str:
        if column == Column.NAME:
            return entry.name
        if column == Column.TRUE:
            return entry.true or NONE
        if entry.is_unasked:
            return _PENDING if column == Column.CLASS else ""
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
        if entry.is_unasked and column == Column.CLASS:
            return self._theme.color("text_quiet")
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
        return "\n".join(lines if entry.is_unasked else (*lines, entry.model.folder.name))

    def _result(self, entry: FileEntry) -> str:
        if entry.prediction is None:
            return entry.error or ""
        result = f"{entry.said}, {round(entry.probability * 100)} %"
        if entry.is_unknown:
            return self.tr("unknown, perhaps {result}").format(result=result)
        return result


def _side(column: int) -> Qt.AlignmentFlag:
    return RIGHT if column == Column.PROBABILITY else LEFT
