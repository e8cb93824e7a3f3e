"""The classes that a good accuracy over all images hides: too few images to tell, or far below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cnn_studio.models.intervals import lower_by_chance
from cnn_studio.models.scores import Scores

FEWEST = 10
"""With fewer images of a class its figure is a matter of luck."""

_FAR = 0.15  # a share below that of the other classes which a person should know of
_LEVEL = 0.05  # how often any class may be called far below where none is, at most


@dataclass(frozen=True)
class WeakClass:
    """A class to name beside the accuracy over all.

    Attributes:
        name: The class.
        right: How many of its images were recognised, and `count` of how many.
    """

    name: str
    right: int
    count: int

    @property
    def is_few(self) -> bool:
        """Whether it has too few images to tell; else it is far below the other classes."""
        return self.count < FEWEST

    @property
    def in_words(self) -> str:
        """As in "book: 0 of 2 right, too few to tell"."""
        if self.count == 0:
            return f"{self.name}: no image to measure on"
        why = "too few to tell" if self.is_few else "far below the rest"
        return f"{self.name}: {self.right:,} of {self.count:,} right, {why}"


def weak_classes(scores: Scores, *, absent: bool = True) -> tuple[WeakClass, ...]:
    """The classes to name beside an accuracy, the one with the lowest share right first.

    Far below the rest is a class whose share is lower by 15 points or more, by more than chance:
    by Fisher's test, with its level divided by the number of classes (Bonferroni).

    Args:
        scores: What was measured.
        absent: Whether classes without any image are among them: they ought to have some.
    """
    found = [
        WeakClass(name, row[place], sum(row))
        for place, (name, row) in enumerate(zip(scores.classes, scores.confusion, strict=True))
        if (sum(row) or absent) and _is_weak(scores, row[place], sum(row))
    ]
    return tuple(sorted(found, key=lambda each: (each.right / max(each.count, 1), each.count)))


def weak_in_words(weak: Sequence[WeakClass], most: int = 3) -> str:
    """So many of them by name, and how many more there are; empty without any."""
    if not weak:
        return ""
    text = "; ".join(each.in_words for each in weak[:most])
    more = len(weak) - most
    if more > 0:
        text += f"; and {more:,} more {'class' if more == 1 else 'classes'}"
    return f"{text}."


def _is_weak(scores: Scores, right: int, count: int) -> bool:
    if count < FEWEST:
        return True
    others_right, others = scores.hits - right, scores.count - count
    if others < FEWEST or others_right / others - right / count < _FAR:
        return False
    level = _LEVEL / len(scores.classes)
    return lower_by_chance(right, count, others_right, others) < level
