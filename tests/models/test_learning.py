"""Typical shapes of curves, each with what it says."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest

from cnn_studio.models.learning import LearningShape, learning_shape
from cnn_studio.models.runs import EpochRecord

Values = Callable[[int], float]


def records(
    epochs: int,
    loss: Values,
    accuracy: Values,
    val_loss: Values | None = None,
    val_accuracy: Values | None = None,
) -> list[EpochRecord]:
    return [
        EpochRecord(
            epoch, loss(epoch), accuracy(epoch), val_loss(epoch) if val_loss else None,
            val_accuracy(epoch) if val_accuracy else None, 900.0, 2.0, best=False,
        )
        for epoch in range(1, epochs + 1)
    ]  # fmt: skip


def falling(start: float, end: float, pace: float) -> Values:
    return lambda epoch: end + (start - end) * math.exp(-(epoch - 1) / pace)


def from_list(values: Sequence[float]) -> Values:
    return lambda epoch: values[epoch - 1]


SHAPES = {
    "levelled off close together": (
        records(
            20, falling(1.6, 0.2, 3), falling(0.4, 0.94, 3),
            falling(1.4, 0.25, 3), falling(0.5, 0.92, 3),
        ),
        LearningShape.GOOD,
    ),
    "perfect, its loss ever nearer to nothing": (
        records(
            10, falling(1.5, 0.001, 2), falling(0.4, 1.0, 2),
            falling(1.1, 0.001, 2), lambda epoch: min(1.0, 0.4 + 0.3 * epoch),
        ),
        LearningShape.GOOD,
    ),
    "validation turns and rises": (
        records(
            20, falling(1.6, 0.01, 4), falling(0.4, 1.0, 4),
            lambda epoch: falling(1.4, 0.6, 2)(epoch) + 0.04 * max(0, epoch - 6),
            falling(0.5, 0.8, 2),
        ),
        LearningShape.BY_HEART,
    ),
    "levelled off far apart": (
        records(
            20, falling(1.6, 0.02, 3), falling(0.4, 0.99, 3),
            falling(1.4, 0.7, 2), falling(0.5, 0.75, 2),
        ),
        LearningShape.BY_HEART,
    ),
    "surer of its few mistakes, no worse for it": (
        records(
            20, falling(1.6, 0.1, 3), falling(0.4, 0.95, 3),
            lambda epoch: falling(1.4, 0.2, 2)(epoch) + 0.004 * max(0, epoch - 5),
            falling(0.5, 0.945, 2),
        ),
        LearningShape.GOOD,
    ),
    "cut off in the fall": (
        records(
            5, falling(1.6, 0.2, 6), falling(0.3, 0.9, 6),
            falling(1.6, 0.3, 6), falling(0.3, 0.88, 6),
        ),
        LearningShape.STILL_LEARNING,
    ),
    "cut off in the fall, nothing held back": (
        records(5, falling(1.6, 0.2, 6), falling(0.3, 0.9, 6)),
        LearningShape.STILL_LEARNING,
    ),
    "levelled off, nothing held back": (
        records(20, falling(1.6, 0.2, 2), falling(0.3, 0.9, 2)),
        LearningShape.UNMEASURED,
    ),
    "chance from beginning to end": (
        records(
            8, lambda epoch: 1.609 + 0.002 * (epoch % 2), lambda epoch: 0.2 + 0.01 * (epoch % 3),
            lambda _epoch: 1.61, lambda _epoch: 0.2,
        ),
        LearningShape.NOTHING,
    ),
    "thrown about": (
        records(
            8, from_list([2.4, 1.1, 2.0, 0.9, 1.8, 1.0, 1.9, 0.8]),
            from_list([0.2, 0.5, 0.3, 0.6, 0.3, 0.5, 0.3, 0.6]),
            lambda _epoch: 1.2, lambda _epoch: 0.5,
        ),
        LearningShape.JUMPING,
    ),
    "a wobble of a small validation part": (
        records(
            12, falling(1.6, 0.2, 3), falling(0.4, 0.94, 3),
            lambda epoch: falling(1.4, 0.3, 1.3)(epoch) + 0.04 * (-1) ** epoch,
            lambda epoch: falling(0.5, 0.9, 2)(epoch) + 0.02 * (-1) ** epoch,
        ),
        LearningShape.GOOD,
    ),
    "not a number": (
        records(4, from_list([1.6, math.inf, math.nan, math.nan]), lambda _epoch: 0.2),
        LearningShape.DIVERGED,
    ),
    "levelled off low": (
        records(
            20, falling(1.6, 1.0, 2), falling(0.3, 0.6, 2),
            falling(1.6, 1.02, 2), falling(0.3, 0.58, 2),
        ),
        LearningShape.LEVELLED_LOW,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_is_told(name: str) -> None:
    epochs, shape = SHAPES[name]
    assert learning_shape(epochs) is shape


def test_two_epochs_say_nothing() -> None:
    assert learning_shape([]) is None
    assert learning_shape(records(2, falling(2, 1, 1), falling(0.2, 0.5, 1))) is None


def test_each_prefix_of_a_good_training_is_still_learning_or_good() -> None:
    epochs, _ = SHAPES["levelled off close together"]
    told = [learning_shape(epochs[:count]) for count in range(3, 21)]
    assert set(told) <= {LearningShape.STILL_LEARNING, LearningShape.GOOD}
    assert told == sorted(told, key=lambda shape: shape is LearningShape.GOOD)
