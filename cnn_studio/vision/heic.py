"""HEIC photos, as telephones take them: read where the extra `heic` is installed."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np

from cnn_studio.errors import NOT_UNDERSTOOD, ImageError
from cnn_studio.vision.file_kinds import damaged
from cnn_studio.vision.opencv import MAX_PIXELS
from cnn_studio.vision.pixels import ImageArray, on_white

HEIC_SUFFIXES = frozenset({".heic", ".heif", ".hif"})


def can_read_heic() -> bool:
    """Whether the library is installed that HEIC needs."""
    return find_spec("pillow_heif") is not None


def decode_heic(data: bytes, name: str) -> ImageArray:
    """Decode a HEIC image, turned upright.

    Args:
        data: The whole file.
        name: What to call the image in an error.

    Returns:
        Pixels (height, width, 3), uint8, RGB.

    Raises:
        ImageError: The library is not installed, or the image is damaged or too large.
    """
    if not can_read_heic():
        raise ImageError(
            f"HEIC images need an extra of this program, cnn-studio[heic]; save it as JPEG: {name}."
        )
    import pillow_heif

    try:
        opened = pillow_heif.open_heif(data, convert_hdr_to_8bit=True)
        width, height = opened.size
        if width * height > MAX_PIXELS:
            raise ImageError(f"It has more than {MAX_PIXELS // 10**6} million pixels: {name}.")
        pixels = np.asarray(opened)
    except (*NOT_UNDERSTOOD, OSError, EOFError, RuntimeError, SyntaxError, MemoryError) as error:
        if "nsupported" in str(error):
            raise ImageError(
                f"HEIF images of this kind are not read; save it as JPEG: {name}."
            ) from error
        raise ImageError(damaged(name)) from error
    if opened.mode.startswith("RGBA"):
        return on_white(pixels)
    if pixels.ndim == 2:
        return np.ascontiguousarray(np.repeat(pixels[..., None], 3, axis=2), np.uint8)
    return np.ascontiguousarray(pixels[..., :3], np.uint8)
