"""Satellite tiles: any number of bands, in any order of storing, and no alpha unless it is said."""

from __future__ import annotations

import io
from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np
import pytest
import tifffile
from PIL import Image

from cnn_studio.errors import ImageError
from cnn_studio.vision import tiff_pixels
from cnn_studio.vision.image_limits import MAX_MEMORY_BYTES
from cnn_studio.vision.images import decode_image, look_into
from cnn_studio.vision.pixel_ranges import PixelChoice, bands_from_names, decide
from cnn_studio.vision.stored_pixels import read_stored, rendered

TOP = {"uint8": 250, "uint16": 10_000, "float32": 0.4, "int16": 5000}


def _tile(bands: int, kind: str = "uint16") -> np.ndarray:
    """Pixels (64, 48, bands): each band has its own pattern."""
    random = np.random.default_rng(5)
    shape = (64, 48, bands)
    return (random.random(shape) * TOP[kind] * np.linspace(0.3, 1, bands)).astype(kind)


def tile_file(pixels: np.ndarray, *, planar: bool = False, **options: object) -> bytes:
    """A TIFF of these bands, which says of none that it is alpha."""
    stream = io.BytesIO()
    bands = pixels.shape[2]
    about = {"photometric": "minisblack", "planarconfig": "separate" if planar else "contig"}
    about |= {"extrasamples": [0] * (bands - 1), "metadata": None}
    stored = np.moveaxis(pixels, 2, 0) if planar else pixels
    tifffile.imwrite(stream, stored, **{**about, **options})
    return stream.getvalue()


def gdal(names: Sequence[str], role: str = "description") -> list[tuple[object, ...]]:
    """The tag in which GDAL writes what the bands are."""
    items = "".join(
        f'<Item name="{role.upper()}" sample="{n}" role="{role}">{name}</Item>'
        for n, name in enumerate(names)
    )
    return [(42112, "s", 0, f"<GDALMetadata>{items}</GDALMetadata>", True)]


def _expected(band: np.ndarray) -> np.ndarray:
    low, high = np.percentile(band.astype(float), [2, 98])
    return np.clip((band - low) / (high - low), 0, 1) * 255


@pytest.mark.parametrize("packed", [None, "zlib", "lzw", "zstd"])
@pytest.mark.parametrize("planar", [False, True])
@pytest.mark.parametrize("kind", TOP)
@pytest.mark.parametrize("bands", [4, 5, 8, 13])
def test_the_first_three_bands_are_shown_stretched(
    bands: int, kind: str, planar: bool, packed: str | None, capfd: pytest.CaptureFixture[str]
) -> None:
    pixels = _tile(bands, kind)
    image = decode_image(tile_file(pixels, planar=planar, compression=packed), "tile.tif")
    for channel in range(3):
        off = np.abs(image[..., channel] - _expected(pixels[..., channel]))
        assert off.max() < 5
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("photometric", ["rgb", "minisblack"])
def test_a_fourth_band_is_alpha_only_if_the_file_says_so(photometric: str) -> None:
    pixels = _tile(4, "uint8")
    pixels[..., 3] = 0
    colours = 3 if photometric == "rgb" else 1
    for extra in (0, 1, 2):
        extras = [*([0] * (3 - colours)), extra]
        data = tile_file(pixels * (extra != 1), photometric=photometric, extrasamples=extras)
        image = decode_image(data, "a.tif")
        assert (image.std() > 40) if extra == 0 else (image == 255).all()


def test_colours_that_are_half_clear_are_laid_on_white_once() -> None:
    colour = np.full((8, 8, 4), 100, np.uint8)
    colour[..., 3] = 128
    plain = decode_image(tile_file(colour, photometric="rgb", extrasamples=[2]), "a.tif")
    assert abs(int(plain[0, 0, 0]) - (100 * 128 / 255 + 127)) <= 1
    colour[..., :3] = 50  # the same colour, already weighted
    weighted = decode_image(tile_file(colour, photometric="rgb", extrasamples=[1]), "a.tif")
    assert abs(int(weighted[0, 0, 0]) - (50 + 127)) <= 1
    stream = io.BytesIO()
    Image.fromarray(np.dstack([colour[..., 0], colour[..., 3]]), "LA").save(stream, "TIFF")
    assert abs(int(decode_image(stream.getvalue(), "la.tif")[0, 0, 0]) - 152) <= 1


def test_alpha_behind_near_infrared_is_alpha_and_near_infrared_is_a_band() -> None:
    pixels = _tile(5, "uint8")
    pixels[:32, :, 4], pixels[32:, :, 4] = 0, 255
    data = tile_file(pixels, photometric="rgb", extrasamples=[0, 2])
    facts = look_into(data, "a.tif")
    assert facts is not None
    assert facts.bands == 4
    image = decode_image(data, "a.tif")
    assert (image[:32] == 255).all()
    assert image[32:].std() > 40


