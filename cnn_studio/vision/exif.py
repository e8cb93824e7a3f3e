"""When a photo was taken and by which camera, as the camera wrote it into the file.

Exif 2.32 (CIPA DC-008): the tags of a TIFF, laid into a JPEG, PNG, WebP, HEIC or AVIF.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from cnn_studio.vision.encoded_files import JPEG_START, PNG_START, iso_brands
from cnn_studio.vision.tiff_kinds import Tags, byte_order, first_tags, is_tiff, tags_at

_INTRODUCTION = b"Exif\0\0"
_ORIENTATION = 274
_MAKE, _MODEL, _EXIF_FOLDER, _SERIAL = 271, 272, 34665, 42033
# Not 306, which is when the file was last changed: a program that edits many sets it for all.
_TAKEN = (36867, 36868)
_TIME_FORMAT = "%Y:%m:%d %H:%M:%S"
_LONGEST_TEXT, _LONGEST_BLOCK = 64, 1 << 16
_TIFF_START = re.compile(rb"II\*\0|MM\0\*")
_ASCII, _LONG = 2, 4
_SCAN, _APPLICATION_1 = 0xDA, 0xE1


@dataclass(frozen=True)
class Taken:
    """How a photo came to be.

    Attributes:
        camera: Make, model and number of the camera, as far as they are known; may be empty.
        time_s: What its clock showed, in seconds since 1970, as if it showed UTC.
    """

    camera: str
    time_s: int


def when_taken(data: bytes) -> Taken | None:
    """When and by what a photo was taken; None if the file does not say, or is damaged.

    Args:
        data: The whole file.
    """
    found = map(_taken, _exif_blocks(data))
    return next((taken for taken in found if taken is not None), None)


def orientation(data: bytes) -> int:
    """How an image is to be turned, 1 to 8 as in Exif; 1 if it does not say, or says nonsense.

    Args:
        data: The whole file.
    """
    for block in _exif_blocks(data):
        tags = first_tags(block)
        if tags is None:
            continue
        turned = tags.get(_ORIENTATION, (1,))
        return turned[0] if turned and 1 <= turned[0] <= 8 else 1
    return 1


def with_taken(jpeg: bytes, taken: Taken) -> bytes:
    """A JPEG that says when and by what it was taken, and nothing else of what Exif knows.

    Args:
        jpeg: The whole file; it has no Exif.
        taken: What is to be said.
    """
    camera = taken.camera.encode("latin-1", "replace")[: _LONGEST_TEXT - 1] + b"\0"
    time = datetime.fromtimestamp(taken.time_s, UTC).strftime(_TIME_FORMAT).encode() + b"\0"
    within = (
        8 + 2 + 2 * 12 + 4
    )  # the second folder lies behind the first one, and the texts behind it
    texts = within + 2 + 12 + 4
    camera += bytes(max(5 - len(camera), 0))  # up to four bytes would stand in the tag itself
    block = struct.pack("<4sIH", b"II*\0", 8, 2)
    block += struct.pack("<HHII", _MODEL, _ASCII, len(camera), texts)
    block += struct.pack("<HHIII", _EXIF_FOLDER, _LONG, 1, within, 0)
    block += struct.pack("<HHHIII", 1, _TAKEN[0], _ASCII, len(time), texts + len(camera), 0)
    content = _INTRODUCTION + block + camera + time
    segment = struct.pack(">BBH", 0xFF, _APPLICATION_1, len(content) + 2) + content
    return jpeg[:2] + segment + jpeg[2:]


def _taken(block: bytes) -> Taken | None:
    """What a TIFF with the tags says; None if it says nothing, or is damaged."""
    try:
        return _followed(block)
    except (struct.error, IndexError, KeyError, ValueError):
        return None


def _followed(block: bytes) -> Taken | None:
    order = byte_order(block)
    (place,) = struct.unpack_from(order + "I", block, 4)
    tags, _after = tags_at(block, place, order)
    folder = tags.get(_EXIF_FOLDER)
    if folder is None:
        return None
    within, _after = tags_at(block, folder[0], order)
    written = next((text for tag in _TAKEN if (text := _text(within, tag))), "")
    time = datetime.strptime(written, _TIME_FORMAT).replace(tzinfo=UTC)
    named = (_text(tags, _MAKE), _text(tags, _MODEL), _text(within, _SERIAL))
    return Taken(" ".join(filter(None, named)), int(time.timestamp()))


def _text(tags: Tags, tag: int) -> str:
    values = bytes(value for value in tags.get(tag, ())[:_LONGEST_TEXT] if 0 <= value < 256)
    return values.partition(b"\0")[0].decode("latin-1").strip()


def _exif_blocks(data: bytes) -> Iterator[bytes]:
    """What may be the TIFF within a file that has the tags."""
    blocks: Iterable[bytes] = ()
    if data.startswith(JPEG_START):
        blocks = _jpeg_exif(data)
    elif data.startswith(PNG_START):
        blocks = _png_exif(data)
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        blocks = _webp_exif(data)
    elif iso_brands(data):  # it may lie anywhere, and says by its start what it is
        places = (found.start() for found in _TIFF_START.finditer(data))
        blocks = (data[place : place + _LONGEST_BLOCK] for place in places)
    elif is_tiff(data):
        blocks = (data,)
    for block in blocks:
        yield block.removeprefix(_INTRODUCTION)


def _jpeg_exif(data: bytes) -> Iterator[bytes]:
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:  # a marker may have several of them before it
            place += 1
            continue
        if marker == _SCAN:
            return
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        content = data[place + 4 : end]
        if marker == _APPLICATION_1 and content.startswith(_INTRODUCTION):
            yield content
        place = end


def _png_exif(data: bytes) -> Iterator[bytes]:
    place = len(PNG_START)
    while place + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        if kind == b"eXIf":
            yield data[place + 8 : place + 8 + length]
        place += 12 + length  # with a checksum of 4 bytes


def _webp_exif(data: bytes) -> Iterator[bytes]:
    place = 12
    while place + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, place)
        if kind == b"EXIF":
            yield data[place + 8 : place + 8 + length]
        place += 8 + length + length % 2
