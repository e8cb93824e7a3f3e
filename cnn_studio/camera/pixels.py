"""From the pixels that OpenCV's captures give to the program's own: RGB, of a sensible size."""

from __future__ import annotations

import numpy as np

from cnn_studio.vision.images import ImageArray, shrink_to_fit
from cnn_studio.vision.opencv import cv2

LONGEST_SIDE = 1920
"""Frames of more pixels are shrunk: a 4K video would only cost time, networks see 512 at most."""


def to_rgb(image_bgr: cv2.typing.MatLike) -> ImageArray:
    """RGB of a captured image.

    Args:
        image_bgr: Pixels (height, width, 3) BGR or (height, width) grey, uint8.

    Returns:
        Pixels (height, width, 3), uint8, RGB, in an array of its own.
    """
    image = shrink_to_fit(np.asarray(image_bgr, np.uint8), LONGEST_SIDE)
    grey = image.ndim == 2 or image.shape[2] == 1
    conversion = cv2.COLOR_GRAY2RGB if grey else cv2.COLOR_BGR2RGB
    return np.asarray(cv2.cvtColor(image, conversion), np.uint8)
