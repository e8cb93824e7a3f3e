"""All eight ways in which a camera may have been held, in every kind of file that can say so."""

from __future__ import annotations

import io
import struct
import zlib
from contextlib import suppress

import numpy as np
import pytest
import tifffile
from PIL import Image

from cnn_studio.errors import ImageError
from cnn_studio.vision import heic
from cnn_studio.vision.images import ImageArray, decode_image
from cnn_studio.vision.opencv import cv2

needs_heic = pytest.mark.skipif(not heic.can_read_heic(), reason="pillow-heif is not installed")
EIGHT = range(1, 9)
# What a camera stores that was held so; Pillow's turns go against the clock.
_HELD = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def _upright(mode: str = "RGB") -> Image.Image:
    """Four corners of four colours, 96 wide and 64 high."""
    image = np.full((64, 96, 3), 128, np.uint8)
    image[:32, :48], image[32:, 48:], image[:32, 48:] = (220, 30, 30), (30, 30, 220), (30, 200, 30)
    return Image.fromarray(image).convert(mode)


def _stored(kind: str, orientation: int, mode: str = "RGB", **options: object) -> bytes:
    """A file whose pixels are turned away and that says how to turn them back."""
    exif = Image.Exif()
    exif[274] = orientation
    image = _upright(mode)
    if orientation in _HELD:
        image = image.transpose(_HELD[orientation])
    stream = io.BytesIO()
    image.save(stream, kind, exif=exif, **options)
    return stream.getvalue()


def _is_upright(image: ImageArray) -> bool:
    expected = np.asarray(_upright())
    if image.shape != expected.shape:
        return False
    off = np.abs(image.astype(int) - expected)
    corners = (off[4:28, 4:44], off[4:28, 52:92], off[36:60, 4:44], off[36:60, 52:92])
    return all(corner.max() < 30 for corner in corners)


@pytest.mark.parametrize("orientation", EIGHT)
@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("JPEG", "RGB", {"quality": 95, "subsampling": 0}),
        ("JPEG", "RGB", {"quality": 95, "subsampling": 0, "progressive": True}),
        ("PNG", "RGB", {}),
        ("PNG", "RGBA", {}),
        ("WEBP", "RGB", {"lossless": True}),
        ("WEBP", "RGBA", {"lossless": True}),
        ("TIFF", "RGB", {}),
        ("TIFF", "RGBA", {}),
        ("TIFF", "CMYK", {}),
        ("AVIF", "RGB", {"quality": 95, "subsampling": "4:4:4"}),
        ("AVIF", "RGBA", {"quality": 95, "subsampling": "4:4:4"}),
    ],
)
def test_a_photo_is_turned_upright(
    kind: str, mode: str, options: dict[str, object], orientation: int
) -> None:
    data = _stored(kind, orientation, mode, **options)
    assert _is_upright(decode_image(data, f"photo.{kind.lower()}"))


@pytest.mark.parametrize("orientation", EIGHT)
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_a_deep_photo_is_turned_upright(suffix: str, orientation: int) -> None:
    image = _upright().transpose(_HELD[orientation]) if orientation in _HELD else _upright()
    pixels = np.asarray(image).astype(np.uint16) * 257
    data = (_deep_png if suffix == ".png" else _deep_tiff)(pixels, orientation)
    assert _is_upright(decode_image(data, f"deep{suffix}"))


def _deep_png(pixels: np.ndarray, orientation: int) -> bytes:
    done, encoded = cv2.imencode(".png", pixels[..., ::-1])
    assert done
    exif = Image.Exif()
    exif[274] = orientation
    content = b"eXIf" + exif.tobytes().removeprefix(b"Exif\0\0")
    chunk = struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))
    data = encoded.tobytes()
    return data[:33] + chunk + data[33:]


def _deep_tiff(pixels: np.ndarray, orientation: int) -> bytes:
    stream = io.BytesIO()
    tag = [(274, 3, 1, orientation, True)]
    tifffile.imwrite(stream, pixels, photometric="rgb", extratags=tag, byteorder=">")
    return stream.getvalue()


@needs_heic
@pytest.mark.parametrize("orientation", EIGHT)
def test_a_heic_photo_is_turned_upright_once(orientation: int) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    exif = Image.Exif()
    exif[274] = orientation
    image = _upright().transpose(_HELD[orientation]) if orientation in _HELD else _upright()
    stream = io.BytesIO()
    pillow_heif.from_pillow(image).save(
        stream, quality=95, chroma=444, exif=exif.tobytes(), save_all=False
    )
    data = stream.getvalue()
    assert (b"irot" in data or b"imir" in data) == (orientation != 1)
    assert _is_upright(decode_image(data, "photo.heic"))
    beside = _with_exif_orientation(data, 6)
    assert _is_upright(decode_image(beside, "photo.heic"))


@needs_heic
@pytest.mark.parametrize("orientation", EIGHT)
def test_a_heic_photo_of_many_tiles_is_turned_upright(orientation: int) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    exif = Image.Exif()
    exif[274] = orientation
    image = _upright().resize((960, 640), Image.Resampling.NEAREST)
    image = image.transpose(_HELD[orientation]) if orientation in _HELD else image
    stream = io.BytesIO()
    pillow_heif.from_pillow(image).save(stream, exif=exif.tobytes(), tile_size=256, quality=90)
    found = Image.fromarray(decode_image(stream.getvalue(), "tiles.heic"))
    assert found.size == (960, 640)
    assert _is_upright(np.asarray(found.resize((96, 64), Image.Resampling.NEAREST)))


@pytest.mark.parametrize("orientation", EIGHT)
def test_exif_beside_the_turn_of_an_avif_is_passed_over(orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    exif[0x0113] = 6  # a tag that Pillow keeps; it becomes the one of orientation
    image = _upright().transpose(_HELD[orientation]) if orientation in _HELD else _upright()
    stream = io.BytesIO()
    image.save(stream, "AVIF", exif=exif, quality=95, subsampling="4:4:4")
    data = stream.getvalue()
    assert b"\x01\x13\x00\x03" in data or b"\x13\x01\x03\x00" in data
    data = data.replace(b"\x01\x13\x00\x03", b"\x01\x12\x00\x03")
    data = data.replace(b"\x13\x01\x03\x00", b"\x12\x01\x03\x00")
    assert _is_upright(decode_image(data, "photo.avif"))


def _with_exif_orientation(data: bytes, orientation: int) -> bytes:
    """The same file, whose Exif says how to turn as well."""
    for order in ("little", "big"):
        tag = (274).to_bytes(2, order) + (3).to_bytes(2, order) + (1).to_bytes(4, order)
        place = data.find(tag)
        if place > 0:
            value = orientation.to_bytes(2, order)
            return data[: place + 8] + value + data[place + 10 :]
    raise ValueError("There is no orientation in its Exif.")


@pytest.mark.parametrize("seed", range(60))
def test_boxes_of_nonsense_harm_nobody(seed: int) -> None:
    random = np.random.default_rng(seed)
    data = bytearray(_stored("AVIF", 7, quality=60))
    for place in random.integers(0, min(400, len(data)), 12):
        data[place] = random.integers(256)
    with suppress(ImageError):  # and nothing else
        assert decode_image(bytes(data), "a.avif").dtype == np.uint8
