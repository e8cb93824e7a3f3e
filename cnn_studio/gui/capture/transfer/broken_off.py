"""One piece of work that was broken off, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


def _nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True)
class BrokenOff:
    """What was broken off, and what can be done about it.

    Attributes:
        note: What tells it from others.
        question: What was broken off, and what of it is there, in a sentence or two.
        can_finish: Whether the rest can still be done.
        has_results: Whether there is anything to keep.
        can_take_back: Whether that can be taken back.
        finish: Begins with the rest.
        take_back: Begins to take back what is there.
        keep: Leaves it at that; called beside the window.
        kept: Called in the window once a person has said so.
        keep_text: What the button for it says; empty for the usual words.
    """

    note: Path
    question: str
    can_finish: bool
    has_results: bool
    can_take_back: bool
    keep: Callable[[], None]
    finish: Callable[[], None] = _nothing
    take_back: Callable[[], None] = _nothing
    kept: Callable[[], None] = _nothing
    keep_text: str = ""

    @property
    def is_worth_asking(self) -> bool:
        """Whether there is anything to decide."""
        return self.can_finish or self.has_results
