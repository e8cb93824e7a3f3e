"""Asks for a video file. The dialog does not hold up the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from cnn_studio.camera.video_file import VIDEO_SUFFIXES

_LAST_FOLDER = "prediction/video-folder"


class VideoChoice(QObject):
    """Begins where a video was last found.

    Signals:
        chosen(Path): This file.
    """

    chosen = Signal(object)

    def __init__(self, settings: QSettings, window: QWidget) -> None:
        super().__init__(window)
        self._settings = settings
        self._window = window

    @Slot()
    def ask(self) -> None:
        """Ask for one video file."""
        dialog = QFileDialog(self._window, self.tr("Classify a video"))
        dialog.setObjectName("videoFileDialog")
        movies = QStandardPaths.StandardLocation.MoviesLocation
        first = QStandardPaths.writableLocation(movies)
        dialog.setDirectory(str(self._settings.value(_LAST_FOLDER, first)))
        endings = " ".join(f"*{suffix}" for suffix in sorted(VIDEO_SUFFIXES))
        videos = self.tr("Videos ({endings})").format(endings=endings)
        dialog.setNameFilters([videos, self.tr("All files (*)")])
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._on_dialog_file_selected)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _on_dialog_file_selected(self, name: str) -> None:
        path = Path(name)
        self._settings.setValue(_LAST_FOLDER, str(path.parent))
        self.chosen.emit(path)
