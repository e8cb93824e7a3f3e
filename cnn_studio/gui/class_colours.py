"""Which colour a class has, wherever one is drawn."""

from __future__ import annotations

from collections.abc import Iterable

from cnn_studio.data.cards import DatasetCard
from cnn_studio.gui.theme import CLASS_COLOURS, FURTHER_COLOURS

USUAL_COLOURS = (*CLASS_COLOURS, *FURTHER_COLOURS)
"""One for each place of a class; only after the last one do they repeat."""


def class_colours(card: DatasetCard, classes: Iterable[str] | None = None) -> dict[str, str]:
    """The colour of each class: the one that a person chose, else the usual one of its place.

    Args:
        card: The dataset's card.
        classes: All classes in order, where there are others than the card's.

    Returns:
        Colours as "#RRGGBB", by class.
    """
    names = card.classes if classes is None else classes
    return {name: card.colours.get(name, usual_colour(place)) for place, name in enumerate(names)}


def usual_colour(place: int) -> str:
    """The colour that a class in this place has unless a person chose one."""
    return USUAL_COLOURS[place % len(USUAL_COLOURS)]
