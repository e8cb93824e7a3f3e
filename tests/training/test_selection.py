"""Which images a training takes, and what is too little to learn from."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_studio.errors import TrainingError, UsageError
from cnn_studio.training.selection import check_classes, named, select_evenly


def _labels(*counts: int) -> np.ndarray:
    return np.repeat(np.arange(len(counts)), counts).astype(np.int64)


def test_enough_is_enough() -> None:
    check_classes(_labels(2, 2), ("cap", "shoe"))


@pytest.mark.parametrize(
    ("counts", "classes", "message"),
    [
        ((), ("cap", "shoe"), "no images"),
        ((5,), ("cap",), "two or more classes"),
        ((5, 1, 0), ("cap", "shoe", "book"), r"shoe \(1\), book \(0\)"),
    ],
)
def test_too_little_is_refused_by_name(
    counts: tuple[int, ...], classes: tuple[str, ...], message: str
) -> None:
    with pytest.raises(TrainingError, match=message):
        check_classes(_labels(*counts), classes)


def test_without_a_limit_or_with_a_large_one_all_are_taken() -> None:
    labels = _labels(3, 4)
    for limit in (None, 7, 100):
        assert select_evenly(labels, limit, seed=1).tolist() == list(range(7))


def test_a_limit_keeps_the_shares_of_the_classes() -> None:
    labels = _labels(600, 300, 100)
    chosen = select_evenly(labels, 50, seed=1)
    assert np.bincount(labels[chosen]).tolist() == [30, 15, 5]
    assert np.all(np.diff(chosen) > 0)


def test_a_rare_class_keeps_two_images() -> None:
    labels = _labels(1000, 1000, 3)
    chosen = select_evenly(labels, 20, seed=1)
    assert len(chosen) == 20
    assert np.bincount(labels[chosen])[2] == 2


def test_the_choice_depends_on_the_seed_alone() -> None:
    labels = _labels(500, 500)
    first = select_evenly(labels, 40, seed=1)
    assert np.array_equal(first, select_evenly(labels, 40, seed=1))
    assert not np.array_equal(first, select_evenly(labels, 40, seed=2))


def test_a_limit_below_two_a_class_is_refused() -> None:
    with pytest.raises(UsageError, match=r"2 for each of 3 classes; 5 are too few"):
        select_evenly(_labels(9, 9, 9), 5, seed=1)


def test_many_names_are_cut_short() -> None:
    assert named(["a", "b"]) == "a, b"
    assert named(list("abcdefg")) == "a, b, c, d, e and 2 more"
