"""Dataset cards: what a dataset is, in a small TOML file that a person can read and edit."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from cnn_studio.data.class_names import is_folder_name
from cnn_studio.data.listing import class_folder_names
from cnn_studio.errors import DatasetError
from cnn_studio.untrusted_files import (
    read_bytes,
    read_toml,
    toml_in,
    understanding,
)
from cnn_studio.untrusted_text import name_in_text, unicode_text
from cnn_studio.vision.pixel_ranges import PixelReading, readings_from, values_of
from cnn_studio.vision.preparation import Fit, InputSpec
from cnn_studio.whole_files import write_atomically

CARD_NAME = "card.toml"
DEFAULT_INPUT = InputSpec(64, 3, Fit.CROP)
DEFAULT_TARGET = 500
MAX_TARGET = 1_000_000
USUAL_STEPS = (10, 40, 200)
"""On the way to the target: enough to try, to use, and to rely on."""

MAX_STEPS = 8
MAX_CLASSES = 25_000
"""No collection of images has more: ImageNet's largest has 21,841."""

MAX_CARD_BYTES = 8 << 20
"""So many classes with long names and a colour each have 4 MB."""

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_TEXTS = ("title", "description", "source", "source_url", "licence", "how_to_get")
_LONGEST_SHOWN = 60
_OPTIONS = (
    "classes",
    "target_per_class",
    "target_steps",
    "storage",
    "orientation",
    "disabled",
    "background",
)
_WRITTEN = (*_TEXTS, *_OPTIONS, "input", "colours", "pixels")


class Storage(StrEnum):
    """How the images lie on disk: in class folders, or packed in four IDX files."""

    FOLDERS = "folders"
    IDX = "idx"


