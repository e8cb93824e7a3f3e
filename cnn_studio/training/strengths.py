"""How strongly training images are varied at random, kind by kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any, ClassVar

from cnn_studio.data.cards import Orientation
from cnn_studio.errors import UsageError


class Flip(StrEnum):
    """Which mirrored images are as good as those that were taken."""

    OFF = "off"
    SIDEWAYS = "sideways"
    BOTH = "both"


class Turns(StrEnum):
    """Which quarter turns are as good as the image that was taken; exact, pixel for pixel."""

    OFF = "off"
    QUARTER = "quarter"
    ALL = "all"


@dataclass(frozen=True)
class Augmentation:
    """How strongly training images are varied, differently in every epoch; 0 leaves a kind out.

    Attributes:
        flip: Mirrored every other time: SIDEWAYS, or upside down as well.
        turns: Turned by 0, 90, 180 or 270 degrees (QUARTER), or mirrored as well: ALL eight ways
            in which a square lies on itself, for what is seen from above.
        shift: Moved by up to this share of the side, 0 to 0.5.
        rotate: Turned by up to this share of a full turn, 0 to 0.5.
        zoom: Made larger or smaller by up to this share, 0 to 0.5.
        brightness: Made lighter or darker by up to this share of white, 0 to 1.
        contrast: Contrast raised or lowered by up to this share, 0 to 1.
        erase: A patch of up to this share of the image is painted over every other time, 0 to 0.5.

    Raises:
        UsageError: A strength is outside what is said above.
    """

    OFF: ClassVar[Augmentation]
    SYMMETRIES: ClassVar[Augmentation]
    LIGHT: ClassVar[Augmentation]
    STRONG: ClassVar[Augmentation]

    flip: Flip = Flip.OFF
    turns: Turns = Turns.OFF
    shift: float = 0.0
    rotate: float = 0.0
    zoom: float = 0.0
    brightness: float = 0.0
    contrast: float = 0.0
    erase: float = 0.0

    def __post_init__(self) -> None:
        for kind, most in LARGEST.items():
            value = getattr(self, kind)
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if not is_number or not 0 <= value <= most:
                raise UsageError(f"The augmentation's {kind} must be 0 to {most}, not {value!r}.")
        if self.turns is Turns.ALL:  # mirrored already, so that equal effects compare equal
            object.__setattr__(self, "flip", Flip.OFF)

    def name_for(self, orientation: Orientation) -> str | None:
        """The name that means this for a dataset of an orientation; see `suited`."""
        names = (name for name in NAMED if Augmentation.suited(name, orientation) == self)
        return next(names, None)

    def to_plain(self) -> str | dict[str, Any]:
        """The kinds that are not off, or "off", for JSON and TOML.

        No name, for what is written down stays what it was when a name comes to mean another thing.
        """
        return "off" if self == Augmentation.OFF else self._kinds()

    def to_preset(self, orientation: Orientation) -> str | dict[str, Any]:
        """As a recipe file says it that was made for a dataset of an orientation.

        A name in it follows the card of the dataset that it is used on later.
        """
        return self.name_for(orientation) or self._kinds()

    @classmethod
    def suited(cls, value: object, orientation: Orientation) -> Augmentation:
        """What a recipe's augmentation means for a dataset of an orientation.

        A bare name follows the dataset: where its images have no up, all eight turns and mirrors
        belong to it. Everything else is taken as it stands.

        Raises:
            UsageError: As in `from_plain`.
        """
        named = NAMED.get(value.strip()) if isinstance(value, str) else None
        if named is None:
            return cls.from_plain(value)
        has_up = orientation is Orientation.UP or named == Augmentation.OFF
        return named if has_up else replace(named, turns=Turns.ALL)

    @classmethod
    def recorded(cls, value: object) -> Augmentation:
        """Read back what a run has written down; a name there is one of before.

        Raises:
            UsageError: As in `from_plain`.
        """
        former = FORMER.get(value) if isinstance(value, str) else None
        return cls.from_plain(value) if former is None else former

    @classmethod
    def from_plain(cls, value: object) -> Augmentation:
        """Read kinds, as `to_plain` gives them or in a text such as "flip=both,rotate=0.1".

        A text may begin with a name: "light,turns=all". Without a dataset's card a name stands
        for images that have an up.

        Raises:
            UsageError: A kind is unknown, or a strength cannot be used.
        """
        if isinstance(value, Augmentation):
            return value
        if isinstance(value, str):
            name, _, rest = value.partition(",")
            named = NAMED.get(name.strip())
            if named is None:
                return cls.from_plain(_pairs(value))
            return cls.from_plain({**asdict(named), **_pairs(rest)}) if rest else named
        if not isinstance(value, Mapping):
            raise _not_understood(value)
        known = {field.name for field in fields(cls)}
        unknown = sorted(str(key) for key in value if key not in known)
        if unknown:
            raise UsageError(
                f"The augmentation is not understood: there is no {', '.join(unknown)}. "
                f"Expected some of {', '.join(sorted(known))}."
            )
        chosen = {kind: _chosen(kind, value.get(kind, "off")) for kind in CHOICES}
        return cls(**{**value, **chosen})

    def _kinds(self) -> dict[str, Any]:
        """The kinds that are not off."""
        usual = asdict(Augmentation.OFF)
        return {
            key: str(value) if key in CHOICES else value
            for key, value in asdict(self).items()
            if value != usual[key]
        }


CHOICES: dict[str, type[Flip] | type[Turns]] = {"flip": Flip, "turns": Turns}
"""The kinds that have no strength, and what each can be."""
LARGEST = {
    "shift": 0.5,
    "rotate": 0.5,
    "zoom": 0.5,
    "brightness": 1.0,
    "contrast": 1.0,
    "erase": 0.5,
}
"""The kinds that have a strength, and the largest one."""

# Class attributes, so that they read like the members of an enum.
Augmentation.OFF = Augmentation()
Augmentation.SYMMETRIES = Augmentation(Flip.SIDEWAYS)
# Measured in docs/decisions/0024-symmetries.md.
Augmentation.LIGHT = Augmentation(Flip.SIDEWAYS, shift=0.04)
Augmentation.STRONG = Augmentation(Flip.SIDEWAYS, shift=0.06, zoom=0.1)
NAMED = {
    "off": Augmentation.OFF,
    "symmetries": Augmentation.SYMMETRIES,
    "light": Augmentation.LIGHT,
    "strong": Augmentation.STRONG,
}
"""The names, which follow a dataset's card, and what each means where images have an up."""
FORMER = {
    "light": Augmentation(Flip.SIDEWAYS, shift=0.06, zoom=0.1),
    "strong": Augmentation(
        Flip.SIDEWAYS, shift=0.12, rotate=0.05, zoom=0.2, brightness=0.2, contrast=0.25
    ),
}
"""What the names meant as long as runs wrote them down; never to be changed."""


def _pairs(text: str) -> dict[str, Any]:
    """The strengths in a text such as "flip=both,rotate=0.1"."""
    values: dict[str, Any] = {}
    for part in text.split(","):
        kind, equals, strength = part.partition("=")
        if not equals:
            raise _not_understood(text)
        kind, strength = kind.strip(), strength.strip()
        try:
            values[kind] = strength if kind in CHOICES else float(strength)
        except ValueError as error:
            raise _not_understood(text) from error
    return values


def _chosen(kind: str, value: Any) -> Flip | Turns:
    try:
        return CHOICES[kind](value)
    except ValueError as error:
        *most, last = (str(choice) for choice in CHOICES[kind])
        raise UsageError(
            f"The augmentation's {kind} must be {', '.join(most)} or {last}, not {value!r}."
        ) from error


def _not_understood(value: object) -> UsageError:
    return UsageError(
        f"The augmentation can be 'off', 'light', 'strong', 'symmetries', or strengths such as "
        f"flip=sideways,shift=0.1 or turns=all. This is not understood: {value!r}."
    )
