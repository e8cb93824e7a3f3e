"""What pixels of other kinds become: 8 bits, and white where nothing was."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

ImageArray = NDArray[np.uint8]


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
    scaled = image_rgba.astype(np.float32) / full
    colour, alpha = scaled[..., :3], scaled[..., 3:]
    return _from_unit(colour * alpha + (1.0 - alpha))


def _from_unit(image: NDArray[np.float32]) -> ImageArray:
    return np.ascontiguousarray(np.clip(image * 255.0 + 0.5, 0, 255).astype(np.uint8))
