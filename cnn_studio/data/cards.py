"""Dataset cards: what a dataset is, in a small TOML file that a person can read and edit."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import tomli_w

from cnn_studio.data.class_names import is_folder_name
from cnn_studio.data.listing import class_folder_names
from cnn_studio.errors import DatasetError, UsageError
from cnn_studio.vision.preparation import Fit, InputSpec
from cnn_studio.whole_files import write_atomically

CARD_NAME = "card.toml"
DEFAULT_INPUT = InputSpec(64, 3, Fit.CROP)
DEFAULT_TARGET = 500
_TEXTS = ("title", "description", "source", "source_url", "licence", "how_to_get")


class Storage(StrEnum):
    """How the images lie on disk: in class folders, or packed in four IDX files."""

    FOLDERS = "folders"
    IDX = "idx"


class Part(StrEnum):
    """The parts of a dataset that its makers keep apart."""

    TRAIN = "train"
    TEST = "test"


@dataclass(frozen=True)
class DatasetCard:
    """What a dataset is.

    Attributes:
        name: The name of its folder, which is what a command line calls it.
        title: What a person reads.
        classes: In the order of the network's outputs.
        input: What a network trained on it expects of an image, unless its recipe says otherwise.
        target_per_class: How many images of each class to aim at.
        storage: How the images lie on disk.
        description: What the images show.
        source: Who made them.
        source_url: Where the original lies.
        licence: What may be done with them.
        how_to_get: How to bring the images in.

    Raises:
        DatasetError: There is no name or title, a class stands twice or cannot be a folder, or the
            target is below one.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    input: InputSpec = DEFAULT_INPUT
    target_per_class: int = DEFAULT_TARGET
    storage: Storage = Storage.FOLDERS
    description: str = ""
    source: str = ""
    source_url: str = ""
    licence: str = ""
    how_to_get: str = ""

    def __post_init__(self) -> None:
        if not self.name or not self.title:
            raise DatasetError("A dataset needs a name and a title.")
        twice = next((name for name in self.classes if self.classes.count(name) > 1), None)
        if twice is not None:
            raise DatasetError(f"Each class stands once on a card. Received twice: {twice}.")
        wrong = next((name for name in self.classes if not is_folder_name(name)), None)
        if wrong is not None and self.storage is Storage.FOLDERS:
            raise DatasetError(f"This cannot be the name of a class: {wrong!r}.")
        if self.target_per_class < 1:
            raise DatasetError(
                f"The target per class must be at least 1. Received: {self.target_per_class}."
            )

    def with_classes(self, classes: tuple[str, ...]) -> DatasetCard:
        """The same card with other classes."""
        return replace(self, classes=classes)


def has_card(folder: Path) -> bool:
    """Whether a folder has a card."""
    return (folder / CARD_NAME).is_file()


def read_card(folder: Path) -> DatasetCard:
    """Read the card in a folder. The card takes its name from the folder.

    Raises:
        DatasetError: There is no card, or it is not understood.
    """
    path = folder / CARD_NAME
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        return _card_from(folder.name, values)
    except FileNotFoundError as error:
        raise DatasetError(f"There is no card ({CARD_NAME}) in {folder}.") from error
    except OSError as error:
        raise DatasetError(f"The card {path} cannot be read ({error.strerror}).") from error
    except (ValueError, TypeError, DatasetError, UsageError) as error:
        raise DatasetError(f"The card {path} is not understood: {error}") from error


def write_card(folder: Path, card: DatasetCard) -> None:
    """Write a card into its dataset's folder, which is made if need be.

    Raises:
        DatasetError: The folder cannot be written to.
    """
    values: dict[str, Any] = {key: getattr(card, key) for key in _TEXTS if getattr(card, key)}
    values["classes"] = list(card.classes)
    values["target_per_class"] = card.target_per_class
    values["storage"] = str(card.storage)
    values["input"] = card.input.to_dict()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(
            folder / CARD_NAME, tomli_w.dumps(values, multiline_strings=True).encode("utf-8")
        )
    except OSError as error:
        raise DatasetError(
            f"The card of {card.title} cannot be saved in {folder} ({error.strerror or error})."
        ) from error


def card_for_plain_folder(folder: Path) -> DatasetCard:
    """The card that a folder of class folders gets when it has none."""
    title = folder.name.replace("_", " ").replace("-", " ").strip().capitalize()
    return DatasetCard(folder.name, title or folder.name, tuple(class_folder_names(folder)))


def _card_from(name: str, values: Mapping[str, Any]) -> DatasetCard:
    for key in _TEXTS:
        if not isinstance(values.get(key, ""), str):
            raise DatasetError(f"{key} must be a text. Received: {values[key]}.")
    classes = values.get("classes", [])
    if not isinstance(classes, list) or not all(isinstance(entry, str) for entry in classes):
        raise DatasetError(f"classes must be a list of names. Received: {classes}.")
    texts = {key: values[key].strip() for key in _TEXTS if key in values}
    return DatasetCard(
        name=name,
        classes=tuple(classes),
        input=InputSpec.from_dict(values["input"]) if "input" in values else DEFAULT_INPUT,
        target_per_class=int(values.get("target_per_class", DEFAULT_TARGET)),
        storage=Storage(values.get("storage", Storage.FOLDERS)),
        **{"title": name, **texts},
    )
