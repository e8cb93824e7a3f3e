"""The learning rate step by step, and how fast the average of the weights follows."""

from __future__ import annotations

import pytest

from cnn_studio.training.rate import average_momentum, build_rate
from cnn_studio.training.recipe import Recipe, Schedule
from cnn_studio.training.schedule import Stretch, extended

TEN = (Stretch(0, 10),)
COSINE = Recipe(learning_rate=0.01, schedule=Schedule.COSINE)


def test_a_constant_rate_is_a_number() -> None:
    assert build_rate(Recipe(), TEN, 5) == 0.001


def test_a_cosine_falls_to_zero() -> None:
    rate = build_rate(COSINE, TEN, 10)
    told = [float(rate(step)) for step in range(101)]
    assert told[0] == pytest.approx(0.01)
    assert told[50] == pytest.approx(0.005)
    assert told[100] == pytest.approx(0, abs=1e-9)
    assert told == sorted(told, reverse=True)


@pytest.mark.parametrize("schedule", list(Schedule))
def test_a_warm_up_rises_from_the_first_step_on(schedule: Schedule) -> None:
    recipe = Recipe(learning_rate=0.01, schedule=schedule, warmup_epochs=1.0)
    rate = build_rate(recipe, TEN, 9)
    told = [float(rate(step)) for step in range(10)]
    assert told[0] == pytest.approx(0.001)
    assert told[9] == pytest.approx(0.01)
    assert told == sorted(told)
    last = float(rate(90))
    assert last == pytest.approx(0.01 if schedule is Schedule.CONSTANT else 0, abs=1e-9)


def test_added_epochs_have_a_cosine_of_their_own_and_change_nothing_before() -> None:
    alone, longer = build_rate(COSINE, TEN, 10), build_rate(COSINE, extended(TEN, 10, 4), 10)
    assert [float(alone(step)) for step in range(100)] == [
        float(longer(step)) for step in range(100)
    ]
    assert float(longer(100)) == pytest.approx(0.01)
    assert float(longer(140)) == pytest.approx(0, abs=1e-9)


def test_epochs_are_added_where_the_run_ends() -> None:
    assert extended(TEN, None, 0) == TEN
    assert extended(TEN, None, 5)[-1] == Stretch(10, 5)
    assert extended(TEN, 7, 5)[-1] == Stretch(7, 5)  # it had ended early


def test_the_average_spans_a_tenth_of_a_short_training_at_most() -> None:
    assert average_momentum(Recipe(), TEN, 100) == 0
    assert average_momentum(Recipe(ema=0.999), TEN, 10_000) == 0.999
    assert average_momentum(Recipe(ema=0.999), TEN, 10) == pytest.approx(0.9)
    assert average_momentum(Recipe(ema=0.999), (Stretch(0, 1),), 5) == 0
