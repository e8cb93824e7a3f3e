"""Asks where the history shall be written, and writes it beside the window."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from cnn_studio.errors import StudioError
from cnn_studio.gui.endings import Until
from cnn_studio.gui.jobs import Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.save_dialog import SaveDialog
from cnn_studio.prediction.history import Entry, History
from cnn_studio.prediction.history_file import write_history

_LAST_FOLDER = "prediction/history-folder"
_HOME = QStandardPaths.StandardLocation.HomeLocation


class HistorySaving(QObject):
    """Writes what there was when the file was named, and says in the status line how it went."""

    def __init__(self, studio: Studio, history: History, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._history = history

    def ask(self, window: QWidget) -> None:
        """Ask for a file, over a window."""
        kinds = [self.tr("Table (*.csv)"), self.tr("JSON (*.json)")]
        title, settings = self.tr("Export the history"), self._studio.settings
        dialog = SaveDialog(title, kinds, "history.csv", settings, _LAST_FOLDER, window, _HOME)
        dialog.setObjectName("historyFileDialog")
        dialog.filterSelected.connect(self._on_dialog_filter_selected)
        dialog.chosen.connect(self._on_dialog_chosen)
        dialog.open()

    @Slot(str)
    def _on_dialog_filter_selected(self, chosen: str) -> None:
        dialog = self.sender()
        if isinstance(dialog, QFileDialog):
            ending = "json" if "*.json" in chosen else "csv"
            dialog.setDefaultSuffix(ending)
            names = dialog.selectedFiles()
            if names:
                dialog.selectFile(Path(names[0]).with_suffix(f".{ending}").name)

    @Slot(object)
    def _on_dialog_chosen(self, path: Path) -> None:
        job = self._studio.jobs.create(partial(_write, self._history.entries(), path))
        job.succeeded.connect(self._on_job_succeeded)
        job.failed.connect(self._on_job_failed)
        job.start()

    @Slot(object)
    def _on_job_succeeded(self, path: Path) -> None:
        self._studio.say(self.tr("The history is written to {path}.").format(path=path), Until.PAGE)

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        self._studio.say(sentence, Until.PAGE)


def _write(entries: Sequence[Entry], path: Path, _task: Task) -> Path:
    try:
        write_history(entries, path)
    except OSError as error:
        raise StudioError(
            f"{path} cannot be written ({error.strerror or error}). Choose another folder."
        ) from error
    return path
