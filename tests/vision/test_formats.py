"""Every kind of image file: read as it is meant, or refused, and without a line on stderr."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from cnn_studio.errors import ImageError
from cnn_studio.vision import heic
from cnn_studio.vision.images import ImageArray, decode_image, keepable
from cnn_studio.vision.opencv import cv2

RED, BLUE = (200, 30, 40), (20, 60, 220)
needs_heic = pytest.mark.skipif(not heic.can_read_heic(), reason="pillow-heif is not installed")


def _two_halves(left_rgb: tuple[int, int, int] = RED) -> ImageArray:
    """An image 96 wide and 64 high: one colour on the left, blue on the right."""
    image = np.empty((64, 96, 3), np.uint8)
    image[:, :48], image[:, 48:] = left_rgb, BLUE
    return image


def _saved(kind: str, mode: str = "RGB", **options: object) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(_two_halves()).convert(mode).save(stream, kind, **options)
    return stream.getvalue()


def _encoded(suffix: str, image: np.ndarray) -> bytes:
    done, data = cv2.imencode(suffix, image)
    assert done
    return data.tobytes()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _palette() -> bytes:
    stream = io.BytesIO()
    Image.fromarray(_two_halves()).quantize(4).save(stream, "PNG")
    return stream.getvalue()


def _palette_with_alpha() -> bytes:
    image = Image.fromarray(_two_halves()).quantize(4)
    left = image.getpixel((0, 0))
    stream = io.BytesIO()
    image.save(stream, "PNG", transparency=left)
    return stream.getvalue()


def _heic() -> bytes:
    pillow_heif = pytest.importorskip("pillow_heif")
    stream = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(_two_halves())).save(stream, quality=90)
    return stream.getvalue()


def _animation(kind: str) -> bytes:
    first = Image.fromarray(_two_halves())
    return _saved(kind, save_all=True, append_images=[first.rotate(180)], duration=100)


READ: dict[str, Callable[[], bytes]] = {
    "JPEG": lambda: _saved("JPEG"),
    "JPEG in steps": lambda: _saved("JPEG", progressive=True),
    "JPEG in CMYK": lambda: _saved("JPEG", "CMYK"),
    "PNG": lambda: _saved("PNG"),
    "PNG with a palette": _palette,
    "PNG with alpha": lambda: _saved("PNG", "RGBA"),
    "PNG of 16 bits": lambda: _encoded(".png", _two_halves()[..., ::-1].astype(np.uint16) * 257),
    "PNG that moves": lambda: _animation("PNG"),
    "BMP": lambda: _saved("BMP"),
    "GIF": lambda: _saved("GIF"),
    "GIF that moves": lambda: _animation("GIF"),
    "WebP": lambda: _saved("WEBP", lossless=True),
    "WebP that moves": lambda: _animation("WEBP"),
    "TIFF": lambda: _saved("TIFF"),
    "TIFF, packed": lambda: _saved("TIFF", compression="tiff_lzw"),
    "TIFF of 16 bits": lambda: _encoded(".tif", _two_halves()[..., ::-1].astype(np.uint16) * 257),
    "JPEG 2000": lambda: _encoded(".jp2", _two_halves()[..., ::-1]),
    "AVIF": lambda: _encoded(".avif", _two_halves()[..., ::-1]),
    "PPM": lambda: _saved("PPM"),
}


@pytest.mark.parametrize("kind", READ)
def test_what_is_read_looks_as_it_should(kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    image = decode_image(READ[kind](), kind)
    assert image.shape == (64, 96, 3)
    assert np.abs(image[8:56, 8:40].astype(int) - RED).max() < 24
    assert np.abs(image[8:56, 56:88].astype(int) - BLUE).max() < 24
    assert capfd.readouterr().err == ""


def test_grey_and_half_clear_images_are_read() -> None:
    grey = decode_image(_saved("JPEG", "L"), "grey.jpg")
    assert grey.shape == (64, 96, 3)
    assert (grey[..., 0] == grey[..., 2]).all()
    clear = decode_image(_palette_with_alpha(), "clear.png")
    assert clear[5, 5].tolist() == [255, 255, 255]
    assert np.abs(clear[5, 90].astype(int) - BLUE).max() < 24


@needs_heic
def test_a_photo_of_a_telephone_is_read(capfd: pytest.CaptureFixture[str]) -> None:
    data = _heic()
    image = decode_image(data, "photo.heic")
    assert image.shape == (64, 96, 3)
    assert np.abs(image[32, 20].astype(int) - RED).max() < 24
    stored, suffix = keepable(data, image, ".heic")
    assert suffix == ".jpg"
    assert np.abs(decode_image(stored, "stored").astype(int) - image).mean() < 4
    with pytest.raises(ImageError, match=r"damaged.*half\.heic"):
        decode_image(data[: len(data) // 2], "half.heic")
    properties = b"ipma" + bytes(7) + b"\1\0\1"  # of the one image
    without = data.replace(properties, properties[:-2] + b"\x10\1")
    assert without != data
    with pytest.raises(ImageError, match=r"damaged.*none\.heic"):
        decode_image(without, "none.heic")
    assert capfd.readouterr().err == ""


def test_without_its_library_a_photo_of_a_telephone_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(heic, "find_spec", lambda _name: None)
    data = b"\0\0\0\x18ftypheic" + bytes(100)
    with pytest.raises(ImageError, match=r"cnn-studio\[heic\]; save it as JPEG: photo\.heic"):
        decode_image(data, "photo.heic")


@pytest.mark.parametrize("share", [0.5, 0.9, 0.995])
@pytest.mark.parametrize("kind", READ)
def test_a_file_that_is_cut_short_is_refused_in_silence(
    kind: str, share: float, capfd: pytest.CaptureFixture[str]
) -> None:
    data = READ[kind]()
    with pytest.raises(ImageError, match=r"^The file is damaged(, .* of it is there)?: cut\.$"):
        decode_image(data[: min(int(len(data) * share), len(data) - 2)], "cut")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("kind", ["JPEG", "JPEG in steps"])
def test_a_jpeg_whose_rest_was_never_written_is_refused(kind: str) -> None:
    data = READ[kind]()
    half = len(data) // 2
    with pytest.raises(ImageError, match="damaged"):
        decode_image(data[:half] + bytes(half), "half.jpg")


def test_a_marker_that_cannot_be_in_a_jpeg_is_damage(capfd: pytest.CaptureFixture[str]) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 96, 3), np.uint8)
    data = bytearray(_encoded(".jpg", noise))
    data[-200:-198] = b"\xff\x42"
    with pytest.raises(
        ImageError, match=r"^The file is damaged, about \d+ % of it is there: spot\.jpg"
    ):
        decode_image(bytes(data), "spot.jpg")
    assert capfd.readouterr().err == ""


def test_one_wrong_byte_in_a_png_is_damage(capfd: pytest.CaptureFixture[str]) -> None:
    data = bytearray(_saved("PNG"))
    data[data.index(b"IDAT") + 20] ^= 1
    with pytest.raises(ImageError, match=r"^The file is damaged: spot\.png"):
        decode_image(bytes(data), "spot.png")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "remark",
    [
        _chunk(b"iCCP", b"profile\0\0" + zlib.compress(b"not a profile")),
        _chunk(b"sBIT", b"\xff" * 9),
        _chunk(b"tEXt", b"a comment")[:-4] + b"\0\0\0\0",
    ],
    ids=["colour profile", "significant bits", "comment"],
)
def test_wrong_remarks_in_a_png_are_passed_over(
    remark: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    data = _saved("PNG")
    start = 8 + 25  # the signature and the header
    image = decode_image(data[:start] + remark + data[start:], "remark.png")
    assert (image == decode_image(data, "plain.png")).all()
    assert capfd.readouterr().err == ""


def _png_that_promises(width: int, height: int) -> bytes:
    header = _chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0))
    pixels = _chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + header + pixels + _chunk(b"IEND", b"")


def _gif_that_promises(width: int, height: int) -> bytes:
    size = struct.pack("<2H", width, height)
    head = b"GIF89a" + size + b"\x80\0\0" + bytes(6)
    return head + b",\0\0\0\0" + size + b"\0\x02\x02\x4c\x01\0;"


def _bmp_that_promises(width: int, height: int) -> bytes:
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 154, 0, 0, 54) + head + bytes(100)


def _jpeg_that_promises(width: int, height: int) -> bytes:
    data = bytearray(_saved("JPEG"))
    place = data.index(b"\xff\xc0") + 5
    data[place : place + 4] = struct.pack(">2H", height, width)
    return bytes(data)


def _tiff_that_promises(width: int, height: int) -> bytes:
    tags = {256: width, 257: height, 258: 8, 259: 5, 262: 1, 273: 8, 277: 1, 278: height, 279: 100}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    return (
        b"II*\0" + struct.pack("<I", 108) + bytes(100) + struct.pack("<H", 9) + entries + bytes(4)
    )


def _webp_that_promises(width: int, height: int) -> bytes:
    data = bytearray(_saved("WEBP", lossless=True))
    place = data.index(b"VP8L") + 9
    data[place : place + 4] = struct.pack("<I", (width - 1) | ((height - 1) << 14))
    return bytes(data)


def _jp2_that_promises(width: int, height: int) -> bytes:
    data = bytearray(_encoded(".jp2", _two_halves()))
    header, stream = data.index(b"ihdr") + 4, data.index(b"\xff\x51")
    data[header : header + 8] = struct.pack(">2I", height, width)
    for place in (stream + 6, stream + 22):  # the picture, and its one tile
        data[place : place + 8] = struct.pack(">2I", width, height)
    return bytes(data)


def _ppm_that_promises(width: int, height: int) -> bytes:
    return b"P6\n%d %d\n255\n" % (width, height) + bytes(100)


@pytest.mark.parametrize(
    "promise",
    [
        _png_that_promises,
        _gif_that_promises,
        _bmp_that_promises,
        _jpeg_that_promises,
        _tiff_that_promises,
        _webp_that_promises,
        _jp2_that_promises,
        _ppm_that_promises,
    ],
)
def test_more_pixels_than_fit_are_refused_before_they_are_decoded(
    promise: Callable[[int, int], bytes], capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ImageError, match=r"more than 134 million pixels: bomb\."):
        decode_image(promise(16_000, 12_000), "bomb")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("kind", "suffix", "stored_suffix"),
    [
        ("JPEG", ".jpeg", ".jpeg"),
        ("JPEG", ".png", ".jpg"),
        ("JPEG in CMYK", ".jpg", ".jpg"),
        ("PNG of 16 bits", ".png", ".png"),
        ("GIF that moves", ".gif", ".gif"),
        ("BMP", ".bmp", ".bmp"),
    ],
)
def test_what_every_program_reads_keeps_its_bytes(
    kind: str, suffix: str, stored_suffix: str
) -> None:
    data = READ[kind]()
    image = decode_image(data, kind)
    assert keepable(data, image, suffix) == (data, stored_suffix)


@pytest.mark.parametrize("kind", ["WebP", "TIFF", "TIFF of 16 bits", "JPEG 2000", "PPM"])
def test_what_few_programs_read_becomes_png(kind: str) -> None:
    data = READ[kind]()
    image = decode_image(data, kind)
    stored, suffix = keepable(data, image, ".xyz")
    assert (suffix, stored[:4]) == (".png", b"\x89PNG")
    assert (decode_image(stored, "stored") == image).all()


def test_a_bmp_with_a_palette_becomes_png() -> None:
    data = _saved("BMP", "P")
    assert keepable(data, decode_image(data, "a.bmp"), ".bmp")[1] == ".png"
