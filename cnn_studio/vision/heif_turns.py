"""How an AVIF or HEIF image is to be turned and mirrored before it is shown.

ISO/IEC 23008-12: the properties `irot` and `imir` of the primary item say so, in the order in which
they stand with it. An orientation in its Exif is to be passed over.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_META_FLAGS = 4  # a version and flags come before what a full box holds
_MOST_BOXES = 4096


def heif_turned(pixels: NDArray[np.generic], data: bytes) -> NDArray[np.generic]:
    """Turn what a decoder that knows no turns made of an AVIF image.

    Args:
        pixels: (height, width) or (height, width, channels), as they are stored.
        data: The whole file.

    Returns:
        The same pixels as they are to be shown.
    """
    for kind, value in _turns(data):
        # Quarters against the clock; a mirror changes top and bottom with 0, left and right with 1.
        is_turn = kind == b"irot"
        pixels = np.rot90(pixels, value & 3) if is_turn else np.flip(pixels, value & 1)
    return pixels


def avif_full(data: bytes) -> float:
    """The largest value that a colour of an AVIF image may have, by its bits."""
    place = data.find(b"pixi")
    bits = data[place + 9] if 0 < place < len(data) - 9 and data[place + 8] else 8
    return float((1 << min(bits, 16)) - 1)


def _turns(data: bytes) -> list[tuple[bytes, int]]:
    """The turns of the primary item, in their order; none where the file cannot be followed."""
    try:
        meta = inside(data, 0, len(data), b"meta")
        start, end = meta[0] + _META_FLAGS, meta[1]
        primary = _primary(data, inside(data, start, end, b"pitm")[0])
        properties = inside(data, start, end, b"iprp")
        kept = inside(data, *properties, b"ipco")
        every = list(boxes_in(data, *kept))
        places = [
            place
            for kind, begin, _end in boxes_in(data, *properties)
            if kind == b"ipma"
            for place in _associated(data, begin, primary)
        ]
        named = (every[place - 1] for place in places if 0 < place <= len(every))
        return [(kind, data[begin]) for kind, begin, _end in named if kind in (b"irot", b"imir")]
    except (struct.error, IndexError, KeyError):
        return []


def boxes_in(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The kind of each box, where its content begins and where it ends."""
    for _number in range(_MOST_BOXES):
        if start + 8 > end:
            return
        size, kind = struct.unpack_from(">I4s", data, start)
        content = start + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, content)
            content += 8
        elif size == 0:
            size = end - start
        if size < content - start or start + size > end:
            return
        yield kind, content, start + size
        start += size


def inside(data: bytes, start: int, end: int, kind: bytes) -> tuple[int, int]:
    """Where the content of the first box of a kind begins and where it ends.

    Raises:
        KeyError: There is none.
    """
    found = (place[1:] for place in boxes_in(data, start, end) if place[0] == kind)
    first = next(found, None)
    if first is None:
        raise KeyError(kind)
    return first


def _primary(data: bytes, place: int) -> int:
    (number,) = struct.unpack_from(">I" if data[place] else ">H", data, place + _META_FLAGS)
    return int(number)


def _associated(data: bytes, place: int, item: int) -> list[int]:
    """The places of an item's properties among all, counted from 1."""
    version, is_wide = data[place], data[place + 3] & 1
    (count,) = struct.unpack_from(">I", data, place + _META_FLAGS)
    place += 2 * _META_FLAGS
    item_code = ">I" if version else ">H"
    for _number in range(count):
        (number,) = struct.unpack_from(item_code, data, place)
        place += struct.calcsize(item_code)
        properties = data[place]
        place += 1
        code, mask = ("H", 0x7FFF) if is_wide else ("B", 0x7F)
        if number == item:
            values = struct.unpack_from(f">{properties}{code}", data, place)
            return [value & mask for value in values]
        place += properties * (2 if is_wide else 1)
    return []
