"""How many frames a second are classified, and how long one takes."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

RATE_WINDOW_S = 1.0
TIMES_WINDOW_S = 5.0
"""One frame in twenty is slower than the 95th percentile: a second has too few of those."""

READING_INTERVAL_S = 0.35


@dataclass(frozen=True)
class Rate:
    """Figures to read.

    Attributes:
        frames_per_second: Frames classified in the last second; 0 while too few.
        p50_ms: Half of the last frames took at most this, from pixels to probabilities.
        p95_ms: So did 95 of 100.
    """

    frames_per_second: float
    p50_ms: float
    p95_ms: float


class RateMeter:
    """Looks back over the last seconds and gives new figures about three times a second."""

    def __init__(self) -> None:
        self._frames: deque[tuple[float, float]] = deque()
        self._rate = Rate(0.0, 0.0, 0.0)
        self._read_s = -READING_INTERVAL_S

    def add(self, now_s: float, frame_ms: float) -> Rate:
        """Count a frame.

        Args:
            now_s: When it was done, in seconds of a clock that only goes forward.
            frame_ms: How long it took.

        Returns:
            The figures to show now.
        """
        self._frames.append((now_s, frame_ms))
        while now_s - self._frames[0][0] > TIMES_WINDOW_S:
            self._frames.popleft()
        if now_s - self._read_s >= READING_INTERVAL_S:
            self._read_s = now_s
            self._rate = self._measured(now_s)
        return self._rate

    def _measured(self, now_s: float) -> Rate:
        times_ms = sorted(frame_ms for _, frame_ms in self._frames)
        lately = [done_s for done_s, _ in self._frames if now_s - done_s <= RATE_WINDOW_S]
        lasted_s = lately[-1] - lately[0]
        per_second = (len(lately) - 1) / lasted_s if lasted_s > 0 else 0.0
        return Rate(per_second, _percentile(times_ms, 0.5), _percentile(times_ms, 0.95))


def _percentile(ascending: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of them do not exceed (nearest rank)."""
    return ascending[max(0, math.ceil(share * len(ascending)) - 1)]
