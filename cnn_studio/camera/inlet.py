"""A way into a mailbox that can be shut, so that no late frame of another source comes through."""

from __future__ import annotations

import threading

from cnn_studio.camera.mailbox import Mailbox
from cnn_studio.camera.source import Frame


class Inlet:
    """Lets one source's frames into a mailbox until it is shut.

    A source that is asked to end may still have a read under way and deliver its frame, when the
    next source's frames are already on the screen.

    Args:
        mailbox: Where the frames go.
    """

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._lock = threading.Lock()
        self._open = True

    def put(self, frame: Frame) -> None:
        """Hand on a frame; thread-safe."""
        with self._lock:
            if self._open:
                self._mailbox.put(frame)

    def shut(self) -> None:
        """Let no more frames in, and empty the mailbox; thread-safe."""
        with self._lock:
            self._open = False
            self._mailbox.clear()
