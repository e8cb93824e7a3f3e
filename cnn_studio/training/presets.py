"""Recipes with a name: those that come with the program, and a person's own in files.

A recipe file is TOML (or JSON) and holds only what differs from the Classic recipe:

    title = "Photos of the garden"
    epochs = 20
    schedule = "cosine"

    [augmentation]
    flip = "sideways"
    shift = 0.1
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomlkit

from cnn_studio.data.cards import Orientation
from cnn_studio.data.catalog import BUILT_IN, Dataset
from cnn_studio.errors import UsageError
from cnn_studio.models.networks import NetworkKind
from cnn_studio.paths import Workspace
from cnn_studio.training.networks import network_of
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.strengths import Augmentation
from cnn_studio.training.wording import TITLES, shown
from cnn_studio.untrusted_files import read_json, read_toml, understanding
from cnn_studio.whole_files import write_atomically

RECIPES_FOLDER = "recipes"
_TITLE_KEYS = ("title", "summary")


@dataclass(frozen=True)
class Preset:
    """A recipe with a name.

    Attributes:
        name: What a command line calls it.
        title: What a person reads, and `summary` what it is good for, with figures.
        values: What it says; all else is as in the Classic recipe.
        purpose: What it is for, in a few plain words; empty for a person's own.
        batch_falls: Whether its batch size is the largest it takes, and fewer images get the one
            that suits them; otherwise it is taken as it stands.

    Raises:
        UsageError: A key is unknown, or a value cannot be used.
    """

    name: str
    title: str
    summary: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    purpose: str = ""
    batch_falls: bool = False

    def __post_init__(self) -> None:
        Recipe.from_dict(self.values)

    def recipe(
        self,
        batch_size: int | None = None,
        card_size: int | None = None,
        overriding: Mapping[str, Any] | None = None,
        orientation: Orientation = Orientation.UP,
    ) -> Recipe:
        """The recipe for a dataset.

        Args:
            batch_size: What suits the dataset; taken where the preset says nothing, or takes no
                more than suits.
            card_size: The dataset's own image size; a preset never enlarges images.
            overriding: Values that count more than the preset's.
            orientation: Whether the dataset's images have an up; a named augmentation follows it.

        Raises:
            UsageError: A value cannot be used.
        """
        values = dict(self.values)
        size = values.get("image_size")
        if size is not None and card_size is not None and size >= card_size:
            del values["image_size"]
        if batch_size is not None:
            own = values.setdefault("batch_size", batch_size)
            values["batch_size"] = min(own, batch_size) if self.batch_falls else own
        values.update(overriding or {})
        augmentation = Augmentation.suited(values.get("augmentation", "off"), orientation)
        return Recipe.from_dict({**values, "augmentation": augmentation})


@dataclass(frozen=True)
class Difference:
    """One thing in which two recipes differ.

    Attributes:
        key: The recipe's field.
        title: What a person calls it.
        value: As it is in the one recipe, in words, and `other` in the other one.
    """

    key: str
    title: str
    value: str
    other: str


PRETRAINED = Preset(
    "pretrained",
    "Pretrained",
    "A network that has learned to see, and a linear layer on its features: right from ten photos "
    "a class, in seconds.",
    {"network": "pretrained", "epochs": 30},
    purpose="Knows photos already: good from ten of each",
)
BEST = Preset(
    "best",
    "Best",
    "The shared CNN, trained with more care: the rate warms up and falls, the weights are averaged "
    "and the labels smoothed. Measured on photos kept back: satellite 75.5 % (Classic 69.5 %), "
    "Fashion-MNIST 93.2 % (92.3 %).",
    {
        "learning_rate": 0.002,
        "schedule": "cosine",
        "warmup_epochs": 0.5,
        "batch_size": 64,
        "ema": 0.998,
        "label_smoothing": 0.05,
    },
    purpose="Starts from nothing and learns with care",
    batch_falls=True,
)
CLASSIC = Preset(
    "classic",
    "Classic",
    "The textbook's way: Adam at a constant learning rate, images as they are. A known measure, "
    "and a little worse than Best: Fashion-MNIST 92.3 % (Best 93.2 %).",
    purpose="The textbook's way",
)
THOROUGH = Preset(
    "thorough",
    "Thorough",
    "For those who have the minutes: Best with three times the epochs in small steps, and images "
    "mirrored, or turned as well where they have no up. It pays with photos, hardly with "
    "Fashion-MNIST.",
    {
        "epochs": 30,
        "learning_rate": 0.002,
        "schedule": "cosine",
        "warmup_epochs": 0.5,
        "batch_size": 32,
        "ema": 0.999,
        "label_smoothing": 0.05,
        "augmentation": "symmetries",
    },
    purpose="Best with three times the patience",
)
QUICK = Preset(
    "quick",
    "Quick look",
    "Small images and few epochs: within a minute it shows whether there is something to learn.",
    {
        "epochs": 10,
        "image_size": 32,
        "limit": 5000,
        "learning_rate": 0.002,
        "schedule": "cosine",
        "warmup_epochs": 0.5,
    },
    purpose="Fast and rough",
)
PRESETS = (PRETRAINED, BEST, CLASSIC, THOROUGH, QUICK)


def plain_preset(network: NetworkKind) -> Preset:
    """The recipe of a network that the others of it are compared with: the textbook's."""
    return PRETRAINED if network is NetworkKind.PRETRAINED else CLASSIC


