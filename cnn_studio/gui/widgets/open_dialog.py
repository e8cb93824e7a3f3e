"""Asks for a file to open, beginning in the folder of the last one. It holds up nothing."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget


class OpenDialog(QFileDialog):
    """One question for a file that exists.

    Args:
        title, kind: What is asked, and the kind of files with their patterns; all can be shown.
        settings, key: Where the folder is remembered.
        parent, first: The window below it, and where it begins the first time.

    Signals:
        chosen(Path): The file.
    """

    chosen = Signal(object)

    def __init__(
        self,
        title: str,
        kind: str,
        settings: QSettings,
        key: str,
        parent: QWidget,
        first: QStandardPaths.StandardLocation,
    ) -> None:
        super().__init__(parent, title)
        self._settings = settings
        self._key = key
        self.setFileMode(QFileDialog.FileMode.ExistingFile)
        self.setNameFilters([kind, self.tr("All files (*)")])
        self.setDirectory(str(settings.value(key, QStandardPaths.writableLocation(first))))
        self.fileSelected.connect(self._on_file_selected)
        self.finished.connect(self.deleteLater)

    @Slot(str)
    def _on_file_selected(self, name: str) -> None:
        path = Path(name)
        self._settings.setValue(self._key, str(path.parent))
        self.chosen.emit(path)
