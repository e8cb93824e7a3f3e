"""Encoded images before they are decoded: of what kind they are, and whether they are whole.

libpng and libjpeg write what they dislike straight to stderr, and libjpeg fills what is missing
with grey. Damage that can be found without decoding is therefore found here.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

JPEG_START = b"\xff\xd8\xff"
PNG_START = b"\x89PNG\r\n\x1a\n"
GIF_STARTS = (b"GIF87a", b"GIF89a")
_BMP_START = b"BM"
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_STILL_BRANDS = frozenset({b"mif1", b"msf1"})  # of either kind
_MOST_BRANDS_BYTES = 256

# Comments, colour profiles and the further pictures of an animation are not for the decoder: it
# complains of the first two on stderr, and only the first picture is wanted.
_PNG_CRITICAL = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
_PNG_NEEDED = _PNG_CRITICAL | {b"tRNS", b"eXIf"}
_PNG_MAX_SIDE = 1_000_000  # libpng's own limit

# A marker may have several FF before it. Asking for one finds it as well, and several times faster.
_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
_SCAN, _END = 0xDA, 0xD9
_MOST_SCANS = 4096  # no encoder writes so many, and a hostile file has one in each ten bytes
# What begins a frame: C0 to CF but for three, and JPEG-LS has one of its own.
_FRAMES = frozenset({*range(0xC0, 0xD0), 0xF7}) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE_FRAMES = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_USUAL_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC9, 0xCA})
# What may stand between the scans of a JPEG: tables, comments and the programs' own segments.
_BETWEEN_SCANS = frozenset({0xC4, 0xCC, 0xDA, 0xDB, 0xDC, 0xDD, 0xFE, *range(0xE0, 0xF0)})


def iso_brands(data: bytes) -> frozenset[bytes]:
    """What a file of the kind that MP4, HEIC and AVIF are says that it is; empty for others."""
    if data[4:8] != b"ftyp":
        return frozenset()
    end = min(int.from_bytes(data[:4], "big"), len(data), _MOST_BRANDS_BYTES)
    compatible = {data[place : place + 4] for place in range(16, end - 3, 4)}
    return frozenset({data[8:12], *compatible} - {b"\0\0\0\0"})


def is_heif(data: bytes) -> bool:
    """Whether these are the first bytes of a HEIC or HEIF image."""
    brands = iso_brands(data)
    is_still = data[8:12] in _HEIF_BRANDS | _STILL_BRANDS
    return is_still and (bool(brands & _HEIF_BRANDS) or not brands & _AVIF_BRANDS)


def is_avif(data: bytes) -> bool:
    """Whether these are the first bytes of an AVIF image."""
    is_still = data[8:12] in _AVIF_BRANDS | _STILL_BRANDS
    return is_still and bool(iso_brands(data) & _AVIF_BRANDS) and not is_heif(data)


def widely_read_suffix(data: bytes) -> str | None:
    """The file ending of an image that every program reads, by its content.

    Returns:
        ".jpg", ".png", ".gif" or ".bmp"; None for another kind, and for the kinds of BMP that
        TensorFlow does not read: those with a palette, with 16 bits a pixel, or packed.
    """
    if data.startswith(JPEG_START):
        return ".jpg"
    if data.startswith(PNG_START):
        return ".png"
    if data.startswith(GIF_STARTS):
        return ".gif"
    if data.startswith(_BMP_START) and len(data) >= 34:
        bits, packed = struct.unpack_from("<HI", data, 28)
        return ".bmp" if bits in (24, 32) and packed == 0 else None
    return None


def decodable(data: bytes) -> bytes | None:
    """What to hand to the decoder.

    Args:
        data: The whole file.

    Returns:
        The same bytes, or a PNG without what the decoder does not need; None for a PNG or a JPEG
        that is cut short or damaged. Other kinds are left to the decoder.
    """
    if data.startswith(PNG_START):
        return _tidy_png(data)
    if data.startswith(JPEG_START):
        return data if is_whole_jpeg(data) else None
    return data


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Height and width in pixels that a JPEG's header tells, as it is stored; None if none does."""
    frame = jpeg_frame(data)
    return (frame.height, frame.width) if frame is not None else None


def is_usual_jpeg(data: bytes) -> bool:
    """Whether a JPEG is of a kind that is decoded: lossy, with 8 bits for each colour.

    True also for one whose header ends before it says so.
    """
    frame = jpeg_frame(data)
    return frame is None or (frame.marker in _USUAL_FRAMES and frame.bits == 8)


def is_in_steps(data: bytes) -> bool:
    """Whether a JPEG comes in steps, each finer than the one before."""
    frame = jpeg_frame(data)
    return frame is not None and frame.is_in_steps


@dataclass(frozen=True, slots=True)
class JpegFrame:
    """What the header of a JPEG's frame says.

    Attributes:
        marker: Its kind.
        bits: Of each colour.
        height: In pixels, and `width`.
        samples_a_pixel: How many values are stored for each pixel, coarser colours as their part.
    """

    marker: int
    bits: int
    height: int
    width: int
    samples_a_pixel: float

    @property
    def is_in_steps(self) -> bool:
        """Whether the picture comes in steps, each finer than the one before."""
        return self.marker in _PROGRESSIVE_FRAMES