def first_preset(network: NetworkKind) -> Preset:
    """The recipe of a network that is offered first: the one that is better by measurement."""
    return PRETRAINED if network is NetworkKind.PRETRAINED else BEST


def usual_preset(dataset: Dataset) -> Preset:
    """What is offered first: the shared CNN for the datasets that come with the program."""
    known = dataset.name in BUILT_IN
    return first_preset(NetworkKind.CNN if known else NetworkKind.PRETRAINED)


def find_preset(workspace: Workspace, name_or_file: str) -> Preset:
    """A preset of the program, a recipe of the workspace, or a recipe in a file.

    Raises:
        UsageError: There is none, or it is not understood.
    """
    for preset in PRESETS:
        if name_or_file.casefold() in (preset.name, preset.title.casefold()):
            return preset
    own = workspace.root / RECIPES_FOLDER / f"{name_or_file}.toml"
    for path in (Path(name_or_file).expanduser(), own):
        if name_or_file and path.is_file():
            return read_preset(path)
    known = [*PRESETS, *own_presets(workspace)]
    raise UsageError(
        f"There is no recipe {name_or_file}. There are "
        f"{', '.join(preset.name for preset in known)}; a recipe file will do as well."
    )


def own_presets(workspace: Workspace) -> list[Preset]:
    """The person's own recipes that are understood, by title."""
    found = []
    for path in (workspace.root / RECIPES_FOLDER).glob("*.toml"):
        try:
            found.append(read_preset(path))
        except UsageError:  # it says so when it is named
            continue
    return sorted(found, key=lambda preset: preset.title.casefold())


def read_preset(path: Path) -> Preset:
    """Read a recipe file, or the recipe.json of a run.

    Raises:
        UsageError: It cannot be read, or is not understood.
    """
    read: Callable[..., Any] = read_json if path.suffix == ".json" else read_toml
    values = read(path, error=UsageError, name=path)
    is_run = isinstance(values, dict) and isinstance(values.get("recipe"), dict)
    if is_run:
        values = {"title": path.parent.name, **values["recipe"]}
    if not isinstance(values, dict):
        raise UsageError(f"{path} is no recipe: expected values with names.")
    title, summary = (str(values.pop(key, "")) for key in _TITLE_KEYS)
    with understanding(path, UsageError):
        if is_run and "augmentation" in values:  # to repeat the run, so no name follows a card
            values["augmentation"] = Augmentation.recorded(values["augmentation"])
        return Preset(path.stem, title or path.stem, summary, _without_none(values))


def write_preset(
    path: Path,
    recipe: Recipe,
    title: str,
    summary: str = "",
    orientation: Orientation = Orientation.UP,
) -> None:
    """Write a recipe file that holds what differs from the Classic recipe.

    Args:
        path: The file.
        recipe: What it holds.
        title: What a person reads, and `summary` what it is good for.
        summary: See there.
        orientation: Whether the images have an up for which the recipe was made.

    Raises:
        OSError: The disk is full, or the folder cannot be written to.
    """
    usual = Recipe().to_dict()
    changed = {
        key: value
        for key, value in recipe.to_dict().items()
        if value is not None and (value != usual[key] or key == "batch_size")
    }
    if "augmentation" in changed:
        changed["augmentation"] = recipe.augmentation.to_preset(orientation)
    about = {"title": title, **({"summary": summary} if summary else {})}
    # In TOML a table belongs behind all plain values.
    ordered = dict(sorted(changed.items(), key=lambda item: isinstance(item[1], dict)))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, tomlkit.dumps({**about, **ordered}).encode("utf-8"))


def differences(recipe: Recipe, other: Recipe) -> tuple[Difference, ...]:
    """In what two recipes differ, field by field and in words.

    What means nothing for either network makes no difference.
    """
    ours, theirs = recipe.to_dict(), other.to_dict()
    fields = network_of(recipe.network).fields | network_of(other.network).fields
    return tuple(
        Difference(key, TITLES[key], shown(key, ours[key]), shown(key, theirs[key]))
        for key in ours
        if ours[key] != theirs[key] and key in fields
    )


def _without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
