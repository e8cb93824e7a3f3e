"""How strongly training images are varied at random, kind by kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, ClassVar

from cnn_studio.errors import UsageError


class Flip(StrEnum):
    """Which mirrored images are as good as those that were taken."""

    OFF = "off"
    SIDEWAYS = "sideways"
    BOTH = "both"


@dataclass(frozen=True)
class Augmentation:
    """How strongly training images are varied, anew in every epoch; 0 leaves a kind out.

    Attributes:
        flip: Mirrored every other time: SIDEWAYS, or upside down as well (seen from above).
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
    LIGHT: ClassVar[Augmentation]
    STRONG: ClassVar[Augmentation]

    flip: Flip = Flip.OFF
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
                raise UsageError(
                    f"The augmentation's {kind} must be 0 to {most}. Received: {value!r}."
                )

    @property
    def name(self) -> str | None:
        """What a strength that has a name is called: off, light or strong."""
        return next((name for name, known in NAMED.items() if known == self), None)

    def to_plain(self) -> str | dict[str, Any]:
        """Its name, or the strengths that are not 0, for JSON and TOML."""
        if self.name is not None:
            return self.name
        usual = asdict(Augmentation())
        return {
            key: str(value) if key == "flip" else value
            for key, value in asdict(self).items()
            if value != usual[key]
        }

    @classmethod
    def from_plain(cls, value: object) -> Augmentation:
        """Read back what `to_plain` gave, or a text such as "flip=both,rotate=0.1".

        Raises:
            UsageError: A kind is unknown, or a strength cannot be used.
        """
        if isinstance(value, Augmentation):
            return value
        if isinstance(value, str):
            return NAMED.get(value) or cls.from_plain(_pairs(value))
        if not isinstance(value, Mapping):
            raise _not_understood(value)
        known = {field.name for field in fields(cls)}
        unknown = sorted(str(key) for key in value if key not in known)
        if unknown:
            raise UsageError(
                f"The augmentation is not understood: there is no {', '.join(unknown)}. "
                f"Expected some of {', '.join(sorted(known))}."
            )
        try:
            flip = Flip(value.get("flip", Flip.OFF))
        except ValueError as error:
            raise UsageError(
                f"The augmentation's flip must be off, sideways or both. "
                f"Received: {value['flip']!r}."
            ) from error
        return cls(**{**value, "flip": flip})


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
Augmentation.LIGHT = Augmentation(Flip.SIDEWAYS, shift=0.06, zoom=0.1)
Augmentation.STRONG = Augmentation(
    Flip.SIDEWAYS, shift=0.12, rotate=0.05, zoom=0.2, brightness=0.2, contrast=0.25
)
NAMED = {
    "off": Augmentation.OFF,
    "light": Augmentation.LIGHT,
    "strong": Augmentation.STRONG,
}
"""The strengths that have a name."""


def _pairs(text: str) -> dict[str, Any]:
    """The strengths in a text such as "flip=both,rotate=0.1"."""
    values: dict[str, Any] = {}
    for part in text.split(","):
        kind, equals, strength = part.partition("=")
        if not equals:
            raise _not_understood(text)
        kind, strength = kind.strip(), strength.strip()
        try:
            values[kind] = strength if kind == "flip" else float(strength)
        except ValueError as error:
            raise _not_understood(text) from error
    return values


def _not_understood(value: object) -> UsageError:
    return UsageError(
        "The augmentation is not understood. Expected 'off', 'light', 'strong', or strengths such "
        f"as flip=sideways,shift=0.1. Received: {value!r}."
    )
