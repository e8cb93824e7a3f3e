"""Pixels as another network takes them: in another range, or as quantised whole numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError, UsageError
from cnn_studio.models.fields import Fields
from cnn_studio.vision.images import ImageArray

_PIXELS = np.arange(256)
_FARTHEST = 100_000
_BGR = "-bgr"
_SAME = 1e-4


@dataclass(frozen=True)
class PixelRange:
    """What a black and a white pixel are for a network.

    Attributes:
        low: For black, one number for all channels, or three: of red, green and blue.
        high: For white, likewise.
        is_bgr: Whether the network takes blue first; `low` and `high` begin with red even so.

    Raises:
        ModelError: The numbers are not one or three, do not rise, or are too far from 0.
    """

    low: tuple[float, ...]
    high: tuple[float, ...]
    is_bgr: bool = False

    def __post_init__(self) -> None:
        pairs = list(zip(self.low, self.high, strict=False))
        is_even = len(self.low) == len(self.high) and len(pairs) in (1, 3)
        if not is_even or not all(-_FARTHEST <= a < b <= _FARTHEST for a, b in pairs):
            raise ModelError(
                "'pixel_range' must be numbers that rise, one pair or one for each of red, green "
                f"and blue, within ±{_FARTHEST:,}, not {self.low} to {self.high}."
            )

    @classmethod
    def of(cls, low: float, high: float) -> PixelRange:
        """The same for all channels."""
        return cls((float(low),), (float(high),))

    @classmethod
    def normalised(
        cls, mean: Sequence[float], spread: Sequence[float], white: float, *, is_bgr: bool = False
    ) -> PixelRange:
        """Of `(pixel - mean) / spread`, where pixels go from 0 to `white`.

        Args:
            mean, spread: One number, or those of red, green and blue.

        Raises:
            ModelError: They are other numbers.
        """
        count = max(len(mean), len(spread))
        means, spreads = (list(part) * (count if len(part) == 1 else 1) for part in (mean, spread))
        if len(means) != len(spreads) or not all(math.isfinite(s) and s > 0 for s in spreads):
            raise ModelError(f"A mean and a spread that do not fit: {means}, {spreads}.")
        low = [-m / s for m, s in zip(means, spreads, strict=True)]
        high = [(white - m) / s for m, s in zip(means, spreads, strict=True)]
        if len(set(low)) == len(set(high)) == 1:
            low, high = low[:1], high[:1]
        return cls(tuple(low), tuple(high), is_bgr)

    @property
    def name(self) -> str:
        """What it is called on the command line; "" for one without a name."""
        plain = replace(self, is_bgr=False)
        for name, known in CHOICES.items():
            if known == self:
                return name
            if plain.is_near(known):
                return f"{name}{_BGR}" if self.is_bgr else name
        return ""

    @property
    def in_words(self) -> str:
        """What a person reads."""
        name = self.name
        known = next((n for n in _WORDS if name in (n, f"{n}{_BGR}")), "")
        if known:
            words = _WORDS[known]
        elif len(self.low) == 1:
            words = f"{self.low[0]:.4g} to {self.high[0]:.4g}"
        else:
            parts = zip(("red", "green", "blue"), self.low, self.high, strict=True)
            words = ", ".join(f"{part} {low:.4g} to {high:.4g}" for part, low, high in parts)
        return f"{words}, blue first" if self.is_bgr and name != "caffe" else words

    def is_near(self, other: PixelRange) -> bool:
        """Whether both are the same but for rounding."""
        ends = [np.broadcast_to(part, 3) for part in (self.low, other.low, self.high, other.high)]
        low, other_low, high, other_high = ends
        near = _SAME * (high - low)
        is_near = (np.abs(low - other_low) <= near) & (np.abs(high - other_high) <= near)
        return bool(is_near.all()) and self.is_bgr == other.is_bgr

    def to_value(self) -> list[float] | dict[str, Any]:
        """Plain values for JSON: a pair, as ever, where that says all."""
        if len(self.low) == 1 and not self.is_bgr:
            return [self.low[0], self.high[0]]
        order = "bgr" if self.is_bgr else "rgb"
        return {"low": list(self.low), "high": list(self.high), "order": order}

    @classmethod
    def from_value(cls, value: object, where: str) -> PixelRange:
        """Read back what `to_value` gave, trusting nothing.

        Raises:
            ModelError: It is something else.
        """
        if not isinstance(value, Mapping):
            return cls.of(
                *Fields({"pixel_range": value}, where).rising_pair("pixel_range", _FARTHEST)
            )
        fields = Fields(value, f"{where}, pixel_range")
        low, high = (
            tuple(Fields({key: n}, where).number(key) for n in fields.items(key))
            for key in ("low", "high")
        )
        order = fields.text("order")
        if order not in ("rgb", "bgr"):
            raise ModelError(
                f"{where}: the order of colours must be rgb or bgr, not {order[:40]!r}."
            )
        try:
            return cls(low, high, order == "bgr")
        except ModelError as error:
            raise ModelError(f"{where}: {error}") from error


OUR_RANGE = PixelRange.of(0.0, 255.0)
"""What our own networks take: scaling to 0..1 is a layer of theirs."""

IMAGENET_MEAN, IMAGENET_SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
CAFFE_MEAN = (123.68, 116.779, 103.939)
CHOICES = {
    "0..1": PixelRange.of(0.0, 1.0),
    "-1..1": PixelRange.of(-1.0, 1.0),
    "0..255": OUR_RANGE,
    "imagenet": PixelRange.normalised(IMAGENET_MEAN, IMAGENET_SPREAD, 1.0),
    "caffe": PixelRange.normalised(CAFFE_MEAN, (1.0,), 255.0, is_bgr=True),
}
"""What networks take by far the most often, by their names on the command line."""

_WORDS = {
    "0..1": "0 to 1",
    "-1..1": "−1 to 1",  # noqa: RUF001 - a minus
    "0..255": "0 to 255",
    "imagenet": "ImageNet's mean and spread",
    "caffe": "Caffe's way: blue first, its mean taken away",
}


def pixels_named(text: str) -> PixelRange:
    """A range by its name; with "-bgr" behind it for a network that takes blue first.

    Raises:
        UsageError: There is none of this name.
    """
    name = text.strip().lower()
    known = CHOICES.get(name.removesuffix(_BGR))
    if known is None:
        raise UsageError(
            f"Pixels must be one of {', '.join(CHOICES)}; -bgr behind it puts blue first. "
            f"They cannot be {text!r}."
        )
    return replace(known, is_bgr=True) if name.endswith(_BGR) else known


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

    def pixel_range(self) -> PixelRange:
        """The range in which the pixels 0..255 are the stored numbers, from the least to the most.

        So are they handed to a quantised network that says nothing of its images.
        """
        least = 0 if self.dtype == np.uint8 else -128
        scale = self.scale or 1.0
        ends = (least - self.zero_point) * scale, (least + 255 - self.zero_point) * scale
        return PixelRange.of(*ends)


def pixel_table(
    pixel_range: PixelRange, kind: Quantisation, channels: int = 3
) -> NDArray[Any] | None:
    """What is stored for each of the pixel values 0..255; None where that is the pixel itself.

    Args:
        pixel_range: What a black and a white pixel are for the network.
        kind: How its input stores numbers.
        channels: 3 for colour, 1 for grey, which has the mean of the three.

    Returns:
        (256,), or (256, 3) where red, green and blue differ.
    """
    low, high = np.array(pixel_range.low), np.array(pixel_range.high)
    if channels == 1:
        low, high = low.mean(keepdims=True), high.mean(keepdims=True)
    real = low + _PIXELS[:, np.newaxis] * (high - low) / 255
    if not kind.is_real:
        limits = np.iinfo(kind.dtype)
        stored = np.rint(real / (kind.scale or 1.0)) + kind.zero_point
        real = np.clip(stored, limits.min, limits.max)
    table = real.astype(kind.dtype)
    table = table[:, 0] if table.shape[1] == 1 else table
    return None if np.array_equal(table, _PIXELS) else table


class PixelFeed:
    """Writes prepared pixels as a network takes them.

    Args:
        pixel_range: What a black and a white pixel are for it.
        kind: How its input stores numbers.
        channels: 3 or 1.
        is_channels_first: Whether it takes (channels, height, width).
    """

    def __init__(
        self,
        pixel_range: PixelRange,
        kind: Quantisation,
        channels: int,
        *,
        is_channels_first: bool = False,
    ) -> None:
        self._table = pixel_table(pixel_range, kind, channels)
        self._is_bgr = pixel_range.is_bgr and channels == 3
        self._is_channels_first = is_channels_first
        self._each = np.arange(channels)

    def __call__(self, prepared: ImageArray) -> NDArray[Any]:
        """Pixels (height, width, channels), uint8, as the network takes them."""
        table, values = self._table, prepared
        if table is not None:
            values = table[prepared] if table.ndim == 1 else table[prepared, self._each]
        if self._is_bgr:
            values = values[..., ::-1]
        return values.transpose(2, 0, 1) if self._is_channels_first else values
