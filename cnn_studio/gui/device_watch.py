"""Tells when a webcam may have been plugged in or out, without opening any."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

DEVICES: Path | None = Path("/dev") if sys.platform == "linux" else None
"""Where each webcam is a file; None where the system has no such folder."""

_SETTLE_MS = 800  # a webcam makes two files or more, and their rights come a moment later
_POLL_INTERVAL_MS = 5000


class DeviceWatch(QObject):
    """Watches the folder of devices; where that cannot be, asks for a look every few seconds.

    Signals:
        changed: A webcam's file came, went or was made again; or, where there is no such folder,
            it is time to look again. Not while another program's window is used.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = DEVICES
        self._seen = self._files()
        self._settle = QTimer(self, interval=_SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self._on_settle_timeout)
        self._poll = QTimer(self, interval=_POLL_INTERVAL_MS)
        self._poll.timeout.connect(self._on_poll_timeout)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._settle.start)
        if self._folder is None or not self._watcher.addPath(str(self._folder)):
            self._poll.start()

    def stop(self) -> None:
        """Tell no more."""
        self._poll.stop()
        self._settle.stop()
        self._watcher.blockSignals(True)

    def _files(self) -> set[tuple[str, int]]:
        """The webcams' files; a number beside each name is another one when it is made again."""
        if self._folder is None:
            return set()
        try:
            with os.scandir(self._folder) as entries:
                return {(e.name, e.inode()) for e in entries if e.name.startswith("video")}
        except OSError:
            return set()

    @Slot()
    def _on_poll_timeout(self) -> None:
        if QGuiApplication.applicationState() is not Qt.ApplicationState.ApplicationActive:
            return
        if self._folder is None:
            self.changed.emit()
        else:
            self._on_settle_timeout()

    @Slot()
    def _on_settle_timeout(self) -> None:
        files = self._files()
        if files != self._seen:
            self._seen = files
            self.changed.emit()
