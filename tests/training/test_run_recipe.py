"""A run's own recipe, to train by it once more."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cnn_studio.errors import ModelError, UsageError
from cnn_studio.models.bundle import RunStatus
from cnn_studio.models.runs import Run
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.run_recipe import recipe_of
from tests.models.small_run import bundle


def a_run(tmp_path: Path, recipe: dict[str, object]) -> Run:
    return Run(tmp_path, RunStatus.FINISHED, "x", datetime.now(UTC), bundle(), recipe=recipe)


def test_it_has_the_size_of_the_runs_network(tmp_path: Path) -> None:
    found = recipe_of(a_run(tmp_path, {"epochs": 7}))
    assert found == Recipe(epochs=7, image_size=bundle().input.size)


def test_what_is_not_known_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not written down"):
        recipe_of(a_run(tmp_path, {}))
    with pytest.raises(UsageError, match="no magic"):
        recipe_of(a_run(tmp_path, {"magic": 1}))
