"""What a person wants of a training under way."""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass(frozen=True)
class Wishes:
    """To stop or to pause; set from other threads.

    Attributes:
        stop: Set to stop between two steps.
        running: Cleared to pause between two steps, set to go on. Whoever stops sets it too.
    """

    stop: threading.Event
    running: threading.Event

    @property
    def is_to_pause(self) -> bool:
        """Whether it is to stand still; a stop counts more."""
        return not self.running.is_set() and not self.stop.is_set()

    @classmethod
    def to_stop(cls, stop: threading.Event) -> Wishes:
        """A training that can be stopped, and is never paused."""
        running = threading.Event()
        running.set()
        return cls(stop, running)
