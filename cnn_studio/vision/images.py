"""Image files: read into RGB arrays, and encoded from them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ImageError
from cnn_studio.untrusted_files import read_bytes
from cnn_studio.vision.encoded_files import (
    JPEG_START,
    PNG_START,
    decodable,
    is_avif,
    is_heif,
    is_usual_jpeg,
    is_whole_jpeg,
    jpeg_size,
    widely_read_suffix,
)
from cnn_studio.vision.exif import orientation, when_taken, with_taken
from cnn_studio.vision.file_kinds import damaged, readable_suffix, refusal, unread_kind
from cnn_studio.vision.heic import HEIC_SUFFIXES, decode_heic
from cnn_studio.vision.heif_turns import avif_full, heif_turned
from cnn_studio.vision.image_limits import MAX_FILE_BYTES, check_limits, too_large
from cnn_studio.vision.jpeg_ends import jpeg_end, may_be_cut, mended_jpeg
from cnn_studio.vision.opencv import cv2
from cnn_studio.vision.pixel_ranges import PixelFacts, PixelReading, decide
from cnn_studio.vision.pixels import ImageArray, on_white, upright
from cnn_studio.vision.stored_pixels import (
    decode_as_stored,
    may_be_deep,
    read_stored,
    rendered,
)

__all__ = ["ImageArray", "mended_jpeg"]

_PHOTO_SUFFIXES = HEIC_SUFFIXES | {".avif"}
IMAGE_SUFFIXES = _PHOTO_SUFFIXES | {
    ".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".gif", ".ppm", ".pgm", ".jp2"
}  # fmt: skip
"""File endings, in lower case, that are taken for images."""

JPEG_QUALITY = 95
_LARGE = 3 * 24 * 10**6  # values
_ALL_16_BITS = (0.0, 65535.0)

_REDUCTIONS = (
    (8, cv2.IMREAD_REDUCED_COLOR_8),
    (4, cv2.IMREAD_REDUCED_COLOR_4),
    (2, cv2.IMREAD_REDUCED_COLOR_2),
)


def is_image_name(path: Path) -> bool:
    """Whether a file's ending says that it is an image."""
    return path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".")


def read_image(path: Path, least_side: int | None = None) -> ImageArray:
    """Read an image file.

    Orientation is obeyed, alpha is laid on white, grey and more bits become 8-bit RGB: from the
    range that the file tells, else from the one that it likely has by what is in it.

    Args:
        path: The file.
        least_side: For pictures that are shown small; see `decode_image`.

    Returns:
        Pixels (height, width, 3), uint8, RGB.

    Raises:
        ImageError: The file is missing, empty, damaged, of a kind that is not read, or no image.
    """
    return decode_image(read_file(path), path.name, least_side)


def read_file(path: Path) -> bytes:
    """Read the bytes of an image file.

    Raises:
        ImageError: The file is missing, is no regular file, is too large or cannot be read.
    """
    return read_bytes(path, MAX_FILE_BYTES, ImageError)


def decode_image(
    data: bytes,
    name: str,
    least_side: int | None = None,
    readings: Mapping[str, PixelReading] | None = None,
) -> ImageArray:
    """Decode an encoded image; see `read_image`.

    Args:
        data: The whole file's bytes.
        name: What to call the image in an error.
        least_side: A JPEG may come out at half, a quarter or an eighth of its size, as long as no
            side is shorter than this, in pixels. A photo of 12 million pixels is then decoded
            ten times as fast. None gives all pixels, as whatever looks into them needs.
        readings: How images of more than 8 bits or three bands are read, by their family; what is
            not named here goes by what the file says, else by what is in it.

    Returns:
        Pixels (height, width, 3), uint8, RGB.

    Raises:
        ImageError: The bytes are none, damaged, of a kind that is not read, or no image.
    """
    if not data:
        raise ImageError(f"The file is empty: {name}.")
    check_limits(data, name)
    if is_heif(data):
        return decode_heic(data, name)
    if data.startswith(JPEG_START):
        return _decode_jpeg(data, name, least_side)
    not_read = unread_kind(data, name)
    if not_read:
        raise ImageError(not_read)
    if readable_suffix(data) is None:  # OpenCV would try kinds whose limits nobody has looked at
        raise ImageError(refusal(data, name))
    stored = read_stored(data, name)
    if stored is not None:
        facts = stored.facts()
        reading = (readings or {}).get(facts.family)
        if reading is None or max(reading.bands) >= facts.bands:  # a card may say anything
            reading = decide(facts).reading
        return rendered(stored, reading)
    return _decode_plain(data, name)


