"""Going through pictures that stand in several classes, one after the other. Plain, no widgets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cnn_studio.data.findings import Finding

_Key = tuple[Path, ...]


class SetWalk:
    """Which picture is in question.

    What was answered is passed over at once, before the disk has followed; it is gone once it is
    no longer found, and in question again if it comes back by an undo.
    """

    def __init__(self) -> None:
        self._sets: list[Finding] = []
        self._place = 0
        self._pending: dict[_Key, None] = {}  # answered, and still found, in this order
        self._answered: set[_Key] = set()  # answered, and no longer found
        self._undone: set[_Key] = set()  # being taken back; it may first be gone, and then return
        self._skipped: set[_Key] = set()

    @property
    def current(self) -> Finding | None:
        """The picture in question; None once all were gone through."""
        return self._sets[self._place] if self._place < len(self._sets) else None

    @property
    def following(self) -> Finding | None:
        """The one that comes after it."""
        return next((one for one in self._sets[self._place + 1 :] if self._is_open(one)), None)

    @property
    def number(self) -> int:
        """The place of the picture in question among all of them, from 1."""
        before = sum(1 for one in self._sets[: self._place] if self._is_open(one))
        return len(self._answered) + len(self._pending) + before + 1

    @property
    def total(self) -> int:
        """How many there are, with those that were answered."""
        return len(self._answered) + len(self._sets)

    @property
    def skipped(self) -> int:
        """How many of those that are still found were skipped."""
        return sum(1 for one in self._sets if one.paths in self._skipped)

    @property
    def can_go_back(self) -> bool:
        """Whether there is one before it that is not answered."""
        return any(self._is_open(one) for one in self._sets[: self._place])

    def begin(self, sets: Sequence[Finding], at: Finding | None = None) -> None:
        """Go through other pictures, from one of them or from the first that was not skipped."""
        self._pending.clear()
        self._answered.clear()
        self._undone.clear()
        self._sets = list(sets)
        fresh = (n for n, one in enumerate(self._sets) if one.paths not in self._skipped)
        self._place = self._sets.index(at) if at in self._sets else next(fresh, 0)

    def update(self, sets: Sequence[Finding]) -> None:
        """The disk has changed: these are found now; the picture in question stays."""
        before, passed = self.current, self._sets[: self._place]
        found = {one.paths for one in sets}
        self._answered |= self._pending.keys() - found
        self._pending = {key: None for key in self._pending if key in found}
        undone = self._answered & found
        self._answered -= undone
        returned = self._undone & found - {one.paths for one in self._sets}
        self._undone -= returned
        undone |= returned
        self._sets = list(sets)
        if undone:
            self._place = next(n for n, one in enumerate(self._sets) if one.paths in undone)
        elif before is None:
            self._place = len(self._sets)
        else:
            same = (n for n, one in enumerate(self._sets) if set(one.paths) & set(before.paths))
            self._place = next(same, sum(one.paths in found for one in passed))
        if self.current is not None and not self._is_open(self.current):
            self._go_on()

    def go_to(self, one: Finding) -> None:
        """Ask about this one, unless it is answered."""
        if one in self._sets and self._is_open(one):
            self._place = self._sets.index(one)

    def answer(self) -> None:
        """The picture in question is answered; go on to the next."""
        if self.current is not None:
            self._pending[self.current.paths] = None
            self._undone.discard(self.current.paths)
            self._skipped.discard(self.current.paths)
            self._go_on()

    def skip(self) -> None:
        """Keep the picture in question as it is and go on to the next."""
        if self.current is not None:
            self._skipped.add(self.current.paths)
            self._go_on()

    def back(self) -> None:
        """Go back to the one before, if there is one."""
        places = (n for n in range(self._place - 1, -1, -1) if self._is_open(self._sets[n]))
        self._place = next(places, self._place)

    def begin_again(self) -> None:
        """Go through what was skipped."""
        self._skipped.clear()
        self._place = -1
        self._go_on()

    def take_back(self, *, every: bool = False) -> None:
        """The last answer is being undone, or none was carried out: ask about it again.

        Args:
            every: Whether that is so of every answer that the disk has not followed yet.
        """
        while self._pending:
            key, _ = self._pending.popitem()
            self._place = next(n for n, one in enumerate(self._sets) if one.paths == key)
            if not every:
                self._undone.add(key)
                return

    def _go_on(self) -> None:
        following = range(self._place + 1, len(self._sets))
        places = (n for n in following if self._is_open(self._sets[n]))
        self._place = next(places, len(self._sets))

    def _is_open(self, one: Finding) -> bool:
        return one.paths not in self._pending
