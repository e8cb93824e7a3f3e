"""A folder or a pattern of images as a camera: a slide show that never ends."""

from __future__ import annotations

import re
from pathlib import Path

from cnn_studio.camera.captures import LONGEST_SIDE
from cnn_studio.camera.pace import Pace
from cnn_studio.camera.source import EndOfFrames
from cnn_studio.errors import CameraError, ImageError
from cnn_studio.vision.images import ImageArray, is_image_name, read_image, shrink_to_fit

FRAMES_PER_SECOND = 10.0
_NUMBER = re.compile(r"%0?\d*d")
_DIGITS = re.compile(r"(\d+)")


class ImageSequenceSource:
    """Shows images one after the other, in the order of their names and numbers.

    Images that cannot be read are passed over.

    Args:
        target: A folder, one image, or a pattern with `*` and `?` or with `%04d` in its last part.
        frames_per_second: How many are shown in a second.
        loop: Whether to begin again after the last one.
    """

    def __init__(
        self, target: str, *, frames_per_second: float = FRAMES_PER_SECOND, loop: bool = True
    ) -> None:
        self.description = Path(target).name or target
        self.frames_per_second = frames_per_second
        self._target = Path(target)
        self._loop = loop
        self._paths: list[Path] = []
        self._next = 0
        self._pace = Pace(frames_per_second)
        self._shown: tuple[Path, ImageArray] | None = None

    def open(self) -> None:
        """Look for the images. See `FrameSource.open`."""
        try:
            self._paths = sorted(self._found(), key=_natural_order)
        except OSError as error:
            reason = error.strerror or error
            raise CameraError(
                f"The images cannot be listed: {self.description} ({reason})."
            ) from error
        if not self._paths:
            raise CameraError(f"No images are there: {self.description}.")
        self._next = 0
        self._pace = Pace(self.frames_per_second)

    def read(self) -> ImageArray:
        """Wait for the next image. See `FrameSource.read`."""
        if not self._paths:
            raise CameraError(f"The images are not open: {self.description}.")
        self._pace.wait()
        for _attempt in self._paths:
            if self._next == len(self._paths):
                if not self._loop:
                    raise EndOfFrames(f"The images have ended: {self.description}.")
                self._next = 0
            path = self._paths[self._next]
            self._next += 1
            try:
                return self._read(path)
            except ImageError as error:
                reason = str(error)
        raise CameraError(f"None of the images can be read. {reason}")

    def close(self) -> None:
        """Forget the images."""
        self._paths = []
        self._shown = None

    def _read(self, path: Path) -> ImageArray:
        # A sequence of one image is a still: it is not decoded again for every frame.
        if self._shown is None or self._shown[0] != path:
            self._shown = (path, shrink_to_fit(read_image(path), LONGEST_SIDE))
        return self._shown[1]

    def _found(self) -> list[Path]:
        if self._target.is_dir():
            return [path for path in self._target.iterdir() if is_image_name(path)]
        if self._target.is_file():
            return [self._target]
        pattern = _NUMBER.sub("*", self._target.name)
        return [path for path in self._target.parent.glob(pattern) if is_image_name(path)]


def _natural_order(path: Path) -> list[tuple[int, str]]:
    """shot2 before shot10: digits are compared as numbers, the rest as text."""
    parts = _DIGITS.split(path.name.lower())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
