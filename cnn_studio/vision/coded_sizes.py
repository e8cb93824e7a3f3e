"""How many pixels the kinds of files hold whose decoders work on more than their header says.

An AVIF says how large it is shown, and its coded pictures how large they are; either may be the
larger one. A JPEG 2000 is kept in parts, which may be so small that they take more than the pixels.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from cnn_studio.errors import ImageError
from cnn_studio.vision.heif_turns import boxes_in, inside

_SHOWN = re.compile(rb"ispe\0\0\0\0(.{4})(.{4})", re.DOTALL)
_SEQUENCE = 1
_MOST_CHUNKS, _MOST_UNITS = 4, 256
_MOST_STEPS = 1 << 14
_LONGEST_NUMBER = 32  # a longer one has no bits at all
_JP2_STARTS = (b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51")
_SIZE, _CODING, _CODING_OF_ONE, _TILE_PART = 0xFF51, 0xFF52, 0xFF53, 0xFF90
_DATA, _END = 0xFF93, 0xFFD9
_MOST_SEGMENTS = 1 << 18
_PART_BYTES, _TILE_BYTES, _TILE_BAND_BYTES = 400, 7000, 1300  # what OpenJPEG keeps for each


def heif_pixels(data: bytes) -> int:
    """The largest picture that is described in a HEIF or AVIF file."""
    sides = (map(_number, found.groups()) for found in _SHOWN.finditer(data))
    return max((width * height for width, height in sides), default=0)


def avif_size(data: bytes) -> tuple[int, bool]:
    """The pixels of the largest picture that is described in an AVIF file or coded in it, and
    whether all that are coded have 8 bits for each value.

    Raises:
        ImageError: It has more parts than are looked at.
    """
    coded = list(islice(_coded(data), _MOST_STEPS + 1))
    if len(coded) > _MOST_STEPS:
        raise ImageError("It is in more parts than any picture; save it as JPEG")
    found = [size for size in coded if size is not None]
    pixels = max((pixels for pixels, _is_high in found), default=0)
    is_low = bool(found) and not any(is_high for _pixels, is_high in found)
    return max(heif_pixels(data), pixels), is_low


def _number(value: bytes) -> int:
    return int.from_bytes(value, "big")


def _coded(data: bytes) -> Iterator[tuple[int, bool] | None]:
    """Pixels of each coded picture, and whether they have more than 8 bits; None for other steps.

    A file of 400 bytes may name 100 million parts, so that each step is to be counted.
    """
    seen = set()
    for part in _coded_parts(data):
        yield None
        if part not in seen:
            seen.add(part)
            with suppress(struct.error, IndexError, ValueError):
                yield from _sequences(data, *part)


def _coded_parts(data: bytes) -> Iterator[tuple[int, int]]:
    """Where the coded pictures begin and end, those of an animation as well."""
    with suppress(struct.error, IndexError, KeyError):
        start, end = inside(data, 0, len(data), b"meta")
        kept = 0
        with suppress(KeyError):
            kept = inside(data, start + 4, end, b"idat")[0]
        yield from _located(data, *inside(data, start + 4, end, b"iloc"), kept)
    with suppress(struct.error, IndexError, KeyError):
        movie = inside(data, 0, len(data), b"moov")
        for kind, *place in boxes_in(data, *movie):
            if kind == b"trak":
                yield from _chunks(data, (place[0], place[1]))


def _located(data: bytes, place: int, end: int, kept: int) -> Iterator[tuple[int, int]]:
    """The places of the items; see ISO/IEC 14496-12, 8.11.3."""
    version = data[place]
    sizes, more = data[place + 4], data[place + 5]
    offset_size, length_size, base_size = sizes >> 4, sizes & 15, more >> 4
    index_size = more & 15 if version else 0
    wide = 4 if version == 2 else 2
    place += 6
    count = _number(data[place : place + wide])
    place += wide
    for _item in range(count):
        if place >= end:
            return
        place += wide
        method = data[place + 1] & 15 if version else 0
        place += (2 if version else 0) + 2
        base = _number(data[place : place + base_size]) + (kept if method == 1 else 0)
        place += base_size
        (extents,) = struct.unpack_from(">H", data, place)
        place += 2
        for _extent in range(extents):
            place += index_size
            offset = base + _number(data[place : place + offset_size])
            place += offset_size
            length = _number(data[place : place + length_size])
            place += length_size
            yield offset, min(offset + length, len(data)) if length else len(data)


def _chunks(data: bytes, track: tuple[int, int]) -> Iterator[tuple[int, int]]:
    place = track
    for kind in (b"mdia", b"minf", b"stbl"):
        place = inside(data, *place, kind)
    for kind, start, _end in boxes_in(data, *place):
        if kind in (b"stco", b"co64"):
            (count,) = struct.unpack_from(">I", data, start + 4)
            code = ">I" if kind == b"stco" else ">Q"
            for number in range(min(count, _MOST_CHUNKS)):
                (offset,) = struct.unpack_from(
                    code, data, start + 8 + number * struct.calcsize(code)
                )
                yield offset, len(data)


def _sequences(data: bytes, place: int, end: int) -> Iterator[tuple[int, bool] | None]:
    """What the sequence headers of coded AV1 say; see the specification, 5.3 and 5.5."""
    for _unit in range(_MOST_UNITS):
        if place >= end:
            return
        head = data[place]
        place += 2 if head & 4 else 1
        size, shift = (0, 0) if head & 2 else (end - place, -1)
        while shift >= 0:
            size |= (data[place] & 0x7F) << shift
            shift = shift + 7 if data[place] & 0x80 and shift < 49 else -1
            place += 1
        is_header = head >> 3 & 15 == _SEQUENCE
        yield _of_sequence(data[place : min(place + min(size, 512), end)]) if is_header else None
        place += size


def _of_sequence(header: bytes) -> tuple[int, bool]:
    bits = _Bits(header)
    bits.take(4)
    is_short = bool(bits.take(1))  # of a still picture
    if is_short:
        bits.take(5)
    else:
        _pass_points(bits)
    width_bits, height_bits = bits.take(4) + 1, bits.take(4) + 1
    pixels = (bits.take(width_bits) + 1) * (bits.take(height_bits) + 1)
    try:
        return pixels, _has_high_bits(bits, is_short)
    except ValueError:
        return pixels, True


def _pass_points(bits: _Bits) -> None:
    has_model, model_bits = False, 0
    if bits.take(1):
        bits.take(64)
        if bits.take(1):
            zeros = 0  # the length of a number stands in zeros before it
            while zeros < _LONGEST_NUMBER and not bits.take(1):
                zeros += 1
            bits.take(zeros % _LONGEST_NUMBER)
        has_model = bool(bits.take(1))
        if has_model:
            model_bits = bits.take(5) + 1
            bits.take(42)
    has_delay = bits.take(1)
    for _point in range(bits.take(5) + 1):
        bits.take(12)
        if bits.take(5) > 7:
            bits.take(1)
        if has_model and bits.take(1):
            bits.take(2 * model_bits + 1)
        if has_delay and bits.take(1):
            bits.take(4)


def _has_high_bits(bits: _Bits, is_short: bool) -> bool:
    if is_short:
        bits.take(3)
    else:
        if bits.take(1):
            bits.take(7)
        bits.take(7)
        has_order = bits.take(1)
        bits.take(2 * has_order)
        if (bits.take(1) or bits.take(1)) and not bits.take(1):
            bits.take(1)
        bits.take(3 * has_order)
    bits.take(3)
    return bool(bits.take(1))


class _Bits:
    """Takes some bits after the other from bytes."""

    def __init__(self, data: bytes) -> None:
        self._left, self._value = 8 * len(data), _number(data)

    def take(self, count: int) -> int:
        if count > self._left:
            raise ValueError("The header ends too early.")
        self._left -= count
        return (self._value >> self._left) & ((1 << count) - 1)


@dataclass(frozen=True)
class Jp2Header:
    """What the headers of a JPEG 2000 say.

    Attributes:
        pixels: How many it has.
        bands: How many values each has.
        parts_bytes: What the decoder keeps for the parts in which they are coded.
    """

    pixels: int
    bands: int
    parts_bytes: int


def jp2_header(data: bytes) -> Jp2Header | None:
    """Follow the headers of a JPEG 2000, those of its tiles as well; None for another kind."""
    if not data.startswith(_JP2_STARTS):
        return None
    place = data.find(b"\xff\x4f\xff\x51")
    if place < 0:
        return None
    size = struct.unpack_from(">8IH", data, place + 8)
    width, height = max(size[0] - size[2], 0), max(size[1] - size[3], 0)
    tiles = -(-(size[0] - size[6]) // max(size[4], 1)) * -(-(size[1] - size[7]) // max(size[5], 1))
    bands, pixels = size[8], width * height
    smallest = min(_part_pixels(data, place + 2), default=4096)
    parts = pixels * bands // smallest * _PART_BYTES
    return Jp2Header(pixels, bands, parts + tiles * (_TILE_BYTES + bands * _TILE_BAND_BYTES))


def _part_pixels(data: bytes, place: int) -> Iterator[int]:
    """The pixels of the smallest part of each way to code that is announced."""
    tile_end = 0
    for _segment in range(_MOST_SEGMENTS):
        if place + 4 > len(data):
            return
        marker, length = struct.unpack_from(">HH", data, place)
        if marker == _TILE_PART and place + 10 <= len(data):
            (tile,) = struct.unpack_from(">I", data, place + 6)
            tile_end = place + tile if tile else len(data)
        elif marker == _DATA:
            place = tile_end
            continue
        elif marker == _END:
            return
        elif marker in (_CODING, _CODING_OF_ONE):
            yield _smallest(data[place + 4 : place + 2 + length], marker)
        place += 2 + length


def _smallest(coding: bytes, marker: int) -> int:
    """See ISO/IEC 15444-1, A.6.1 and A.6.2."""
    start = 5 if marker == _CODING else 2 if len(coding) < 40 else 3
    wide, high = coding[start + 1] + 2, coding[start + 2] + 2
    if coding[0 if marker == _CODING else start - 1] & 1:
        for number, sides in enumerate(coding[start + 5 :]):
            halved = 1 if number else 0
            wide = min(wide, max((sides & 15) - halved, 0))
            high = min(high, max((sides >> 4) - halved, 0))
    return 1 << (wide + high)
