"""Which colour each of several runs has while their curves lie over each other."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cnn_studio.gui.theme import CLASS_COLOURS

_YELLOW = 3  # hardly seen as a line on white
RUN_COLOURS = tuple(c for place, c in enumerate(CLASS_COLOURS[:8]) if place != _YELLOW)
"""Okabe and Ito's order without the yellow."""

MAX_OVERLAID = 1000
"""More runs than these say nothing more to the eye, and take long to draw."""


def run_colour(place: int) -> str:
    """The colour of a place; after the last one they begin again, with another sign."""
    return RUN_COLOURS[place % len(RUN_COLOURS)]


class RunColours:
    """A run keeps its place as long as it is one of those shown, whichever join or leave."""

    def __init__(self) -> None:
        self._places: dict[Path, int] = {}

    def places(self, folders: Iterable[Path]) -> dict[Path, int]:
        """The place of each run, 0 and up; at most MAX_OVERLAID of them have one."""
        shown = dict.fromkeys(folders)
        kept = {folder: place for folder, place in self._places.items() if folder in shown}
        taken = set(kept.values())
        free = (place for place in range(MAX_OVERLAID) if place not in taken)
        for folder in shown:
            if folder not in kept and (place := next(free, None)) is not None:
                kept[folder] = place
        self._places = kept
        return dict(kept)
