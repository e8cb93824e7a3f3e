"""What is alike to a network that has learned to see is one group, as long as a class is left."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from numpy.typing import NDArray

from cnn_studio.data.common_origin import (
    LEAST_LIKENESS,
    Directions,
    joined_by_links,
    links_in_features,
)

Features = NDArray[np.float32]


def around(centres: Features, count: int, spread: float, seed: int = 1) -> Features:
    """So many features around each centre, (centres * count, size); all are positive."""
    random = np.random.default_rng(seed)
    noise = spread * random.standard_normal((len(centres), count, centres.shape[1]))
    return np.abs(centres[:, None] + noise).astype(np.float32).reshape(-1, centres.shape[1])


def centres(count: int, size: int = 400, seed: int = 2) -> Features:
    return np.abs(np.random.default_rng(seed).standard_normal((count, size))).astype(np.float32)


def grouped(features: Features, classes: list[str]) -> list[str]:
    links = links_in_features(Directions(features), classes)
    return joined_by_links([str(place) for place in range(len(classes))], classes, links)


def test_images_of_one_origin_are_one_group_whatever_the_length_of_their_features() -> None:
    features = around(centres(6), 10, 0.2)
    features *= np.random.default_rng(3).uniform(0.1, 9, (60, 1)).astype(np.float32)
    groups = grouped(features, ["shoe"] * 60)
    assert [len(set(groups[start : start + 10])) for start in range(0, 60, 10)] == [1] * 6
    assert len(set(groups)) == 6


def test_only_images_of_one_class_are_of_one_origin() -> None:
    features = around(centres(1), 8, 0.2)
    groups = grouped(features, ["shoe", "cap"] * 4)
    assert not set(groups[::2]) & set(groups[1::2])


def test_the_likeness_that_counts_is_the_cosine() -> None:
    size = 16
    one, other = np.eye(2, size, dtype=np.float32)
    classes = ["shoe"] * 6
    for cosine, is_linked in ((LEAST_LIKENESS + 0.01, True), (LEAST_LIKENESS - 0.01, False)):
        second = cosine * one + np.sqrt(1 - cosine**2) * other
        rest = np.eye(size, dtype=np.float32)[4:8]
        links = links_in_features(Directions(np.stack([one, second, *rest])), classes)
        assert links == ([(0, 1)] if is_linked else [])


def test_the_most_alike_are_linked_first() -> None:
    features = np.concatenate([around(centres(1), 2, 0.3), around(centres(1, seed=9), 2, 0.01)])
    assert links_in_features(Directions(features), ["shoe"] * 4) == [(2, 3), (0, 1)]


def test_what_cannot_be_read_is_of_no_origin() -> None:
    features = around(centres(1), 6, 0.1)
    features[1], features[2, 3], features[3] = np.nan, np.inf, 0
    groups = grouped(features, ["shoe"] * 6)
    assert Counter(Counter(groups).values()) == {1: 3, 3: 1}
    assert np.isfinite(Directions(features).unit_vectors([0, 1, 2, 3])).all()


@pytest.mark.parametrize("count", [2, 3, 4, 5, 10, 30, 301])
def test_no_group_holds_more_than_half_of_a_class(count: int) -> None:
    groups = grouped(around(centres(1), count, 0.1), ["shoe"] * count)
    largest = max(Counter(groups).values())
    assert largest <= max(count / 2, 1)
    assert largest >= count // 3


def test_a_chain_that_is_a_whole_class_becomes_stretches() -> None:
    links = [(place, place + 1) for place in range(9)]
    groups = joined_by_links(list("abcdefghij"), ["shoe"] * 10, links)
    assert groups == ["a"] * 5 + ["f"] * 5


def test_groups_of_before_stay_whole_and_a_large_one_takes_no_more() -> None:
    groups = joined_by_links(["a", "a", "a", "b", "c"], ["shoe"] * 5, [(2, 3), (3, 4)])
    assert groups == ["a", "a", "a", "b", "b"]


def test_a_group_of_two_classes_is_counted_in_each() -> None:
    classes = ["cap", "cap", *["shoe"] * 10]
    basis = ["x", "x", "x", *map(str, range(9))]  # all caps: nothing can be added to it
    assert joined_by_links(basis, classes, [(2, 3), (3, 4)])[2:5] == ["x", "0", "0"]


def test_many_images_are_linked_as_few_are() -> None:
    features = around(centres(500, 600), 6, 0.35)
    direct = around(centres(500, 600), 6, 0.35)[:1800]
    classes = ["shoe"] * len(features)
    groups = grouped(features, classes)
    by_pairs = direct / np.linalg.norm(direct, axis=1, keepdims=True)
    alike = by_pairs @ by_pairs.T >= LEAST_LIKENESS
    ones, others = np.nonzero(np.triu(alike, 1))
    assert len(ones) > 3000
    kept = sum(groups[one] == groups[other] for one, other in zip(ones, others, strict=True))
    assert kept >= 0.98 * len(ones)
    sizes = Counter(groups)
    assert max(sizes.values()) <= 12


def test_a_search_can_be_cancelled() -> None:
    features = around(centres(1), 20, 0.1)
    assert links_in_features(Directions(features), ["shoe"] * 20, cancelled=lambda: True) == []


def test_no_images_are_no_error() -> None:
    assert links_in_features(Directions(np.empty((0, 8), np.float32)), []) == []
    assert joined_by_links([], [], []) == []
