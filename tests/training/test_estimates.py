"""What a training will cost, and a better choice where it will not fit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cnn_studio.errors import UsageError
from cnn_studio.pretrained.efficientnet_lite import BACKBONE_WEIGHTS
from cnn_studio.training.estimate import count_weights, training_bytes
from cnn_studio.training.estimates import (
    DatasetFacts,
    StepTimes,
    estimates,
    memory_of_features,
)
from cnn_studio.training.memory import better_choice, problem_of, stays_on_disk
from cnn_studio.training.presets import PRETRAINED
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.strengths import Augmentation
from cnn_studio.vision.preparation import InputSpec

PHOTOS = InputSpec(64, 3)
GB = 10**9


def test_steps_and_seconds_are_reckoned_from_the_images_that_are_taken() -> None:
    facts = DatasetFacts(PHOTOS, 5, image_count=1000, test_count=100)
    told = estimates(Recipe(epochs=4, batch_size=100), facts)
    # Four epochs of 800 images, and one of all 1000.
    assert (told.steps, told.seconds, told.problem) == (42, None, "")
    assert told.weights == count_weights(PHOTOS, 5)
    told = estimates(Recipe(epochs=4, batch_size=100), facts, StepTimes(1.0, asking=0.25))
    # 4 times 200 images are asked about, and at the end 1100, each of which is read once; and the
    # graphs are built.
    assert told.seconds == pytest.approx(42 + 0.25 * 19 + 6 + 0.002 * 1100)
    assert estimates(Recipe(epochs=4, batch_size=100, final_fit=False), facts).steps == 32
    assert estimates(Recipe(epochs=4, batch_size=100, limit=500), facts).steps == 16 + 5


def test_the_size_of_the_recipe_counts_more_than_the_cards() -> None:
    facts = DatasetFacts(PHOTOS, 5, image_count=1000)
    told = estimates(Recipe(image_size=128), facts)
    assert told.weights == count_weights(InputSpec(128, 3), 5)


def test_what_does_not_fit_is_refused_with_what_does() -> None:
    free = 4 * GB
    problem = problem_of(InputSpec(224, 3), 5, 128, 1000, free)
    assert problem is not None
    assert problem.startswith("At 224x224 pixels with 128 images a batch this training needs about")
    better = better_choice(InputSpec(224, 3), 5, 128, 1000, free)
    assert better is not None
    size, batch = better
    assert f"{batch} images a batch" in problem.partition("What fits: ")[2]
    assert problem_of(InputSpec(size, 3), 5, batch, 1000, free) is None
    assert problem_of(InputSpec(64, 3), 5, 128, 1000, free) is None


def test_a_smaller_batch_is_preferred_to_smaller_images() -> None:
    free = training_bytes(PHOTOS, 5, 40)
    assert better_choice(PHOTOS, 5, 128, 0, free) == (64, 32)


def test_where_nothing_fits_that_is_said() -> None:
    assert better_choice(PHOTOS, 5, 128, 10, 1000) is None
    assert "Close other programs" in str(problem_of(PHOTOS, 5, 128, 10, 1000))


def test_images_stay_on_disk_when_they_would_take_more_than_half_of_the_memory() -> None:
    assert stays_on_disk(3 * GB, 4 * GB)
    assert not stays_on_disk(GB, 4 * GB)
    assert not stays_on_disk(GB, None)


def test_a_pretrained_network_costs_its_features_and_their_varied_copies() -> None:
    facts = DatasetFacts(InputSpec(64), 5, 1000, known_features=400)
    plain = PRETRAINED.recipe()
    times = StepTimes(learning=1e-6, asking=0.01)
    found = estimates(plain, facts, times)
    assert (found.weights, found.frozen_weights) == (1281 * 5, BACKBONE_WEIGHTS)
    assert found.seconds == pytest.approx(600 * 0.01 + 1e-6 * 1000 * 5 * 30 + 1.0)
    varied = estimates(replace(plain, augmentation=Augmentation.LIGHT), facts, times)
    assert varied.seconds is not None
    assert varied.seconds > found.seconds + 2 * 1000 * 0.01
    assert varied.memory_bytes > found.memory_bytes


def test_features_that_do_not_fit_are_refused_with_what_helps() -> None:
    recipe, spec = PRETRAINED.recipe(), InputSpec(224)
    needed, problem = memory_of_features(recipe, spec, 5, 10**6, 10**9)
    assert needed > 10**10
    assert "1.0 GB are free. Take fewer images" in problem
    assert memory_of_features(recipe, spec, 5, 100, 10**9)[1] == ""


def test_a_size_that_the_pretrained_network_does_not_take_is_refused() -> None:
    recipe = PRETRAINED.recipe(overriding={"image_size": 64})
    with pytest.raises(UsageError, match=r"128 to 224 pixels, not 64"):
        estimates(recipe, DatasetFacts(InputSpec(64), 5, 100))
