"""JPEG files without the end that they should have: whole ones are read, cut ones say how much."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from PIL import Image

from cnn_studio.errors import ImageError
from cnn_studio.vision.encoded_files import is_whole_jpeg
from cnn_studio.vision.images import ImageArray, decode_image, encode_jpeg, mended_jpeg
from cnn_studio.vision.opencv import cv2

END = b"\xff\xd9"
NOTES = b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1520000000000SEFH\x6a\0\0\0\x01\0\0\0SEFT"
WAYS: dict[str, dict[str, object]] = {
    "plain": {},
    "in steps": {"progressive": True},
    "with restarts": {"restart_marker_blocks": 5},
    "packed well": {"optimize": True},
    "grey": {"mode": "L"},
    "CMYK": {"mode": "CMYK"},
    "full colour": {"subsampling": 0},
}


def _photo(height: int = 300, width: int = 400) -> ImageArray:
    noise = np.random.default_rng(4).integers(0, 255, (height, width, 3), np.uint8)
    return np.asarray(cv2.GaussianBlur(noise, (0, 0), 2), np.uint8)


def _grey_below() -> ImageArray:
    """A picture whose lower half is as grey as libjpeg fills what is missing."""
    image = _photo(64, 96)
    image[32:] = 128
    return image


def _jpeg(image: ImageArray, mode: str = "RGB", **options: object) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(image).convert(mode).save(stream, "JPEG", quality=90, **options)
    return stream.getvalue()


ENDS = {
    "none": lambda data: data[:-2],
    "half of one": lambda data: data[:-1],
    "notes": lambda data: data[:-2] + NOTES,
    "long notes": lambda data: data[:-2] + bytes(range(250)) * 40,
    "notes with marks": lambda data: data[:-2] + b"\xff\x42\xff\xe1\0\x04ab" + NOTES,
    "zeros": lambda data: data[:-2] + bytes(5000),
    "another picture": lambda data: data[:-2] + data,
}
AFTER_THE_END = {
    "notes": lambda data: data + NOTES,
    "zeros": lambda data: data + bytes(5000),
    "another picture": lambda data: data + data,
    "half of another picture": lambda data: data + data[: len(data) // 2],
}


@pytest.mark.parametrize("ending", ENDS)
@pytest.mark.parametrize("way", WAYS)
def test_a_picture_that_is_all_there_is_read_whatever_its_end(
    way: str, ending: str, capfd: pytest.CaptureFixture[str]
) -> None:
    data = _jpeg(_photo(), **WAYS[way])
    changed = ENDS[ending](data)
    image = decode_image(changed, "photo.jpg")
    assert (image == decode_image(data, "whole.jpg")).all()
    stored = mended_jpeg(changed)
    assert is_whole_jpeg(stored)
    assert len(stored) <= len(data)
    assert (decode_image(stored, "stored.jpg") == image).all()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("ending", AFTER_THE_END)
@pytest.mark.parametrize("way", WAYS)
def test_what_follows_the_end_changes_nothing(way: str, ending: str) -> None:
    data = _jpeg(_photo(), **WAYS[way])
    changed = AFTER_THE_END[ending](data)
    assert (decode_image(changed, "a.jpg") == decode_image(data, "b.jpg")).all()
    assert mended_jpeg(changed) == changed


@pytest.mark.parametrize("way", WAYS)
def test_a_grey_picture_is_no_missing_one(way: str) -> None:
    data = _jpeg(_grey_below(), **WAYS[way])
    assert (decode_image(data[:-2], "a.jpg") == decode_image(data, "b.jpg")).all()
    with pytest.raises(ImageError, match="damaged"):
        decode_image(data[: int(len(data) * 0.8)] + END, "cut.jpg")


CUTS = {
    "cut": b"",
    "cut and ended": END,
    "cut in a mark": b"\xff",
    "notes": NOTES,
    "notes and an end": NOTES + END,
    "never written": bytes(20_000),
}


@pytest.mark.parametrize("share", [0.3, 0.62])
@pytest.mark.parametrize("after", CUTS)
@pytest.mark.parametrize("way", WAYS)
def test_a_cut_picture_says_how_much_of_it_is_there(way: str, after: str, share: float) -> None:
    data = _jpeg(_photo(), **WAYS[way])
    cut = data[: int(len(data) * share)] + CUTS[after]
    with pytest.raises(ImageError) as raised:
        decode_image(cut, "cut.jpg")
    found = re.fullmatch(
        r"The file is damaged, about (\d+) % of it is there: cut\.jpg\.", str(raised.value)
    )
    assert found is not None
    assert abs(int(found[1]) - 100 * share) < 13
    assert mended_jpeg(cut) == cut


def test_a_file_of_a_header_only_is_damaged() -> None:
    data = _jpeg(_photo())
    with pytest.raises(ImageError, match=r"^The file is damaged: cut\.jpg\.$"):
        decode_image(data[:300], "cut.jpg")


def test_a_cut_picture_is_damaged_also_when_it_is_read_small() -> None:
    data = _jpeg(_photo(960, 1280))
    with pytest.raises(ImageError, match=r"about \d+ % of it"):
        decode_image(data[: len(data) // 2] + END, "cut.jpg", 100)
    assert decode_image(data[:-2] + NOTES, "whole.jpg", 100).shape == (120, 160, 3)


@pytest.mark.parametrize("after", [b"", b"\xff\xd9", b"\0" * 40])
def test_a_picture_that_is_cut_in_its_head_is_damaged_wherever_it_is_cut(after: bytes) -> None:
    whole = encode_jpeg(np.full((16, 16, 3), 90, np.uint8))
    scan = whole.index(b"\xff\xda")
    for length in range(2, scan + 4):
        with pytest.raises(ImageError):
            decode_image(whole[:length] + after, "cut.jpg")
