"""Keeping time for sources that could give their frames as fast as they are asked."""

from __future__ import annotations

import time

LONGEST_WAIT_S = 0.5
"""A thread that waits for its next frame must still be able to stop soon."""


class Pace:
    """Makes each frame wait for its turn.

    Args:
        frames_per_second: The rate to keep. Below 2 it counts as 2, see `LONGEST_WAIT_S`.
    """

    def __init__(self, frames_per_second: float) -> None:
        self._interval_s = min(1.0 / frames_per_second, LONGEST_WAIT_S)
        self._due_s = time.monotonic()

    def wait(self) -> None:
        """Sleep until the next frame is due. Who came late is not hurried afterwards."""
        now_s = time.monotonic()
        if self._due_s > now_s:
            time.sleep(self._due_s - now_s)
        elif now_s - self._due_s > self._interval_s:
            self._due_s = now_s
        self._due_s += self._interval_s
