"""What a training will cost, and a better choice where it will not fit."""

from __future__ import annotations

import pytest

from cnn_studio.training.estimate import count_weights, training_bytes
from cnn_studio.training.estimates import DatasetFacts, StepTimes, estimates
from cnn_studio.training.memory import better_choice, problem_of, stays_on_disk
from cnn_studio.training.recipe import Recipe
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
    # 4 times 200 images are asked about, and at the end 1100.
    assert told.seconds == pytest.approx(42 + 0.25 * 19)
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
