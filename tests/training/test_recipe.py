"""What a person chooses: checked where it enters, and kept whole on its way."""

from __future__ import annotations

from typing import Any

import pytest

from cnn_studio.errors import UsageError
from cnn_studio.training.recipe import Augmentation, Recipe, suggested_batch_size
from cnn_studio.training.strengths import FORMER


def test_the_recipe_of_a_run_from_before_means_what_it_meant() -> None:
    for name, former in FORMER.items():
        assert Recipe.from_dict({"augmentation": name}).augmentation == former
    written = Recipe(augmentation=Augmentation.LIGHT).to_dict()
    assert Recipe.from_dict(written).augmentation == Augmentation.LIGHT


def test_a_recipe_survives_a_round_trip() -> None:
    recipe = Recipe(3, 64, 0.01, 32, 0.1, Augmentation.STRONG, 7, 100)
    assert Recipe.from_dict(recipe.to_dict()) == recipe
    assert Recipe.from_dict({}) == Recipe()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epochs": 0}, r"Epochs must be 1 to 10000, not 0"),
        ({"epochs": 1.5}, "whole number"),
        ({"epochs": True}, "whole number"),
        ({"batch_size": 5000}, r"Batch size must be 1 to 4096, not 5000"),
        ({"learning_rate": 0}, "Learning rate must be above 0"),
        ({"learning_rate": float("nan")}, "Learning rate"),
        ({"image_size": 8}, r"Image size must be 16 to 512 pixels, not 8"),
        ({"validation_share": 0.6}, r"Validation share must be 0 to 0.5, not 0.6"),
        ({"validation_share": -0.1}, "Validation share"),
        ({"seed": -1}, "Seed must be 0 to"),
        ({"limit": 1}, "limit of images must be 2 or more"),
        ({"augmentation": "wild"}, "not understood"),
        ({"learning_rate": "fast"}, "not understood"),
        ({"patient": 3}, "not understood.*patient"),
    ],
)
def test_nonsense_is_refused_with_what_was_expected(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Recipe.from_dict(changes)


@pytest.mark.parametrize(
    ("train_count", "expected"),
    [(60_000, 128), (1153, 128), (1152, 64), (1280, 128), (160, 16), (80, 8), (10, 8), (0, 8)],
)
def test_small_datasets_get_small_batches(train_count: int, expected: int) -> None:
    assert suggested_batch_size(train_count) == expected