def own_reading(data: bytes, name: str) -> tuple[str, PixelReading] | None:
    """How an image of more than 8 bits or three bands is read by itself, and its family.

    Returns:
        None for a plain image.

    Raises:
        ImageError: It is damaged, too large, or packed in a way that is not read.
    """
    facts = look_into(data, name)
    return None if facts is None else (facts.family, decide(facts).reading)


def look_into(data: bytes, name: str) -> PixelFacts | None:
    """What is in an image of more than 8 bits or three bands; None for a plain one.

    Raises:
        ImageError: It is damaged, too large, or packed in a way that is not read.
    """
    if is_heif(data) or data.startswith(JPEG_START) or unread_kind(data, name):
        return None
    check_limits(data, name)
    stored = read_stored(data, name)
    return None if stored is None else stored.facts()


def _decode_jpeg(data: bytes, name: str, least_side: int | None) -> ImageArray:
    return _decode_whole_jpeg(decodable(data) or _mended(data, name), name, least_side)


def _decode_whole_jpeg(data: bytes, name: str, least_side: int | None) -> ImageArray:
    """One that has an end, which may come too early."""
    reduced = None if least_side is None else _reduced(data, least_side)
    flags = cv2.IMREAD_COLOR_RGB if reduced is None else reduced
    colour = _decode(np.frombuffer(data, np.uint8), flags, name)
    if colour is None:
        _mended(data, name)
        raise ImageError(refusal(data, name))
    if reduced is not None:  # there is no such flag for RGB
        colour = np.ascontiguousarray(colour[..., ::-1])
    image_rgb = np.asarray(colour, np.uint8)
    if may_be_cut(data, image_rgb):
        is_large = image_rgb.size > _LARGE
        if is_large:  # the question takes as much memory again
            del image_rgb, colour
        _mended(data, name)
        if is_large:
            return _decoded_again(data, flags, name, is_bgr=reduced is not None)
    return image_rgb


def _decoded_again(data: bytes, flags: int, name: str, *, is_bgr: bool) -> ImageArray:
    colour = _decode(np.frombuffer(data, np.uint8), flags, name)
    if colour is None:
        raise ImageError(refusal(data, name))
    return np.ascontiguousarray(colour[..., ::-1] if is_bgr else colour, np.uint8)


def _decode_plain(data: bytes, name: str) -> ImageArray:
    """An image of 8 bits that is no JPEG: its fourth channel, if it has one, is alpha."""
    checked = decodable(data)
    if checked is None:
        raise ImageError(refusal(data, name))
    as_stored = is_avif(data)  # its Exif does not say how it is turned
    decoded = decode_as_stored(checked, name)
    if decoded is not None and decoded.shape[2] == 4:
        turned = heif_turned(decoded, data) if as_stored else upright(decoded, orientation(data))
        return on_white(turned, avif_full(data) if as_stored else None)
    del decoded  # before the next one is made
    flags = cv2.IMREAD_COLOR_RGB | (cv2.IMREAD_IGNORE_ORIENTATION if as_stored else 0)
    colour = _decode(np.frombuffer(checked, np.uint8), flags, name)
    if colour is None:
        raise ImageError(refusal(data, name))
    return np.ascontiguousarray(heif_turned(colour, data) if as_stored else colour, np.uint8)


def keeps_its_bytes(data: bytes) -> bool:
    """Whether an import stores a file just as it is, if it is whole; see `kept_file`."""
    if widely_read_suffix(data) is None or may_be_deep(data):
        return False
    return not data.startswith(JPEG_START) or is_whole_jpeg(data)


def kept_file(
    data: bytes, name: str, suffix: str, readings: Mapping[str, PixelReading] | None = None
) -> tuple[bytes, str]:
    """What an import stores of an image file; see `keepable`.

    Args:
        data: The whole file.
        name: What to call it in an error.
        suffix: How its name ends, in lower case.
        readings: See `decode_image`.

    Returns:
        The bytes and the ending to store. A JPEG gets the end that it lacks, and a PNG of 16 bits
        becomes one of 8 unless every program reads it alike.

    Raises:
        ImageError: See `decode_image`.
    """
    if data.startswith(JPEG_START):
        whole = decodable(data) or _mended(data, name)
        return keepable(whole, _decode_whole_jpeg(whole, name, None), suffix)
    image_rgb = decode_image(data, name, readings=readings)
    if data.startswith(PNG_START) and (own := own_reading(data, name)) is not None:
        family, alone = own
        reading = (readings or {}).get(family, alone)
        if reading != alone or set(reading.spans) != {_ALL_16_BITS}:
            return encode_png(image_rgb), ".png"
    return keepable(data, image_rgb, suffix)


