"""Intervals against published and exact numbers."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_studio.models.intervals import f1_interval, lower_by_chance, wilson
from cnn_studio.models.scores import score


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [
        # Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_score_interval_is_the_published_one(
    hits: int, count: int, low: float, high: float
) -> None:
    interval = wilson(hits, count)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)


def test_an_interval_holds_its_share_and_stays_within_0_and_1() -> None:
    for count in (1, 2, 7, 100, 10_000):
        for hits in {0, 1, count // 2, count - 1, count}:
            interval = wilson(hits, count)
            assert 0 <= interval.low <= hits / count <= interval.high <= 1
    assert wilson(0, 0).to_list() == [0.0, 1.0]


def test_the_f1_interval_holds_the_f1_and_covers_as_it_says() -> None:
    interval = f1_interval(0, 0)
    assert (interval.low, interval.high) == (0.0, 1.0)
    random = np.random.default_rng(7)
    true_share = 0.6  # of the images that are of the class or were called so
    true_f1 = 2 * true_share / (1 + true_share)
    drawn = [f1_interval(right, 60 - right) for right in random.binomial(60, true_share, 2000)]
    covered = np.mean([each.low <= true_f1 <= each.high for each in drawn])
    assert 0.93 < covered < 0.97


def test_scores_know_their_intervals_and_shares() -> None:
    labels = np.repeat([0, 1], [10, 5])
    said = np.array([0] * 8 + [1] * 2 + [1] * 5)
    scores = score(labels, np.eye(3, dtype=np.float32)[said], ("a", "b", "c"))
    assert scores.hits == 13
    assert scores.interval == wilson(13, 15)
    first, second, third = scores.class_intervals
    assert (first.precision, first.recall) == (wilson(8, 8), wilson(8, 10))
    assert (second.precision, second.recall) == (wilson(5, 7), wilson(5, 5))
    for intervals, own in zip((first, second), scores.per_class, strict=False):
        assert intervals.f1.low < own.f1 < intervals.f1.high
    assert third.f1.to_list() == [0.0, 1.0]
    assert scores.shares == ((0.8, 0.2, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 0.0))


def test_a_lower_share_is_as_probable_as_fisher_says() -> None:
    # Fisher's tea: all ways to place 4 hits in two fours are 70, 17 of them give 1 or none.
    assert lower_by_chance(1, 4, 3, 4) == pytest.approx(17 / 70)
    assert lower_by_chance(4, 4, 0, 4) == pytest.approx(1)
    assert lower_by_chance(0, 5, 5, 5) == pytest.approx(1 / 252)
    assert lower_by_chance(4500, 5000, 4700, 5000) < 1e-6
    assert lower_by_chance(0, 0, 3, 4) == 1
    assert lower_by_chance(700_000, 1_000_000, 8_000_000, 9_000_000) == 0
    nearly = lower_by_chance(499_900, 1_000_000, 4_500_000, 9_000_000)
    assert nearly == pytest.approx(0.425171, abs=1e-5)  # by SciPy's hypergeom.cdf
