"""McNemar's test on the images that two models were both asked about, and its words."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from cnn_studio.errors import ModelError
from cnn_studio.models.answers import Answers
from cnn_studio.models.comparison import compare, mcnemar


def answers(right: str, prefix: str = "red", label: int = 0) -> Answers:
    """One answer for each sign: "1" is right."""
    names = tuple(f"{prefix}/{number}.jpg" for number in range(len(right)))
    said = np.full((len(right), 2), 0.1, np.float32)
    for place, sign in enumerate(right):
        said[place, label if sign == "1" else 1 - label] = 0.9
    return Answers(names, np.full(len(right), label, np.int64), said, ("red", "blue"))


@pytest.mark.parametrize(
    ("one", "two"), [(12, 5), (8, 0), (1, 9), (10, 14), (40, 22), (2000, 2100)]
)
def test_a_difference_is_judged_by_the_exact_test(one: int, two: int) -> None:
    tail = sum(comb(one + two, count) for count in range(min(one, two) + 1))
    assert mcnemar(one, two) == pytest.approx(2 * tail / 2 ** (one + two))
    assert mcnemar(one, two) == mcnemar(two, one)


def test_equals_never_differ() -> None:
    assert mcnemar(0, 0) == mcnemar(1, 1) == mcnemar(50, 50) == 1


def test_models_that_are_equally_good_are_seldom_told_apart() -> None:
    """The share of false alarms between equals, summed over all outcomes, is 5 % at most."""
    for differing in (5, 10, 24, 25, 60, 200, 1000):
        alarms = sum(
            comb(differing, one)
            for one in range(differing + 1)
            if mcnemar(one, differing - one) < 0.05
        )
        assert alarms / 2**differing <= 0.05, differing


def test_what_may_be_chance_is_called_so() -> None:
    told = compare(answers("1" * 5 + "0" * 12 + "1" * 243), answers("0" * 5 + "1" * 255))
    assert told.in_words("Run A", "Run B") == (
        "Run B names 12 images rightly that Run A gets wrong, and Run A names 5 that Run B gets "
        "wrong, of 260 shared images: that may be chance (p = 0.14)."
    )
    more = compare(answers("1" * 40), answers("0" * 9 + "1" * 31))
    assert more.in_words("A", "B") == (
        "A names 9 images rightly that B gets wrong, and B names 0 that A gets wrong, of 40 shared "
        "images: that is more than chance (p = 0.0039), so A is better on them."
    )


def test_a_probability_is_never_rounded_over_the_level() -> None:
    # 39 and 24 of 63: 0.0502... by the exact test would be called 0.05.
    for one in range(25, 80):
        for two in range(10, one):
            told = mcnemar(one, two)
            if 0.0495 < told < 0.0505:
                first = "1" * one + "0" * two
                found = compare(answers(first), answers(first.translate({48: "1", 49: "0"})))
                words = found.in_words("A", "B")
                shown = float(words.split("p = ")[1].split(")")[0])
                assert (shown < 0.05) == ("more than chance" in words)


def test_only_shared_images_of_the_same_class_count() -> None:
    found = compare(answers("1110"), answers("101"))
    assert (found.count, found.only_first) == (3, ("red/1.jpg",))
    moved = Answers(
        ("red/0.jpg", "red/1.jpg"),
        np.array([1, 0], np.int64),
        np.array([[0.9, 0.1], [0.9, 0.1]], np.float32),
        ("red", "blue"),
    )
    found = compare(answers("11"), moved)
    assert (found.count, found.relabelled) == (1, 1)
    with pytest.raises(ModelError, match="not been asked"):
        compare(answers("1"), answers("1", "blue"))
