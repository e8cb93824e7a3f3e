"""The fields of a recipe in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnn_studio.models.networks import NetworkKind
from cnn_studio.training.recipe import Recipe, Schedule
from cnn_studio.training.schedule import Stretch

TITLES = {
    "epochs": "Epochs",
    "batch_size": "Batch size",
    "learning_rate": "Learning rate",
    "image_size": "Image size",
    "validation_share": "Validation",
    "augmentation": "Augmentation",
    "seed": "Seed",
    "limit": "Limit of images",
    "schedule": "Schedule",
    "warmup_epochs": "Warm-up",
    "ema": "Weight averaging",
    "label_smoothing": "Label smoothing",
    "weight_decay": "Weight decay",
    "patience": "Early stopping",
    "class_weights": "Class weights",
    "final_fit": "Final fit",
    "given_split": "Given split",
    "network": "Network",
}
_WHERE_NONE = {"image_size": "the dataset's own", "limit": "all images"}
_TURNS = {"quarter": "quarter turns", "all": "quarter turns and mirrors"}
_OFF_AT_ZERO = {"warmup_epochs", "ema", "label_smoothing", "weight_decay", "patience"}


def how_added_epochs_go(recipe: Recipe, added: Stretch) -> str:
    """What becomes of the learning rate in epochs that are added to a run."""
    epochs = f"{added.epochs} epoch{'' if added.epochs == 1 else 's'}"
    rate = f"{recipe.learning_rate:g}"
    if recipe.schedule is Schedule.CONSTANT and recipe.warmup_epochs == 0:
        return f"{epochs} added after epoch {added.start}; the learning rate stays {rate}."
    way = "and falls to 0 once more" if recipe.schedule is Schedule.COSINE else "and stays there"
    start = "rises to" if recipe.warmup_epochs else "begins again at"
    return f"{epochs} added after epoch {added.start}; the learning rate {start} {rate} {way}."


def shown(key: str, value: Any) -> str:
    """A field's plain value, as `Recipe.to_dict` gives it, as a person reads it."""
    if value is None:
        return _WHERE_NONE.get(key, "none")
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, Mapping):
        return ", ".join(
            _TURNS.get(str(strength), str(strength)) if kind == "turns" else f"{kind} {strength}"
            for kind, strength in value.items()
        )
    if key == "network":
        return NetworkKind(value).label
    if key in _OFF_AT_ZERO and value == 0:
        return "off"
    if key == "validation_share":
        return f"{value:.0%}".replace("%", " %")
    units = {"image_size": " px", "warmup_epochs": _epochs(value), "patience": _epochs(value)}
    return f"{value}{units.get(key, '')}"


def _epochs(value: Any) -> str:
    return " epoch" if value == 1 else " epochs"