class Orientation(StrEnum):
    """Whether images have an up: those that were taken from above show the same any way round."""

    UP = "up"
    ANY = "any"


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
        target_per_class: How many images of each class to aim at in the end.
        target_steps: How many to aim at before that, see `targets`; no more than that counts.
        storage: How the images lie on disk.
        description: What the images show.
        source: Who made them.
        source_url: Where the original lies.
        licence: What may be done with them.
        how_to_get: How to bring the images in.
        disabled: The classes that a training leaves out.
        colours: The colours that a person chose for classes, as "#RRGGBB".
        background: The class of pictures that show none of the others; empty if there is none.
        orientation: Whether the images have an up.
        pixels: How files of more than 8 bits or three bands were read that were brought in, by
            their family; see `vision.pixel_ranges`.

    Raises:
        DatasetError: There is no name or title, there are too many classes, one stands twice or
            cannot be a folder, a colour is none, or a target is no number of images.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    input: InputSpec = DEFAULT_INPUT
    target_per_class: int = DEFAULT_TARGET
    target_steps: tuple[int, ...] = USUAL_STEPS
    storage: Storage = Storage.FOLDERS
    description: str = ""
    source: str = ""
    source_url: str = ""
    licence: str = ""
    how_to_get: str = ""
    disabled: tuple[str, ...] = ()
    colours: Mapping[str, str] = field(default_factory=dict)
    background: str = ""
    orientation: Orientation = Orientation.UP
    pixels: Mapping[str, PixelReading] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.name or not self.title:
            raise DatasetError("A dataset needs a name and a title.")
        count = max(len(self.classes), len(self.disabled), len(self.colours))
        if count > MAX_CLASSES:
            raise DatasetError(f"A dataset has up to {MAX_CLASSES:,} classes, not {count:,}.")
        twice = next((name for name, count in Counter(self.classes).items() if count > 1), None)
        if twice is not None:
            raise DatasetError(f"A card names each class once, and {twice[:_LONGEST_SHOWN]} twice.")
        wrong = next((name for name in self.classes if not is_folder_name(name)), None)
        if wrong is not None and self.storage is Storage.FOLDERS:
            raise DatasetError(f"This cannot be the name of a class: {_shown(wrong)}.")
        if not 1 <= self.target_per_class <= MAX_TARGET:
            raise DatasetError(
                f"The target per class must be a number from 1 to {MAX_TARGET:,}, "
                f"not {_shown(self.target_per_class)}."
            )
        if len(self.target_steps) > MAX_STEPS or not all(
            1 <= step <= MAX_TARGET for step in self.target_steps
        ):
            raise DatasetError(
                f"The target steps must be up to {MAX_STEPS} numbers from 1 to {MAX_TARGET:,}, "
                f"not {_shown(list(self.target_steps))}."
            )
        colour = next((c for c in self.colours.values() if not _COLOUR.fullmatch(c)), None)
        if colour is not None:
            raise DatasetError(f"A class's colour is written as #RRGGBB, not {colour}.")

    @property
    def targets(self) -> tuple[int, ...]:
        """How many images of each class to aim at, one step after the other; the last is the goal.

        A card from before there were steps has the usual ones on the way to its target.
        """
        steps = {step for step in self.target_steps if step < self.target_per_class}
        return (*sorted(steps), self.target_per_class)

    def with_targets(self, targets: Sequence[int]) -> DatasetCard:
        """The same card with these steps, of which the last is the goal.

        Raises:
            DatasetError: There are none or too many, or one is no number of images.
        """
        if not targets:
            raise DatasetError("At least one target is needed, such as: 40.")
        ordered = sorted(set(targets))
        return replace(self, target_per_class=ordered[-1], target_steps=tuple(ordered[:-1]))

    def with_classes(self, classes: Iterable[str]) -> DatasetCard:
        """The same card with these classes; what was said of others is forgotten."""
        kept = tuple(classes)
        names = frozenset(kept)
        return replace(
            self,
            classes=kept,
            disabled=tuple(name for name in self.disabled if name in names),
            colours={name: colour for name, colour in self.colours.items() if name in names},
            background=self.background if self.background in kept else "",
        )

    def with_renamed(self, old: str, new: str) -> DatasetCard:
        """The same card with a class called otherwise."""
        return self.with_all_renamed({old: new})

    def with_all_renamed(self, names: Mapping[str, str]) -> DatasetCard:
        """The same card with classes called otherwise, each as `names` says."""
        return replace(
            self,
            classes=tuple(names.get(name, name) for name in self.classes),
            disabled=tuple(names.get(name, name) for name in self.disabled),
            colours={names.get(name, name): colour for name, colour in self.colours.items()},
            background=names.get(self.background, self.background),
        )

    def to_dict(self) -> dict[str, Any]:
        """What stands in the file; its name is the folder's."""
        values: dict[str, Any] = {
            key: unicode_text(getattr(self, key)) for key in _TEXTS if getattr(self, key)
        }
        values["classes"] = list(map(unicode_text, self.classes))
        values["target_per_class"] = self.target_per_class
        if self.target_steps != USUAL_STEPS:
            values["target_steps"] = list(self.target_steps)
        values["storage"] = str(self.storage)
        if self.orientation is not Orientation.UP:
            values["orientation"] = str(self.orientation)
        if self.disabled:
            values["disabled"] = list(map(unicode_text, self.disabled))
        if self.background:
            values["background"] = unicode_text(self.background)
        values["input"] = self.input.to_dict()
        if self.colours:
            values["colours"] = {unicode_text(name): own for name, own in self.colours.items()}
        if self.pixels:
            values["pixels"] = values_of(self.pixels)
        return values

    @classmethod
    def from_dict(cls, name: str, values: Mapping[str, Any]) -> DatasetCard:
        """The card that a file says.

        Raises:
            DatasetError: A value is not what it should be.
        """
        with understanding(f"The card of {name}", DatasetError):
            return _card_from(name, values)


def next_step(targets: Sequence[int], count: int) -> int:
    """The target that a class with so many images aims at; the last one if it has that, too.

    Args:
        targets: In ascending order; 0 is returned if there are none.
        count: How many images the class has.
    """
    return next((target for target in targets if target > count), targets[-1] if targets else 0)


def has_card(folder: Path) -> bool:
    """Whether a folder has a card, be it one that cannot be read: that is never written over."""
    return os.path.lexists(folder / CARD_NAME)


def read_card(folder: Path) -> DatasetCard:
    """Read the card in a folder. The card takes its name from the folder.

    Raises:
        DatasetError: There is no card, or it is not understood.
    """
    path = folder / CARD_NAME
    values = read_toml(path, MAX_CARD_BYTES, DatasetError, name=path)
    if not values:  # as a crash or a full disk leaves it
        raise DatasetError(f"{path} is empty.")
    with understanding(path, DatasetError):
        return _card_from(folder.name, values)


