"""What a webcam says of itself on Linux, asked without taking a picture (Video4Linux 2)."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterator

from cnn_studio.camera.frame_size import SIZES, FrameSize

# From linux/videodev2.h: the requests, and the structures that they take.
_ENUM_FORMATS = 0xC0405602  # VIDIOC_ENUM_FMT
_ENUM_SIZES = 0xC02C564A  # VIDIOC_ENUM_FRAMESIZES
_FORMAT = struct.Struct("=3I 32s 5I")  # index, type, flags, description, pixelformat, ...
_SIZE = struct.Struct("=11I")  # index, pixel format, type, then the size or its bounds
_CAPTURE = 1  # V4L2_BUF_TYPE_VIDEO_CAPTURE
_DISCRETE = 1  # V4L2_FRMSIZE_TYPE_DISCRETE
_MOST = 256  # formats, or sizes of one; a driver that never ends its list must not hold us up


def frame_sizes(device: str) -> tuple[FrameSize, ...]:
    """Which of `SIZES` a webcam has; none if it cannot be asked. Never raises.

    Args:
        device: Such as /dev/video0. Opening it disturbs nobody: it stays free for others.
    """
    if sys.platform != "linux":
        return ()
    try:
        descriptor = os.open(device, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return ()
    try:
        bounds = [each for code in _formats(descriptor) for each in _bounds(descriptor, code)]
    finally:
        os.close(descriptor)
    return tuple(size for size in SIZES if any(_fits(size, each) for each in bounds))


def _formats(descriptor: int) -> Iterator[int]:
    for index in range(_MOST):
        request = _FORMAT.pack(index, _CAPTURE, 0, b"", 0, 0, 0, 0, 0)
        answer = _ask(descriptor, _ENUM_FORMATS, request)
        if answer is None:
            return
        yield _FORMAT.unpack(answer)[4]


def _bounds(descriptor: int, pixel_format: int) -> Iterator[tuple[int, ...]]:
    """The sizes of one format: least width, most, step, least height, most, step."""
    for index in range(_MOST):
        answer = _ask(descriptor, _ENUM_SIZES, _SIZE.pack(index, pixel_format, *[0] * 9))
        if answer is None:
            return
        _index, _format, kind, *numbers = _SIZE.unpack(answer)
        if kind != _DISCRETE:
            yield tuple(numbers[:6])
            return
        width, height = numbers[:2]
        yield width, width, 1, height, height, 1


def _fits(size: FrameSize, bounds: tuple[int, ...]) -> bool:
    return all(
        least <= side <= most and (side - least) % max(step, 1) == 0
        for side, (least, most, step) in (
            (size.width, bounds[:3]),
            (size.height, bounds[3:]),
        )
    )


def _ask(descriptor: int, request: int, argument: bytes) -> bytes | None:
    import fcntl  # there is none on Windows

    try:
        return fcntl.ioctl(descriptor, request, argument)
    except OSError:  # no more of them, or the device is gone
        return None
