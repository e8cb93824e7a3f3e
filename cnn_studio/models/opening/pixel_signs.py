"""What tells which pixels a network of others takes: numbers in its file, held against usage.

Only what leaves no other reading is sure. The rest is a hint: it is proposed, and a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError, StudioError
from cnn_studio.models.fields import Fields
from cnn_studio.models.pixel_values import (
    CAFFE_MEAN,
    CHOICES,
    IMAGENET_MEAN,
    OUR_RANGE,
    PixelRange,
    Quantisation,
)
from cnn_studio.untrusted_files import json_in
from cnn_studio.vision.preparation import MAX_SIZE, MIN_SIZE

_Numbers = NDArray[np.float64]

UNIT, SIGNED = CHOICES["0..1"], CHOICES["-1..1"]
_ALLOWANCE = 0.03  # of a range's length, by which its ends may be off
_SMALL_WEIGHT = 0.02  # 4 of 255: the first weights of a network that takes whole bytes
_USUAL_SPREAD = 0.14  # photos that vary less are rare, where white is 1; usual is 0.2 to 0.3
_WIDE_SPREAD = 0.36  # what varies more in 0..1 is nearly black and white
_NUMBER = re.compile(r"[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?")
_LONGEST_VALUE = 2_000
_SAYS_SO = "its metadata say so"


@dataclass(frozen=True)
class PixelSign:
    """What speaks for a range of pixels.

    Attributes:
        pixels: The range.
        why: What says so, to follow "because", as in "its first step divides by 255".
        is_sure: Whether nothing else can be meant.
    """

    pixels: PixelRange
    why: str
    is_sure: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"pixels": self.pixels.to_value(), "why": self.why, "is_sure": self.is_sure}

    @classmethod
    def from_dict(cls, values: object, where: str) -> PixelSign:
        """Read back what `to_dict` gave.

        Raises:
            ModelError: It is something else.
        """
        fields = Fields(values, where)
        pixels = PixelRange.from_value(fields.value("pixels"), where)
        return cls(pixels, fields.text("why"), fields.value("is_sure") is True)


def sign_of_quantisation(kind: Quantisation) -> PixelSign | None:
    """By the real numbers that a quantised input can hold; None where that is no usual range."""
    if not kind.scale:
        return PixelSign(OUR_RANGE, "it takes whole numbers as they are")
    low, high = kind.pixel_range().low[0], kind.pixel_range().high[0]
    found = _range_with_ends(low, high)
    if found is None:
        return None
    name, pixels = found
    return PixelSign(pixels, f"its whole numbers stand for {name}")


def sign_of_stored_ends(low: float, high: float) -> PixelSign | None:
    """By the real numbers from `low` to `high` that the step behind a real input can hold."""
    found = _range_with_ends(low, high)
    if found is None:
        return None
    return PixelSign(found[1], f"its first step rounds numbers of {found[0]}")


def _range_with_ends(low: float, high: float) -> tuple[str, PixelRange] | None:
    for name, pixels in CHOICES.items():
        least, most = min(pixels.low), max(pixels.high)
        near = _ALLOWANCE * (most - least)
        if abs(low - least) <= near and abs(high - most) <= near and not pixels.is_bgr:
            return name, pixels
    return None


def sign_of_scaling(scale: _Numbers, offset: _Numbers) -> PixelSign | None:
    """By what a network makes of its pixels first: `pixel * scale + offset`.

    Args:
        scale, offset: (1,) or one for each channel, in its own order.
    """
    if not (np.isfinite(scale).all() and np.isfinite(offset).all() and (scale > 0).all()):
        return None
    if np.allclose(scale, 1) and np.allclose(offset, 0):
        return None
    for pixels in (UNIT, SIGNED, OUR_RANGE):
        low, high = scale * pixels.low[0] + offset, scale * pixels.high[0] + offset
        for what, is_bgr, least, most in _usual_ends():
            near = _ALLOWANCE * (most - least)
            is_there = (np.abs(low - least) <= near) & (np.abs(high - most) <= near)
            if what != pixels.name and is_there.all():  # the same range over again says nothing
                taken = PixelRange(pixels.low, pixels.high, is_bgr)
                return PixelSign(taken, f"its first step makes {what} of {pixels.name}")
    sign = sign_of_mean(-offset / scale, 1 / scale, "its first step takes a mean away")
    return sign if sign is not None and sign.is_sure else None


def sign_of_mean(mean: _Numbers, spread: _Numbers, why: str) -> PixelSign | None:
    """By the mean and the spread of the pixels that a network has met.

    Those of a set in 0..1 may be those of another one in -1..1 as well; then nothing is sure.
    """
    may_be_signed = _may_be_of((mean + 1) / 2, spread / 2, least=_USUAL_SPREAD)
    for pixels in (UNIT, OUR_RANGE):
        if not _may_be_of(mean / pixels.high[0], spread / pixels.high[0]).all():
            continue
        if pixels is OUR_RANGE or not may_be_signed.any():
            return PixelSign(pixels, f"{why} that only pixels of {pixels.name} have")
        if (spread <= _WIDE_SPREAD).all():
            return PixelSign(pixels, f"{why} that pixels of 0..1 may have", is_sure=False)
    if may_be_signed.all():
        return PixelSign(SIGNED, f"{why} that pixels of -1..1 may have", is_sure=False)
    return None


def _may_be_of(mean: _Numbers, spread: _Numbers, least: float = 0.1) -> NDArray[np.bool_]:
    """For each channel whether photos can have a mean and a spread, where white is 1."""
    widest = np.sqrt(np.clip(mean * (1 - mean), 0, None))  # of pixels that are all black or white
    inside = (mean >= 0.05) & (mean <= 0.95)
    return np.asarray(inside & (spread >= least) & (spread <= widest))


def _usual_ends() -> list[tuple[str, bool, _Numbers, _Numbers]]:
    """What networks make of pixels, from black to white, and whether that is in blue's order."""
    found = [
        (name, False, np.array([low]), np.array([high]))
        for name, low, high in (
            ("0..1", 0, 1),
            ("-1..1", -1, 1),
            ("-0.5..0.5", -0.5, 0.5),
            ("0..255", 0, 255),
            ("-128..127", -127.5, 127.5),
        )
    ]
    imagenet = CHOICES["imagenet"]
    caffe = np.array(CAFFE_MEAN)
    torch = np.array(IMAGENET_MEAN) * 255
    for what, low, high in (
        ("ImageNet's mean and spread", np.array(imagenet.low), np.array(imagenet.high)),
        ("Caffe's mean", -caffe, 255 - caffe),
        ("ImageNet's mean", -torch, 255 - torch),
    ):
        found.append((what, False, low, high))
        found.append((what, True, low[::-1], high[::-1]))
    return found


