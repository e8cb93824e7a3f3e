"""TIFF images that OpenCV does not read as they are meant: of any type and any number of bands.

tifffile reads them; for some ways of packing it needs imagecodecs, the extra `tiff`.
"""

from __future__ import annotations

import io
import logging
import lzma
import math
import re
import struct
import zlib
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as Xml

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ImageError
from cnn_studio.vision.exif import orientation
from cnn_studio.vision.file_kinds import damaged, tiff_of_this_kind
from cnn_studio.vision.image_limits import MAX_MEMORY_BYTES, cost_of, part_bytes
from cnn_studio.vision.pixel_ranges import Span, bands_from_names
from cnn_studio.vision.pixels import row_blocks, upright
from cnn_studio.vision.stored_pixels import (
    StoredImage,
    decode_as_stored,
    part_of,
)
from cnn_studio.vision.tiff_kinds import Tags, first_tags, is_packed_otherwise, is_whole_tiff

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPage

_WHITE_IS_ZERO, _PALETTE, _CMYK = 0, 3, 5
_ASSOCIATED, _UNASSOCIATED = 1, 2
# None, CCITT, LZW, Deflate, PackBits, LZMA, Zstandard: no more bytes than a part should have.
_AS_LONG_AS_SAID = frozenset({1, 2, 3, 4, 5, 8, 32946, 32773, 34925, 50000})
_IMAGES_IN_PARTS = frozenset({7, 33003, 33005, 34712, 50001})  # JPEG, JPEG 2000, WebP
_DEFLATED = frozenset({8, 32946})
_SEPARATE = 2
_MOST_SHAPED_BANDS = 32
_NAMELESS = frozenset({"undefined", "gray", "grey"})
_USUAL_NONE = (-9999, -32768)
_NO_FLOAT = 1e30
_MOST_XML = 1 << 20
# Whatever tifffile stumbles over in a damaged file; its own errors are ValueErrors.
_STUMBLES = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError, OSError,
    EOFError, MemoryError, AssertionError, struct.error, zlib.error, lzma.LZMAError,
)  # fmt: skip


def read_tiff(data: bytes, name: str) -> StoredImage:
    """Read what the first picture of a TIFF holds.

    Args:
        data: The whole file.
        name: What to call it in an error.

    Raises:
        ImageError: It is damaged, too large, or packed in a way that is not read.
    """
    tags = first_tags(data)
    if tags is None or 256 not in tags or 257 not in tags:
        raise ImageError(damaged(name))
    if not is_whole_tiff(data):
        raise ImageError(damaged(name))
    _check_parts(data, tags, name)
    try:
        _check_deflated(data, tags)
        with _tifffile().TiffFile(io.BytesIO(data)) as file:
            page = file.pages.first
            pixels, shape = _pixels_of(file, page, name)
            return _understood(page, pixels, data, is_shaped=shape)
    except ImageError:
        raise
    except _STUMBLES as error:
        if "imagecodecs" in str(error) and find_spec("imagecodecs") is None:
            return _without_codec(data, tags, name)
        is_odd = is_packed_otherwise(tags)
        raise ImageError(tiff_of_this_kind(name) if is_odd else damaged(name)) from error


@cache
def _tifffile() -> Any:
    import tifffile

    quiet = logging.getLogger("tifffile")  # a sentence says what is damaged
    quiet.addHandler(logging.NullHandler())
    quiet.propagate = False
    return tifffile


def _check_parts(data: bytes, tags: Tags, name: str) -> None:
    """Refuse parts that are images of a size of their own, larger than the part should be.

    Raises:
        ImageError: It has such a part, or the parts are packed in a way whose size is not known.
    """
    packed = tags.get(259, (1,))[0]
    if packed in _AS_LONG_AS_SAID:
        return
    if packed not in _IMAGES_IN_PARTS:
        raise ImageError(tiff_of_this_kind(name))
    width, height = tags.get(322, tags[256])[0], tags.get(323, tags.get(278, tags[257]))[0]
    places, lengths = tags.get(324, tags.get(273, ())), tags.get(325, tags.get(279, ()))
    for place, length in zip(places, lengths, strict=False):
        cost = cost_of(data[place : place + length])
        if cost is None or cost.pixels > width * min(height, tags[257][0] + 4096):
            raise ImageError(tiff_of_this_kind(name) if cost is None else damaged(name))
        if cost.besides > MAX_MEMORY_BYTES // 2:
            raise ImageError(tiff_of_this_kind(name))


