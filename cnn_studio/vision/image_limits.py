"""How large an image may be: a file's bytes, its pixels, and the memory that reading it takes.

A file of a few kB may promise more than the memory holds. What a decoder needs for a pixel is known
by the kind of file, so the header tells before anything is decoded whether an image is read. The
bytes a pixel below were measured, from the file to 8 bits RGB; tests/vision/test_image_limits.py
measures them again.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from cnn_studio.errors import ImageError
from cnn_studio.vision.coded_sizes import avif_size, heif_pixels, jp2_header
from cnn_studio.vision.encoded_files import (
    GIF_STARTS,
    JPEG_START,
    PNG_START,
    JpegFrame,
    is_avif,
    is_heif,
    is_tidy_png,
    jpeg_frame,
    jpeg_scans,
)
from cnn_studio.vision.opencv import MAX_PIXELS
from cnn_studio.vision.tiff_kinds import Tags, first_tags, is_plain_tiff, is_tiff

MAX_FILE_BYTES = 320 << 20
"""No photo is larger: 50 million pixels of 16 bits for each colour, not packed, take 300 MB."""

MAX_MEMORY_BYTES = 1 << 30
"""Reading an image takes no more than this, the bytes of its file among them."""

_PNM = re.compile(rb"P([1-6])" + (rb"(?:\s|#[^\n]*\n)+" + rb"(\d{1,9})") * 2)
_MOST_STEPS = 3 * 10**9  # pixels that a decoder goes over in some seconds
_WEBP_BYTES, _GIF_BYTES, _HEIC_BYTES = 8.6, 8.6, 12.0
_AVIF_BYTES, _AVIF_ALPHA_BYTES = (26.0, 19.5), (45.0, 35.5)  # of more than 8 bits, and of 8
_SEPARATE, _PALETTE = 2, 3


@dataclass(frozen=True)
class Cost:
    """What an image takes to be read, by its header.

    Attributes:
        pixels: How many it has, or is coded in.
        bytes_a_pixel: What its decoder and all that follows need for each.
        besides: The bytes that are needed whatever the pixels are.
        bands: How many values a pixel has, where they may be many.
        passes: How often the decoder goes over all pixels.
    """

    pixels: int
    bytes_a_pixel: float
    besides: int = 0
    bands: int = 0
    passes: int = 1


def check_limits(data: bytes, name: str) -> None:
    """Refuse an image that is too large, before it is decoded.

    Args:
        data: The whole file, of any kind; what cannot be followed is left to its decoder.
        name: What to call it in an error.

    Raises:
        ImageError: It has too many bytes or pixels, or reading it would take too much memory.
    """
    if len(data) > MAX_FILE_BYTES:
        raise ImageError(f"The file has more than {MAX_FILE_BYTES >> 20} MB: {name}.")
    try:
        cost = cost_of(data)
    except ImageError as error:
        raise ImageError(f"{error}: {name}.") from error
    if cost is None:
        return
    if cost.pixels > MAX_PIXELS:
        raise ImageError(too_large(name))
    if cost.passes * cost.pixels > _MOST_STEPS:
        raise ImageError(
            f"It comes in too many steps, {cost.passes:,}; save it again as a plain JPEG: {name}."
        )
    if len(data) + cost.besides + cost.pixels * cost.bytes_a_pixel <= MAX_MEMORY_BYTES:
        return
    if cost.bands > 4:
        raise ImageError(f"Its {cost.bands} bands need more than 1 GB: {name}.")
    raise ImageError(
        f"Its {cost.pixels / 10**6:,.0f} million pixels need more than 1 GB of memory to be read; "
        f"save it {'as JPEG' if is_avif(data) else 'smaller'}: {name}."
    )


def too_large(name: str) -> str:
    """The sentence for an image that has too many pixels."""
    return f"It has more than {MAX_PIXELS // 10**6} million pixels: {name}."


def cost_of(data: bytes) -> Cost | None:
    """What an image takes to be read; None if its header cannot be followed.

    Raises:
        ImageError: It has more parts than are looked at.
    """
    try:
        return _cost(data)
    except (struct.error, IndexError, KeyError, ValueError):
        return None


def _cost(data: bytes) -> Cost | None:
    if data.startswith(JPEG_START):
        frame = jpeg_frame(data)
        return None if frame is None else _of_jpeg(frame, data)
    if data.startswith(PNG_START):
        return _of_png(data) if data[12:16] == b"IHDR" else None
    if data.startswith(GIF_STARTS):
        width, height = struct.unpack_from("<HH", data, 6)
        return Cost(width * height, _GIF_BYTES)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Cost(_webp_pixels(data), _WEBP_BYTES)
    if data.startswith(b"BM"):
        width, height, _planes, bits = struct.unpack_from("<iiHH", data, 18)
        return Cost(abs(width * height), 8.6 if bits == 32 else 6.6)
    if is_avif(data):
        pixels, is_of_8_bits = avif_size(data)
        each = _AVIF_ALPHA_BYTES if b"auxC" in data else _AVIF_BYTES
        return Cost(pixels, each[is_of_8_bits])
    if is_heif(data):
        return Cost(heif_pixels(data), _HEIC_BYTES)
    if is_tiff(data):
        return _of_tiff(data)
    if (found := _PNM.match(data)) is not None:
        colours = 3 if found[1] in b"36" else 1
        return Cost(int(found[2]) * int(found[3]), 6.6 + 2 * colours)
    header = jp2_header(data)
    if header is None:
        return None
    return Cost(header.pixels, 2.5 + 6.1 * header.bands, header.parts_bytes, header.bands)


def _of_jpeg(frame: JpegFrame, data: bytes) -> Cost:
    """What comes in steps is kept as coefficients of two bytes until the last step."""
    coefficients = 2 * frame.samples_a_pixel if frame.is_in_steps else 0.0
    passes = len(jpeg_scans(data)[0]) if frame.is_in_steps else 1
    return Cost(frame.height * frame.width, max(6.2, 3.2 + coefficients), passes=passes)


def _of_png(data: bytes) -> Cost:
    width, height, bits, colour = struct.unpack_from(">IIBB", data, 16)
    is_clear = b"tRNS" in data[33 : max(33, data.find(b"IDAT"))]
    has_alpha = colour & 4 or is_clear
    if bits == 16:
        each = 16.4 if has_alpha else 12.4 if colour & 2 else 5.4
    else:
        each = 8.4 if has_alpha else 6.4
    return Cost(width * height, each, 0 if is_tidy_png(data) else len(data))


def _webp_pixels(data: bytes) -> int:
    """Of the canvas, and of the picture where it is the larger one."""
    kind = data[12:16]
    if kind == b"VP8X":
        width, height = (
            1 + int.from_bytes(data[place : place + 3], "little") for place in (24, 27)
        )
    elif kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    else:
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", data, 26))
    return width * height


def _of_tiff(data: bytes) -> Cost | None:
    tags = first_tags(data)
    if tags is None or 256 not in tags or 257 not in tags:
        return None
    width, height = tags[256][0], tags[257][0]
    bands, bits = tags.get(277, (1,))[0], max(tags.get(258, (1,)), default=1)
    part = part_bytes(tags)
    if is_plain_tiff(data):
        return Cost(width * height, 6.6, 2 * part, bands)
    stored = bands * next((size for size in (1, 2, 4) if bits <= 8 * size), 8)
    alpha = 4 if 338 in tags else 0
    palette = 6 if tags.get(262, (1,))[0] == _PALETTE else 0
    is_read_at_once = tags.get(259, (1,))[0] == 1 and 322 not in tags and not bits % 8
    besides = 0 if is_read_at_once else 2 * part
    return Cost(width * height, stored + 4.4 + alpha + palette, besides, bands)


def part_bytes(tags: Tags) -> int:
    """How many bytes a strip or tile of a TIFF has once it is unpacked."""
    width, height = tags.get(322, tags[256])[0], tags.get(323, tags.get(278, tags[257]))[0]
    if 322 not in tags:
        height = min(height, tags[257][0])
    bands = 1 if tags.get(284, (1,))[0] == _SEPARATE else tags.get(277, (1,))[0]
    return width * height * bands * max(max(tags.get(258, (1,)), default=1), 8) // 8
