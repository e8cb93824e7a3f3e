"""The thread that a camera is opened, read and released on."""

from __future__ import annotations

from PySide6.QtCore import QObject, QThread, Signal

from cnn_studio.camera.feed import CameraFeed, FeedState
from cnn_studio.camera.mailbox import Mailbox
from cnn_studio.camera.source import FrameSource


class CameraThread(QThread):
    """Runs one feed from opening to release.

    Signals:
        state_reported(int, FeedState): How the feed stands, with its number.
    """

    state_reported = Signal(int, object)

    def __init__(self, number: int, source: FrameSource, mailbox: Mailbox, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("camera")
        self.number = number
        self.feed = CameraFeed(source, mailbox, self._report)

    def run(self) -> None:
        self.feed.run()

    def _report(self, state: FeedState) -> None:
        self.state_reported.emit(self.number, state)
