"""How good a picture is to learn from: sharp, lit, and not the same as the last one.

The limits were chosen on 1,300 photos of objects, 1,600 satellite photos and 100 webcam frames. Of
the photos as they are, about 1 % have a flaw. Blurred with a Gaussian of 2 pixels (at 256 pixels
width) all object photos and four of five satellite photos are found, darkened to a quarter all of
them. Of photos lit two and a half times only half are: an object on white paper looks the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from cnn_studio.vision.images import ImageArray, shrink_to_fit
from cnn_studio.vision.opencv import cv2

_SIDE_PX = 256
_LOOK_SIDE_PX = 32
_NEAR_WHITE = 247
_LEAST_SHARPNESS = 0.025
_LEAST_BRIGHTNESS, _MOST_BRIGHTNESS = 35.0, 230.0
_LEAST_HIGHLIGHT, _MOST_BRIGHT_SHARE = 72.0, 0.8
_FLAT_VARIANCE = 25.0  # below it there is nothing that could be sharp
_SAME_LEVELS = 5  # noise and flicker stay below; an object that moves by two pixels does not
_SAME_PERCENTILE = 98


class Flaw(StrEnum):
    """What can be wrong with a picture."""

    BLURRED = "blurred"
    DARK = "dark"
    BRIGHT = "bright"


@dataclass(frozen=True)
class ImageQuality:
    """Figures of a picture that was scaled down to at most 256 pixels.

    Attributes:
        sharpness: The variance of its Laplacian as a share of its own variance, so that a plain
            ground does not count as blur; about 0.05 to 3 for sharp photos.
        brightness: Mean grey level, 0 to 255.
        highlight: The level that one pixel in a hundred is brighter than, 0 to 255.
        bright_share: The share of burnt-out pixels, 0 to 1.
    """

    sharpness: float
    brightness: float
    highlight: float
    bright_share: float

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """What is wrong with it. Without light nothing can be said of its sharpness."""
        if self.brightness < _LEAST_BRIGHTNESS or self.highlight < _LEAST_HIGHLIGHT:
            return (Flaw.DARK,)
        if self.brightness > _MOST_BRIGHTNESS or self.bright_share > _MOST_BRIGHT_SHARE:
            return (Flaw.BRIGHT,)
        return (Flaw.BLURRED,) if self.sharpness < _LEAST_SHARPNESS else ()


def measure_quality(image: ImageArray) -> ImageQuality:
    """Measure a picture.

    Args:
        image: Pixels (height, width, 3) RGB or (height, width) grey; uint8.
    """
    grey = shrink_to_fit(_grey(image), _SIDE_PX)
    laplacian = cv2.Laplacian(grey, cv2.CV_32F)
    return ImageQuality(
        sharpness=float(laplacian.var() / (grey.var() + _FLAT_VARIANCE)),
        brightness=float(grey.mean()),
        highlight=float(np.percentile(grey, 99)),
        bright_share=float((grey > _NEAR_WHITE).mean()),
    )


def look(image: ImageArray) -> ImageArray:
    """A small grey copy, to see whether the next frame shows anything new.

    Args:
        image: Pixels (height, width, 3) RGB or (height, width) grey; uint8.

    Returns:
        Pixels (32, 32), uint8.
    """
    size = (_LOOK_SIDE_PX, _LOOK_SIDE_PX)
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return _grey(np.asarray(small, np.uint8))


def nearly_same(one: ImageArray, other: ImageArray) -> bool:
    """Whether two looks differ by no more than a camera's noise and flicker.

    Args:
        one: What `look` gave, (32, 32), uint8.
        other: The same of another frame.
    """
    difference = one.astype(np.int16) - other
    difference = np.abs(difference - np.int16(round(float(difference.mean()))))
    return bool(np.percentile(difference, _SAME_PERCENTILE) <= _SAME_LEVELS)


def _grey(image: ImageArray) -> ImageArray:
    if image.ndim == 2:
        return image
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
