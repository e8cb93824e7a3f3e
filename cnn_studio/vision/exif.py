"""When a photo was taken and by which camera, as the camera wrote it into the file.

Exif 2.32 (CIPA DC-008): the tags of a TIFF, laid into a JPEG, PNG, WebP, HEIC or AVIF.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from cnn_studio.vision.encoded_files import JPEG_START, PNG_START, iso_brands
from cnn_studio.vision.tiff_kinds import Tags, byte_order, is_tiff, tags_at

_INTRODUCTION = b"Exif\0\0"
_MAKE, _MODEL, _EXIF_FOLDER, _SERIAL = 271, 272, 34665, 42033
# Not 306, which is when the file was last changed: a program that edits many sets it for all.
_TAKEN = (36867, 36868)
_TIME_FORMAT = "%Y:%m:%d %H:%M:%S"
_LONGEST_TEXT = 64
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
    try:
        block = _exif_block(data)
        return _taken(block) if block else None
    except (struct.error, IndexError, KeyError, ValueError):
        return None


def _taken(block: bytes) -> Taken | None:
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


def _exif_block(data: bytes) -> bytes:
    """The TIFF within a file that has the tags; empty if there is none."""
    if data.startswith(JPEG_START):
        block = next(_jpeg_exif(data), b"")
    elif data.startswith(PNG_START):
        block = next(_chunks(data, len(PNG_START), b"eXIf", ">I4s", 4), b"")
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        block = next(_chunks(data, 12, b"EXIF", "<4sI", 0), b"")
    elif iso_brands(data):
        start = data.find(_INTRODUCTION)
        block = data[start:] if start >= 0 else b""
    else:
        block = data if is_tiff(data) else b""
    return block.removeprefix(_INTRODUCTION)


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


def _chunks(data: bytes, place: int, kind: bytes, header: str, checksum: int) -> Iterator[bytes]:
    """The contents of the chunks of one kind: of a PNG, or of the RIFF file that WebP is."""
    while place + 8 <= len(data):
        fields = struct.unpack_from(header, data, place)
        found, length = fields if isinstance(fields[0], bytes) else fields[::-1]
        if found == kind:
            yield data[place + 8 : place + 8 + length]
        pad = length % 2 if checksum == 0 else 0
        place += 8 + length + checksum + pad