def jpeg_frame(data: bytes) -> JpegFrame | None:
    """What the header of a JPEG's frame says; None if there is none, or it is cut."""
    place = 2
    while (found := _MARKER.search(data, place)) is not None:
        marker, start = found[1][0], found.end()
        if marker in _FRAMES and start + 7 <= len(data):
            bits, height, width = struct.unpack_from(">BHH", data, start + 2)
            parts = data[start + 7] if start + 7 < len(data) else 0
            shares = [(b >> 4, b & 15) for b in data[start + 9 : start + 8 + 3 * parts : 3]]
            most = [max((share[side] for share in shares), default=1) or 1 for side in (0, 1)]
            samples = sum(wide * high for wide, high in shares) / (most[0] * most[1])
            return JpegFrame(marker, bits, height, width, samples)
        length = int.from_bytes(data[start : start + 2], "big")
        if marker == _SCAN or length < 2:
            return None
        place = start + length
    return None


def _tidy_png(data: bytes) -> bytes | None:
    """A PNG of only the chunks that say what it shows; None if one of them is damaged."""
    kept: list[bytes | memoryview] = [PNG_START]
    for kind, chunk in _png_chunks(data):
        if kind not in _PNG_NEEDED:
            if kind[:1].isupper():  # nobody can show it without knowing what this says
                return None
            continue
        if zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:], "big"):
            if kind in _PNG_CRITICAL:
                return None
            continue
        if kind == b"IHDR" and (len(kept) != 1 or not _is_sane_header(chunk)):
            return None
        kept.append(chunk)
        if kind == b"IEND":  # a large file is not copied if all of it is needed
            return data if sum(map(len, kept)) == len(data) else b"".join(kept)
    return None


def is_tidy_png(data: bytes) -> bool:
    """Whether a PNG has nothing but what its decoder needs, so that it is not copied."""
    return all(kind in _PNG_NEEDED for kind, _chunk in _png_chunks(data))


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Kind and bytes of each chunk, as far as they are whole."""
    every, place = memoryview(data), len(PNG_START)
    while place + 12 <= len(data):
        end = place + 12 + int.from_bytes(data[place : place + 4], "big")
        if end > len(data):
            return
        yield data[place + 4 : place + 8], every[place:end]
        place = end


def _is_sane_header(chunk: memoryview) -> bool:
    if len(chunk) != 25:
        return False
    sides = struct.unpack_from(">II", chunk, 8)
    return all(0 < side <= _PNG_MAX_SIDE for side in sides)


@dataclass(frozen=True, slots=True)
class Scan:
    """One of the passes in which a JPEG's picture is stored.

    Attributes:
        start: Where its coded pixels begin.
        end: Where they end: at the next marker that is none of a restart, or at the file's end.
        parts: The colour parts that it holds.
        first: Its first coefficient, and `last` its last one; 0 to 63 in one that has all.
        before: The bit that was sent before, and `after` the one that is now; see the standard.
        is_progressive: Whether the picture comes in steps.
        all_parts: How many colour parts the picture has.
    """

    start: int
    end: int
    parts: tuple[int, ...]
    first: int
    last: int
    before: int
    after: int
    is_progressive: bool
    all_parts: int


def is_whole_jpeg(data: bytes) -> bool:
    """Whether the scans of a JPEG go on to its end, with nothing in them that cannot be."""
    return jpeg_scans(data)[1]


def jpeg_scans(data: bytes) -> tuple[list[Scan], bool]:
    """The scans of a JPEG as far as it can be followed, and whether its end comes after them.

    Args:
        data: The whole file.
    """
    scans: list[Scan] = []
    place, parts, is_progressive = 2, 0, False
    while (found := _MARKER.search(data, place)) is not None:
        marker, start = found[1][0], found.end()
        if scans and (marker == _END or marker not in _BETWEEN_SCANS):
            return scans, marker == _END
        if start + 2 > len(data):
            return scans, False
        length = int.from_bytes(data[start : start + 2], "big")
        if length < 2 and marker != _SCAN:
            return scans, False
        place = start + length
        if marker in _FRAMES and start + 7 < len(data):
            parts, is_progressive = data[start + 7], marker in _PROGRESSIVE_FRAMES
        elif marker == _SCAN:
            after = _MARKER.search(data, place)
            end = after.start() if after is not None else len(data)
            scans.append(_scan(data, start, place, end, parts, is_progressive))
            if len(scans) == _MOST_SCANS:
                return scans, False
            place = end
    return scans, False


def _scan(data: bytes, header: int, start: int, end: int, parts: int, is_progressive: bool) -> Scan:
    count = min(data[header + 2], 4) if header + 2 < len(data) else 0
    named = tuple(data[header + 3 : header + 3 + 2 * count : 2])
    is_there = header < start - 3 and start <= len(data)
    first, last, bits = data[start - 3 : start] if is_there else (0, 63, 0)
    return Scan(start, end, named, first, last, bits >> 4, bits & 15, is_progressive, parts)
