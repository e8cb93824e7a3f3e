"""Pixels as another network takes them: in another range, or as quantised whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError

OUR_RANGE = (0.0, 255.0)
"""What our own networks take: scaling to 0..1 is a layer of theirs."""

_PIXELS = np.arange(256)


@dataclass(frozen=True)
class Quantisation:
    """How LiteRT writes numbers: `(stored - zero_point) * scale`.

    Attributes:
        dtype: float32, uint8 or int8.
        scale: The step between two stored numbers; 0 where numbers are stored as they are.
        zero_point: What is stored for 0.

    Raises:
        ModelError: Another kind of number.
    """

    dtype: np.dtype[Any]
    scale: float = 0.0
    zero_point: int = 0

    def __post_init__(self) -> None:
        if self.dtype not in (np.float32, np.uint8, np.int8):
            raise ModelError(f"It must take and give float32, uint8 or int8, not {self.dtype}.")

    @classmethod
    def of(cls, detail: dict[str, Any]) -> Quantisation:
        """Of an input or output, as LiteRT describes it.

        Raises:
            ModelError: Another kind of number.
        """
        scale, zero_point = detail["quantization"]
        return cls(np.dtype(detail["dtype"]), float(scale), int(zero_point))

    @property
    def is_real(self) -> bool:
        """Whether real numbers stand there."""
        return self.dtype == np.float32

    def real(self, stored: NDArray[Any]) -> NDArray[np.float32]:
        """A copy as real numbers."""
        if self.is_real or not self.scale:
            return np.array(stored, np.float32)
        return (stored.astype(np.float32) - self.zero_point) * np.float32(self.scale)

    def pixel_range(self) -> tuple[float, float]:
        """The range in which the pixels 0..255 are the stored numbers, from the least to the most.

        So are they handed to a quantised network that says nothing of its images.
        """
        least = 0 if self.dtype == np.uint8 else -128
        scale = self.scale or 1.0
        return (least - self.zero_point) * scale, (least + 255 - self.zero_point) * scale


def pixel_table(pixel_range: tuple[float, float], kind: Quantisation) -> NDArray[Any] | None:
    """What is stored for each of the pixel values 0..255; None where that is the pixel itself.

    Args:
        pixel_range: What a black and a white pixel are for the network.
        kind: How its input stores numbers.
    """
    low, high = pixel_range
    real = low + _PIXELS * (high - low) / 255
    if not kind.is_real:
        limits = np.iinfo(kind.dtype)
        stored = np.rint(real / (kind.scale or 1.0)) + kind.zero_point
        real = np.clip(stored, limits.min, limits.max)
    table = real.astype(kind.dtype)
    return None if np.array_equal(table, _PIXELS) else table
