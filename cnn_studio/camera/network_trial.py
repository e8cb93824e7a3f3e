"""Trying a network camera's address: one picture, its size and how many come a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from cnn_studio.camera.network import NetworkSource
from cnn_studio.errors import CameraError
from cnn_studio.vision.images import ImageArray

_SETTLE_S = 0.5  # what has piled up while connecting comes at once
_MEASURE_S = 1.0
_LOOK_S = 0.05

MOST_S = 15.0
"""A trial takes no longer, all its steps together."""


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

    All of it takes 15 s at most, whatever the device sends and however slowly; once it is
    cancelled, it ends at once.

    Returns:
        None if it was cancelled.

    Raises:
        CameraError: No picture came; the text says why, without any password.
    """
    watched = _Watched(NetworkSource(url), is_cancelled)
    watched.watch.start()
    source = watched.source
    try:
        source.open()
        if is_cancelled():
            return None
        first = source.read()
        watched.shorten(_SETTLE_S + 2 * _MEASURE_S)
        rate = _rate(source, is_cancelled)
    except CameraError:
        if is_cancelled():
            return None
        raise
    finally:
        watched.ended.set()
        source.close()
        watched.watch.join()
    return None if is_cancelled() else StreamTrial(first, rate)


class _Watched:
    """A source that is interrupted as soon as it is cancelled, or its time is over."""

    def __init__(self, source: NetworkSource, is_cancelled: Callable[[], bool]) -> None:
        self.source = source
        self.ended = threading.Event()
        self.watch = threading.Thread(target=self._run, name="network trial", daemon=True)
        self._is_cancelled = is_cancelled
        self._deadline_s = time.monotonic() + MOST_S

    def shorten(self, left_s: float) -> None:
        """It may take at most so much longer."""
        self._deadline_s = min(self._deadline_s, time.monotonic() + left_s)

    def _run(self) -> None:
        while not self.ended.wait(_LOOK_S):
            if self._is_cancelled() or time.monotonic() >= self._deadline_s:
                self.source.interrupt()
                return


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
