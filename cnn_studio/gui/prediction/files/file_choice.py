"""The file dialogs, for those who do not drop. They do not hold up the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from cnn_studio.camera.video_file import VIDEO_SUFFIXES
from cnn_studio.data.archives import ARCHIVE_SUFFIXES
from cnn_studio.vision.images import IMAGE_SUFFIXES

_LAST_FOLDER = "prediction/folder"


class FileChoice(QWidget):
    """Asks for images or a folder, beginning where it was last found.

    Signals:
        chosen(paths): A list of Path.
    """

    chosen = Signal(object)

    def __init__(self, settings: QSettings, parent: QWidget) -> None:
        super().__init__(parent)
        self._settings = settings
        self.hide()

    @Slot()
    def ask_for_files(self) -> None:
        """Ask for any number of images, videos and archives."""
        dialog = self._dialog(self.tr("Classify images, videos and archives"))
        suffixes = sorted(IMAGE_SUFFIXES | VIDEO_SUFFIXES | set(ARCHIVE_SUFFIXES))
        endings = " ".join(f"*{suffix}" for suffix in suffixes)
        images = self.tr("Images, videos and archives ({endings})").format(endings=endings)
        dialog.setNameFilters([images, self.tr("All files (*)")])
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.open()

    @Slot()
    def ask_for_folder(self) -> None:
        """Ask for one folder."""
        dialog = self._dialog(self.tr("Classify all images in a folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.open()

    def _dialog(self, title: str) -> QFileDialog:
        dialog = QFileDialog(self.parentWidget(), title)
        dialog.setObjectName("fileDialog")
        dialog.setDirectory(str(self._settings.value(_LAST_FOLDER, str(Path.home()))))
        dialog.filesSelected.connect(self._on_dialog_files_selected)
        dialog.finished.connect(dialog.deleteLater)
        return dialog

    @Slot("QStringList")
    def _on_dialog_files_selected(self, names: list[str]) -> None:
        paths = [Path(name) for name in names]
        self._settings.setValue(_LAST_FOLDER, str(paths[0].parent))
        self.chosen.emit(paths)
