"""The runs that are listed, with their figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from cnn_studio.gui.figures import NONE, percent, whole
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.results.cautions import about_weak
from cnn_studio.gui.training.runs.runs_order import Column, RunFilter, arranged, dataset_title
from cnn_studio.gui.widgets.table_look import LEFT, RIGHT, head_answer
from cnn_studio.models.run_notes import RunNotes
from cnn_studio.models.runs import Run, RunStatus
from cnn_studio.untrusted_text import shown

_Index = QModelIndex | QPersistentModelIndex
_ICON_PX, _SWATCH_PX = 16, 10
RUN_ROLE = int(Qt.ItemDataRole.UserRole)

_COLUMNS, _NAME = len(Column), int(Column.NAME)
_FLAGS = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
_NAME_FLAGS = _FLAGS | Qt.ItemFlag.ItemIsEditable


class RunsModel(QAbstractTableModel):
    """One row a run. The run that is training now is known by its folder.

    Signals:
        title_given(Run, str): The person has typed a title for a run.
    """

    title_given = Signal(object, str)

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._all: list[Run] = []
        self._runs: list[Run] = []
        self._longest: dict[Column, str] = {}
        self._rows: dict[Path, int] = {}
        self._filter = RunFilter()
        self._order = (Column.TIME, True)
        self._live: Path | None = None
        self._colours: Mapping[Path, str] = {}
        self._hidden: frozenset[Column] = frozenset()
        self._titles = {
            Column.STAR: ("", self.tr("Runs with a star")),
            Column.NAME: (self.tr("Name"), self.tr("What you call it: F2 gives it a name")),
            Column.TIME: (self.tr("Time"), self.tr("When the training ended")),
            Column.DATASET: (self.tr("Dataset"), self.tr("What it learned from")),
            Column.NETWORK: (self.tr("Network"), self.tr("Which network it is")),
            Column.STATUS: (self.tr("Status"), self.tr("How it ended")),
            Column.EPOCHS: (self.tr("Epochs"), self.tr("Epochs that were trained to their end")),
            Column.TRAINING: (self.tr("Training"), self.tr("Accuracy on the training images")),
            Column.VALIDATION: (self.tr("Validation"), self.tr("Accuracy on images held back")),
            Column.TEST: (self.tr("Test"), self.tr("Accuracy on the dataset's own test part")),
        }
        theme.changed.connect(self._on_theme_changed)

    @property
    def runs(self) -> list[Run]:
        """The runs that are listed, in the order of the rows."""
        return self._runs

    @property
    def all_runs(self) -> list[Run]:
        """The runs, whether they are listed or not."""
        return self._all

    def set_runs(self, runs: Iterable[Run]) -> None:
        """Show other runs."""
        self._all = list(runs)
        self._reset()

    def set_filter(self, wanted: RunFilter) -> None:
        """List only some of the runs."""
        self._filter = wanted
        self._reset()

    def set_notes(self, folder: Path, notes: RunNotes) -> None:
        """Show other notes on a run; it stays where it stands until the list is read again."""
        for runs in (self._all, self._runs):
            for place, run in enumerate(runs):
                if run.folder == folder:
                    runs[place] = replace(run, notes=notes)
        self._on_theme_changed()

    def set_colours(self, colours: Mapping[Path, str]) -> None:
        """Which colour the curve of a run has; those without are not drawn."""
        if colours != self._colours:
            self._colours = colours
            self._on_theme_changed()

    def set_hidden(self, columns: Iterable[Column]) -> None:
        """A run without a title is called by what stands in these columns, which are not shown."""
        hidden = frozenset(columns)
        if hidden != self._hidden:
            self._hidden = hidden
            self._on_theme_changed()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        folders = [self._runs[index.row()].folder for index in kept]
        self._order = (Column(column), order is Qt.SortOrder.DescendingOrder)
        self._arrange()
        self.changePersistentIndexList(
            kept,
            [
                self.index(self._rows[folder], index.column())
                for folder, index in zip(folders, kept, strict=True)
            ],
        )
        self.layoutChanged.emit()

    def set_live(self, folder: Path | None) -> None:
        """Which run is training now."""
        self._live = folder
        self._on_theme_changed()

    def longest_in(self, column: Column) -> str:
        """The longest text of a column, which is looked for once."""
        if column not in self._longest:
            texts = (shown(self._text(run, column)) for run in self._runs)
            self._longest[column] = max(texts, key=len, default="")
        return self._longest[column]

    def row_of(self, folder: Path) -> int | None:
        """The row of a run's folder."""
        return self._rows.get(folder)

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._runs)

    def columnCount(self, _parent: _Index | None = None) -> int:
        return _COLUMNS

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        run, column = self._runs[index.row()], Column(index.column())
        if role == RUN_ROLE:
            return run
        if role == Qt.ItemDataRole.DisplayRole:
            return shown(self._text(run, column))
        if role == Qt.ItemDataRole.EditRole:
            return run.notes.title
        if role == Qt.ItemDataRole.DecorationRole:
            return self._sign(run, column)
        if role == Qt.ItemDataRole.AccessibleTextRole and column is Column.STAR:
            return self.tr("starred") if run.notes.starred else self.tr("no star")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(run, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(run)
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole:
            return False
        run, title = self._runs[index.row()], " ".join(str(value).split())
        if title != run.notes.title:
            self.title_given.emit(run, title)
        return True

    def flags(self, index: _Index) -> Qt.ItemFlag:
        # The header has every cell looked at whenever others are selected.
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return _NAME_FLAGS if index.column() == _NAME else _FLAGS

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        title, tip = self._titles[Column(section)]
        if section == Column.STAR and role == Qt.ItemDataRole.DecorationRole:
            return self._theme.icon("star", "text_quiet")
        return head_answer(title, tip, _alignment(Column(section)), role)

    def _text(self, run: Run, column: Column) -> str:
        bundle = run.bundle
        if column is Column.STAR:
            return ""
        if column is Column.NAME:
            return run.notes.title or self._usual_name(run)
        if column is Column.TIME:
            return wording.moment(run)
        if column is Column.DATASET:
            return dataset_title(run) or NONE
        if column is Column.NETWORK:
            return self.tr(run.network.label) if run.network else NONE
        if column is Column.STATUS:
            return self._status(run)
        if bundle is None:
            return NONE
        if column is Column.EPOCHS:
            return whole(bundle.epochs_done)
        return percent(
            {
                Column.TRAINING: bundle.train_accuracy,
                Column.VALIDATION: bundle.val_accuracy,
                Column.TEST: bundle.test_accuracy,
            }[column]
        )

    def _usual_name(self, run: Run) -> str:
        """What a run without a title is called: what no other column says of it, if there is any.

        Where its dataset cannot be read, its folder is what tells it from others.
        """
        if not dataset_title(run):
            return run.name
        hidden = (self._text(run, column) for column in sorted(self._hidden))
        return " ".join(hidden) or wording.run_name(run)

    def _status(self, run: Run) -> str:
        if run.folder == self._live or run.is_training:
            return self.tr("training")
        if run.problem and run.status is not RunStatus.INTERRUPTED:
            return self.tr("damaged")
        return {
            RunStatus.FINISHED: self.tr("finished"),
            RunStatus.STOPPED: self.tr("stopped"),
            RunStatus.INTERRUPTED: self.tr("no model"),
        }[run.status]

    def _colour(self, run: Run, column: Column) -> QColor | None:
        if run.folder == self._live:
            return self._theme.color("accent") if column is Column.STATUS else None
        if not run.is_usable or (column is Column.NAME and not run.notes.title):
            return self._theme.color("text_quiet")
        return None

    def _sign(self, run: Run, column: Column) -> QIcon | None:
        if column is Column.STAR:
            name, token = (
                ("starred", "validation") if run.notes.starred else ("star", "line_strong")
            )
            return _in_its_colour(
                self._theme.icon(name, token).pixmap(QSize(_ICON_PX, _ICON_PX), 2.0)
            )
        if column is Column.NAME and run.folder in self._colours:
            return _in_its_colour(_swatch(self._colours[run.folder]))
        return None

    def _tip(self, run: Run) -> str:
        about = (run.notes.title, dataset_title(run), run.name, run.notes.note)
        lines = [line for line in about if line]
        if run.folder == self._live:
            lines.append(self.tr("This training is running."))
        elif run.problem:
            lines.append(run.problem)
        elif run.bundle is not None:
            lines.append(self._text(run, Column.NETWORK))
            lines += filter(None, (wording.outcome(run.bundle), wording.basis(run.bundle)))
            for column in (Column.TRAINING, Column.VALIDATION, Column.TEST):
                lines.append(f"{self._titles[column][0]}: {self._text(run, column)}")
            lines += filter(None, [about_weak(run.bundle.validation or run.bundle.test)])
        return "\n".join(lines)

    def _reset(self) -> None:
        self.beginResetModel()
        self._arrange()
        self.endResetModel()

    def _arrange(self) -> None:
        column, descending = self._order
        self._runs = arranged(self._all, self._filter, column, descending=descending)
        self._rows = {run.folder: row for row, run in enumerate(self._runs)}
        self._longest = {}

    def _on_theme_changed(self) -> None:
        if self._runs:
            last = self.index(len(self._runs) - 1, len(Column) - 1)
            self.dataChanged.emit(self.index(0, 0), last)


def _alignment(column: Column) -> Qt.AlignmentFlag:
    return RIGHT if column >= Column.EPOCHS else LEFT


def _in_its_colour(pixmap: QPixmap) -> QIcon:
    """An icon that Qt does not tint where a row is selected."""
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon


def _swatch(colour: str) -> QPixmap:
    """A round spot, sharp on every screen, for the colour of a curve."""
    ratio = 2
    spot = QPixmap(_ICON_PX * ratio, _ICON_PX * ratio)
    spot.setDevicePixelRatio(ratio)
    spot.fill(Qt.GlobalColor.transparent)
    painter = QPainter(spot)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    edge = (_ICON_PX - _SWATCH_PX) // 2
    painter.drawEllipse(edge, edge, _SWATCH_PX, _SWATCH_PX)
    painter.end()
    return spot