def sign_of_weights(weights: _Numbers) -> PixelSign | None:
    """By the first weights: a scaling by 1/255 is often worked into them. Never sure."""
    if weights.size and 0 < float(np.abs(weights).max()) <= _SMALL_WEIGHT:
        why = "its first weights are as small as for whole bytes"
        return PixelSign(OUR_RANGE, why, is_sure=False)
    return None


def sign_of_properties(properties: Mapping[str, Any]) -> PixelSign | None:
    """By what a maker's program has written into a file, or beside it.

    Read are the names that Custom Vision, Ultralytics, timm, torchvision and Hugging Face use.
    """
    try:
        return (
            _of_custom_vision(properties)
            or _of_mean_and_spread(properties)
            or _of_ultralytics(properties)
        )
    except (ModelError, ValueError, TypeError, OverflowError):
        return None


def _of_custom_vision(properties: Mapping[str, Any]) -> PixelSign | None:
    is_bgr = str(properties.get("Image.BitmapPixelFormat", "")).lower().startswith("bgr")
    mean = _numbers(properties.get("CustomVision.Preprocess.NormalizeMean"))
    spread = _numbers(properties.get("CustomVision.Preprocess.NormalizeStd"))
    if mean and spread and (any(mean) or any(part != 1 for part in spread)):
        return PixelSign(PixelRange.normalised(mean, spread, 255.0, is_bgr=is_bgr), _SAYS_SO)
    nominal = str(properties.get("Image.NominalPixelRange", "")).lower()
    for ending, pixels in (("0_255", OUR_RANGE), ("0_1", UNIT), ("1_1", SIGNED)):
        if nominal.endswith(ending):
            return PixelSign(PixelRange(pixels.low, pixels.high, is_bgr), _SAYS_SO)
    return None


