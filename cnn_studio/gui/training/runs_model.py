"""All runs with their figures, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QDate,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QColor

from cnn_studio.gui.figures import NONE, percent
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.table_look import LEFT, RIGHT, head_answer
from cnn_studio.models.runs import Run, RunStatus

_Index = QModelIndex | QPersistentModelIndex
RUN_ROLE = int(Qt.ItemDataRole.UserRole)


class Column(IntEnum):
    """What stands in each column."""

    TIME = 0
    DATASET = 1
    STATUS = 2
    EPOCHS = 3
    TRAINING = 4
    VALIDATION = 5
    TEST = 6


class RunsModel(QAbstractTableModel):
    """One row a run. The run that is training now is known by its folder."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._runs: list[Run] = []
        self._live: Path | None = None
        self._titles = {
            Column.TIME: (self.tr("Time"), self.tr("When the training ended")),
            Column.DATASET: (self.tr("Dataset"), self.tr("What it learned from")),
            Column.STATUS: (self.tr("Status"), self.tr("How it ended")),
            Column.EPOCHS: (self.tr("Epochs"), self.tr("Epochs that were trained to their end")),
            Column.TRAINING: (self.tr("Training"), self.tr("Accuracy on the training images")),
            Column.VALIDATION: (self.tr("Validation"), self.tr("Accuracy on images held back")),
            Column.TEST: (self.tr("Test"), self.tr("Accuracy on the dataset's own test part")),
        }
        theme.changed.connect(self._on_theme_changed)

    @property
    def runs(self) -> list[Run]:
        """The runs, in the order of the rows."""
        return self._runs

    def set_runs(self, runs: Iterable[Run]) -> None:
        """Show other runs."""
        self.beginResetModel()
        self._runs = list(runs)
        self.endResetModel()

    def set_live(self, folder: Path | None) -> None:
        """Which run is training now."""
        self._live = folder
        self._on_theme_changed()

    def row_of(self, folder: Path) -> int | None:
        """The row of a run's folder."""
        return next((row for row, run in enumerate(self._runs) if run.folder == folder), None)

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._runs)

    def columnCount(self, _parent: _Index | None = None) -> int:
        return len(Column)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        run, column = self._runs[index.row()], Column(index.column())
        if role == RUN_ROLE:
            return run
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(run, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(run, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(run)
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        title, tip = self._titles[Column(section)]
        return head_answer(title, tip, _alignment(Column(section)), role)

    def _text(self, run: Run, column: Column) -> str:
        bundle = run.bundle
        if column is Column.TIME:
            # Years and seconds stand in the tooltip; a list of the last weeks needs neither.
            moment = run.created.astimezone()
            day = QLocale().toString(QDate(moment.year, moment.month, moment.day), "d MMM")
            return f"{day} {moment:%H:%M}"
        if column is Column.DATASET:
            return bundle.dataset_title if bundle else run.dataset or NONE
        if column is Column.STATUS:
            return self._status(run)
        if bundle is None:
            return NONE
        if column is Column.EPOCHS:
            return wording.whole(bundle.epochs_done)
        return percent(
            {
                Column.TRAINING: bundle.train_accuracy,
                Column.VALIDATION: bundle.val_accuracy,
                Column.TEST: bundle.test_accuracy,
            }[column]
        )

    def _status(self, run: Run) -> str:
        if run.folder == self._live:
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
        if not run.is_usable:
            return self._theme.color("text_quiet")
        return None

    def _tip(self, run: Run) -> str:
        lines = [run.name]
        if run.folder == self._live:
            lines.append(self.tr("This training is running."))
        elif run.problem:
            lines.append(run.problem)
        elif run.bundle is not None:
            lines.append(wording.outcome(run.bundle))
            for column in (Column.TRAINING, Column.VALIDATION, Column.TEST):
                lines.append(f"{self._titles[column][0]}: {self._text(run, column)}")
        return "\n".join(lines)

    def _on_theme_changed(self) -> None:
        if self._runs:
            last = self.index(len(self._runs) - 1, len(Column) - 1)
            self.dataChanged.emit(self.index(0, 0), last)


def _alignment(column: Column) -> Qt.AlignmentFlag:
    return RIGHT if column >= Column.EPOCHS else LEFT
