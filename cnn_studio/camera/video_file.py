"""A video file as a camera."""

from __future__ import annotations

from pathlib import Path

from cnn_studio.camera.captures import next_image, to_rgb
from cnn_studio.camera.pace import Pace
from cnn_studio.camera.source import EndOfFrames
from cnn_studio.camera.video_kinds import no_picture, open_video
from cnn_studio.errors import CameraError
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.opencv import cv2

VIDEO_SUFFIXES = frozenset(
    {
        ".3gp", ".avi", ".flv", ".gif", ".m2ts", ".m4v", ".mjpeg", ".mjpg", ".mkv", ".mov", ".mp4",
        ".mpeg", ".mpg", ".mts", ".ogv", ".ts", ".webm", ".wmv",
    }
)  # fmt: skip
"""File endings, in lower case, that are taken for videos."""

_SLOW_DISK_S = 2.0
UNKNOWN_RATE = 25.0
"""Frames per second that are assumed where a file does not tell."""

HIGHEST_RATE = 240.0
"""A higher rate is not believed: some containers give their clock's ticks for it."""


class VideoFileSource:
    """Plays a video file at its own rate.

    Args:
        path: The file.
        loop: Whether to begin again after the last frame.
    """

    def __init__(self, path: Path, *, loop: bool = True) -> None:
        self.description = path.name
        self.frames_per_second = 0.0
        self._path = path
        self._loop = loop
        self._capture: cv2.VideoCapture | None = None
        self._pace = Pace(UNKNOWN_RATE)
        self._frames_read = 0

    def open(self) -> None:
        """Open the file. See `FrameSource.open`."""
        self._reopen()
        rate = self._capture.get(cv2.CAP_PROP_FPS) if self._capture else 0.0
        self.frames_per_second = rate if 0 < rate <= HIGHEST_RATE else UNKNOWN_RATE
        self._pace = Pace(self.frames_per_second)

    def read(self) -> ImageArray:
        """Wait for the next frame. See `FrameSource.read`."""
        image = self._next()
        if image is None and self._frames_read and self._loop:
            # A fresh start instead of a seek: not every container can be wound back.
            self._reopen()
            image = self._next()
        if image is None and self._frames_read:
            raise EndOfFrames(f"The video has ended: {self._path.name}.")
        if image is None:
            raise CameraError(no_picture(self._path))
        self._frames_read += 1
        self._pace.wait()
        return to_rgb(image)

    def close(self) -> None:
        """Let go of the file."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _reopen(self) -> None:
        self.close()
        self._frames_read = 0
        self._capture = open_video(self._path)

    def _next(self) -> cv2.typing.MatLike | None:
        if self._capture is None:
            raise CameraError(f"The video is not open: {self._path.name}.")
        return next_image(self._capture, _SLOW_DISK_S)
