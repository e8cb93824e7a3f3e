"""Asks for a video file. The dialog does not hold up the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QWidget

from cnn_studio.camera.video_file import VIDEO_SUFFIXES
from cnn_studio.gui.widgets.open_dialog import OpenDialog

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
        endings = " ".join(f"*{suffix}" for suffix in sorted(VIDEO_SUFFIXES))
        dialog = OpenDialog(
            self.tr("Classify a video"),
            self.tr("Videos ({endings})").format(endings=endings),
            self._settings,
            _LAST_FOLDER,
            self._window,
            QStandardPaths.StandardLocation.MoviesLocation,
        )
        dialog.setObjectName("videoFileDialog")
        dialog.chosen.connect(self.chosen)
        dialog.open()
