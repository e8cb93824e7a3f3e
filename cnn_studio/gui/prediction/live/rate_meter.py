"""How many frames a second are classified, and how long one takes."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

WINDOW_S = 1.0
READING_INTERVAL_S = 0.35


@dataclass(frozen=True)
class Rate:
    """A figure to read.

    Attributes:
        frames_per_second: Frames classified in the last second; 0 while too few.
        frame_ms: What one of them took on average, from pixels to probabilities.
    """

    frames_per_second: float
    frame_ms: float


class RateMeter:
    """Averages over the last second and gives a new figure about three times a second."""

    def __init__(self) -> None:
        self._frames: deque[tuple[float, float]] = deque()
        self._rate = Rate(0.0, 0.0)
        self._read_s = -READING_INTERVAL_S

    def add(self, now_s: float, frame_ms: float) -> Rate:
        """Count a frame.

        Args:
            now_s: When it was done, in seconds of a clock that only goes forward.
            frame_ms: How long it took.

        Returns:
            The figure to show now.
        """
        self._frames.append((now_s, frame_ms))
        while now_s - self._frames[0][0] > WINDOW_S:
            self._frames.popleft()
        if now_s - self._read_s >= READING_INTERVAL_S:
            self._read_s = now_s
            self._rate = self._measured()
        return self._rate

    def _measured(self) -> Rate:
        mean_ms = sum(frame_ms for _, frame_ms in self._frames) / len(self._frames)
        lasted_s = self._frames[-1][0] - self._frames[0][0]
        return Rate((len(self._frames) - 1) / lasted_s if lasted_s > 0 else 0.0, mean_ms)
