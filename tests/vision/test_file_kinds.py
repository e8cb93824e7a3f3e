"""Three sentences for three things: damaged, of a kind that is not read, and no image at all."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnn_studio.errors import ImageError
from cnn_studio.vision.file_kinds import HEAD_BYTES, readable_suffix, refusal
from cnn_studio.vision.images import decode_image, read_image
from tests.vision.test_formats import READ

PIXELS = np.random.default_rng(3).integers(0, 255, (32, 48, 3), np.uint8)


def _saved(kind: str, mode: str = "RGB", **options: object) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(PIXELS).convert(mode).save(stream, kind, **options)
    return stream.getvalue()


def tiff(
    *,
    bits: int = 8,
    compression: int = 1,
    photometric: int = 1,
    more: dict[int, int] | None = None,
    order: str = "<",
) -> bytes:
    """A grey TIFF of 16x16 pixels, with its pixels before its tags."""
    pixels = bytes(range(256)) * (bits // 8)
    tags = {256: 16, 257: 16, 258: bits, 259: compression, 262: photometric, 273: 8, 277: 1}
    tags |= {278: 16, 279: len(pixels), **(more or {})}
    start = b"II*\0" if order == "<" else b"MM\0*"
    entries = b"".join(
        struct.pack(f"{order}HHII", tag, 4, 1, value) for tag, value in sorted(tags.items())
    )
    head = start + struct.pack(f"{order}I", 8 + len(pixels))
    return head + pixels + struct.pack(f"{order}H", len(tags)) + entries + bytes(4)


def _in_a_picture_of_its_own(inner: bytes) -> bytes:
    """A TIFF of a small picture that is read, which leads to another one, as a camera writes it."""
    outer = bytearray(tiff(more={330: 0}))
    place = outer.index(struct.pack("<HHI", 330, 4, 1)) + 8
    outer[place : place + 4] = struct.pack("<I", len(outer))
    pixels = 256
    tags = inner[8 + pixels :]
    return bytes(outer) + tags


def _with_frame(data: bytes, marker: int, bits: int = 8) -> bytes:
    """A JPEG whose header says that it is of another kind."""
    place = data.index(b"\xff\xc0")
    return (
        data[: place + 1]
        + bytes([marker])
        + data[place + 2 : place + 4]
        + bytes([bits])
        + data[place + 5 :]
    )


def _png_of_an_app() -> bytes:
    chunk = b"CgBI" + b"\x50\0\x20\2"
    data = _saved("PNG")
    return data[:8] + struct.pack(">I", 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + data[8:]


def _bmp_packed_as_jpeg() -> bytes:
    data = bytearray(_saved("BMP"))
    data[30:34] = struct.pack("<I", 4)
    return bytes(data)


def _dicom() -> bytes:
    return bytes(128) + b"DICM" + bytes(40)


def _iso(brand: bytes, *others: bytes) -> bytes:
    brands = brand + bytes(4) + b"".join(others)
    return struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands + bytes(64)


RAW = "RAW photos of a camera are not read; save it as JPEG or PNG"
UNREAD: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "Photoshop": (
        "a.jpg",
        lambda: b"8BPS\0\1" + bytes(40),
        "Photoshop images are not read; save it",
    ),
    "PDF": ("a.jpg", lambda: _saved("PDF"), "PDF documents are not read; save its pages as JPEG"),
    "EPS": ("a.jpg", lambda: _saved("EPS"), "PostScript drawings are not read"),
    "SVG": ("a.svg", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG drawings are not"),
    "SVG with a head": (
        "a.png",
        lambda: b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- made by hand -->\n<svg width="4">',
        "SVG drawings are not read",
    ),
    "JPEG XL": ("a.jxl", lambda: b"\xff\x0a" + bytes(40), "JPEG XL images are not read"),
    "JPEG XL in boxes": (
        "a.jpg",
        lambda: b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(40),
        "JPEG XL images",
    ),
    "JPEG XR": ("a.jxr", lambda: b"II\xbc\x01" + bytes(40), "JPEG XR images are not read"),
    "JPEG-LS": ("a.jpg", lambda: _with_frame(_saved("JPEG"), 0xF7), "Lossless JPEG images"),
    "lossless JPEG": ("a.jpg", lambda: _with_frame(_saved("JPEG"), 0xC3), "Lossless JPEG images"),
    "JPEG of 12 bits": (
        "a.jpg",
        lambda: _with_frame(_saved("JPEG"), 0xC1, 12),
        "Lossless JPEG images",
    ),
    "PNG of an app": ("a.png", _png_of_an_app, "PNG images made for iPhones are not read"),
    "BMP packed as JPEG": ("a.bmp", _bmp_packed_as_jpeg, "BMP images of this kind are not read"),
    "JPEG 2000 of one channel": (
        "a.jp2",
        lambda: _saved("JPEG2000", "L", no_jp2=True),
        "JPEG 2000 images of this kind are not read",
    ),
    "TIFF, JPEG XL": ("a.tif", lambda: tiff(compression=50002), "TIFF images of this kind are"),
    "RAW of Canon": ("a.cr2", lambda: b"II*\0\x10\0\0\0CR\2\0" + bytes(40), RAW),
    "RAW of Canon, new": ("a.jpg", lambda: _iso(b"crx ", b"isom"), RAW),
    "RAW of Fujifilm": ("a.raf", lambda: b"FUJIFILMCCD-RAW 0201" + bytes(40), RAW),
    "RAW of Olympus": ("a.jpg", lambda: b"IIRO\x08\0\0\0" + bytes(40), RAW),
    "RAW, a negative": ("a.tif", lambda: tiff(more={50706: 1}), RAW),
    "RAW, a sensor": ("a.tif", lambda: tiff(photometric=32803, order=">"), RAW),
    "RAW behind a small picture": (
        "a.jpg",
        lambda: _in_a_picture_of_its_own(tiff(photometric=32803)),
        RAW,
    ),
    "HEIF in another codec": ("a.heic", lambda: _iso(b"avci", b"mif1"), "HEIF images of this kind"),
    "icon": ("a.ico", lambda: _saved("ICO"), "Icons are not read"),
    "icons of macOS": ("a.icns", lambda: b"icns" + bytes(40), "Icons are not read"),
    "DICOM": ("a.jpg", _dicom, "DICOM images are not read"),
    "OpenEXR": ("a.exr", lambda: b"\x76\x2f\x31\x01" + bytes(40), "OpenEXR images are not read"),
    "DDS": ("a.dds", lambda: _saved("DDS"), "DirectDraw images are not read"),
    "PCX": ("a.pcx", lambda: _saved("PCX"), "PCX images are not read"),
    "SGI": ("a.rgb", lambda: _saved("SGI"), "SGI images are not read"),
    "Targa": ("a.tga", lambda: _saved("TGA"), "Targa images are not read"),
    "MNG": ("a.mng", lambda: b"\x8aMNG\r\n\x1a\n" + bytes(40), "MNG animations are not read"),
    "GIMP": ("a.xcf", lambda: b"gimp xcf v011" + bytes(40), "GIMP images are not read"),
    "HDF5": ("a.h5", lambda: b"\x89HDF\r\n\x1a\n" + bytes(40), "HDF5 files are not read"),
    "RAR": (
        "a.rar",
        lambda: b"Rar!\x1a\x07\x01\0" + bytes(40),
        "RAR archives are not read; unpack it",
    ),
    "7z": (
        "a.7z",
        lambda: b"7z\xbc\xaf\x27\x1c\0\x04" + bytes(40),
        "7z archives are not read; unpack",
    ),
    "Git LFS": (
        "a.jpg",
        lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
        "Git LFS pointers are not read; get the image itself",
    ),
}
OTHERS: dict[str, tuple[Callable[[], bytes], str]] = {
    "text": (lambda: "Grüße, no image\n".encode(), "The file is text and not an image"),
    "text cut in a letter": (
        lambda: ("ä" * 4000).encode()[:-1],
        "The file is text and not an image",
    ),
    "a web page": (
        lambda: b"\n<!DOCTYPE html>\n<html>404",
        "The file is a web page and not an image",
    ),
    "a video": (lambda: _iso(b"isom", b"mp41"), "The file is a video and not an image"),
    "an AVI": (
        lambda: b"RIFF\x40\0\0\0AVI LIST" + bytes(40),
        "The file is a video and not an image",
    ),
    "a Matroska": (lambda: b"\x1aE\xdf\xa3" + bytes(40), "The file is a video and not an image"),
    "a sound": (
        lambda: b"RIFF\x40\0\0\0WAVEfmt " + bytes(40),
        "The file is a sound and not an image",
    ),
    "a song": (lambda: _iso(b"M4A "), "The file is a sound and not an image"),
    "a zip": (lambda: b"PK\x03\x04" + bytes(40), "The file is a zip archive and not an image"),
    "a program": (lambda: b"\x7fELF\2\1\1" + bytes(40), "The file is a program and not an image"),
    "anything": (lambda: bytes(range(256)) * 8, "The file is not an image"),
}


@pytest.mark.parametrize("kind", UNREAD)
def test_what_is_sound_but_not_read_says_so_and_what_to_do(
    kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    name, make, sentence = UNREAD[kind]
    with pytest.raises(ImageError) as caught:
        decode_image(make(), name)
    assert str(caught.value).startswith(sentence)
    assert "; " in str(caught.value)
    assert str(caught.value).endswith(f": {name}.")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_no_image_is_not_called_damaged(kind: str) -> None:
    make, sentence = OTHERS[kind]
    with pytest.raises(ImageError) as caught:
        decode_image(make(), "a.jpg")
    assert str(caught.value) == f"{sentence}: a.jpg."


def test_what_was_never_written_is_damaged_and_what_is_empty_is_empty() -> None:
    assert refusal(bytes(5000), "a.jpg") == "The file is damaged: a.jpg."
    assert refusal(b"", "a.jpg") == "The file is empty: a.jpg."


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_tiff_is_damaged_where_its_pixels_are_cut_off(order: str) -> None:
    whole = tiff(bits=32, order=order)
    at = whole.index(struct.pack(f"{order}HHI", 279, 4, 1)) + 8
    cut = whole[:at] + struct.pack(f"{order}I", 1 << 20) + whole[at + 4 :]
    with pytest.raises(ImageError, match=r"^The file is damaged: a\.tif\.$"):
        decode_image(cut, "a.tif")
    plain = decode_image(tiff(order=order), "a.tif")
    assert (plain[..., 0] == np.arange(256).reshape(16, 16)).all()


@pytest.mark.parametrize("seed", range(40))
def test_a_tiff_of_nonsense_harms_nobody(seed: int) -> None:
    random = np.random.default_rng(seed)
    data = bytearray(_in_a_picture_of_its_own(tiff(photometric=32803)))
    for place in random.integers(4, len(data), 40):
        data[place] = random.integers(256)
    with suppress(ImageError):  # and nothing else
        assert decode_image(bytes(data), "a.tif").dtype == np.uint8


def test_an_image_is_known_by_its_beginning(tmp_path: Path) -> None:
    expected = {"JPEG": ".jpg", "PNG": ".png", "GIF": ".gif", "BMP": ".bmp", "WebP": ".webp"}
    expected |= {"TIFF": ".tif", "AVIF": ".avif", "PPM": ".ppm"}
    for kind, make in READ.items():
        suffix = readable_suffix(make()[:HEAD_BYTES])
        wanted = ".jp2" if kind == "JPEG 2000" else expected[kind.split()[0].rstrip(",")]
        assert suffix == wanted, kind
    assert readable_suffix(b"BMW is no image, and neither is P5") is None
    assert readable_suffix(b"P5 was the best of them") is None
    (tmp_path / "photo").write_bytes(_saved("JPEG"))
    assert read_image(tmp_path / "photo").shape == PIXELS.shape


def test_an_avif_whose_first_word_is_that_of_any_still_is_read() -> None:
    data = bytearray(READ["AVIF"]())
    assert data[8:12] == b"avif"
    data[8:12] = b"mif1"
    assert readable_suffix(bytes(data)) == ".avif"
    assert decode_image(bytes(data), "a.avif").shape == (64, 96, 3)
    assert readable_suffix(_iso(b"mif1", b"heic")) == ".heic"
    assert readable_suffix(_iso(b"heic", b"mif1")) == ".heic"
