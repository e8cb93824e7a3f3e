"""Webcams, through the one backend of OpenCV that fits the system."""

from __future__ import annotations

import errno
import os
import sys
import time
from dataclasses import dataclass

from cnn_studio.camera.captures import next_image, to_rgb
from cnn_studio.camera.frame_size import USUAL_SIZE, FrameSize
from cnn_studio.camera.v4l2 import frame_sizes
from cnn_studio.errors import CameraError
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.opencv import cv2

FRAMES_PER_SECOND = 30
"""What a webcam is asked for; one that cannot gives what it has."""

_HANG_S = 1.0  # an unplugged webcam fails in milliseconds, a silent one after a time limit


@dataclass(frozen=True)
class Webcam:
    """A webcam that is connected: its number for OpenCV, and its name."""

    index: int
    name: str


def backend() -> int:
    """The OpenCV backend of this system. Under CAP_ANY each camera would be found twice."""
    if sys.platform == "win32":
        return int(cv2.CAP_DSHOW)  # CAP_MSMF takes seconds to open
    return int(cv2.CAP_AVFOUNDATION if sys.platform == "darwin" else cv2.CAP_V4L2)


def connected_webcams() -> list[Webcam]:
    """The webcams that the system knows, by number; none if it cannot be asked. Never raises."""
    try:
        from cv2_enumerate_cameras import enumerate_cameras

        found = enumerate_cameras(backend())
    except (ImportError, NotImplementedError, OSError, RuntimeError):
        return []  # without the names a webcam can still be opened by its number
    webcams = [Webcam(each.index, (each.name or "").strip()) for each in found]
    named = [Webcam(each.index, each.name or f"Webcam {each.index}") for each in webcams]
    return sorted(named, key=lambda each: each.index)


@dataclass(frozen=True)
class SizeAnswer:
    """What size of picture a webcam was asked for at its opening, and what it gives.

    Attributes:
        asked: None where no one has asked for a size.
        given: The size of its pictures.
        offered: Which sizes it says it has; none where it cannot be asked.
    """

    asked: FrameSize | None
    given: FrameSize
    offered: tuple[FrameSize, ...]


class WebcamSource:
    """A webcam, by number or by name.

    Args:
        target: `0`, or the name that `connected_webcams` gives. The name is looked up at every
            opening, because the number changes when a camera is plugged in again.
        size: The size to ask for; None for the usual one.

    Attributes:
        size_answer: None from each opening to its first picture. May be read on any thread.
    """

    def __init__(self, target: str, size: FrameSize | None = None) -> None:
        self.description = f"Webcam {target}" if target.isdecimal() else target
        self.frames_per_second = 0.0
        self.size_answer: SizeAnswer | None = None
        self._target = target
        self._size = size  # for the next opening
        self._asked = size
        self._offered: tuple[FrameSize, ...] = ()
        self._capture: cv2.VideoCapture | None = None

    def ask_for(self, size: FrameSize) -> None:
        """Ask for another size at the next opening; thread-safe."""
        self._size = size

    def open(self) -> None:
        """Open the webcam. See `FrameSource.open`."""
        index = self._index()
        # No CAP_PROP_OPEN_TIMEOUT_MSEC here: V4L2 does not know it and then refuses to open.
        capture = cv2.VideoCapture(index, backend())
        if not capture.isOpened():
            capture.release()
            raise CameraError(self._why_closed(index))
        self._asked, self.size_answer = self._size, None
        size = self._asked or USUAL_SIZE
        if size > USUAL_SIZE:
            # Uncompressed, so many pixels fit through USB 2 only a few times a second.
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, size.width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size.height)
        capture.set(cv2.CAP_PROP_FPS, FRAMES_PER_SECOND)
        self._offered = frame_sizes(f"/dev/video{index}")
        self.frames_per_second = max(0.0, capture.get(cv2.CAP_PROP_FPS))
        self._capture = capture

    def read(self) -> ImageArray:
        """Wait for the next frame. See `FrameSource.read`."""
        if self._capture is None:
            raise CameraError(f"{self.description} is not open.")
        began_s = time.monotonic()
        image = next_image(self._capture, _HANG_S)
        if image is not None:
            if self.size_answer is None:
                given = FrameSize(image.shape[1], image.shape[0])
                self.size_answer = SizeAnswer(self._asked, given, self._offered)
            return to_rgb(image)
        if time.monotonic() - began_s >= _HANG_S:
            raise CameraError("The camera does not answer. Unplug it and plug it in again.")
        raise CameraError("The camera was unplugged. Plug it in again.")

    def close(self) -> None:
        """Let go of the webcam."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _index(self) -> int:
        if self._target.isdecimal():
            return int(self._target)
        for webcam in connected_webcams():
            if webcam.name == self._target:
                return webcam.index
        raise CameraError(f"The webcam is not connected: {self._target}. Plug it in.")

    def _why_closed(self, index: int) -> str:
        if sys.platform == "linux":
            reason = _reason_on_linux(f"/dev/video{index}")
            known = reason != errno.ENOENT
        else:
            reason = 0
            known = any(webcam.index == index for webcam in connected_webcams())
        if not known:
            return (
                f"No webcam is connected as number {index}. Plug it in, or choose another camera."
            )
        if reason == errno.EBUSY:
            return f"{self.description} is in use by another program. Close it there and try again."
        if reason == errno.EACCES:
            return f"{self.description} may not be used: add your user to the group video."
        return (
            f"{self.description} cannot be opened. Another program may be using it, "
            "or the system's privacy settings may not allow it."
        )


def _reason_on_linux(device: str) -> int:
    """The errno of opening a device file, 0 if it opens."""
    try:
        os.close(os.open(device, os.O_RDWR | os.O_NONBLOCK))
    except OSError as error:
        return error.errno or 0
    return 0
