"""How long a step takes on this machine, measured on a few batches of noise."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from cnn_studio.models.tensorflow import keras, tf
from cnn_studio.training.estimates import (
    DatasetFacts,
    StepTimes,
    input_of,
)
from cnn_studio.training.network import build_network
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.steps import build_steps
from cnn_studio.training.team import Team

_LEARNING_S, _ASKING_S = 1.5, 0.5  # no longer than this about each
_MOST_STEPS = 8


def step_times(recipe: Recipe, facts: DatasetFacts) -> StepTimes:
    """Measure what a step takes."""
    spec = input_of(recipe, facts)
    keras.backend.clear_session()
    random = np.random.default_rng(0)
    pixels = tf.constant(random.integers(0, 256, (recipe.batch_size, *spec.shape), np.uint8))
    some = random.integers(0, facts.num_classes, recipe.batch_size)
    labels = tf.constant(some)
    steps = build_steps(
        build_network(spec, facts.num_classes),
        spec,
        recipe,
        some,
        recipe.learning_rate,
        Team(tf.distribute.get_strategy()),
        recipe.ema,
    )
    return StepTimes(
        learning=_seconds_of(lambda: steps.train(pixels, labels)[0], _LEARNING_S),
        asking=_seconds_of(lambda: steps.predict(pixels), _ASKING_S),
    )


def _seconds_of(step: Callable[[], Any], longest_s: float) -> float:
    """How long a step takes as a rule, once its graph is built."""
    step().numpy()
    taken_s: list[float] = []
    begun_s = time.monotonic()
    while len(taken_s) < _MOST_STEPS and (not taken_s or time.monotonic() - begun_s < longest_s):
        step_s = time.monotonic()
        step().numpy()  # waits for the result
        taken_s.append(time.monotonic() - step_s)
    return float(np.median(taken_s))
