"""An image varied: mirrored, turned, moved, lit otherwise, or covered in part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_studio.vision.opencv import cv2
from cnn_studio.vision.pixels import ImageArray

_GREY = 127


@dataclass(frozen=True)
class Variation:
    """How.

    Attributes:
        flip: Mirrored sideways, and `flip_down` upside down.
        quarter_turns: Turned by so many times 90 degrees.
        right, down: Moved by these shares of the side.
        degrees: Turned by.
        zoom: How many times as large.
        contrast: How many times as far from the mean, and `brightness` then added, as a share of
            white.
        patch: Painted over: (top, left, height, width) as shares of the side; None covers nothing.
        on_black: Whether what comes into view is black; else the image goes on as in a mirror.
    """

    flip: bool = False
    flip_down: bool = False
    quarter_turns: int = 0
    right: float = 0.0
    down: float = 0.0
    degrees: float = 0.0
    zoom: float = 1.0
    contrast: float = 1.0
    brightness: float = 0.0
    patch: tuple[float, float, float, float] | None = None
    on_black: bool = False

    def of(self, image: ImageArray) -> ImageArray:
        """Vary an image.

        Args:
            image: Pixels (side, side, channels), uint8, RGB or grey.

        Returns:
            Pixels of the same shape, uint8.
        """
        side = image.shape[0]
        varied: ImageArray = np.rot90(image, self.quarter_turns % 4)
        varied = varied[:, ::-1] if self.flip else varied
        varied = varied[::-1] if self.flip_down else varied
        varied = np.ascontiguousarray(varied)
        if self.right or self.down or self.degrees or self.zoom != 1:
            middle = (side - 1) / 2
            matrix = cv2.getRotationMatrix2D((middle, middle), self.degrees, self.zoom)
            matrix[:, 2] += (self.right * side, self.down * side)
            border = cv2.BORDER_CONSTANT if self.on_black else cv2.BORDER_REFLECT_101
            moved = cv2.warpAffine(varied, matrix, (side, side), borderMode=border)
            varied = np.asarray(moved, np.uint8).reshape(image.shape)
        if self.contrast != 1 or self.brightness:
            mean = varied.mean(axis=(0, 1))
            lit = (varied - mean) * self.contrast + mean + 255 * self.brightness
            varied = np.asarray(np.clip(np.rint(lit), 0, 255), np.uint8)
        if self.patch is not None:
            top, left, height, width = (round(share * side) for share in self.patch)
            varied[top : top + height, left : left + width] = 0 if self.on_black else _GREY
        return varied
