"""Scores against numbers that were worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cnn_studio.models.scores import ClassScores, score


def test_scores_are_those_worked_out_by_hand() -> None:
    labels = np.array([0, 0, 0, 1, 1, 2], np.int64)
    predicted = [0, 0, 1, 1, 1, 0]
    probabilities = np.full((6, 3), 0.1, np.float32)
    probabilities[np.arange(6), predicted] = 0.8
    scores = score(labels, probabilities, ("a", "b", "c"))
    assert scores.accuracy == pytest.approx(4 / 6)
    assert scores.count == 6
    assert scores.confusion == ((2, 1, 0), (0, 2, 0), (1, 0, 0))
    first = scores.per_class[0]
    assert (first.precision, first.recall, first.f1) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert scores.per_class[1].precision == pytest.approx(2 / 3)
    assert scores.per_class[1].recall == 1
    assert scores.per_class[2] == ClassScores(precision=0, recall=0, f1=0, count=1)
    assert scores.loss == pytest.approx(-(4 * math.log(0.8) + 2 * math.log(0.1)) / 6, rel=1e-5)


def test_a_class_that_never_occurs_keeps_its_row_and_column() -> None:
    scores = score(np.array([1]), np.array([[0.0, 1.0, 0.0]], np.float32), ("a", "b", "c"))
    assert scores.confusion == ((0, 0, 0), (0, 1, 0), (0, 0, 0))
    assert [entry.count for entry in scores.per_class] == [0, 1, 0]


def test_a_certain_mistake_has_a_finite_loss() -> None:
    scores = score(np.array([0]), np.array([[0.0, 1.0]], np.float32), ("a", "b"))
    assert scores.loss is not None
    assert math.isfinite(scores.loss)