def _of_mean_and_spread(properties: Mapping[str, Any]) -> PixelSign | None:
    # timm keeps them within pretrained_cfg; its older files and others do not.
    inner = properties.get("pretrained_cfg", properties.get("default_cfg"))
    if isinstance(inner, str) and len(inner) <= _LONGEST_VALUE * 4:
        with suppress(StudioError):
            inner = json_in(inner, "pretrained_cfg")
    places = [properties, *([inner] if isinstance(inner, Mapping) else [])]
    for place in places:
        for first, second in (
            ("mean", "std"),
            ("image_mean", "image_std"),
            ("normalize_mean", "normalize_std"),
            ("norm_mean", "norm_std"),
        ):
            mean, spread = _numbers(place.get(first)), _numbers(place.get(second))
            if mean and spread:
                return _normalised(mean, spread, place)
    # A processor that flips the channels may know no mean at all.
    is_plain = properties.get("do_normalize", "do_flip_channel_order" not in properties) is False
    return _rescaled(properties) if is_plain else None


def _normalised(
    mean: list[float], spread: list[float], place: Mapping[str, Any]
) -> PixelSign | None:
    if place.get("do_normalize") is False:
        return _rescaled(place)
    low, high, is_sure = 0.0, 255.0, True
    if max(*mean, *spread) <= 2 and place.get("do_rescale") is not False:
        low, high, is_sure = _ends_of_rescaling(place)
    is_bgr = _is_flipped(place)
    is_sure = is_sure and not (is_bgr and len(set(mean)) > 1)  # of which order is the mean?
    shifted = [part - low for part in mean]
    pixels = PixelRange.normalised(shifted, spread, high - low, is_bgr=is_bgr)
    return PixelSign(pixels, _SAYS_SO, is_sure)


def _rescaled(place: Mapping[str, Any]) -> PixelSign | None:
    """Of pixels that are scaled, and no mean is taken away."""
    if place.get("do_rescale") is not True:
        return None
    low, high, is_sure = _ends_of_rescaling(place)
    return PixelSign(PixelRange((low,), (high,), _is_flipped(place)), _SAYS_SO, is_sure)


def _ends_of_rescaling(place: Mapping[str, Any]) -> tuple[float, float, bool]:
    """What a black and a white pixel become by Hugging Face's settings, and whether it is usual."""
    factor = place.get("rescale_factor", 1 / 255)
    white = 255 * float(factor) if isinstance(factor, int | float) else 1.0
    is_shifted = place.get("offset") is True or place.get("rescale_offset") is True
    for usual, low in ((1.0, 0.0), (2.0, -1.0)):
        if abs(white - usual) < _ALLOWANCE and is_shifted == (low < 0):
            return low, low + usual, True
    low = -1.0 if is_shifted else 0.0
    return low, low + white, False


def _is_flipped(place: Mapping[str, Any]) -> bool:
    return place.get("do_flip_channel_order") is True


def _of_ultralytics(properties: Mapping[str, Any]) -> PixelSign | None:
    is_theirs = str(properties.get("author", "")).lower() == "ultralytics"
    if not is_theirs or properties.get("task") != "classify":
        return None
    version = [int(part) for part in re.findall(r"\d+", str(properties.get("version", "")))[:2]]
    # Their first versions took ImageNet's mean away, outside the file.
    return PixelSign(UNIT, "Ultralytics writes such files", is_sure=version >= [8, 1])


def size_among(properties: Mapping[str, Any]) -> int | None:
    """For which size of images a network was made, where its maker has written that."""
    inner = properties.get("pretrained_cfg")
    for place in (properties, inner if isinstance(inner, Mapping) else {}):
        for key in ("imgsz", "input_size", "image_size", "img_size", "crop_size", "size"):
            value = place.get(key)
            if isinstance(value, Mapping):
                value = [value.get("height", value.get("shortest_edge"))]
            # A first number may be that of the channels.
            sides = [int(n) for n in _numbers(value) if MIN_SIZE <= n <= MAX_SIZE]
            if sides and len(set(sides)) == 1:
                return sides[0]
    return None


def _numbers(value: object) -> list[float]:
    """Numbers as a list or as a text, such as "[0.485, 0.456, 0.406]"."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = [value]
    if isinstance(value, str) and len(value) <= _LONGEST_VALUE:
        return [float(part) for part in _NUMBER.findall(value)]
    if isinstance(value, Sequence) and not isinstance(value, str | bytes) and len(value) <= 4:
        try:
            return [float(part) for part in value if isinstance(part, int | float)]
        except OverflowError:  # a whole number of hundreds of digits
            return []
    return []
