"""What OpenCV's captures give: past damaged frames, in RGB, and of a sensible size."""

from __future__ import annotations

import time

import numpy as np

from cnn_studio.vision.images import ImageArray, shrink_to_fit
from cnn_studio.vision.opencv import cv2

LONGEST_SIDE = 1920
"""Frames of more pixels are shrunk: a 4K video would only cost time, networks see 512 at most."""

_DAMAGED_IN_A_ROW = 8  # a bad cable or network spoils some frames; each is one failed read


def next_image(capture: cv2.VideoCapture, patience_s: float) -> cv2.typing.MatLike | None:
    """Read on, past frames that are damaged.

    Args:
        capture: An open capture.
        patience_s: A failure after so long is no damaged frame but silence: it is not tried again.

    Returns:
        Pixels as OpenCV gives them, or None if there are no more: at the end of a file at once,
        from an unplugged device within milliseconds, from a silent one after its time limit.
    """
    for _attempt in range(_DAMAGED_IN_A_ROW):
        began_s = time.monotonic()
        try:
            done, image = capture.read()
        except cv2.error:  # some damage is found only when the colours are converted
            done, image = False, None
        if done and image is not None:
            return image
        if time.monotonic() - began_s >= patience_s:
            break
    return None


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
