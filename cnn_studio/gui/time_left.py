"""How long work will still take, steadily: by how fast it went of late."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

_REMEMBERED_S = 12.0  # what was longer ago hardly counts any more
_LEAST_MEASURED_S = 1.0  # what was measured in less says little
_LEAST_STEPS = 2
_TRUSTED = 0.1  # a new estimate that differs by less from what is on show changes nothing
_PULLED = 0.3  # one that differs by more pulls by so much a second


class TimeLeft:
    """Estimates the seconds that are left; what it says runs down by itself in between.

    Args:
        clock: Seconds that only ever grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun_s = self._last_s = clock()
        self._last_done = 0
        self._first_done: int | None = None
        self._steps = 0
        self._weighed_done = self._weighed_s = 0.0
        self._ends_s: float | None = None
        self._told_s = -math.inf

    def update(self, done: int, total: int) -> None:
        """So much is done, and of how much; in any unit."""
        now = self._clock()
        if self._first_done is None or done < self._last_done:
            self._begin(now, done)
            return
        if done == self._last_done:
            return
        past_s = max(now - self._last_s, 1e-6)
        fading = math.exp(-past_s / _REMEMBERED_S)
        self._weighed_done = self._weighed_done * fading + done - self._last_done
        self._weighed_s = self._weighed_s * fading + past_s
        self._last_s, self._last_done = now, done
        self._steps += 1
        if now - self._begun_s >= _LEAST_MEASURED_S and self._steps >= _LEAST_STEPS:
            per_second = self._weighed_done / self._weighed_s
            self._take(now, max(total - done, 0) / per_second)

    @property
    def seconds(self) -> float | None:
        """What is left; None while that is not known. Above 0 until the work has ended."""
        if self._ends_s is None:
            return None
        return max(self._ends_s - self._clock(), 0.5)

    def _begin(self, now: float, done: int) -> None:
        """What was done before the first look is no measure of the speed."""
        self._first_done = self._last_done = done
        self._begun_s = self._last_s = now
        self._steps = 0
        self._weighed_done = self._weighed_s = 0.0
        self._ends_s = None

    def _take(self, now: float, left_s: float) -> None:
        ends_s = now + left_s
        if self._ends_s is None:
            self._ends_s = ends_s
        elif abs(ends_s - self._ends_s) > _TRUSTED * max(left_s, self._ends_s - now, 1.0):
            weight = 1 - math.exp(-_PULLED * (now - self._told_s))
            self._ends_s += weight * (ends_s - self._ends_s)
        self._told_s = now
