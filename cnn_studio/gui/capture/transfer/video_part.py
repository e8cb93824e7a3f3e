"""The part of a video that is wanted."""

from __future__ import annotations

from dataclasses import dataclass, replace

STEP_MS = 100
"""Times are shown in tenths of a second, and a part begins and ends at such a time."""


@dataclass(frozen=True)
class VideoPart:
    """From where to where. It never ends before it begins, nor reaches beyond the video.

    Attributes:
        length_ms: How long the video is.
        from_ms: Where the part begins.
        to_ms: Where it ends.
    """

    length_ms: int = 0
    from_ms: int = 0
    to_ms: int = 0

    @classmethod
    def whole(cls, duration_s: float) -> VideoPart:
        """All of a video, its end rounded up."""
        length_ms = _rounded_up(round(duration_s * 1000))
        return cls(length_ms, 0, length_ms)

    @property
    def reaches_end(self) -> bool:
        """Whether it goes on to the end of the video."""
        return self.to_ms >= self.length_ms

    def beginning_at(self, time_ms: int) -> VideoPart:
        """The same with another beginning, at most at its end; what is shown then is in it."""
        earlier_ms = time_ms // STEP_MS * STEP_MS
        return replace(self, from_ms=max(0, min(earlier_ms, self.to_ms)))

    def ending_at(self, time_ms: int) -> VideoPart:
        """The same with another end, at least at its beginning; what is shown then is in it."""
        later_ms = _rounded_up(time_ms)
        return replace(self, to_ms=min(self.length_ms, max(later_ms, self.from_ms)))


def _rounded_up(time_ms: int) -> int:
    return -(-time_ms // STEP_MS) * STEP_MS
