"""Image files: read into RGB arrays, and encoded from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ImageError
from cnn_studio.vision.opencv import cv2

ImageArray = NDArray[np.uint8]

IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".gif", ".ppm", ".pgm", ".jp2"}
)
"""File endings, in lower case, that are taken for images."""

JPEG_QUALITY = 95
_JPEG_START = b"\xff\xd8"


def is_image_name(path: Path) -> bool:
    """Whether a file's ending says that it is an image."""
    return path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".")


def read_image(path: Path) -> ImageArray:
    """Read an image file.

    EXIF orientation is obeyed, alpha is laid on white, grey and 16-bit become 8-bit RGB.

    Args:
        path: The file.

    Returns:
        Pixels (height, width, 3), uint8, RGB.

    Raises:
        ImageError: The file is missing, empty, damaged or no image.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ImageError(f"The file is not there: {path.name}.") from error
    except OSError as error:
        reason = error.strerror or error
        raise ImageError(f"The file cannot be read: {path.name} ({reason}).") from error
    return decode_image(data, path.name)


def decode_image(data: bytes, name: str) -> ImageArray:
    """Decode an encoded image; see `read_image`.

    Args:
        data: The whole file's bytes.
        name: What to call the image in an error.

    Returns:
        Pixels (height, width, 3), uint8, RGB.

    Raises:
        ImageError: The bytes are none, damaged or no image.
    """
    if not data:
        raise ImageError(f"The file is empty: {name}.")
    encoded = np.frombuffer(data, np.uint8)
    # JPEG has no alpha, so one decoding is enough; the others are first looked at as they are.
    decoded = None if data.startswith(_JPEG_START) else _decode(encoded, cv2.IMREAD_UNCHANGED)
    if decoded is not None and decoded.ndim == 3 and decoded.shape[2] == 4:
        return _on_white(decoded)
    colour = _decode(encoded, cv2.IMREAD_COLOR_RGB)
    if colour is None:
        raise ImageError(f"The file is damaged or not an image: {name}.")
    if decoded is not None and decoded.dtype.kind == "f":
        return _from_float(decoded)
    return np.asarray(colour, np.uint8)


def encode_jpeg(image_rgb: ImageArray) -> bytes:
    """Encode pixels (height, width, 3), uint8, RGB, as JPEG of quality 95.

    Raises:
        ImageError: OpenCV cannot encode these pixels.
    """
    done, encoded = cv2.imencode(
        ".jpg", cv2.cvtColor(image_rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    )
    if not done:
        raise ImageError(f"These pixels cannot be stored as JPEG: {image_rgb.shape}.")
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


def _decode(encoded: ImageArray, flags: int) -> NDArray[np.generic] | None:
    try:
        return cv2.imdecode(encoded, flags)
    except cv2.error:  # OpenCV raises where a header promises more pixels than it will hold
        return None


def _on_white(image_bgra: NDArray[np.generic]) -> ImageArray:
    full = {"uint8": 255.0, "uint16": 65535.0}.get(image_bgra.dtype.name, 1.0)
    scaled = image_bgra.astype(np.float32) / full
    colour_rgb, alpha = scaled[..., 2::-1], scaled[..., 3:]
    return _from_unit(colour_rgb * alpha + (1.0 - alpha))


def _from_float(image: NDArray[np.generic]) -> ImageArray:
    unit = np.nan_to_num(image.astype(np.float32))
    if unit.ndim == 2:
        unit = np.repeat(unit[..., None], 3, axis=2)
    return _from_unit(unit[..., 2::-1])


def _from_unit(image: NDArray[np.float32]) -> ImageArray:
    return np.ascontiguousarray(np.clip(image * 255.0 + 0.5, 0, 255).astype(np.uint8))
