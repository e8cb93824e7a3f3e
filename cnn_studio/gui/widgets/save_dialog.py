"""Asks for the file to write, beginning in the folder of the last one. It holds up nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

_DOCUMENTS = QStandardPaths.StandardLocation.DocumentsLocation


class SaveDialog(QFileDialog):
    """One question for a file; what stands there is asked about.

    Args:
        title, kinds: What is asked, and the kinds of files with their patterns.
        file_name: What is proposed; its ending is put to names that have none.
        settings, key: Where the folder is remembered.
        parent, first: The window below it, and where it begins the first time.

    Signals:
        chosen(Path): The file.
    """

    chosen = Signal(object)

    def __init__(
        self,
        title: str,
        kinds: Sequence[str],
        file_name: str,
        settings: QSettings,
        key: str,
        parent: QWidget,
        first: QStandardPaths.StandardLocation = _DOCUMENTS,
    ) -> None:
        super().__init__(parent, title)
        self._settings = settings
        self._key = key
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setNameFilters(list(kinds))
        self.setDefaultSuffix(Path(file_name).suffix.removeprefix("."))
        self.setDirectory(str(settings.value(key, QStandardPaths.writableLocation(first))))
        self.selectFile(file_name)
        self.fileSelected.connect(self._on_file_selected)
        self.finished.connect(self.deleteLater)

    @Slot(str)
    def _on_file_selected(self, name: str) -> None:
        path = Path(name)
        self._settings.setValue(self._key, str(path.parent))
        self.chosen.emit(path)
