"""How far work of several parts is, in proportion to the time that it takes."""

from __future__ import annotations

import time
from collections.abc import Callable

Progress = Callable[[int, int], None]


class PacedProgress:
    """Tells how far work is by how long it has taken and how long it will still take.

    What is told never goes back, and is at the end only once the work is.

    Args:
        report: Told how far the work is: steps done, and steps in all.
        steps: Steps in all; how many are done is the share of the time.
        clock: Seconds that only ever grow.
    """

    def __init__(
        self, report: Progress, steps: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._report = report
        self._steps = steps
        self._clock = clock
        self._begun_s = self._part_begun_s = clock()
        self._told = 0
        report(0, steps)

    def begin_part(self) -> None:
        """Another part of the work begins."""
        self._part_begun_s = self._clock()

    def tell(self, done: float, total: float, then_s: float = 0.0) -> None:
        """Tell how far the work is.

        Args:
            done: How much of the part under way is done.
            total: How much it is, in the same unit.
            then_s: How long the parts after it will take, in seconds.
        """
        if done <= 0:
            return
        now = self._clock()
        left_s = (now - self._part_begun_s) * max(total - done, 0) / done + then_s
        past_s = now - self._begun_s
        share = past_s / (past_s + left_s) if past_s + left_s else 1.0
        told = min(int(share * self._steps), self._steps - 1)
        if told > self._told:
            self._told = told
            self._report(told, self._steps)

    def finish(self) -> None:
        """The work is done."""
        self._report(self._steps, self._steps)
