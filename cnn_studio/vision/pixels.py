"""What pixels of other kinds become: 8 bits, and white where nothing was."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ImageArray = NDArray[np.uint8]


def on_white(image_rgba: NDArray[np.generic]) -> ImageArray:
    """Lay an image with alpha on white.

    Args:
        image_rgba: Pixels (height, width, 4), RGBA; uint8, uint16, or float from 0 to 1.

    Returns:
        Pixels (height, width, 3), uint8, RGB.
    """
    full = {"uint8": 255.0, "uint16": 65535.0}.get(image_rgba.dtype.name, 1.0)
    scaled = image_rgba.astype(np.float32) / full
    colour, alpha = scaled[..., :3], scaled[..., 3:]
    return _from_unit(colour * alpha + (1.0 - alpha))


def from_float(image_rgb: NDArray[np.generic]) -> ImageArray:
    """Make of floats from 0 to 1, (height, width) or (height, width, 3), uint8 RGB."""
    unit = np.nan_to_num(image_rgb.astype(np.float32))
    if unit.ndim == 2:
        unit = np.repeat(unit[..., None], 3, axis=2)
    return _from_unit(unit[..., :3])


def _from_unit(image: NDArray[np.float32]) -> ImageArray:
    return np.ascontiguousarray(np.clip(image * 255.0 + 0.5, 0, 255).astype(np.uint8))
