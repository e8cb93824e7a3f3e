"""The recipes of runs line by line, side by side: no screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication

from cnn_studio.errors import StudioError
from cnn_studio.gui.figures import NONE, percent, whole
from cnn_studio.gui.training.runs.runs_order import dataset_title
from cnn_studio.models.runs import Run
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.wording import TITLES, shown

_tr = partial(QCoreApplication.translate, "Training")


@dataclass(frozen=True)
class RecipeLine:
    """One thing that was chosen or that came out.

    Attributes:
        name: What it is.
        values: What it is in each run, as words.
        is_result: Whether it came out of the training, and was not chosen.
    """

    name: str
    values: tuple[str, ...]
    is_result: bool = False

    @property
    def differs(self) -> bool:
        """Whether it is not the same in all runs."""
        return len(set(self.values)) > 1


def recipe_lines(runs: Sequence[Run]) -> list[RecipeLine]:
    """What was chosen for runs, and what came out, each as a line.

    A value that this version does not know is shown under its own name.
    """
    recipes = [_plain(run) for run in runs]
    keys = list(dict.fromkeys(key for recipe in recipes for key in recipe))
    lines = [
        RecipeLine(_tr("Dataset"), tuple(dataset_title(run) or NONE for run in runs)),
        *(
            RecipeLine(_tr(TITLES.get(key, key)), tuple(_words(key, recipe) for recipe in recipes))
            for key in keys
            if key != "image_size"
        ),
        RecipeLine(_tr("Images"), tuple(map(_input, runs))),
        RecipeLine(_tr("Classes"), tuple(map(_classes, runs))),
    ]
    return lines + [
        RecipeLine(name, tuple(values), is_result=True) for name, values in _results(runs)
    ]


def _results(runs: Sequence[Run]) -> list[tuple[str, list[str]]]:
    bundles = [run.bundle for run in runs]
    return [
        (_tr("Epochs done"), [whole(b.epochs_done) if b else NONE for b in bundles]),
        (_tr("Best epoch"), [whole(b.best_epoch) if b and b.best_epoch else NONE for b in bundles]),
        (_tr("Training accuracy"), [percent(b.train_accuracy if b else None) for b in bundles]),
        (_tr("Validation accuracy"), [percent(b.val_accuracy if b else None) for b in bundles]),
        (_tr("Test accuracy"), [percent(b.test_accuracy if b else None) for b in bundles]),
    ]


def _plain(run: Run) -> Mapping[str, Any]:
    """A run's recipe with what it left out; as it was written if it is not understood."""
    try:
        return Recipe.from_dict(run.recipe).to_dict() if run.recipe else {}
    except StudioError:
        return run.recipe


def _words(key: str, recipe: Mapping[str, Any]) -> str:
    return _tr(shown(key, recipe[key])) if key in recipe else NONE


def _input(run: Run) -> str:
    if run.bundle is None:
        size = run.recipe.get("image_size")
        return _tr("{size} px").format(size=size) if size else NONE
    spec = run.bundle.input
    colour = _tr("colour") if spec.channels > 1 else _tr("grey")
    return _tr("{size} px, {colour}, {fit}").format(size=spec.size, colour=colour, fit=spec.fit)


def _classes(run: Run) -> str:
    return ", ".join(run.bundle.classes) if run.bundle else NONE
