"""The file dialogs of the tab, for those who do not drop. They do not hold up the window."""

from __future__ import annotations

from collections.abc import Set
from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from cnn_studio.camera.video_file import VIDEO_SUFFIXES
from cnn_studio.data.tar_kinds import TAR_SUFFIXES
from cnn_studio.vision.images import IMAGE_SUFFIXES

_LAST_FOLDER = "capture/import-folder"
_ARCHIVES = " ".join(f"*{suffix}" for suffix in (".zip", ".tm", *TAR_SUFFIXES))


class ImportChoice(QFileDialog):
    """One question for files or a folder; it begins where something was last found.

    Signals:
        chosen(list): Paths.
    """

    chosen = Signal(list)

    def __init__(self, title: str, settings: QSettings, parent: QWidget) -> None:
        super().__init__(parent, title)
        self.setObjectName("importDialog")
        self._settings = settings
        pictures = QStandardPaths.StandardLocation.PicturesLocation
        first = QStandardPaths.writableLocation(pictures)
        self.setDirectory(str(settings.value(_LAST_FOLDER, first)))
        self.filesSelected.connect(self._on_files_selected)
        self.finished.connect(self.deleteLater)

    def ask_for_images(self) -> None:
        """Ask for any number of image files, or archives of them."""
        endings = " ".join([*_endings(IMAGE_SUFFIXES), _ARCHIVES])
        self._ask_for_files(self.tr("Images ({endings})").format(endings=endings))

    def ask_for_videos(self) -> None:
        """Ask for any number of video files."""
        endings = " ".join(_endings(VIDEO_SUFFIXES - IMAGE_SUFFIXES))
        self._ask_for_files(self.tr("Videos ({endings})").format(endings=endings))

    def ask_for_zip(self) -> None:
        """Ask for zips, tar archives and projects of Teachable Machine."""
        kinds = self.tr("Zips, tar archives and Teachable Machine projects ({endings})")
        self._ask_for_files(kinds.format(endings=_ARCHIVES))

    def ask_for_folder(self) -> None:
        """Ask for one folder."""
        self.setFileMode(QFileDialog.FileMode.Directory)
        self.setOption(QFileDialog.Option.ShowDirsOnly)
        self.open()

    def _ask_for_files(self, kind: str) -> None:
        self.setNameFilters([kind, self.tr("All files (*)")])
        self.setFileMode(QFileDialog.FileMode.ExistingFiles)
        self.open()

    @Slot("QStringList")
    def _on_files_selected(self, names: list[str]) -> None:
        paths = [Path(name) for name in names]
        self._settings.setValue(_LAST_FOLDER, str(paths[0].parent))
        self.chosen.emit(paths)


def _endings(suffixes: Set[str]) -> list[str]:
    return [f"*{suffix}" for suffix in sorted(suffixes)]
