"""Reading any image that a person may own, and writing whole files only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnn_studio.errors import ImageError
from cnn_studio.vision.images import encode_jpeg, read_image, shrink_to_fit
from cnn_studio.vision.opencv import cv2
from cnn_studio.whole_files import write_atomically


def _encoded(suffix: str, image: np.ndarray) -> bytes:
    done, data = cv2.imencode(suffix, image)
    assert done
    return data.tobytes()


def _with_exif_orientation(jpeg: bytes, orientation: int) -> bytes:
    tiff = b"MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01"
    tiff += orientation.to_bytes(2, "big") + b"\x00\x00\x00\x00\x00\x00"
    payload = b"Exif\x00\x00" + tiff
    return jpeg[:2] + b"\xff\xe1" + (len(payload) + 2).to_bytes(2, "big") + payload + jpeg[2:]


def test_colours_come_as_rgb(tmp_path: Path) -> None:
    path = tmp_path / "red.png"
    path.write_bytes(_encoded(".png", np.full((5, 7, 3), (0, 0, 255), np.uint8)))
    image = read_image(path)
    assert image.shape == (5, 7, 3)
    assert image[0, 0].tolist() == [255, 0, 0]


def test_exif_orientation_is_obeyed(tmp_path: Path) -> None:
    jpeg = encode_jpeg(np.zeros((10, 30, 3), np.uint8))
    path = tmp_path / "upright.jpg"
    path.write_bytes(_with_exif_orientation(jpeg, 6))
    assert read_image(path).shape == (30, 10, 3)


@pytest.mark.parametrize(
    ("pixels", "expected"),
    [
        (np.full((4, 4), 77, np.uint8), [77, 77, 77]),
        (np.full((4, 4), 0x8000, np.uint16), [128, 128, 128]),
        (np.full((4, 4, 3), 0xFFFF, np.uint16), [255, 255, 255]),
        (np.full((4, 4, 4), (0, 0, 255, 0), np.uint8), [255, 255, 255]),
        (np.full((4, 4, 4), (255, 0, 0, 255), np.uint8), [0, 0, 255]),
    ],
    ids=["grey", "16-bit grey", "16-bit colour", "clear", "opaque"],
)
def test_grey_deep_and_clear_images_become_rgb(
    tmp_path: Path, pixels: np.ndarray, expected: list[int]
) -> None:
    path = tmp_path / "image.png"
    path.write_bytes(_encoded(".png", pixels))
    assert read_image(path)[0, 0].tolist() == expected


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".webp", ".tif"])
def test_a_truncated_file_is_refused_by_name(tmp_path: Path, suffix: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (40, 40, 3), np.uint8)
    data = _encoded(suffix, noise)
    path = tmp_path / f"half{suffix}"
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(ImageError, match=f"half{suffix}"):
        read_image(path)


def test_an_empty_or_missing_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    with pytest.raises(ImageError, match="empty"):
        read_image(tmp_path / "empty.jpg")
    with pytest.raises(ImageError, match="not there"):
        read_image(tmp_path / "none.jpg")


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept.txt"
    write_atomically(path, b"old")

    def full_disk(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_shrinking_keeps_the_shape() -> None:
    assert shrink_to_fit(np.zeros((100, 200, 3), np.uint8), 50).shape == (25, 50, 3)
    assert shrink_to_fit(np.zeros((10, 20, 3), np.uint8), 50).shape == (10, 20, 3)


def _scene(height: int, width: int) -> np.ndarray:
    """A smooth picture whose four corners differ."""
    down, right = np.mgrid[0:height, 0:width]
    red, green = 255 * down / height, 255 * right / width
    return np.stack([red, green, np.full_like(red, 60)], axis=2).astype(np.uint8)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(("least_side", "divisor"), [(30, 8), (31, 4), (61, 2), (121, 1)])
def test_a_photo_read_small_looks_as_the_whole_one(
    tmp_path: Path, orientation: int, least_side: int, divisor: int
) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(_with_exif_orientation(encode_jpeg(_scene(240, 320)), orientation))
    whole, small = read_image(path), read_image(path, least_side)
    assert small.shape == (whole.shape[0] // divisor, whole.shape[1] // divisor, 3)
    expected = shrink_to_fit(whole, max(small.shape))
    assert np.abs(expected.astype(int) - small).mean() < 2


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".webp"])
def test_other_kinds_are_never_read_small(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"image{suffix}"
    path.write_bytes(_encoded(suffix, _scene(240, 320)))
    assert read_image(path, 20).shape == (240, 320, 3)


def test_a_photo_that_is_cut_short_is_damaged_also_when_read_small(tmp_path: Path) -> None:
    path = tmp_path / "short.jpg"
    path.write_bytes(encode_jpeg(_scene(240, 320))[:-500])
    with pytest.raises(ImageError):
        read_image(path, 20)
