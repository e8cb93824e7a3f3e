"""Trying a network camera's address: one picture, its size and how many come a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from cnn_studio.camera.network import NetworkSource
from cnn_studio.errors import CameraError
from cnn_studio.vision.images import ImageArray

_SETTLE_S = 0.5  # what has piled up while connecting comes at once
_MEASURE_S = 1.0


@dataclass(frozen=True, eq=False)
class StreamTrial:
    """What came from an address.

    Attributes:
        image_rgb: The first picture (height, width, 3), uint8, RGB.
        frames_per_second: Of about a second; 0 if too few came to tell.
    """

    image_rgb: ImageArray
    frames_per_second: float


def try_stream(url: str, is_cancelled: Callable[[], bool]) -> StreamTrial | None:
    """Connect, look for about 1.5 s and hang up.

    Blocks for 10 s at most; for 5 s more while another stream is being opened, because OpenCV
    opens one after the other.

    Returns:
        None if it was cancelled.

    Raises:
        CameraError: No picture came; the text says why, without any password.
    """
    source = NetworkSource(url)
    try:
        source.open()
        if is_cancelled():
            return None
        first = source.read()
        rate = _rate(source, is_cancelled)
    finally:
        source.close()
    return None if is_cancelled() else StreamTrial(first, rate)


def _rate(source: NetworkSource, is_cancelled: Callable[[], bool]) -> float:
    settled_s = time.monotonic() + _SETTLE_S
    times_s: list[float] = []
    while not is_cancelled():
        try:
            source.read()
        except CameraError:  # the first picture is there; what comes later may be slow
            break
        now_s = time.monotonic()
        if now_s >= settled_s:
            times_s.append(now_s)
        if now_s >= settled_s + _MEASURE_S:
            break
    span_s = times_s[-1] - times_s[0] if times_s else 0.0
    return (len(times_s) - 1) / span_s if span_s > 0 else 0.0
