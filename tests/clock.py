"""A clock for what is measured in seconds: they pass when a test says so."""

from __future__ import annotations


class Clock:
    """Called, it gives the seconds, in place of `time.monotonic`."""

    def __init__(self, now_s: float = 100.0) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        return self.now_s
