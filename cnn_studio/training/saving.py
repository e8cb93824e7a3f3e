"""When a training saves its state: often enough to lose little, seldom enough to cost little."""

from __future__ import annotations

import time
from collections.abc import Callable

INTERVAL_S = 30.0
_MOST_COST = 0.02  # the share of the time that may go into saving


class SavingClock:
    """Tells when to save.

    Within an epoch every 30 s, and at each epoch's end, but never so often that saving takes more
    than a fiftieth of the time: the state of a large network is hundreds of megabytes.

    Args:
        clock: Seconds that only ever grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._saved_s = clock()
        self._cost_s = 0.0

    def is_due(self, *, at_epochs_end: bool) -> bool:
        """Whether to save now."""
        rest_s = self._cost_s / _MOST_COST
        least_s = rest_s if at_epochs_end else max(INTERVAL_S, rest_s)
        return self._clock() - self._saved_s >= least_s

    def save(self, write: Callable[[], None]) -> None:
        """Have it written, and remember how long that took."""
        begun_s = self._clock()
        write()
        self._saved_s = self._clock()
        self._cost_s = self._saved_s - begun_s
