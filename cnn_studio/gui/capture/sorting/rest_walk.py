"""Going through photos that are not sure, one after the other. Plain, no widgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

OUT = ""
"""In place of a class: the photo shows none of them, and is left where it is."""


class RestWalk:
    """Which photo is in question, and what was decided.

    Args:
        places: The photos, in their order.
        decided: What was decided of some of them before. It begins after those.
    """

    def __init__(self, places: Sequence[int], decided: Mapping[int, str] | None = None) -> None:
        known = decided or {}
        self._decided = {place: known[place] for place in places if place in known}
        self._at = len(self._decided)
        self._places = [*self._decided, *(place for place in places if place not in known)]

    @property
    def current(self) -> int | None:
        """The photo in question; None once all were gone through."""
        return self._places[self._at] if self._at < len(self._places) else None

    @property
    def following(self) -> int | None:
        """The one that comes after it."""
        return next(iter(self._places[self._at + 1 :]), None)

    @property
    def number(self) -> int:
        """The place of the photo in question among all, from 1."""
        return self._at + 1

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self._places)

    @property
    def can_go_back(self) -> bool:
        """Whether there is one before it."""
        return self._at > 0

    @property
    def answer(self) -> str | None:
        """What was decided of the photo in question: a class, or `OUT`; None if nothing was."""
        return self._decided.get(self._places[self._at]) if self.current is not None else None

    @property
    def decided(self) -> dict[int, str]:
        """The photos that go into a class, each with it."""
        return {place: name for place, name in self._decided.items() if name != OUT}

    @property
    def skipped(self) -> int:
        """How many of those that were gone through have no answer."""
        return sum(place not in self._decided for place in self._places[: self._at])

    def decide(self, name: str) -> None:
        """The photo in question shows this class, or none with `OUT`; go on to the next."""
        if self.current is not None:
            self._decided[self._places[self._at]] = name
            self._at += 1

    def skip(self) -> None:
        """Go on to the next; what was decided of this one before stays."""
        self._at = min(self._at + 1, len(self._places))

    def back(self) -> None:
        """Go back to the one before, if there is one."""
        self._at = max(self._at - 1, 0)

    def begin_again(self) -> None:
        """Go through what was skipped."""
        self._places = [place for place in self._places if place not in self._decided]
        self._at = 0