def write_card(folder: Path, card: DatasetCard) -> None:
    """Write a card into its dataset's folder, which is made if need be.

    What a person wrote beside the studio's own lines, such as comments, stays.

    Raises:
        DatasetError: The folder cannot be written to.
    """
    path, is_new = folder / CARD_NAME, not folder.exists()
    try:
        text = card_text(card, folder).encode("utf-8")
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, text)
    except UnicodeEncodeError as error:
        raise DatasetError(
            f"The card of {card.title} cannot be saved: a card is UTF-8, and the name of a folder "
            "in it is not. Call the folder otherwise."
        ) from error
    except OSError as error:
        if is_new:  # nobody wants an empty one
            with suppress(OSError):
                folder.rmdir()
        raise DatasetError(
            f"The card of {card.title} cannot be saved in {folder} ({error.strerror or error})."
        ) from error


def card_text(card: DatasetCard, folder: Path | None = None) -> str:
    """A card as it is written; what a person wrote on the one in `folder`, if any, stays."""
    document = tomlkit.document()
    if folder is not None:
        with suppress(DatasetError, TOMLKitError):  # none yet, or one that nobody understands
            text = read_bytes(folder / CARD_NAME, MAX_CARD_BYTES, DatasetError)
            toml_in(text, CARD_NAME, DatasetError)  # the other parser knows no limits
            document = tomlkit.parse(text.decode("utf-8-sig"))
    values = card.to_dict()
    for key in _WRITTEN:
        if key not in values:
            document.pop(key, None)
        elif document.get(key) != values[key]:
            document[key] = _item(values[key])
    return tomlkit.dumps(document)


def card_for_plain_folder(folder: Path) -> DatasetCard:
    """The card that a folder of class folders gets when it has none."""
    name = unicode_text(folder.name)
    title = name.replace("_", " ").replace("-", " ").strip().capitalize()
    classes = tuple(class_folder_names(folder)[:MAX_CLASSES])
    return DatasetCard(folder.name, title or name, classes)


def _item(value: Any) -> Any:
    if isinstance(value, str):
        return tomlkit.string(value, multiline="\n" in value)
    if isinstance(value, list):
        # TOML Kit takes n * n steps to make a list of n values out of one, and n to read it.
        return tomlkit.value(f"[{', '.join(tomlkit.item(each).as_string() for each in value)}]")
    return value


def _card_from(name: str, values: Mapping[str, Any]) -> DatasetCard:
    for key in _TEXTS:
        if not isinstance(values.get(key, ""), str):
            raise DatasetError(f"{key} must be a text, not {_shown(values[key])}.")
    for key in ("classes", "disabled"):
        names = values.get(key, [])
        if not isinstance(names, list) or not all(isinstance(entry, str) for entry in names):
            raise DatasetError(f"{key} must be a list of names, not {_shown(names)}.")
    colours = values.get("colours", {})
    if not isinstance(colours, dict) or not all(isinstance(c, str) for c in colours.values()):
        raise DatasetError(f"colours must be a table of texts, not {_shown(colours)}.")
    target = values.get("target_per_class", DEFAULT_TARGET)
    if isinstance(target, float) and target.is_integer():
        target = int(target)
    if not _is_whole(target):
        raise DatasetError(f"target_per_class must be a whole number, not {_shown(target)}.")
    steps = values.get("target_steps", list(USUAL_STEPS))
    if not isinstance(steps, list) or not all(map(_is_whole, steps)):
        raise DatasetError(f"target_steps must be a list of whole numbers, not {_shown(steps)}.")
    texts = {key: values[key].strip() for key in _TEXTS if key in values}
    return DatasetCard(
        name=name,
        classes=tuple(map(name_in_text, values.get("classes", []))),
        input=InputSpec.from_dict(values["input"]) if "input" in values else DEFAULT_INPUT,
        target_per_class=target,
        target_steps=tuple(steps),
        storage=Storage(values.get("storage", Storage.FOLDERS)),
        disabled=tuple(map(name_in_text, values.get("disabled", []))),
        colours={name_in_text(class_name): own for class_name, own in colours.items()},
        background=name_in_text(str(values.get("background", ""))),
        orientation=_orientation_from(values.get("orientation", Orientation.UP)),
        pixels=readings_from(values.get("pixels")),
        **{"title": name, **texts},
    )


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _orientation_from(value: Any) -> Orientation:
    try:
        return Orientation(value)
    except ValueError as error:
        raise DatasetError(f"orientation must be up or any, not {_shown(value)}.") from error


def _shown(value: object) -> str:
    text = f"{value}" if not isinstance(value, str) else repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