def _check_deflated(data: bytes, tags: Tags) -> None:
    """Refuse parts that unpack to more than they should; zlib by itself would unpack them."""
    if tags.get(259, (1,))[0] not in _DEFLATED or find_spec("imagecodecs") is not None:
        return
    most = part_bytes(tags)
    places, lengths = tags.get(324, tags.get(273, ())), tags.get(325, tags.get(279, ()))
    for place, length in zip(places, lengths, strict=False):
        part = zlib.decompressobj()
        unpacked = part.decompress(data[place : place + length], min(most, MAX_MEMORY_BYTES) + 1)
        if len(unpacked) > most:
            raise ValueError("A part unpacks to more than it should.")


def _pixels_of(file: TiffFile, page: TiffPage, name: str) -> tuple[NDArray[np.generic], bool]:
    """Pixels (height, width, bands), and whether tifffile's own note says what is a band.

    An array with the bands first or last that was stored without a word becomes many pictures.
    """
    shape = tuple(file.series[0].shape) if file.is_shaped else ()
    if len(shape) == 3 and len(file.pages) > 1:
        values = math.prod(shape) * page.dtype.itemsize
        if 3 * values > MAX_MEMORY_BYTES or math.prod(shape) > MAX_MEMORY_BYTES:
            raise ImageError(f"Its {min(shape)} bands need more than 1 GB: {name}.")
        if shape[0] <= _MOST_SHAPED_BANDS < min(shape[1:]):
            return np.moveaxis(file.series[0].asarray(maxworkers=1), 0, -1), True
        if shape[2] <= _MOST_SHAPED_BANDS < min(shape[:2]):
            return file.series[0].asarray(maxworkers=1), True
    pixels = page.asarray(maxworkers=1)
    if pixels.dtype.kind == "c":
        raise ImageError(tiff_of_this_kind(name))
    axes = str(page.axes)
    if set(axes) - set("YXS") or "Y" not in axes or "X" not in axes:
        raise ImageError(tiff_of_this_kind(name))
    if "S" not in axes:
        return pixels[..., None] if axes == "YX" else pixels.T[..., None], False
    return np.moveaxis(pixels, [axes.index(letter) for letter in "YXS"], [0, 1, 2]), False


def _understood(
    page: TiffPage, pixels: NDArray[Any], data: bytes, *, is_shaped: bool
) -> StoredImage:
    if pixels.dtype == np.float16:
        pixels = pixels.astype(np.float32)
    photometric = int(page.photometric)
    extras = [] if is_shaped else [int(extra) for extra in page.extrasamples]
    if photometric == _CMYK and pixels.shape[2] >= 4 and pixels.dtype.kind == "u":
        return StoredImage(upright(_from_cmyk(pixels), orientation(data)), said=(0.0, 255.0))
    if photometric == _PALETTE and pixels.shape[2] == 1 and page.colormap is not None:
        pixels = np.moveaxis(np.asarray(page.colormap)[:, pixels[..., 0]], 0, 2)
    names, shown = _described(page, pixels.shape[2])
    alpha, is_premultiplied = None, False
    place = next((n for n, extra in enumerate(extras) if extra in (_ASSOCIATED, _UNASSOCIATED)), -1)
    band = pixels.shape[2] - len(extras) + place
    if place >= 0 and not _is_other(names[band]):
        full = np.iinfo(pixels.dtype).max if pixels.dtype.kind in "iu" else 1.0
        alpha = part_of(pixels[..., band], full)
        is_premultiplied = extras[place] == _ASSOCIATED
        pixels = _without_band(pixels, band)
        alpha = upright(alpha, orientation(data))
        shown = shown if shown and max(shown) < pixels.shape[2] else ()
    pixels = upright(pixels, orientation(data))
    said, is_for_all = _said(page, pixels)
    pixels, valid = _without_none(pixels, page)
    return StoredImage(
        pixels,
        alpha,
        is_premultiplied,
        photometric == _WHITE_IS_ZERO and not is_shaped,
        valid,
        said,
        is_for_all,
        shown,
        bool(names and shown),
    )


def _is_other(name: str) -> bool:
    """Whether a band has a name that is none of alpha; some programs call every fourth one so."""
    words = name.casefold()
    return bool(words) and "alpha" not in words and words not in _NAMELESS


