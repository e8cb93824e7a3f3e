"""Typical shapes of curves, each with what it says."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cnn_studio.models.learning import (
    Circumstances,
    LearningShape,
    learning_shape,
    more_epochs,
)
from cnn_studio.models.runs import EpochRecord, Run, RunStatus
from tests.models.small_run import bundle

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
        LearningShape.CEILING,
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


CUT_OFF, _ = SHAPES["cut off in the fall"]


def ending_at(accuracy: float, epochs: int = 5) -> list[EpochRecord]:
    """A training whose losses fall to its end, and whose last epoch is the best one."""
    rows = records(
        epochs, falling(1.6, 0.2, 6), falling(0.3, 0.9, 6),
        falling(1.6, 0.3, 6), falling(0.3, accuracy, 0.5),
    )  # fmt: skip
    last = replace(rows[-1], val_accuracy=accuracy, best=True)
    return [*rows[:-1], last]


def test_a_loss_that_falls_at_a_rate_that_stays_asks_for_more_epochs() -> None:
    assert learning_shape(CUT_OFF, Circumstances(held_back=200)) is LearningShape.STILL_LEARNING


def test_a_schedule_that_has_run_out_is_not_still_learning() -> None:
    over = Circumstances(held_back=200, rate_falls=True)
    assert learning_shape(CUT_OFF, over) is LearningShape.SCHEDULE_OVER
    unmeasured, _ = SHAPES["cut off in the fall, nothing held back"]
    assert learning_shape(unmeasured, replace(over, held_back=0)) is LearningShape.SCHEDULE_OVER
    levelled, _ = SHAPES["levelled off close together"]
    assert learning_shape(levelled, over) is LearningShape.GOOD


def test_a_schedule_that_was_stopped_on_its_way_is_still_learning() -> None:
    stopped = Circumstances(held_back=200, rate_falls=True, epochs_left=5)
    assert learning_shape(CUT_OFF, stopped) is LearningShape.STILL_LEARNING


def test_a_training_that_gave_up_by_itself_is_not_still_learning() -> None:
    gave_up = Circumstances(held_back=200, gave_up=True)
    assert learning_shape(CUT_OFF, gave_up) is LearningShape.LEVELLED_LOW


@pytest.mark.parametrize(
    ("accuracy", "held_back", "shape"),
    [
        (1.0, 0, LearningShape.CEILING),
        (1.0, 200, LearningShape.CEILING),
        (0.996, 5000, LearningShape.CEILING),
        (0.95, 20, LearningShape.CEILING),  # one image is missed
        (0.95, 40, LearningShape.STILL_LEARNING),  # two are
        (0.95, 2000, LearningShape.STILL_LEARNING),
        (0.95, 0, LearningShape.STILL_LEARNING),  # nobody knows how many there are
    ],
)
def test_at_the_ceiling_nothing_more_can_be_shown(
    accuracy: float, held_back: int, shape: LearningShape
) -> None:
    epochs = ending_at(accuracy)
    assert epochs[-1].val_loss is not None
    assert epochs[-2].val_loss is not None
    assert epochs[-1].val_loss < epochs[-2].val_loss  # it falls all the same
    assert learning_shape(epochs, Circumstances(held_back=held_back)) is shape


def test_only_the_epoch_that_is_kept_is_at_the_ceiling() -> None:
    lucky = [replace(row, best=row.epoch == 2) for row in ending_at(0.9)]
    lucky[1] = replace(lucky[1], val_accuracy=1.0)
    assert learning_shape(lucky, Circumstances(held_back=200)) is LearningShape.CEILING
    lucky[1] = replace(lucky[1], best=False)
    lucky[-1] = replace(lucky[-1], best=True)
    assert learning_shape(lucky, Circumstances(held_back=200)) is LearningShape.STILL_LEARNING


@pytest.mark.parametrize("name", ["cut off in the fall", "levelled off far apart"])
def test_a_handful_of_images_held_back_is_too_few_to_tell(name: str) -> None:
    epochs, shape = SHAPES[name]
    assert learning_shape(epochs, Circumstances(held_back=9)) is LearningShape.TOO_FEW
    assert learning_shape(epochs, Circumstances(held_back=400)) is shape


def test_a_jump_of_a_small_validation_part_does_not_blame_the_rate() -> None:
    jumping = [1.2, 0.5, 1.1, 0.4, 1.0, 0.5, 1.1, 0.4]
    epochs = records(
        8, falling(1.6, 0.2, 2), falling(0.4, 0.85, 2), from_list(jumping), lambda _epoch: 0.8
    )
    assert learning_shape(epochs, Circumstances(held_back=500)) is LearningShape.JUMPING
    assert learning_shape(epochs, Circumstances(held_back=20)) is not LearningShape.JUMPING


def test_a_gap_of_two_images_is_not_by_heart() -> None:
    epochs = records(
        20, falling(1.6, 0.02, 3), falling(0.4, 0.99, 3),
        falling(1.4, 0.5, 2), falling(0.5, 0.86, 2),
    )  # fmt: skip
    assert learning_shape(epochs, Circumstances(held_back=400)) is LearningShape.BY_HEART
    assert learning_shape(epochs, Circumstances(held_back=15)) is LearningShape.GOOD


def test_a_fall_within_the_wobble_is_none() -> None:
    wobbling = [1.1, 0.8, 0.62, 0.55, 0.62, 0.48, 0.62, 0.47, 0.58, 0.44]
    smooth = [1.1, 0.8, 0.62, 0.6, 0.57, 0.55, 0.53, 0.5, 0.48, 0.44]
    for losses, shape in ((wobbling, LearningShape.GOOD), (smooth, LearningShape.STILL_LEARNING)):
        epochs = records(
            10, falling(1.6, 0.2, 2), falling(0.4, 0.9, 2),
            from_list(losses), falling(0.5, 0.88, 2),
        )  # fmt: skip
        assert learning_shape(epochs, Circumstances(held_back=40)) is shape


def test_an_average_that_catches_up_is_not_learning() -> None:
    levelled = falling(1.6, 0.2, 1)  # the weights themselves have stopped learning
    epochs = records(12, levelled, falling(0.4, 0.9, 1), falling(1.6, 0.3, 8), falling(0.4, 0.9, 2))
    assert learning_shape(epochs, Circumstances(held_back=200)) is LearningShape.STILL_LEARNING
    averaged = Circumstances(held_back=200, is_averaged=True)
    assert learning_shape(epochs, averaged) is LearningShape.GOOD
    assert learning_shape(CUT_OFF, averaged) is LearningShape.STILL_LEARNING


def test_what_must_be_known_is_read_from_a_run() -> None:
    when = datetime(2026, 11, 22, tzinfo=UTC)
    recipe = {"epochs": 10, "schedule": "cosine", "ema": 0.998, "patience": 4}

    def known(status: RunStatus, done: int, **changes: object) -> Circumstances:
        whole = bundle(status=status, epochs_done=done, recipe=recipe)
        run = Run(Path("run"), status, "objects", when, whole, recipe={**recipe, **changes})
        return Circumstances.of(run, done)

    finished = Circumstances(held_back=4, is_averaged=True, rate_falls=True)
    assert known(RunStatus.FINISHED, 10) == finished
    assert known(RunStatus.FINISHED, 6) == replace(finished, gave_up=True)
    assert known(RunStatus.STOPPED, 6) == replace(finished, epochs_left=4)
    assert known(RunStatus.FINISHED, 10, epochs="ten") == Circumstances()
    plain = known(RunStatus.FINISHED, 10, schedule="constant", ema=0.0)
    assert plain == Circumstances(held_back=4)
    killed = Run(Path("run"), RunStatus.INTERRUPTED, "objects", when, recipe=recipe)
    assert Circumstances.of(killed, 6) == replace(finished, held_back=0, epochs_left=4)


@pytest.mark.parametrize(("done", "more"), [(3, 5), (10, 5), (30, 15), (100, 50), (400, 50)])
def test_half_as_many_epochs_are_added(done: int, more: int) -> None:
    assert more_epochs(done) == more
