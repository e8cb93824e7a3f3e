"""JPEG files whose end is not as it should be: is all of the picture there, or how much of it?

Telephones write notes behind a picture, and some of them over its end; a download that breaks off
leaves half of one. libjpeg reads both, and fills what is missing with grey. Whether anything is
missing is found by a question to the decoder: what it needs not, it does not look at. Other bytes
behind a picture that is whole change none of its pixels, and those behind a cut one do.

Pillow is asked, since its libjpeg writes no line to stderr.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from cnn_studio.errors import NOT_UNDERSTOOD
from cnn_studio.vision.encoded_files import (
    JPEG_START,
    Scan,
    is_in_steps,
    is_whole_jpeg,
    jpeg_scans,
    jpeg_size,
)
from cnn_studio.vision.opencv import MAX_PIXELS

_LARGE_PIXELS = 24 * 10**6
_END_OF_IMAGE = b"\xff\xd9"
# What stands in for the bytes that may be missing: no long even run, and no marker but those of
# restarts, all of them, since nobody knows which one is waited for.
_NOISE = bytes(np.random.default_rng(1).integers(1, 255, 4096, np.uint8))
_OTHER_BYTES = _NOISE + 2 * b"".join(bytes((0xFF, 0xD0 + number)) + _NOISE for number in range(8))
_LEAST_FILL = 64  # so many zeros were never written
_MOST_ZEROS = 16  # so many may have been
_SHORT_SCAN = 0.25
_GREYS = frozenset({64, 65, 128})
_BLOCK = 8
# What share of a file each scan of a photo has, as most programs write it in steps: the median of
# 234 photos.
_USUAL_STEPS = {
    (3, 0, 0, 0, 1): 0.115, (1, 1, 5, 0, 2): 0.125, (1, 6, 63, 0, 2): 0.09,
    (1, 1, 63, 0, 1): 0.016, (1, 1, 63, 2, 1): 0.2, (3, 0, 0, 1, 0): 0.03,
}  # fmt: skip
_REFINED_LUMA, _REFINED_CHROMA = 0.36, 0.016
_MOST_STEPS = 10
_Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class JpegEnd:
    """What was found at the end of a JPEG.

    Attributes:
        whole: The file with a proper end, where its picture is whole; None where it is not.
        share: How much of the picture is there, from 0 to 1; 0 if nothing is known of it.
    """

    whole: bytes | None
    share: float


def jpeg_end(data: bytes) -> JpegEnd:
    """Look whether all of a JPEG's picture is there.

    Args:
        data: The whole file, whose end is missing or may be that of a cut picture.
    """
    size = jpeg_size(data)
    scans, is_ended = jpeg_scans(data)
    if not scans or size is None or not 0 < size[0] * size[1] <= MAX_PIXELS:
        return JpegEnd(None, 0.0)
    # A large one is looked at in half its size: all of it would take long, and much memory.
    is_large = size[0] * size[1] > _LARGE_PIXELS
    at_size = 2 if is_large else 1
    place = _without_fill(data, scans[-1], at_size)
    as_it_is = _pixels(data[:place] + _END_OF_IMAGE, at_size)
    if as_it_is is None:
        return JpegEnd(None, 0.0)
    other = _pixels(data[:place] + _OTHER_BYTES + _END_OF_IMAGE, at_size)
    missing = _first_other(as_it_is, other)
    steps = _steps(scans)
    if scans[-1].start == scans[-1].end:
        missing = 0.0  # a scan that was begun has something to say
    # A picture in steps may be meant to end before the finest one.
    is_meant = data[scans[-1].end :].startswith(_END_OF_IMAGE)
    if missing is None and (is_meant or steps >= 1):
        if is_ended:
            return JpegEnd(data, 1.0)
        if is_large:
            return JpegEnd(data[:place] + _END_OF_IMAGE, 1.0)
        return JpegEnd(_ended(data, place, scans[-1], as_it_is), 1.0)
    before = _steps(scans[:-1])
    reached = 1.0 if missing is None else missing
    return JpegEnd(None, min(before + reached * (steps - before), 0.999))


def may_be_cut(data: bytes, image_rgb: _Pixels) -> bool:
    """Whether a JPEG that has an end may be cut all the same, so that `jpeg_end` has to tell.

    Args:
        data: The whole file.
        image_rgb: What was decoded of it.
    """
    if any(_is_grey_corner(image_rgb, row, column) for row in (0, -1) for column in (0, -1)):
        return True
    if not is_in_steps(data):
        return False
    scans, _is_ended = jpeg_scans(data)
    before = sum(scan.end - scan.start for scan in scans[:-1])
    return not _is_refined(scans) or scans[-1].end - scans[-1].start < before * _SHORT_SCAN


def _is_grey_corner(image_rgb: _Pixels, row: int, column: int) -> bool:
    """Whether it is as libjpeg makes what is missing: half the light, or half of half in CMYK."""
    if int(image_rgb[row, column, 0]) not in _GREYS:
        return False
    rows, columns = (slice(_BLOCK) if side == 0 else slice(-_BLOCK, None) for side in (row, column))
    corner = image_rgb[rows, columns]
    return int(corner.min()) == int(corner.max())


def mended_jpeg(data: bytes) -> bytes:
    """A JPEG with the end that it lacks, for programs that insist on one; all else as it is.

    Args:
        data: The whole file, of any kind.
    """
    if not data.startswith(JPEG_START) or is_whole_jpeg(data):
        return data
    return jpeg_end(data).whole or data


def _without_fill(data: bytes, scan: Scan, at_size: int) -> int:
    """Where the bytes of a scan end that somebody wrote; what a crash leaves behind is zeros."""
    place = scan.end
    while place > scan.start and data[place - 1] == 0xFF:  # half a marker
        place -= 1
    written = len(data[scan.start : place].rstrip(b"\0")) + scan.start
    if data[place:].strip(b"\0") or place - written < _LEAST_FILL or _ends_at(data, place, at_size):
        return place
    return written + _MOST_ZEROS


def _ends_at(data: bytes, place: int, at_size: int) -> bool:
    """Whether a picture ends just there: an even one may be packed as zeros."""
    as_it_is = _pixels(data[:place] + _END_OF_IMAGE, at_size)
    if as_it_is is None:
        return False
    other, shorter = (
        _first_other(as_it_is, _pixels(data[:cut] + _OTHER_BYTES + _END_OF_IMAGE, at_size))
        for cut in (place, place - _LEAST_FILL // 2)
    )
    return other is None and shorter is not None


def _ended(data: bytes, place: int, scan: Scan, as_it_is: _Pixels) -> bytes:
    """The file up to where the decoder stops to look, and a proper end."""

    def is_enough(cut: int) -> bool:
        return _first_other(as_it_is, _pixels(data[:cut] + _OTHER_BYTES + _END_OF_IMAGE)) is None

    least, most = scan.start, place
    if not scan.is_progressive:  # an eighth of the side tells nearly where, in a fifth of the time
        least = _nearly(data, place, scan)
        step = 16
        while least + step < most and not is_enough(least + step):
            step *= 4
        most = min(least + step, most)
        cut = _between(is_enough, least - 1, most)
    else:
        cut = _from_above(is_enough, least, most)
    ended = data[:cut] + _END_OF_IMAGE
    is_same = _first_other(as_it_is, _pixels(ended)) is None
    return ended if is_same else data[:place] + _END_OF_IMAGE


def _nearly(data: bytes, place: int, scan: Scan) -> int:
    small = _pixels(data[:place] + _END_OF_IMAGE, _BLOCK)

    def is_enough(cut: int) -> bool:
        other = _pixels(data[:cut] + _OTHER_BYTES + _END_OF_IMAGE, _BLOCK)
        return small is not None and _first_other(small, other) is None

    return _from_above(is_enough, scan.start, place)


def _from_above(is_enough: Callable[[int], bool], least: int, most: int) -> int:
    """The smallest place that is enough, where `most` is; found in few steps if near to it."""
    step = 1
    while most - step > least and is_enough(most - step):
        most -= step
        step *= 2
    return _between(is_enough, max(most - step, least), most)


def _between(is_enough: Callable[[int], bool], low: int, high: int) -> int:
    """The smallest place that is enough, where `high` is and `low` is not."""
    while high - low > 1:
        middle = (low + high) // 2
        if is_enough(middle):
            high = middle
        else:
            low = middle
    return high


def _pixels(jpeg: bytes, at_size: int = 1) -> _Pixels | None:
    """Decode a JPEG, at half, a quarter or an eighth of its size; None if it cannot be."""
    try:
        # Not by Image.open, which warns of more than 89 million pixels.
        with JpegImageFile(io.BytesIO(jpeg)) as image:
            if at_size > 1:
                image.draft(None, (image.width // at_size, image.height // at_size))
            return np.asarray(image)
    except (*NOT_UNDERSTOOD, OSError, SyntaxError, struct.error, Image.DecompressionBombError):
        return None


def _first_other(one: _Pixels, other: _Pixels | None) -> float | None:
    """How far down two pictures are the same, from 0 to 1; None if they are everywhere."""
    if other is None or one.shape != other.shape:
        return 0.0
    differs = one != other
    if differs.ndim == 3:
        differs = differs.any(axis=2)
    rows = np.flatnonzero(differs.any(axis=1))
    if not len(rows):
        return None
    # A row of blocks is half there: what is new in it begins at a column. Its colours reach a
    # little into the row above.
    first = (int(rows[0]) + 2) // (2 * _BLOCK) * 2 * _BLOCK
    columns = np.flatnonzero(differs[first : first + 2 * _BLOCK].any(axis=0))
    column = int(columns[0]) if len(columns) else 0
    height, width = differs.shape
    reached = first + min(2 * _BLOCK, height - first) * column / width
    return min(float(reached / height), 1.0)


def _steps(scans: list[Scan]) -> float:
    """What share of a picture's scans these are; 1 for all, also of one that is not in steps."""
    if not scans:
        return 0.0
    if not scans[0].is_progressive:
        parts = {part for scan in scans for part in scan.parts}
        return min(len(parts) / max(scans[0].all_parts, 1), 1.0)
    if _is_refined(scans):
        return 1.0
    usual = sum(_usual_share(scan, scans[0].parts[0]) for scan in scans)
    return min(usual or len(scans) / _MOST_STEPS, 0.99)


def _usual_share(scan: Scan, luma: int) -> float:
    key = (min(len(scan.parts), 3), scan.first, scan.last, scan.before, scan.after)
    if len(scan.parts) == 1 and scan.before == 1 and scan.first:
        return _REFINED_LUMA if scan.parts[0] == luma else _REFINED_CHROMA
    return _USUAL_STEPS.get(key, 0.0)


def _is_refined(scans: list[Scan]) -> bool:
    """Whether the last bit of every coefficient of every part was sent."""
    done: dict[int, int] = {}
    for scan in scans:
        if scan.after == 0:
            bits = (1 << (scan.last + 1)) - (1 << scan.first)
            for part in scan.parts:
                done[part] = done.get(part, 0) | bits
    return len(done) >= scans[0].all_parts and all(bits == (1 << 64) - 1 for bits in done.values())