def keepable(data: bytes, image_rgb: ImageArray, suffix: str) -> tuple[bytes, str]:
    """An image file as every program reads it, Keras's `image_dataset_from_directory` among them.

    Args:
        data: The whole file.
        image_rgb: What `decode_image` made of it.
        suffix: How the file's name ends, in lower case.

    Returns:
        The bytes and the ending to store. JPEG, PNG, GIF and BMP keep their bytes. Photos in HEIC
        and AVIF become JPEG of quality 95 that says when it was taken, all other kinds PNG.

    Raises:
        ImageError: OpenCV cannot encode these pixels.
    """
    read_widely = widely_read_suffix(data)
    if read_widely is not None:
        same = {read_widely, ".jpeg"} if read_widely == ".jpg" else {read_widely}
        return data, suffix if suffix in same else read_widely
    if suffix in _PHOTO_SUFFIXES:
        jpeg, taken = encode_jpeg(image_rgb), when_taken(data)
        return with_taken(jpeg, taken) if taken else jpeg, ".jpg"
    return encode_png(image_rgb), ".png"


def encode_jpeg(image_rgb: ImageArray, quality: int = JPEG_QUALITY) -> bytes:
    """Encode pixels (height, width, 3), uint8, RGB, as JPEG, by default of quality 95.

    Raises:
        ImageError: OpenCV cannot encode these pixels.
    """
    done, encoded = cv2.imencode(
        ".jpg", cv2.cvtColor(image_rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    if not done:
        raise ImageError(f"These pixels cannot be stored as JPEG: {image_rgb.shape}.")
    return encoded.tobytes()


def encode_png(image_rgb: ImageArray) -> bytes:
    """Encode pixels (height, width, 3), uint8, RGB, as PNG.

    Raises:
        ImageError: OpenCV cannot encode these pixels.
    """
    done, encoded = cv2.imencode(".png", cv2.cvtColor(image_rgb, cv2.COLOR_RGB2BGR))
    if not done:
        raise ImageError(f"These pixels cannot be stored as PNG: {image_rgb.shape}.")
    return encoded.tobytes()


def shrink_to_fit(image_rgb: ImageArray, longest_side: int) -> ImageArray:
    """Scale an image down, keeping its shape, until no side is longer than `longest_side` pixels.

    Args:
        image_rgb: Pixels (height, width, channels), uint8.
        longest_side: The limit in pixels.

    Returns:
        The same pixels if they fit, else smaller ones.
    """
    height, width = image_rgb.shape[:2]
    scale = longest_side / max(height, width)
    if scale >= 1:
        return image_rgb
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(image_rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def _reduced(data: bytes, least_side: int) -> int | None:
    """How OpenCV decodes a JPEG smaller than it is; None if it would be too small."""
    shortest = min(jpeg_size(data) or (0,)) if data.startswith(JPEG_START) else 0
    return next(
        (flag for divisor, flag in _REDUCTIONS if shortest // divisor >= least_side > 0), None
    )


def _mended(data: bytes, name: str) -> bytes:
    """A file that seems not to be whole, with the end that it lacks if that is all that it lacks.

    Raises:
        ImageError: More of it is missing.
    """
    if not data.startswith(JPEG_START) or not is_usual_jpeg(data):
        raise ImageError(refusal(data, name))
    end = jpeg_end(data)
    if end.whole is None:
        raise ImageError(damaged(name, end.share))
    return end.whole


def _decode(encoded: ImageArray, flags: int, name: str) -> NDArray[np.generic] | None:
    try:
        return cv2.imdecode(encoded, flags)
    except cv2.error as error:
        # Raised before any pixel is decoded; see OPENCV_IO_MAX_IMAGE_PIXELS in `opencv`.
        if "CV_IO_MAX_IMAGE" in str(error):
            raise ImageError(too_large(name)) from error
        return None
