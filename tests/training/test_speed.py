"""What was timed of one recipe tells of the others."""

from __future__ import annotations

import pytest

from cnn_studio.training.estimates import DatasetFacts, StepTimes, estimates
from cnn_studio.training.presets import BEST, CLASSIC, PRETRAINED, QUICK, THOROUGH
from cnn_studio.training.speed import Speed
from cnn_studio.vision.preparation import InputSpec

FACTS = DatasetFacts(InputSpec(64, 3), 5, image_count=1000)
TIMES = StepTimes(learning=0.4, asking=0.1)
CNN = Speed.measured(BEST.recipe(), FACTS, TIMES)


def test_the_recipe_that_was_timed_takes_as_long_as_it_was_reckoned() -> None:
    recipe = BEST.recipe()
    assert CNN.seconds(recipe, FACTS) == pytest.approx(estimates(recipe, FACTS, TIMES).seconds)


def test_others_take_longer_by_their_epochs_and_shorter_by_their_pixels() -> None:
    quick, best, thorough = (
        CNN.seconds(preset.recipe(64, 64), FACTS) for preset in (QUICK, BEST, THOROUGH)
    )
    assert quick < best / 2  # a quarter of the pixels, and what is around the steps
    assert 2.5 * best < thorough < 4 * best
    classic = CNN.seconds(CLASSIC.recipe(64, 64), FACTS)
    assert classic == pytest.approx(best, rel=0.2)


def test_another_size_is_scaled_to_what_was_measured_of_it() -> None:
    """Steps of 64 images of 28, 32, 64 and 96 pixels took 0.17, 0.26, 1.04 and 2.89 s here."""
    measured = {28: 0.17, 32: 0.26, 96: 2.89}
    speed = Speed.measured(
        BEST.recipe(overriding={"image_size": 64}), FACTS, StepTimes(1.04, asking=0.3)
    )
    for size, step_s in measured.items():
        recipe = BEST.recipe(overriding={"image_size": size, "epochs": 10_000})
        steps = estimates(recipe, FACTS, StepTimes(step_s, asking=step_s * 0.3)).seconds
        assert speed.seconds(recipe, FACTS) == pytest.approx(steps, rel=0.25)


def test_features_that_are_known_need_not_be_computed() -> None:
    speed = Speed.measured(PRETRAINED.recipe(), FACTS, StepTimes(1e-6, asking=0.02))
    known = DatasetFacts(FACTS.input, 5, 1000, known_features=1000)
    new, old = (speed.seconds(PRETRAINED.recipe(), facts) for facts in (FACTS, known))
    assert new == pytest.approx(old + 1000 * 0.02)


def test_a_whole_training_puts_the_speed_right() -> None:
    recipe = BEST.recipe()
    said_s = CNN.seconds(recipe, FACTS)
    put_right = CNN.borne_out(recipe, FACTS, 1.5 * said_s)
    assert put_right.of_a_run
    assert put_right.seconds(recipe, FACTS) == pytest.approx(1.5 * said_s, rel=1e-3)
    assert put_right.seconds(CLASSIC.recipe(), FACTS) > CNN.seconds(CLASSIC.recipe(), FACTS)


def test_a_small_training_tells_of_what_is_around_its_steps() -> None:
    small = DatasetFacts(FACTS.input, 5, image_count=10)
    recipe = BEST.recipe(8)
    said_s = CNN.seconds(recipe, small)
    put_right = CNN.borne_out(recipe, small, 2 * said_s)
    assert put_right.seconds(recipe, small) == pytest.approx(2 * said_s, rel=1e-3)
    assert not put_right.of_a_run  # its steps are still to be timed
    more_s = put_right.seconds(BEST.recipe(), FACTS) - CNN.seconds(BEST.recipe(), FACTS)
    assert 0 < more_s < 20


def test_a_training_that_tells_nothing_leaves_the_speed_as_it_is() -> None:
    assert CNN.borne_out(BEST.recipe(), FACTS, 50 * CNN.seconds(BEST.recipe(), FACTS)) is CNN
    assert CNN.borne_out(BEST.recipe(), FACTS, 1.0) is CNN


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_a_speed_is_above_0(value: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        Speed(value, 1.0)
    with pytest.raises(ValueError, match="above 0"):
        Speed(1.0, value)
    with pytest.raises(ValueError, match="above 0"):
        Speed(1.0, 1.0, value)
