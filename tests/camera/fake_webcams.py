"""Webcams for tests: plugged in and out in place of those that the system and OpenCV have."""

from __future__ import annotations

import time
from pathlib import Path

import cv2_enumerate_cameras
import numpy as np
import pytest
from cv2_enumerate_cameras import CameraInfo as FoundCamera

from cnn_studio.camera.frame_size import FrameSize
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.opencv import cv2

FIRST = 60  # no computer has so many: whoever runs the tests may have a webcam
_FRAME_S = 0.01


class FakeWebcams:
    """What is connected, and which sizes every one of them has.

    Args:
        folder: Where each of them is a file, as in /dev.

    Attributes:
        listings: How often the system was asked for its cameras.
        openings: How often one was opened.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.folder = folder
        self.names: dict[int, str] = {}
        self.sizes = {FrameSize(320, 240), FrameSize(640, 480), FrameSize(1280, 720)}
        self.listings = 0
        self.openings = 0
        monkeypatch.setattr(cv2_enumerate_cameras, "enumerate_cameras", self._enumerate)
        monkeypatch.setattr(cv2, "VideoCapture", self._open)

    def plug_in(self, name: str, index: int = FIRST) -> None:
        """Connect a webcam."""
        self.names[index] = name
        (self.folder / f"video{index}").touch()

    def unplug(self, index: int = FIRST) -> None:
        """Take it away."""
        del self.names[index]
        (self.folder / f"video{index}").unlink()

    def _enumerate(self, backend: int) -> list[FoundCamera]:
        self.listings += 1
        return [
            FoundCamera(index, name, None, None, None, backend)
            for index, name in self.names.items()
        ]

    def _open(self, index: int, _backend: int) -> FakeCapture:
        self.openings += 1
        return FakeCapture(self, index)


class FakeCapture:
    """What OpenCV's VideoCapture is to a webcam."""

    def __init__(self, webcams: FakeWebcams, index: int) -> None:
        self._webcams = webcams
        self._index = index
        self._wanted = {cv2.CAP_PROP_FRAME_WIDTH: 640.0, cv2.CAP_PROP_FRAME_HEIGHT: 480.0}

    def isOpened(self) -> bool:  # noqa: N802
        return self._index in self._webcams.names

    def set(self, prop: int, value: float) -> bool:
        self._wanted[prop] = value
        return True

    def get(self, prop: int) -> float:
        return self._wanted.get(prop, 0.0)

    def read(self) -> tuple[bool, ImageArray | None]:
        if not self.isOpened():
            return False, None
        time.sleep(_FRAME_S)
        size = FrameSize(
            int(self._wanted[cv2.CAP_PROP_FRAME_WIDTH]),
            int(self._wanted[cv2.CAP_PROP_FRAME_HEIGHT]),
        )
        given = size if size in self._webcams.sizes else FrameSize(640, 480)
        return True, np.full((given.height, given.width, 3), 90, np.uint8)

    def release(self) -> None:
        """Nothing is held."""
