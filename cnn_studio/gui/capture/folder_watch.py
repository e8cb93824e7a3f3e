"""Notices that another program has changed one of the folders on show."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal, Slot

_QUIET_MS = 400  # a copy of many files tells of each one; look once it pauses


class FolderWatch(QObject):
    """Watches folders, not the files in them.

    Signals:
        changed: Something was added, removed or renamed, some 0.4 s ago.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._on_watcher_directory_changed)
        self._timer = QTimer(self, interval=_QUIET_MS, singleShot=True)
        self._timer.timeout.connect(self.changed)

    def watch(self, folders: Iterable[Path]) -> None:
        """Watch these folders from now on, as far as they exist, and no others."""
        wanted = {str(folder) for folder in folders if folder.is_dir()}
        watched = set(self._watcher.directories())
        if watched - wanted:
            self._watcher.removePaths(sorted(watched - wanted))
        if wanted - watched:
            self._watcher.addPaths(sorted(wanted - watched))

    @Slot(str)
    def _on_watcher_directory_changed(self, _folder: str) -> None:
        self._timer.start()
