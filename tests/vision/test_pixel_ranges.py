"""The range of a file is not the range of its type: what becomes black, and what white."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest
import tifffile

from cnn_studio.errors import ImageError
from cnn_studio.vision.images import decode_image, encode_png, kept_file, look_into
from cnn_studio.vision.opencv import cv2
from cnn_studio.vision.pixel_ranges import PixelChoice, decide, together
from cnn_studio.vision.tiff_kinds import first_tags


def _ramp() -> np.ndarray:
    """From black to white, (48, 64), as a share of white."""
    y, x = np.mgrid[:48, :64]
    return (x / 63 * 0.7 + y / 47 * 0.3).astype(np.float64)


def tif(pixels: np.ndarray, **options: object) -> bytes:
    """A TIFF of these pixels."""
    stream = io.BytesIO()
    tifffile.imwrite(stream, pixels, **{"photometric": "minisblack", **options})
    return stream.getvalue()


def _png(pixels: np.ndarray) -> bytes:
    done, data = cv2.imencode(".png", pixels)
    assert done
    return data.tobytes()


def _with_bits(png: bytes, bits: int) -> bytes:
    content = b"sBIT" + bytes([bits])
    chunk = struct.pack(">I", 1) + content + struct.pack(">I", zlib.crc32(content))
    return png[:33] + chunk + png[33:]


def _of(kind: object, white: float, black: float = 0) -> np.ndarray:
    return (_ramp() * (white - black) + black).astype(kind)


def _letters(kind: str, white: int) -> bytes:
    values = (_ramp() * white).astype(int)
    values = np.repeat(values[..., None], 3, axis=2) if kind == "P3" else values
    written = "\n".join(map(str, values.reshape(-1)))
    return f"{kind}\n# made by hand\n64 48\n{white}\n{written}\n".encode()


def _raw(kind: str, white: int) -> bytes:
    values = (_ramp() * white).astype(">u2" if white > 255 else "u1")
    values = np.repeat(values[..., None], 3, axis=2) if kind == "P6" else values
    return f"{kind} 64 48 {white}\n".encode() + values.tobytes()


def _said(kind: int, low: int, high: int) -> list[tuple[int, int, int, int, bool]]:
    return [(340, kind, 1, low, True), (341, kind, 1, high, True)]


KINDS: dict[str, Callable[[], bytes]] = {
    "8 in 16": lambda: tif(_of(np.uint16, 255)),
    "10 in 16": lambda: tif(_of(np.uint16, 1023)),
    "12 in 16": lambda: tif(_of(np.uint16, 4095)),
    "14 in 16": lambda: tif(_of(np.uint16, 16383)),
    "16": lambda: tif(_of(np.uint16, 65535)),
    "12 in 16, other order": lambda: tif(_of(np.uint16, 4095), byteorder=">"),
    "12 in 16, packed": lambda: tif(_of(np.uint16, 4095), compression="lzw", predictor=True),
    "12 in 16, Zstandard": lambda: tif(_of(np.uint16, 4095), compression="zstd"),
    "12 in 16, in tiles": lambda: tif(_of(np.uint16, 4095), tile=(16, 16)),
    "12 in 16, big": lambda: tif(_of(np.uint16, 4095), bigtiff=True),
    "12 in 12": lambda: tif(_of(np.uint16, 4095), bitspersample=12),
    "10 in 10": lambda: tif(_of(np.uint16, 1023), bitspersample=10),
    "white is zero": lambda: tif(65535 - _of(np.uint16, 65535), photometric="miniswhite"),
    "white is zero, 8": lambda: tif(255 - _of(np.uint8, 255), photometric="miniswhite"),
    "said": lambda: tif(_of(np.uint16, 1200, 200), extratags=_said(3, 200, 1200)),
    "float, 1": lambda: tif(_of(np.float32, 1)),
    "float, 255": lambda: tif(_of(np.float32, 255)),
    "float, 4095": lambda: tif(_of(np.float32, 4095)),
    "float, 65535": lambda: tif(_of(np.float64, 65535)),
    "float of 16": lambda: tif(_of(np.float16, 1)),
    "float, below zero": lambda: tif(_of(np.float32, 1, -1)),
    "float, from end to end": lambda: tif(_of(np.float32, 300, -50)),
    "signed 8": lambda: tif(_of(np.int8, 127, -128)),
    "signed 16": lambda: tif(_of(np.int16, 4095)),
    "signed 16, below zero": lambda: tif(_of(np.int16, 3071, -1024)),
    "signed 32": lambda: tif(_of(np.int32, 65535)),
    "32": lambda: tif(_of(np.uint32, 4095)),
    "32, far": lambda: tif(_of(np.uint32, 4_000_000_000)),
    "PNG, 12 in 16": lambda: _png(_of(np.uint16, 4095)),
    "PNG, colour": lambda: _png(np.repeat(_of(np.uint16, 4095)[..., None], 3, axis=2)),
    "PNG, said and scaled": lambda: _with_bits(_png(_of(np.uint16, 65535)), 12),
    "PNG, said and not": lambda: _with_bits(_png(_of(np.uint16, 4095)), 12),
    "PGM, 4095": lambda: _raw("P5", 4095),
    "PGM, 100": lambda: _raw("P5", 100),
    "PPM, 1023": lambda: _raw("P6", 1023),
    "PGM in letters": lambda: _letters("P2", 4095),
    "PGM in letters, 7": lambda: _letters("P2", 1000),
    "PPM in letters": lambda: _letters("P3", 4095),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_ramp_is_a_ramp_whatever_its_numbers(
    kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    image = decode_image(KINDS[kind](), kind)
    assert image.shape == (48, 64, 3)
    assert np.abs(image[..., 0] - _ramp() * 255).max() < 3.6
    assert (image[..., 0] == image[..., 2]).all()
    assert capfd.readouterr().err == ""


def test_alpha_of_twelve_bits_in_sixteen_is_laid_on_white() -> None:
    colour = np.repeat(_of(np.uint16, 4095)[..., None], 4, axis=2)
    colour[..., 3] = np.where(_ramp() < 0.5, 0, 65535)
    image = decode_image(_png(colour), "clear.png")
    assert (image[_ramp() < 0.45] == 255).all()
    assert np.abs(image[..., 0] - _ramp() * 255)[_ramp() > 0.55].max() < 3


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_a_palette_gives_its_colours(kind: type) -> None:
    white = np.iinfo(kind).max
    steps = np.linspace(0, 65535, white + 1).astype(np.uint16)
    colours = np.stack([steps, steps[::-1], np.full_like(steps, 30_000)])
    image = decode_image(tif(_of(kind, white), photometric="palette", colormap=colours), "a.tif")
    assert np.abs(image[..., 0] - _ramp() * 255).max() < 3
    assert np.abs(image[..., 1] - (255 - _ramp() * 255)).max() < 3
    assert abs(int(image[0, 0, 2]) - 117) <= 1


def test_a_colour_that_is_clear_in_sixteen_bits_is_white() -> None:
    colour = np.repeat(_of(np.uint16, 65535)[..., None], 3, axis=2)
    colour[:8, :8] = (1000, 2000, 3000)
    content = b"tRNS" + struct.pack(">3H", 3000, 2000, 1000)  # OpenCV writes blue first
    chunk = struct.pack(">I", 6) + content + struct.pack(">I", zlib.crc32(content))
    png = _png(colour)
    image = decode_image(png[:33] + chunk + png[33:], "clear.png")
    assert (image[:8, :8] == 255).all()
    assert np.abs(image[..., 1] - _ramp() * 255)[8:].max() < 2


def test_where_there_is_no_value_it_is_black_and_counts_for_nothing() -> None:
    ramp = _ramp()
    holes = ramp > 0.9
    for none, tags in (
        (np.nan, []),
        (np.inf, []),
        (-9999, []),
        (3.4e38, []),
        (-77777, [(42113, "s", 0, "-77777", True)]),
    ):
        values = np.where(holes, none, ramp).astype(np.float32)
        image = decode_image(tif(values, extratags=tags), "holes.tif")
        assert (image[holes] == 0).all(), none
        assert np.abs(image[..., 0] - ramp * 255)[~holes].max() < 2, none
    counted = np.where(holes, -32768, ramp * 3000).astype(np.int16)
    image = decode_image(tif(counted), "holes.tif")
    assert (image[holes] == 0).all()
    assert image[~holes].max() > 160


def test_a_picture_of_one_value_is_not_stretched() -> None:
    assert decode_image(tif(np.full((9, 9), 0x8000, np.uint16)), "even.tif").max() == 128
    assert decode_image(tif(np.zeros((9, 9), np.float32)), "even.tif").max() == 0
    assert decode_image(tif(np.full((9, 9), np.nan, np.float32)), "none.tif").max() == 0


def test_hardly_used_is_doubtful_and_goes_from_end_to_end() -> None:
    data = tif(_of(np.uint16, 30_900, 30_000))
    facts = look_into(data, "warm.tif")
    assert facts is not None
    decision = decide(facts)
    assert decision.is_doubtful
    assert decision.likely == (0, 65535)
    assert decision.reading.spans == ((30_000, 30_900),)
    decided = decide(facts, PixelChoice(span=(0, 65535)))
    assert not decided.is_doubtful
    assert decided.reading.spans == ((0, 65535),)


def test_files_of_one_kind_are_read_alike_by_the_brightest() -> None:
    parts = [look_into(tif(_of(np.uint16, white)), "part.tif") for white in (200, 4000)]
    dark, bright = (part for part in parts if part is not None)
    assert decide(dark).reading.spans == ((0, 255),)
    assert decide(together([dark, bright])).reading.spans == ((0, 4095),)


def test_numbers_of_two_bytes_are_read_in_both_orders() -> None:
    for order in "<>":
        tags = first_tags(tif(np.zeros((300, 700), np.uint16), byteorder=order))
        assert tags is not None
        assert (tags[256], tags[257], tags[258]) == ((700,), (300,), (16,))


def test_a_png_of_sixteen_bits_is_kept_only_if_every_program_reads_it_alike() -> None:
    full, twelve = _png(_of(np.uint16, 65535)), _png(_of(np.uint16, 4095))
    assert kept_file(full, "a.png", ".png") == (full, ".png")
    stored, suffix = kept_file(twelve, "a.png", ".png")
    assert (stored, suffix) == (encode_png(decode_image(twelve, "a.png")), ".png")


@pytest.mark.parametrize(
    "data",
    [
        b"P5 64 48 4095\n" + bytes(100),
        b"P2 64 48 4095\n1 2 3",
        b"P2 2 2 4095\n1 2 3 x",
        b"P5 2 2 70000\n" + bytes(8),
        b"P2 2 2 4095\n1 2 3 99999999999999",
        b"P5 " + b"9" * 5000 + b" 2 4095\n" + bytes(8),
        tif(_of(np.uint16, 4095))[:-5000],
    ],
)
def test_what_is_cut_or_nonsense_is_damaged(data: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ImageError, match=r"^The file is damaged: a\."):
        decode_image(data, "a.")
    assert capfd.readouterr().err == ""


def test_a_header_of_nothing_takes_no_time() -> None:
    with pytest.raises(ImageError, match="text and not an image"):
        decode_image(b"P5" + b" " * 50_000 + b"x", "a.pgm")


@pytest.mark.parametrize(
    "data",
    [
        b"P5 16000 12000 4095\n" + bytes(100),
        b"P2 16000 12000 4095\n1 2 3",
    ],
)
def test_more_pixels_than_fit_are_refused(data: bytes) -> None:
    with pytest.raises(ImageError, match="more than 134 million pixels: bomb"):
        decode_image(data, "bomb")


@pytest.mark.parametrize("seed", range(60))
def test_deep_files_of_nonsense_harm_nobody(seed: int, capfd: pytest.CaptureFixture[str]) -> None:
    random = np.random.default_rng(seed)
    data = bytearray(list(KINDS.values())[seed % len(KINDS)]())
    for place in random.integers(4, len(data), 30):
        data[place] = random.integers(256)
    for place in random.integers(4, min(200, len(data)), 4):
        data[place] = random.integers(256)
    with suppress(ImageError):  # and nothing else
        assert decode_image(bytes(data), "a.tif").dtype == np.uint8
    assert "Traceback" not in capfd.readouterr().err
