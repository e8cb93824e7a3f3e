"""A place for one frame: the newest. Whoever is slow skips frames and is never late."""

from __future__ import annotations

import threading

from cnn_studio.camera.source import Frame


class Mailbox:
    """Hands the newest frame from the camera's thread to any number of others."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frame: Frame | None = None

    def put(self, frame: Frame) -> None:
        """Replace the frame and wake whoever waits."""
        with self._changed:
            self._frame = frame
            self._changed.notify_all()

    def latest(self) -> Frame | None:
        """The newest frame, or None before the first and after `clear`."""
        with self._changed:
            return self._frame

    def wait_for_newer(self, sequence: int, timeout_s: float) -> Frame | None:
        """Wait for a frame that came after the one numbered `sequence`.

        Args:
            sequence: The number of the last frame that was seen; 0 for any frame.
            timeout_s: The longest wait in seconds.

        Returns:
            The newest frame, or None if no newer one came in time.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._has_newer(sequence), timeout_s)
            return self._frame if self._has_newer(sequence) else None

    def clear(self) -> None:
        """Forget the frame, so that no one takes it for a new camera's."""
        with self._changed:
            self._frame = None

    def _has_newer(self, sequence: int) -> bool:
        return self._frame is not None and self._frame.sequence > sequence
