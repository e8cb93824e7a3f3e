"""Two models asked about the same images: which one is right where."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cnn_studio.errors import ModelError
from cnn_studio.models.answers import Answers
from cnn_studio.models.scores import Scores

LEVEL = 0.05
"""Below this probability a difference is taken for more than chance."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """How two models did on the same images.

    Attributes:
        first, second: The scores of either.
        both_right, both_wrong: How many images.
        only_first: The names of the images that only the first one gets right.
        only_second: The names of the images that only the second one gets right.
        p_value: McNemar's exact test: how probable it is that two models that are equally good
            differ so much by chance.
        learned_from: How many of the images one of the models has learned from.
        without_learned: The same on the other images; None where there is no other, or none was
            learned from.
        relabelled: How many images were left out because they stood in another class each time.
    """

    first: Scores
    second: Scores
    both_right: int
    both_wrong: int
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    p_value: float
    learned_from: int = 0
    without_learned: Comparison | None = None
    relabelled: int = 0

    @property
    def count(self) -> int:
        """How many images."""
        return self.first.count

    @property
    def is_more_than_chance(self) -> bool:
        """Whether the difference is taken for real."""
        return self.p_value < LEVEL

    def in_words(self, first_name: str, second_name: str) -> str:
        """What McNemar's test says, in a sentence; the better one is named first."""
        one, two = len(self.only_first), len(self.only_second)
        if one + two == 0:
            return (
                f"Both are right and wrong on the same of {self.count:,} shared images: there is "
                "no difference at all."
            )
        if one > two:
            better, worse, more, fewer = first_name, second_name, one, two
        else:
            better, worse, more, fewer = second_name, first_name, two, one
        counts = (
            f"{better} names {more:,} image{'' if more == 1 else 's'} rightly that {worse} gets "
            f"wrong, and {worse} names {fewer:,} that {better} gets wrong, of {self.count:,} "
            "shared images"
        )
        chance = _p_in_words(self.p_value)
        if self.is_more_than_chance:
            return f"{counts}: that is more than chance ({chance}), so {better} is better on them."
        return f"{counts}: that may be chance ({chance})."


def _p_in_words(p_value: float) -> str:
    """A probability that is never rounded to the other side of `LEVEL`."""
    if p_value < 0.001:
        return "p < 0.001"
    words = f"{p_value:.2f}" if p_value >= 0.1 else f"{p_value:.2g}"
    if (float(words) < LEVEL) != (p_value < LEVEL):
        words = f"{p_value:.4f}"
    return f"p = {words}"


def compare(first: Answers, second: Answers) -> Comparison:
    """Compare what two models said of the same images.

    Raises:
        ModelError: They have no image in common.
    """
    place_of = {name: place for place, name in enumerate(second.names)}
    common = [place for place, name in enumerate(first.names) if name in place_of]
    same = [
        place
        for place in common
        if first.classes[first.labels[place]]
        == second.classes[second.labels[place_of[first.names[place]]]]
    ]
    if not same:
        raise ModelError("The two models have not been asked about the same images.")
    one = first.chosen(np.array(same, np.int64))
    two = second.chosen(np.array([place_of[name] for name in one.names], np.int64))
    found = replace(_compared(one, two), relabelled=len(common) - len(same))
    learned = np.zeros(len(one), np.bool_)
    for answers in (one, two):
        if answers.learned is not None:
            learned |= answers.learned
    if not learned.any():
        return found
    others = np.flatnonzero(~learned)
    rest = _compared(one.chosen(others), two.chosen(others)) if len(others) else None
    return replace(found, learned_from=int(learned.sum()), without_learned=rest)


def _compared(one: Answers, two: Answers) -> Comparison:
    """Compare answers on the same images in the same order."""
    first_right = one.predicted == one.labels
    second_right = two.predicted == two.labels
    only_first, only_second = first_right & ~second_right, second_right & ~first_right
    return Comparison(
        first=one.scores(),
        second=two.scores(),
        both_right=int((first_right & second_right).sum()),
        both_wrong=int((~first_right & ~second_right).sum()),
        only_first=tuple(one.names[place] for place in np.flatnonzero(only_first)),
        only_second=tuple(one.names[place] for place in np.flatnonzero(only_second)),
        p_value=mcnemar(int(only_first.sum()), int(only_second.sum())),
    )


def mcnemar(only_first: int, only_second: int) -> float:
    """McNemar's exact test, two-sided.

    Source: Q. McNemar, "Note on the sampling error of the difference between correlated
    proportions or percentages", Psychometrika 12 (1947), in its exact form by the binomial
    distribution. Only images on which the two differ tell anything: between equals each is right
    on half of them. Why it is the exact form however many differ:
    docs/decisions/0029-more-than-chance.md.
    """
    differing, fewer = only_first + only_second, min(only_first, only_second)
    ways = each = 1
    for count in range(1, fewer + 1):
        each = each * (differing - count + 1) // count
        ways += each
    tail: float = 2 * ways / (1 << differing)  # whole numbers of any size, so nothing is rounded
    return min(1.0, tail)
