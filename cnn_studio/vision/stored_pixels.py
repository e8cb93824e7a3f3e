"""Images of more than 8 bits, or of more bands than three: what is in them, before it is shown.

Plain files, which are nearly all, are none of this module's; see `images`.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ImageError
from cnn_studio.vision.encoded_files import PNG_START, decodable
from cnn_studio.vision.exif import orientation
from cnn_studio.vision.file_kinds import damaged, refusal
from cnn_studio.vision.image_limits import too_large
from cnn_studio.vision.opencv import cv2
from cnn_studio.vision.pixel_ranges import PixelFacts, PixelReading, Span
from cnn_studio.vision.pixels import ImageArray, from_unit, on_white, row_blocks, upright
from cnn_studio.vision.tiff_kinds import is_plain_tiff, is_tiff

_GAP = rb"(?:\s|#[^\n]*\n)+"
_NUMBER = rb"(\d{1,9})"
_PNM = re.compile(rb"P([2356])" + (_GAP + _NUMBER) * 3)
_SPACE, _TEXT_BLOCK = re.compile(rb"\s"), 1 << 20
_PNM_PLAIN, _MOST_DIGITS = 255, 9
_PNM_COLOURS = {b"2": 1, b"3": 3, b"5": 1, b"6": 3}
_CHANNELS_BYTES = 32  # a count, and three numbers of each of four channels
_JP2_SIZE = b"\xff\x51"
_SAMPLES = 4096  # values of a file that are looked at for what is usual in it


@dataclass(frozen=True)
class StoredImage:
    """An image as it is stored, upright.

    Attributes:
        pixels: (height, width, bands), of any type; colours in the order red, green, blue.
        alpha: How much of each pixel is there, (height, width), float32 from 0 to 1; None for all.
        is_premultiplied: Whether the colours are already weighted with it.
        is_white_zero: Whether the smallest value is white.
        valid: Which values are any, (height, width); None for all.
        said: The range that the file tells, and `is_said_for_all`; see `PixelFacts`.
        shown: The bands that the file names as red, green and blue, or the first ones.
        is_described: Whether it names them.
    """

    pixels: NDArray[np.generic]
    alpha: NDArray[np.float32] | None = None
    is_premultiplied: bool = False
    is_white_zero: bool = False
    valid: NDArray[np.bool_] | None = None
    said: Span | None = None
    is_said_for_all: bool = False
    shown: tuple[int, ...] = field(default=())
    is_described: bool = False

    def facts(self) -> PixelFacts:
        """What is known of its values."""
        bands = self.pixels.shape[2]
        least, most, values = self._content()
        first = tuple(range(3)) if bands >= 3 else (0,)
        return PixelFacts(
            self.pixels.dtype.name,
            bands,
            least,
            most,
            values,
            self.said,
            self.is_said_for_all,
            self.shown or first,
            self.is_described,
        )

    def _content(self) -> tuple[tuple[float, ...], tuple[float, ...], NDArray[np.float32]]:
        """The least and the most value of each band, and some values, evenly from all."""
        height, width, bands = self.pixels.shape
        there = height * width if self.valid is None else int(np.count_nonzero(self.valid))
        step, first = max(1, there // _SAMPLES), 0
        least, most = np.full((2, bands), np.nan)
        some = [np.empty((0, bands), np.float32)]
        for rows in row_blocks(self.pixels):
            block = self.pixels[rows].reshape(-1, bands)
            if self.valid is not None:
                block = block[self.valid[rows].reshape(-1)]
            if len(block):
                columns = [np.ascontiguousarray(block[:, band]) for band in range(bands)]
                least = np.fmin(least, [float(np.fmin.reduce(column)) for column in columns])
                most = np.fmax(most, [float(np.fmax.reduce(column)) for column in columns])
                some.append(block[-first % step :: step].astype(np.float32))
            first += len(block)
        return tuple(least.tolist()), tuple(most.tolist()), np.concatenate(some)


def rendered(stored: StoredImage, reading: PixelReading) -> ImageArray:
    """Make 8 bits of what is stored.

    Args:
        stored: An image that has the bands of the reading.
        reading: What becomes black and white.

    Returns:
        Pixels (height, width, 3), uint8, RGB; what has no value is black, what is clear is white.
    """
    image = np.empty((*stored.pixels.shape[:2], 3), np.uint8)
    for rows in row_blocks(stored.pixels):
        image[rows] = _rendered(stored, reading, rows)
    return image


def _rendered(stored: StoredImage, reading: PixelReading, rows: slice) -> ImageArray:
    """Some rows of `rendered`."""
    channels = []
    for band, (low, high) in zip(reading.bands, reading.spans, strict=True):
        values = stored.pixels[rows, :, band].astype(np.float32)
        unit = (values - np.float32(low)) / np.float32(high - low if high > low else 1.0)
        unit = np.clip(1 - unit if stored.is_white_zero else unit, 0, 1)
        unit = np.nan_to_num(unit, nan=0.0)
        channels.append(unit if stored.valid is None else np.where(stored.valid[rows], unit, 0))
    colour = np.stack(channels * (3 // len(channels)), axis=2).astype(np.float32)
    if stored.alpha is None:
        return from_unit(colour)
    alpha = stored.alpha[rows, :, None]
    if stored.is_premultiplied:
        return from_unit(np.clip(colour + (1 - alpha), 0, 1))
    return on_white(np.dstack([colour, alpha]))


def may_be_deep(head: bytes) -> bool:
    """Whether a file may be one of this module's, by its first bytes.

    Args:
        head: Some `HEAD_BYTES` of them.
    """
    if head.startswith(PNG_START):
        return head[24:25] == b"\x10"
    if is_tiff(head):
        return True
    if (found := _PNM.match(head)) is not None:
        return int(found[4]) != _PNM_PLAIN
    bits, bands = _jp2_bits(head) or (8, 3)
    return bits > 8 or bands > 3


def read_stored(data: bytes, name: str) -> StoredImage | None:
    """Read what is in an image of more than 8 bits, or of more bands than three.

    Args:
        data: The whole file.
        name: What to call it in an error.

    Returns:
        What is stored; None for a plain image.

    Raises:
        ImageError: It is damaged, too large, or packed in a way that is not read.
    """
    if not may_be_deep(data):
        return None
    if is_tiff(data):
        if is_plain_tiff(data):
            return None
        from cnn_studio.vision.tiff_pixels import read_tiff

        return read_tiff(data, name)
    if (found := _PNM.match(data)) is not None:
        return _pnm(data, found, name)
    checked = decodable(data)
    pixels = None if checked is None else decode_as_stored(checked, name)
    if pixels is None:
        raise ImageError(refusal(data, name))
    if data.startswith(PNG_START):
        return _of_png(upright(pixels, orientation(data)), data)
    return _of_jp2(pixels, data)


def decode_as_stored(data: bytes, name: str) -> NDArray[np.generic] | None:
    """What OpenCV reads without a change but for the order of colours.

    Returns:
        Pixels (height, width, bands), RGB or RGBA; None if they cannot be read.

    Raises:
        ImageError: It has too many pixels.
    """
    try:
        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        if "CV_IO_MAX_IMAGE" in str(error):
            raise ImageError(too_large(name)) from error
        return None
    if decoded is None:
        return None
    if decoded.ndim == 2:
        return decoded[..., None]
    if decoded.shape[2] < 3:
        return decoded[..., :1]
    for rows in row_blocks(decoded):
        decoded[rows, :, :3] = decoded[rows, :, 2::-1].copy()
    return decoded


def part_of(values: NDArray[Any], full: float) -> NDArray[np.float32]:
    """Values (height, width) as parts of the largest one, 0 to 1; 0 where there is none."""
    parts = np.empty(values.shape, np.float32)
    for rows in row_blocks(values):
        parts[rows] = np.clip(np.nan_to_num(values[rows].astype(np.float32) / full), 0, 1)
    return parts


def _of_png(pixels: NDArray[Any], data: bytes) -> StoredImage:
    """What is stored in a PNG of 16 bits: a fourth channel is alpha, be it that of a colour."""
    alpha = None
    if pixels.shape[2] == 4:
        alpha = part_of(pixels[..., 3], 65535)
        pixels = pixels[..., :3]
        if all((pixels[rows] == pixels[rows, :, :1]).all() for rows in row_blocks(pixels)):
            pixels = pixels[..., :1]
    said = None
    if (bits := _significant_bits(data)) and int(pixels.max(initial=0)) < 1 << bits:
        said = (0.0, float((1 << bits) - 1))  # else they are scaled to all 16, as they should be
    return StoredImage(pixels, alpha, said=said)


def _significant_bits(data: bytes) -> int:
    """What a PNG says that its pixels had before they were stored; 0 if it does not."""
    place = data.find(b"sBIT", 33, 1024)
    length = int.from_bytes(data[place - 4 : place], "big") if place > 0 else 0
    bits = data[place + 4 : place + 4 + length][:3]
    return max(bits) if bits and 1 <= max(bits) < 16 else 0


def _jp2_bits(data: bytes) -> tuple[int, int] | None:
    """How many bits and bands a JPEG 2000 says that it has."""
    if not data.startswith((b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51")):
        return None
    place = data.find(_JP2_SIZE)
    if place < 0 or place + 41 > len(data):
        return None
    (bands,) = struct.unpack_from(">H", data, place + 38)
    return (data[place + 40] & 0x7F) + 1, bands


def _of_jp2(pixels: NDArray[Any], data: bytes) -> StoredImage:
    bits, _bands = _jp2_bits(data) or (16, 0)
    full = float((1 << bits) - 1)
    alpha, definition = None, data.find(b"cdef")
    if pixels.shape[2] == 4 and 0 < definition < len(data) - _CHANNELS_BYTES:
        (count,) = struct.unpack_from(">H", data, definition + 4)
        kinds = [
            struct.unpack_from(">3H", data, definition + 6 + 6 * number)
            for number in range(min(count, 4))
        ]
        if any(channel == 3 and kind in (1, 2) for channel, kind, _of in kinds):
            alpha = part_of(pixels[..., 3], full)
            pixels = pixels[..., :3]
    return StoredImage(pixels, alpha, said=(0.0, full), is_said_for_all=True)


def _pnm(data: bytes, found: re.Match[bytes], name: str) -> StoredImage:
    """A PGM or PPM, in letters or bytes, whose header says what white is."""
    width, height, full = (int(found[number]) for number in (2, 3, 4))
    bands = _PNM_COLOURS[found[1]]
    if not 0 < full < 1 << 16 or not width * height:
        raise ImageError(damaged(name))
    count = width * height * bands
    if found[1] in b"56":
        kind = np.dtype(">u2") if full > _PNM_PLAIN else np.dtype(np.uint8)
        if len(data) - found.end() < 1 + count * kind.itemsize:
            raise ImageError(damaged(name))
        values = np.frombuffer(data, kind, count, found.end() + 1)
    else:
        values = _written(data, found.end(), count, name)
    pixels = values.astype(np.uint16, copy=False).reshape(height, width, bands)
    return StoredImage(pixels, said=(0.0, float(full)), is_said_for_all=True)


def _written(data: bytes, place: int, count: int, name: str) -> NDArray[np.uint16]:
    """So many numbers that stand in letters behind a place of a file."""
    if len(data) - place < 2 * count - 1:  # a digit each, and what parts them
        raise ImageError(damaged(name))
    values, done = np.empty(count, np.uint16), 0
    text = re.sub(rb"#[^\n]*", b"", memoryview(data)[place:])
    place = 0
    while done < count and place < len(text):
        end = _SPACE.search(text, place + _TEXT_BLOCK)
        written = text[place : end.start() if end else len(text)].split(None)[: count - done]
        place = end.start() if end else len(text)
        if not all(word.isdigit() and len(word) < _MOST_DIGITS for word in written):
            raise ImageError(damaged(name))
        values[done : done + len(written)] = np.array(list(map(int, written)), np.uint32)
        done += len(written)
    if done < count:
        raise ImageError(damaged(name))
    return values
