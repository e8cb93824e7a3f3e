"""When and by what a photo was taken is read from all kinds of files, and damage is no error."""

from __future__ import annotations

import io
import random
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image

from cnn_studio.vision.exif import Taken, when_taken, with_taken
from cnn_studio.vision.images import decode_image, encode_jpeg, keepable

TIME_S = int(datetime(2024, 5, 1, 10, 11, 12, tzinfo=UTC).timestamp())
MAKE, MODEL, CHANGED, FOLDER, TAKEN, SERIAL = 271, 272, 306, 34665, 36867, 42033


def photo(kind: str, *, time: str = "2024:05:01 10:11:12", endian: str = "<") -> bytes:
    exif = Image.Exif()
    exif.endian = endian
    exif[MAKE], exif[MODEL], exif[CHANGED] = "Canon", "EOS 90D", "2025:01:01 00:00:00"
    if time:
        exif.get_ifd(FOLDER).update({TAKEN: time, SERIAL: "0042"})
    pixels = np.random.default_rng(1).integers(0, 255, (40, 60, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, exif=exif)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("endian", ["<", ">"])
def test_time_and_camera_are_read(kind: str, endian: str) -> None:
    data = photo(kind, endian=endian)
    assert when_taken(data) == Taken("Canon EOS 90D 0042", TIME_S)


def test_time_and_camera_of_a_tiff_are_read() -> None:
    data = photo("JPEG")
    tiff = data[data.index(b"Exif\0\0") + 6 :]
    assert when_taken(tiff) == Taken("Canon EOS 90D 0042", TIME_S)


def test_time_and_camera_of_a_heic_photo_are_read() -> None:
    heif = pytest.importorskip("pillow_heif")
    heif.register_heif_opener()
    assert when_taken(photo("HEIF")) == Taken("Canon EOS 90D 0042", TIME_S)


@pytest.mark.parametrize("time", ["", "0000:00:00 00:00:00", "    :  :     :  :  ", "yesterday"])
def test_a_photo_without_a_time_has_none_though_it_says_when_it_was_changed(time: str) -> None:
    assert when_taken(photo("JPEG", time=time)) is None


@pytest.mark.parametrize("camera", ["", "X", "ABC", "ABCD", "Canon EOS 90D 0042", "é" * 90, "相机"])
def test_a_jpeg_can_be_made_to_say_it(camera: str) -> None:
    jpeg = photo("JPEG", time="")
    jpeg = encode_jpeg(decode_image(jpeg, "photo.jpg"))
    data = with_taken(jpeg, Taken(camera, TIME_S))
    found = when_taken(data)
    assert found is not None
    assert found.time_s == TIME_S
    assert found.camera == camera.encode("latin-1", "replace").decode("latin-1")[:63]
    assert np.array_equal(decode_image(data, "photo.jpg"), decode_image(jpeg, "photo.jpg"))
    told = Image.open(io.BytesIO(data)).getexif().get_ifd(FOLDER)
    assert told[TAKEN] == "2024:05:01 10:11:12"


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_an_imported_photo_of_a_telephone_still_says_when_it_was_taken(kind: str) -> None:
    if kind == "HEIF":
        pytest.importorskip("pillow_heif").register_heif_opener()
    data = photo(kind)
    kept, suffix = keepable(data, decode_image(data, "photo"), f".{kind.lower()}")
    assert suffix == ".jpg"
    assert when_taken(kept) == Taken("Canon EOS 90D 0042", TIME_S)


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"RIFF1234WEBP", b"II*\0", b"no image"])
def test_a_file_without_anything_has_no_time(data: bytes) -> None:
    assert when_taken(data) is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_damage_is_no_error(kind: str) -> None:
    data = photo(kind)
    dice = random.Random(1)
    for length in range(0, len(data), max(1, len(data) // 300)):
        when_taken(data[:length])
    for _ in range(2000):
        damaged = bytearray(data)
        for _byte in range(4):
            damaged[dice.randrange(min(400, len(data)))] = dice.randrange(256)
        when_taken(bytes(damaged))
