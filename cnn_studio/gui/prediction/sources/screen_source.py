"""A part of the screen as a source of frames, grabbed by the window's thread."""

from __future__ import annotations

import threading

import numpy as np
from PySide6.QtGui import QImage

from cnn_studio.camera.captures import LONGEST_SIDE
from cnn_studio.camera.pace import LONGEST_WAIT_S
from cnn_studio.errors import CameraError
from cnn_studio.vision.images import ImageArray, shrink_to_fit

_PATIENCE = 6  # waits in a row without any picture


class ScreenSource:
    """A `FrameSource` that hands on what `offer` is given: only Qt's own thread may grab.

    Args:
        frames_per_second: The rate at which pictures are offered.
    """

    def __init__(self, frames_per_second: float) -> None:
        self.description = "screen"
        self.frames_per_second = frames_per_second
        self._changed = threading.Condition()
        self._image: QImage | None = None
        self._refusal = ""
        self._last: ImageArray | None = None

    def offer(self, image: QImage) -> None:
        """Hand over a picture; thread-safe. One that was not fetched yet is replaced."""
        with self._changed:
            self._image, self._refusal = image, ""
            self._changed.notify_all()

    def refuse(self, sentence: str) -> None:
        """Say why there is no picture; thread-safe."""
        with self._changed:
            self._image, self._refusal = None, sentence
            self._changed.notify_all()

    def open(self) -> None:
        """See `FrameSource.open`."""
        self._last = None

    def read(self) -> ImageArray:
        """Wait for the next picture; the last one again while the window is busy.

        See `FrameSource.read`.
        """
        for _wait in range(_PATIENCE):
            image = self._fetch()
            if image is not None:
                self._last = shrink_to_fit(_pixels(image), LONGEST_SIDE)
            if self._last is not None:
                return self._last
        raise CameraError("The screen gives no picture. Choose the part of the screen again.")

    def close(self) -> None:
        """See `FrameSource.close`."""

    def _fetch(self) -> QImage | None:
        with self._changed:
            self._changed.wait_for(lambda: self._image is not None or self._refusal, LONGEST_WAIT_S)
            if self._refusal:
                raise CameraError(self._refusal)
            image, self._image = self._image, None
            return image


def _pixels(image: QImage) -> ImageArray:
    """Pixels (height, width, 3), uint8, RGB, in an array of its own."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()
