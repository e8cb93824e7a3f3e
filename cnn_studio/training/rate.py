"""The learning rate of a recipe, step by step, by Keras's own schedules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnn_studio.models.tensorflow import keras, tf
from cnn_studio.training.recipe import Recipe, Schedule
from cnn_studio.training.schedule import Stretch

_STEPS_AVERAGED = 10  # the average spans a tenth of a training at most


def build_rate(recipe: Recipe, stretches: Sequence[Stretch], steps_per_epoch: int) -> Any:
    """What Keras's optimizer takes as learning rate.

    Args:
        recipe: Says the highest rate and how it goes.
        stretches: The epochs asked for at first and those added later, each with a schedule of
            its own.
        steps_per_epoch: How many steps an epoch has.

    Returns:
        A number, or a keras LearningRateSchedule.
    """
    if recipe.schedule is Schedule.CONSTANT and recipe.warmup_epochs == 0:
        return float(recipe.learning_rate)
    return _Chained(
        [
            (stretch.start * steps_per_epoch, _part(recipe, stretch.epochs, steps_per_epoch))
            for stretch in stretches
        ]
    )


def average_momentum(recipe: Recipe, stretches: Sequence[Stretch], steps_per_epoch: int) -> float:
    """The share of the average of the weights that a step keeps; 0 averages nothing.

    It is the recipe's, and less in a short training, whose first weights would else weigh heavily
    to its end.
    """
    steps = stretches[0].epochs * steps_per_epoch
    return min(recipe.ema, max(0.0, 1 - _STEPS_AVERAGED / steps))


def _part(recipe: Recipe, epochs: int, steps_per_epoch: int) -> Any:
    schedules, rate = keras.optimizers.schedules, float(recipe.learning_rate)
    steps = epochs * steps_per_epoch
    warmup = round(min(recipe.warmup_epochs, epochs) * steps_per_epoch)
    first = rate / (warmup + 1)  # the first step learns something, too
    if recipe.schedule is Schedule.CONSTANT:
        return schedules.PolynomialDecay(first, max(1, warmup), rate)
    if warmup == 0:
        return schedules.CosineDecay(rate, steps)
    return schedules.CosineDecay(
        first, max(1, steps - warmup), warmup_target=rate, warmup_steps=warmup
    )


class _Chained(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """One schedule after the other, each from its own first step on."""

    def __init__(self, parts: Sequence[tuple[int, Any]]) -> None:
        super().__init__()
        self._parts = parts

    def __call__(self, step: Any) -> Any:
        step = tf.cast(tf.convert_to_tensor(step), tf.int64)
        rate = self._parts[0][1](step)
        for start, part in self._parts[1:]:
            rate = tf.where(step >= start, part(tf.maximum(step - start, 0)), rate)
        return rate

    def get_config(self) -> dict[str, Any]:
        return {"parts": [(start, part.get_config()) for start, part in self._parts]}
