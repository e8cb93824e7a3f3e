"""TIFF files before they are decoded: which of the many kinds one is.

OpenCV decodes some that it does not understand to black, and of a camera's RAW photo, which is a
TIFF as well, the small picture for a first look.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_STARTS = {b"II*\0": "<", b"MM\0*": ">", b"II+\0": "<", b"MM\0+": ">"}
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 6: 1, 7: 1, 8: 2, 9: 4, 13: 4, 16: 8, 17: 8, 18: 8}
_CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}
_MOST_TAGS, _MOST_VALUES, _MOST_FOLDERS = 512, 1 << 16, 16

_COMPRESSION, _PHOTOMETRIC, _SUB_FOLDERS, _DNG_VERSION = 259, 262, 330, 50706
_BITS, _DESCRIPTION, _SAMPLES, _EXTRAS, _FORMAT = 258, 270, 277, 338, 339
_TO_CONVERT = frozenset({3, 6, 8})  # a palette, YCbCr, CIE L*a*b*: the decoder makes RGB of them
_OF_ONE, _OF_THREE = frozenset({0, 1, 3, 4}), frozenset({2, 6, 8})  # photometric kinds
_PARTS = ((273, 279), (324, 325))  # where strips and tiles are, and how long
# What OpenCV decodes, or refuses by itself; others come out black.
_READ_COMPRESSIONS = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 32773, 32946, 34925, 50000, 50001})
_OF_A_SENSOR = frozenset({32803, 34892})  # photometric kinds: a colour filter's pattern, linear raw

Tags = dict[int, tuple[int, ...]]


@dataclass(frozen=True)
class TiffKind:
    """What is known of a TIFF from its tags.

    Attributes:
        is_raw: Whether it is what a camera's sensor saw, and no picture yet.
        is_whole: Whether all its pixels are in the file.
    """

    is_raw: bool
    is_whole: bool


def is_tiff(data: bytes) -> bool:
    """Whether these are the first bytes of a TIFF."""
    return data[:4] in _STARTS


def byte_order(data: bytes) -> str:
    """How the numbers of a TIFF are written: "<" with the lowest byte first, or ">".

    Raises:
        KeyError: It is no TIFF.
    """
    return _STARTS[data[:4]]


def tiff_kind(data: bytes) -> TiffKind | None:
    """Look at the tags of a TIFF; None if they cannot be followed.

    Args:
        data: The whole file.
    """
    try:
        folders = list(_folders(data))
    except (struct.error, IndexError, KeyError, ValueError):
        return None
    if not folders:
        return None
    photometric = {tags.get(_PHOTOMETRIC, (0,))[0] for tags in folders}
    is_canon = data[8:10] == b"CR"
    is_raw = is_canon or any(_DNG_VERSION in tags for tags in folders)
    return TiffKind(
        is_raw or bool(photometric & _OF_A_SENSOR),
        _is_whole(folders[0], len(data)),
    )


def first_tags(data: bytes) -> Tags | None:
    """The tags of the first picture of a TIFF; None if they cannot be followed."""
    try:
        return next(_folders(data), None)
    except (struct.error, IndexError, KeyError, ValueError):
        return None


def is_packed_otherwise(tags: Tags) -> bool:
    """Whether the pixels of a picture are compressed in a way that OpenCV does not know."""
    return tags.get(_COMPRESSION, (1,))[0] not in _READ_COMPRESSIONS


def is_whole_tiff(data: bytes) -> bool:
    """Whether all pixels of the first picture are in the file, as far as its tags tell."""
    tags = first_tags(data)
    return tags is not None and _is_whole(tags, len(data))


def is_plain_tiff(data: bytes) -> bool:
    """Whether a TIFF is one that OpenCV reads as it is meant: of 8 bits, grey or in colour.

    Args:
        data: The whole file. One that cannot be followed is left to OpenCV too.
    """
    tags = first_tags(data)
    if tags is None:
        return True
    if (
        is_packed_otherwise(tags)
        or max(tags.get(_BITS, (1,)), default=1) > 8
        or set(tags.get(_FORMAT, (1,))) - {1, 4}
    ):
        return False
    samples, photometric = tags.get(_SAMPLES, (1,))[0], tags.get(_PHOTOMETRIC, (1,))[0]
    # An array that was stored without a word says its shape, and may have a band in each picture.
    is_array = bytes(value & 0xFF for value in tags.get(_DESCRIPTION, ())[:9]) == b'{"shape":'
    if is_array and photometric not in _TO_CONVERT:
        return False
    if samples == 1:
        return photometric in _OF_ONE
    return samples == 3 and photometric in _OF_THREE and _EXTRAS not in tags


def _folders(data: bytes) -> Iterator[Tags]:
    """The tags of each picture in the file, of those within pictures as well."""
    order = byte_order(data)
    is_big = b"+" in data[2:4]
    waiting = (
        [struct.unpack_from(order + "Q", data, 8)[0]]
        if is_big
        else [struct.unpack_from(order + "I", data, 4)[0]]
    )
    seen: set[int] = set()
    while waiting and len(seen) < _MOST_FOLDERS:
        place = waiting.pop(0)
        if place and place not in seen:
            seen.add(place)
            tags, after = tags_at(data, place, order, is_big)
            waiting += [*tags.get(_SUB_FOLDERS, ()), after]
            yield tags


def tags_at(data: bytes, place: int, order: str, is_big: bool = False) -> tuple[Tags, int]:
    """The numbers that stand at one place, and where the next picture's are; text as its bytes.

    Args:
        data: The file from its first four bytes on.
        place: Where the tags begin.
        order: "<" or ">", see `byte_order`.
        is_big: Whether it is the kind for files of more than 4 GB.

    Raises:
        struct.error, ValueError, KeyError: It is damaged.
    """
    count_code, entry_size, inline = ("Q", 20, 8) if is_big else ("H", 12, 4)
    (count,) = struct.unpack_from(order + count_code, data, place)
    if count > _MOST_TAGS:
        raise ValueError(f"{count} tags")
    start = place + (8 if is_big else 2)
    tags: Tags = {}
    left = 2 * _MOST_VALUES  # many tags may point to the same values
    for number in range(count):
        entry = start + number * entry_size
        tag, kind = struct.unpack_from(order + "HH", data, entry)
        (length,) = struct.unpack_from(order + ("Q" if is_big else "I"), data, entry + 4)
        size = _SIZES.get(kind)
        if size is None or length > min(_MOST_VALUES, left):
            continue
        left -= length
        where = entry + (12 if is_big else 8)
        if size * length > inline:
            (where,) = struct.unpack_from(order + ("Q" if is_big else "I"), data, where)
        tags[tag] = struct.unpack_from(f"{order}{length}{_CODES[size]}", data, where)
    end = start + count * entry_size
    (after,) = struct.unpack_from(order + ("Q" if is_big else "I"), data, end)
    return tags, after


def _is_whole(tags: Tags, size_bytes: int) -> bool:
    """Whether the pixels of a picture end before the file does."""
    for places, lengths in _PARTS:
        if places in tags and lengths in tags:
            ends = (a + b for a, b in zip(tags[places], tags[lengths], strict=False))
            return max(ends, default=0) <= size_bytes
    return False