def _from_cmyk(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    colour = np.empty((*pixels.shape[:2], 3), np.uint8)
    full = np.iinfo(pixels.dtype).max
    for rows in row_blocks(pixels):
        unit = pixels[rows, :, :4].astype(np.float32) / full
        colour[rows] = np.asarray((1 - unit[..., :3]) * (1 - unit[..., 3:]) * 255 + 0.5, np.uint8)
    return colour


def _without_band(pixels: NDArray[Any], band: int) -> NDArray[Any]:
    is_last = band == pixels.shape[2] - 1
    return pixels[..., :band] if is_last else np.delete(pixels, band, axis=2)


def _said(page: TiffPage, pixels: NDArray[np.generic]) -> tuple[Span | None, bool]:
    """The range that the tags tell, and whether it is that of the kind of file."""
    bits = page.bitspersample
    if pixels.dtype.kind == "u" and bits < pixels.dtype.itemsize * 8:
        return (0.0, float((1 << bits) - 1)), True
    # SMinSampleValue and SMaxSampleValue, which are of the pixels' own type; else the older two.
    for low_tag, high_tag in ((340, 341), (280, 281)):
        low, high = page.tags.valueof(low_tag), page.tags.valueof(high_tag)
        if low is None and pixels.dtype.kind == "u":
            low = 0
        if low is None or high is None:
            continue
        span = (float(np.min(low)), float(np.max(high)))
        if span[1] > span[0] and all(map(math.isfinite, span)):
            return span, False
    return None, False


def _described(page: TiffPage, bands: int) -> tuple[list[str], tuple[int, ...]]:
    """The names that GDAL wrote for the bands, and which are red, green and blue by them."""
    text = page.tags.valueof(42112)
    names = [""] * bands
    if isinstance(text, str) and len(text) < _MOST_XML and "<!" not in text:
        try:
            items = list(Xml.fromstring(text).iter("Item"))
        except Xml.ParseError:
            items = []
        for role in ("colorinterp", "description"):
            for item in items:
                number = item.get("sample", "")
                if item.get("role", item.get("name", "")).lower() != role or not number.isdigit():
                    continue
                if int(number) < bands and item.text:
                    names[int(number)] = item.text
            if (shown := bands_from_names(names)) is not None:
                return names, shown
    return names, ()


def _without_none(
    pixels: NDArray[np.generic], page: TiffPage
) -> tuple[NDArray[np.generic], NDArray[np.bool_] | None]:
    """Pixels with NaN where there is no value; of whole numbers, where any is, None for all."""
    none = _number(page.tags.valueof(42113))
    if none is None:
        none = _usual_none(pixels)
    if pixels.dtype.kind == "f":
        values: Any = pixels if pixels.flags.writeable else pixels.copy()
        for rows in row_blocks(values):
            block = values[rows]
            with np.errstate(invalid="ignore"):
                is_none = ~np.isfinite(block) | (np.abs(block) >= _NO_FLOAT)
            if none is not None:
                is_none |= np.isclose(block, none)
            block[is_none] = np.nan
        return values, None
    if none is None:
        return pixels, None
    valid = np.empty(pixels.shape[:2], np.bool_)
    for rows in row_blocks(pixels):
        valid[rows] = (pixels[rows] != none).any(axis=2)
    return pixels, None if valid.all() else valid


def _usual_none(values: NDArray[Any]) -> float | None:
    """What programs write where they have no value, if it stands far below all others."""
    for usual in _USUAL_NONE if values.dtype.kind in "if" else ():
        is_there, least = False, math.inf
        for rows in row_blocks(values):
            block = values[rows]
            others = block[(block != usual) & (block > -_NO_FLOAT)]
            is_there = is_there or bool((block == usual).any())
            least = min(least, float(others.min()) if others.size else math.inf)
        if is_there and usual / 2 <= least < math.inf:
            return float(usual)
    return None


def _number(text: Any) -> float | None:
    found = re.match(r"\s*([-+0-9.eEnaif]+)", text) if isinstance(text, str) else None
    try:
        number = float(found[1]) if found else None
    except ValueError:
        return None
    return number if number is not None and math.isfinite(number) else None


def _without_codec(data: bytes, tags: Tags, name: str) -> StoredImage:
    """What OpenCV reads where a codec is missing, if it is sure to be what is stored."""
    bands, extras = tags.get(277, (1,))[0], tags.get(338, ())
    has_alpha = bool(set(extras) & {_ASSOCIATED, _UNASSOCIATED})
    pixels = None
    if bands in (1, 3, 4) and not has_alpha and tags.get(284, (1,))[0] != _SEPARATE:
        pixels = decode_as_stored(data, name)
    if pixels is None or pixels.shape[2] != bands:
        raise ImageError(
            "TIFF images that are packed this way need an extra of this program, "
            f"cnn-studio[tiff]; save it as PNG: {name}."
        )
    is_white_zero = tags.get(262, (1,))[0] == _WHITE_IS_ZERO
    return StoredImage(upright(pixels, orientation(data)), is_white_zero=is_white_zero)
