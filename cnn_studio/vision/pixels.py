"""What pixels of other kinds become: 8 bits, and white where nothing was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

ImageArray = NDArray[np.uint8]


_BLOCK_PIXELS = 1 << 18  # so many at once: floats of all of a large photo would fill the memory


def row_blocks(pixels: NDArray[Any]) -> Iterator[slice]:
    """The rows of pixels (height, width, ...), some at a time, from top to bottom."""
    height, width = pixels.shape[:2]
    rows = max(1, _BLOCK_PIXELS // max(width, 1))
    for first in range(0, height, rows):
        yield slice(first, min(first + rows, height))


def upright(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Turn pixels (height, width, ...) as their Exif orientation says, 1 to 8."""
    if orientation >= 5:
        pixels = np.swapaxes(pixels, 0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = np.flip(pixels, 0)
    if orientation in (2, 3, 6, 7):
        pixels = np.flip(pixels, 1)
    return pixels


def on_white(image_rgba: NDArray[np.generic], full: float | None = None) -> ImageArray:
    """Lay an image with alpha on white.

    Args:
        image_rgba: Pixels (height, width, 4), RGBA; uint8, uint16, or float from 0 to 1.
        full: The largest value; None for that of the type.

    Returns:
        Pixels (height, width, 3), uint8, RGB.
    """
    if full is None:
        full = {"uint8": 255.0, "uint16": 65535.0}.get(image_rgba.dtype.name, 1.0)
    image = np.empty((*image_rgba.shape[:2], 3), np.uint8)
    for rows in row_blocks(image_rgba):
        scaled = image_rgba[rows].astype(np.float32) / full
        colour, alpha = scaled[..., :3], scaled[..., 3:]
        image[rows] = from_unit(colour * alpha + (1.0 - alpha))
    return image


def from_unit(image: NDArray[np.float32]) -> ImageArray:
    """Make 8 bits of values from 0 to 1, (height, width, channels)."""
    return np.ascontiguousarray(np.clip(image * 255.0 + 0.5, 0, 255).astype(np.uint8))
