"""The recipe that a run was trained by, to train by it once more."""

from __future__ import annotations

from dataclasses import replace

from cnn_studio.errors import ModelError
from cnn_studio.models.runs import Run
from cnn_studio.training.recipe import Recipe


def recipe_of(run: Run) -> Recipe:
    """A run's own recipe, with the image size that its network has.

    Raises:
        ModelError: It is not written down.
        UsageError: It has something that this version does not know.
    """
    if not run.recipe:
        raise ModelError(f"It is not written down how {run.name} was trained.")
    recipe = Recipe.from_dict(run.recipe)
    return recipe if run.bundle is None else replace(recipe, image_size=run.bundle.input.size)
