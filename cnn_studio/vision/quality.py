"""How good a picture is to learn from: sharp, lit, and not the same as the last one.

Everything is judged where there is structure, never by the share of a picture: an object on white
paper is not burnt out, one on black cloth is not too dark, and a plain one on plain ground is not
blurred. The limits were chosen on 1,300 photos of objects, 1,600 satellite photos and 100 webcam
frames, with these made brighter and darker in linear light, blurred, and set on white and on black;
tests/benchmarks/quality.py measures them again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cnn_studio.vision.images import ImageArray, shrink_to_fit
from cnn_studio.vision.opencv import cv2

_SIDE_PX = 256
_LOOK_SIDE_PX = 32
_STRUCTURE_STEP = 10  # from a pixel to its neighbours; noise mostly stays below
_FILL_PX = 21  # what lies between two edges this close belongs to the structure
_LEAST_STRUCTURE = 0.004
_AT_THE_LIMIT, _LIGHT = 252, 200
_EDGE_PX, _STEEP_PX = 9, 3
_LEAST_EDGE = 16
_LEAST_SHARPNESS = 0.2
_LEAST_CONTRAST = 24.0  # below it there is nothing that could be sharp
_LEAST_HIGHLIGHT, _MOST_BRIGHTNESS, _MOST_CLIPPED = 76.0, 230.0, 0.66
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
        sharpness: How much of its edges lies within three pixels: 0.4 to 1 for sharp photos, 0.2
            after a Gaussian blur of 1.5 pixels, 0.1 after one of 2; 0 without an edge.
        contrast: From the darkest to the brightest level but for one pixel in a hundred, of the
            channel where they lie farthest apart, 0 to 255.
        brightness: Mean grey level, 0 to 255.
        structure: The share of the picture that shows structure, 0 to 1.
        highlight: The level that one pixel in a hundred of the structure is brighter than, 0 to
            255; of the whole picture where there is no structure.
        clipped: The share of the structure in which light pixels are at the limit of a colour.
    """

    sharpness: float
    contrast: float
    brightness: float
    structure: float
    highlight: float
    clipped: float

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """What is wrong with it. Without light nothing can be said of its sharpness."""
        if self.highlight < _LEAST_HIGHLIGHT:
            return (Flaw.DARK,)
        is_blank = self.structure < _LEAST_STRUCTURE
        if self.brightness > _MOST_BRIGHTNESS if is_blank else self.clipped > _MOST_CLIPPED:
            return (Flaw.BRIGHT,)
        blurred = self.sharpness < _LEAST_SHARPNESS and self.contrast > _LEAST_CONTRAST
        return (Flaw.BLURRED,) if blurred else ()


def measure_quality(image: ImageArray) -> ImageQuality:
    """Measure a picture.

    Args:
        image: Pixels (height, width, 3) RGB or (height, width) grey; uint8.
    """
    small = shrink_to_fit(image, _SIDE_PX)
    grey, steps = _grey(small), _spread(small, _STEEP_PX)
    structure = _filled(steps > _STRUCTURE_STEP)
    share = float(structure.mean())
    strongest = small if small.ndim == 2 else _most(small)
    clipped = (strongest >= _AT_THE_LIMIT) & (grey > _LIGHT)
    shown = grey[structure] if share >= _LEAST_STRUCTURE else grey
    return ImageQuality(
        sharpness=_sharpness(small, steps),
        contrast=_contrast(small),
        brightness=float(grey.mean()),
        structure=share,
        highlight=float(_levels(shown, 0.99)[0]),
        clipped=float((clipped & structure).mean()) / share if share else 0.0,
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


def _contrast(image: ImageArray) -> float:
    channels = (image,) if image.ndim == 2 else cv2.split(image)
    some = (np.asarray(channel, np.uint8)[::2, ::2] for channel in channels)
    ends = (_levels(levels, 0.01, 0.99) for levels in some)
    return float(max(brightest - darkest for darkest, brightest in ends))


def _sharpness(image: ImageArray, steps: ImageArray) -> float:
    """How steep edges are: 1 if the steepest step nearby is all of each, 0 if they are ramps."""
    edges = _spread(image, _EDGE_PX).astype(np.float32)
    edges[edges < _LEAST_EDGE] = 0
    energy = float(np.vdot(edges, edges))
    if not energy:
        return 0.0
    reach = np.ones((_EDGE_PX - _STEEP_PX + 1,) * 2, np.uint8)
    steepest = np.asarray(cv2.dilate(steps, reach), np.float32)
    of_a_ramp = _STEEP_PX / _EDGE_PX
    steepness = (float(np.vdot(steepest, edges)) / energy - of_a_ramp) / (1 - of_a_ramp)
    return max(0.0, steepness) ** 2


def _spread(image: ImageArray, side_px: int) -> ImageArray:
    """How far levels lie apart in the square around each pixel, (height, width), uint8.

    In colour it is the channel that differs most: red on an equally bright green shows an edge.
    """
    square = np.ones((side_px, side_px), np.uint8)
    spread = np.asarray(cv2.morphologyEx(image, cv2.MORPH_GRADIENT, square), np.uint8)
    return spread if spread.ndim == 2 else _most(spread)


def _most(image: ImageArray) -> ImageArray:
    """The strongest channel of each pixel, (height, width); several times as fast as NumPy's."""
    red, green, blue = cv2.split(image)
    return np.asarray(cv2.max(cv2.max(red, green), blue), np.uint8)


def _levels(levels: ImageArray, *shares: float) -> NDArray[np.int64]:
    """The levels that these shares of some do not exceed; faster than NumPy's percentiles."""
    counts = np.cumsum(np.bincount(levels.ravel(), minlength=256))
    return np.asarray(np.searchsorted(counts, np.array(shares) * counts[-1]), np.int64)


def _filled(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A mask with what lies between its parts, but not between them and the picture's border."""
    square, border = np.ones((_FILL_PX, _FILL_PX), np.uint8), _FILL_PX
    apart = cv2.copyMakeBorder(
        mask.astype(np.uint8), *(border,) * 4, cv2.BORDER_CONSTANT, value=(0,)
    )
    filled = cv2.morphologyEx(apart, cv2.MORPH_CLOSE, square)
    return np.asarray(filled[border:-border, border:-border], np.bool_)


def _grey(image: ImageArray) -> ImageArray:
    if image.ndim == 2:
        return image
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
