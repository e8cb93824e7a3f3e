"""The one way from a photo to what the network sees.

Training, validation, live prediction, dropped files and exports all call `prepare` with the
InputSpec that the model carries, so that a model never meets an image prepared in another way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from cnn_studio.errors import UsageError
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.opencv import cv2

MIN_SIZE = 16
MAX_SIZE = 512
_LIGHT = 128
_GARMENT_CONTRAST = 24  # grey levels from the ground that count as the object


class Fit(StrEnum):
    """How an image that is not square becomes square."""

    STRETCH = "stretch"
    CROP = "crop"
    LETTERBOX = "letterbox"


class Polarity(StrEnum):
    """Whether light and dark are kept, or turned so that the object is light on a dark ground."""

    AS_IS = "as-is"
    LIGHT_ON_DARK = "light-on-dark"


@dataclass(frozen=True)
class InputSpec:
    """What a network expects of an image.

    Attributes:
        size: Height and width in pixels, 16 to 512.
        channels: 3 for RGB, 1 for grey.
        fit: How an image that is not square becomes square.
        polarity: With LIGHT_ON_DARK an image whose border is light is inverted, and its object is
            framed as tightly as in Fashion-MNIST (Xiao et al. 2017, section 2: trim, scale the
            longest side, pad, negate).

    Raises:
        UsageError: A value is outside what is said above.
    """

    size: int
    channels: int = 3
    fit: Fit = Fit.CROP
    polarity: Polarity = Polarity.AS_IS

    def __post_init__(self) -> None:
        if not MIN_SIZE <= self.size <= MAX_SIZE:
            raise UsageError(
                f"Image size must be {MIN_SIZE} to {MAX_SIZE} pixels, not {self.size}."
            )
        if self.channels not in (1, 3):
            raise UsageError(f"Channels must be 1 (grey) or 3 (RGB), not {self.channels}.")

    @property
    def shape(self) -> tuple[int, int, int]:
        """(height, width, channels)."""
        return (self.size, self.size, self.channels)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON or TOML."""
        return {key: str(v) if isinstance(v, StrEnum) else v for key, v in asdict(self).items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> InputSpec:
        """Read back what `to_dict` gave.

        Raises:
            UsageError: A key is missing or unknown, or a value cannot be used.
        """
        try:
            return cls(
                size=int(values["size"]),
                channels=int(values.get("channels", 3)),
                fit=Fit(values.get("fit", Fit.CROP)),
                polarity=Polarity(values.get("polarity", Polarity.AS_IS)),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise UsageError(f"The image preparation is not understood: {error}.") from error


def prepare(image_rgb: ImageArray, spec: InputSpec) -> ImageArray:
    """Make of any image what the network sees.

    Args:
        image_rgb: Pixels (height, width, 3) RGB, or (height, width) or (height, width, 1) grey;
            uint8.
        spec: What the network expects.

    Returns:
        Pixels (spec.size, spec.size, spec.channels), uint8, RGB or grey. Scaling to 0..1 is a
        layer of the model.
    """
    image = _coloured_as(spec, image_rgb)
    if spec.polarity is Polarity.LIGHT_ON_DARK and _has_light_border(image):
        image = 255 - image
        top, left, height, width = _object_rectangle(image)
        image = image[top : top + height, left : left + width]
    square = _squared(image, spec)
    return np.ascontiguousarray(square.reshape(spec.shape))


def guide_square(height: int, width: int) -> tuple[int, int, int]:
    """The square in the middle that `Fit.CROP` keeps: (top, left, side) in pixels."""
    side = min(height, width)
    return (height - side) // 2, (width - side) // 2, side


def seen_rectangle(image_rgb: ImageArray, spec: InputSpec) -> tuple[int, int, int, int]:
    """Which part of an image `prepare` makes into what the network sees.

    Args:
        image_rgb: As for `prepare`.
        spec: What the network expects.

    Returns:
        (top, left, height, width) in pixels of the image. With `Fit.LETTERBOX` it reaches beyond
        the image, where the network sees black.
    """
    top, left, (height, width) = 0, 0, image_rgb.shape[:2]
    if spec.polarity is Polarity.LIGHT_ON_DARK:
        image = _coloured_as(spec, image_rgb)
        if _has_light_border(image):
            top, left, height, width = _object_rectangle(255 - image)
    if spec.fit is Fit.STRETCH or (height, width) == (spec.size, spec.size):
        return top, left, height, width
    side = min(height, width) if spec.fit is Fit.CROP else max(height, width)
    return top + (height - side) // 2, left + (width - side) // 2, side, side


def _coloured_as(spec: InputSpec, image_rgb: ImageArray) -> ImageArray:
    """The image in grey, (height, width), or in RGB, as the network takes it."""
    image = image_rgb[..., 0] if image_rgb.ndim == 3 and image_rgb.shape[2] == 1 else image_rgb
    if spec.channels == 1 and image.ndim == 3:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
    if spec.channels == 3 and image.ndim == 2:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2RGB), np.uint8)
    return image


def _squared(image: ImageArray, spec: InputSpec) -> ImageArray:
    height, width = image.shape[:2]
    if (height, width) == (spec.size, spec.size):
        return image
    if spec.fit is Fit.CROP:
        top, left, side = guide_square(height, width)
        return _resized(image[top : top + side, left : left + side], spec.size, spec.size)
    if spec.fit is Fit.STRETCH:
        return _resized(image, spec.size, spec.size)
    scale = spec.size / max(height, width)
    inner_height = max(1, round(height * scale))
    inner_width = max(1, round(width * scale))
    inner = _resized(image, inner_height, inner_width)
    top = (spec.size - inner_height) // 2
    left = (spec.size - inner_width) // 2
    return np.asarray(
        cv2.copyMakeBorder(
            inner,
            top,
            spec.size - inner_height - top,
            left,
            spec.size - inner_width - left,
            cv2.BORDER_CONSTANT,
            value=(0, 0, 0),
        ),
        np.uint8,
    )


def _resized(image: ImageArray, height: int, width: int) -> ImageArray:
    shrinks = height * width < image.shape[0] * image.shape[1]
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=interpolation), np.uint8)


def _border(image: ImageArray) -> ImageArray:
    sides = (image[0], image[-1], image[1:-1, 0], image[1:-1, -1])
    return np.concatenate(sides)


def _has_light_border(image: ImageArray) -> bool:
    return bool(np.median(_border(image)) >= _LIGHT)


def _object_rectangle(image: ImageArray) -> tuple[int, int, int, int]:
    """Where the object is, (top, left, height, width); all of it where the ground is uneven."""
    grey = image if image.ndim == 2 else image.max(axis=2)
    ground = np.median(_border(grey))
    mask = np.abs(grey.astype(np.int16) - ground) > _GARMENT_CONTRAST
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if rows.size == 0:
        return 0, 0, *grey.shape
    top, left = int(rows[0]), int(columns[0])
    return top, left, int(rows[-1]) + 1 - top, int(columns[-1]) + 1 - left
