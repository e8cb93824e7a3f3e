"""Which classes are named beside an accuracy, and which are not."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_studio.models.scores import Scores, score_counts
from cnn_studio.models.weak_classes import weak_classes, weak_in_words


def scores(*rights: tuple[int, int]) -> Scores:
    """So many of so many images of each class are right; the wrong ones go to the next class."""
    confusion = np.zeros((len(rights), len(rights)), np.int64)
    for place, (right, count) in enumerate(rights):
        confusion[place, place] = right
        confusion[place, (place + 1) % len(rights)] += count - right
    return score_counts(confusion, [f"class {place}" for place in range(len(rights))])


@pytest.mark.parametrize(
    ("rights", "names"),
    [
        ([(80, 80), (79, 80), (0, 2)], ["class 2"]),  # 98.8 % over all
        ([(80, 80), (80, 80), (9, 9)], ["class 2"]),
        ([(80, 80), (80, 80), (10, 10)], []),
        ([(95, 100), (97, 100), (70, 100)], ["class 2"]),
        ([(95, 100), (97, 100), (83, 100)], []),  # lower, but not far
        ([(9, 10), (10, 10), (7, 10)], []),  # far, but that may be chance
        ([(0, 3), (3, 3), (1, 2)], ["class 0", "class 2", "class 1"]),
        ([(0, 0), (20, 20), (20, 20)], ["class 0"]),
        ([(60, 100), (62, 100), (58, 100)], []),  # no class is worse than the rest
    ],
)
def test_few_images_and_far_below_are_named_the_weakest_first(
    rights: list[tuple[int, int]], names: list[str]
) -> None:
    assert [each.name for each in weak_classes(scores(*rights))] == names


def test_of_equally_hard_classes_hardly_ever_one_is_far_below() -> None:
    rng = np.random.default_rng(1)
    claims = [
        weak_classes(scores(*((int(right), 20) for right in rng.binomial(20, 0.8, 100))))
        for _ in range(60)
    ]
    assert sum(map(bool, claims)) <= 3  # by two 95 % intervals that do not meet it was 90 of 100


def test_classes_without_images_are_named_only_where_they_ought_to_have_some() -> None:
    measured = scores((0, 0), (20, 20), (20, 20))
    assert weak_classes(measured, absent=False) == ()
    assert weak_in_words(weak_classes(measured)) == "class 0: no image to measure on."


def test_the_words_say_how_many_and_why() -> None:
    assert weak_in_words(()) == ""
    few = weak_classes(scores((80, 80), (79, 80), (0, 2)))
    assert weak_in_words(few) == "class 2: 0 of 2 right, too few to tell."
    far = weak_classes(scores((950, 1000), (970, 1000), (1700, 2400)))
    assert weak_in_words(far) == "class 2: 1,700 of 2,400 right, far below the rest."
    many = weak_classes(scores(*[(number, 5) for number in range(5)]))
    words = "class 0: 0 of 5 right, too few to tell; class 1: 1 of 5 right, too few to tell"
    assert weak_in_words(many, 2) == f"{words}; and 3 more classes."
    assert weak_in_words(many[:3], 2) == f"{words}; and 1 more class."