def test_a_band_that_has_another_name_is_no_alpha_though_it_is_called_so() -> None:
    pixels = _tile(4, "uint8")
    about = {"photometric": "rgb", "extrasamples": [2]}
    for names, bands in ((["red", "green", "blue", "nir"], 4), (["r", "g", "b", "alpha"], 3)):
        facts = look_into(tile_file(pixels, extratags=gdal(names), **about), "a.tif")
        assert facts is not None
        assert facts.bands == bands


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["blue", "green", "red", "nir"], (2, 1, 0)),
        (["Blue (450)", "Green (550)", "Red (650)", "NIR", "SWIR"], (2, 1, 0)),
        (["B01", "B02", "B03", "B04", "B05", "B08"], (3, 2, 1)),
        (["B1", "B2", "B3", "B4", "B5", "B6", "B7", "B10"], (3, 2, 1)),
        (["coastal", "cirrus", "thermal", "pan"], None),
    ],
)
def test_names_say_which_bands_are_red_green_and_blue(
    names: list[str], shown: tuple[int, ...] | None
) -> None:
    assert bands_from_names(names) == shown
    facts = look_into(tile_file(_tile(len(names)), extratags=gdal(names)), "a.tif")
    assert facts is not None
    assert facts.shown == (shown or (0, 1, 2))
    assert facts.is_described == (shown is not None)


def test_colours_that_gdal_names_are_taken() -> None:
    tags = gdal(["Undefined", "Blue", "Green", "Red"], "colorinterp")
    facts = look_into(tile_file(_tile(4), extratags=tags), "a.tif")
    assert facts is not None
    assert facts.shown == (3, 2, 1)


def test_bands_are_chosen_and_one_is_grey() -> None:
    pixels = _tile(13)
    stored = read_stored(tile_file(pixels), "a.tif")
    assert stored is not None
    for bands in ((7, 3, 2), (12,)):
        reading = decide(stored.facts(), PixelChoice(bands=bands)).reading
        image = rendered(stored, reading)
        for channel, band in enumerate(bands if len(bands) == 3 else bands * 3):
            off = np.abs(image[..., channel] - _expected(pixels[..., band]))
            assert off.max() < 5


@pytest.mark.parametrize("shape", [(13, 64, 48), (64, 48, 13)])
def test_an_array_that_was_stored_without_a_word_is_a_tile(shape: tuple[int, ...]) -> None:
    pixels = _tile(13)
    stream = io.BytesIO()
    tifffile.imwrite(stream, np.moveaxis(pixels, 2, 0) if shape[0] == 13 else pixels)
    image = decode_image(stream.getvalue(), "array.tif")
    assert image.shape == (64, 48, 3)
    assert np.abs(image[..., 1] - _expected(pixels[..., 1])).max() < 5


def test_a_band_without_any_value_takes_nothing_from_the_others() -> None:
    pixels = _tile(6, "float32")
    pixels[..., 5] = np.nan
    pixels[:8, :8] = np.nan
    image = decode_image(tile_file(pixels), "tile.tif")
    assert (image[:8, :8] == 0).all()
    assert image[8:].std() > 40
    counted = _tile(6)
    counted[:8, :8] = 0
    none = [(42113, "s", 0, "0", True)]
    image = decode_image(tile_file(counted + 3, extratags=none), "tile.tif")
    assert image.std() > 40


def test_two_bands_are_shown_as_grey_and_no_alpha() -> None:
    pixels = np.stack([_tile(1, "uint8")[..., 0], np.zeros((64, 48), np.uint8)], axis=2)
    image = decode_image(tile_file(pixels), "two.tif")
    assert (image[..., 0] == pixels[..., 0]).all()


def test_more_than_the_memory_holds_is_refused_before_it_is_read() -> None:
    data = bytearray(tile_file(_tile(13)))
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as file:
        places = [file.pages.first.tags[tag].valueoffset for tag in (256, 257)]
    side = int((MAX_MEMORY_BYTES / 13 / 2) ** 0.5) + 100
    for place in places:
        data[place : place + 4] = side.to_bytes(4, "little")
    with pytest.raises(ImageError, match=r"13 bands need more than 1 GB: a\.tif"):
        decode_image(bytes(data), "a.tif")


def test_without_its_codecs_a_tile_is_read_or_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = tile_file(_tile(8), compression="zlib")
    expected = decode_image(data, "a.tif")
    monkeypatch.setattr(tiff_pixels, "find_spec", lambda _name: None)
    assert (decode_image(data, "a.tif") == expected).all()
    assert find_spec("imagecodecs") is not None
    monkeypatch.setattr(tiff_pixels, "_pixels_of", _without_codecs)
    with pytest.raises(ImageError, match=r"cnn-studio\[tiff\]; save it as PNG: a\.tif"):
        decode_image(tile_file(_tile(8), compression="zstd"), "a.tif")
    four = _tile(4)
    data = tile_file(four, compression="lzw", photometric="rgb", extrasamples=[0])
    stored = read_stored(data, "a.tif")  # OpenCV knows it
    assert stored is not None
    assert (stored.pixels == four).all()


def _without_codecs(*_about: object) -> None:
    raise ValueError("<COMPRESSION.ZSTD: 50000> requires the 'imagecodecs' package")


def test_a_part_that_unpacks_to_more_than_it_should_is_damaged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tiff_pixels, "find_spec", lambda _name: None)
    stream = io.BytesIO()
    tifffile.imwrite(
        stream, np.zeros((4000, 4000), np.uint16), compression="zlib", rowsperstrip=4000
    )
    data = bytearray(stream.getvalue())
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as file:
        tags = file.pages.first.tags
        places = [(tags[tag].valueoffset, tags[tag].dtype) for tag in (257, 278)]
    for place, kind in places:
        size = 2 if int(kind) == 3 else 4
        data[place : place + size] = (40).to_bytes(size, "little")
    with pytest.raises(ImageError, match=r"^The file is damaged: a\.tif"):
        decode_image(bytes(data), "a.tif")
