"""What is named becomes pictures: files, folders, zips and videos, and nothing from outside."""

from __future__ import annotations

import stat
import tarfile
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from cnn_studio.errors import StudioError, UsageError
from cnn_studio.prediction.picture_reader import PictureReader
from cnn_studio.prediction.pictures import Picture, Pictures, Reading, padded_clock
from cnn_studio.vision.images import decode_image, encode_jpeg, own_reading
from cnn_studio.vision.pixel_ranges import PixelReading
from tests.videos import number_of, write_video

JPEG = encode_jpeg(np.full((20, 20, 3), 200, np.uint8))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of photos with folders in it, and things that are no photos."""
    folder = tmp_path / "photos"
    for name in ("b.jpg", "a.JPG", "sub/c.png", ".trash/d.jpg", ".e.jpg"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(JPEG)
    (folder / "notes.txt").write_text("no image")
    return folder


def _readings(*paths: Path, rate: float | None = 2.0) -> list[Reading]:
    with Pictures(paths, rate) as pictures:
        return list(pictures)


def _names(*paths: Path) -> list[str]:
    return [reading.picture.name for reading in _readings(*paths)]


def _refusals(*paths: Path) -> list[str]:
    sentences = []
    for reading in _readings(*paths):
        with pytest.raises(StudioError) as refused:
            reading.read()
        sentences.append(str(refused.value))
    return sentences


def test_a_folder_gives_the_images_and_videos_in_and_below_it(photos: Path) -> None:
    write_video(photos / "clip.avi", range(30))
    assert _names(photos) == [
        "a.JPG", "b.jpg", "clip.avi 00:00.0", "clip.avi 00:00.5", "clip.avi 00:01.0", "c.png"
    ]  # fmt: skip
    folders = [reading.picture.folder for reading in _readings(photos)]
    assert folders == ["photos"] * 5 + ["sub"]


def test_a_file_that_is_named_stays_and_none_comes_twice(photos: Path) -> None:
    named = [photos / "notes.txt", photos / "b.jpg", photos, photos / "missing.jpg"]
    assert _names(*named) == ["notes.txt", "b.jpg", "a.JPG", "c.png", "missing.jpg"]


def test_a_zip_is_read_where_it_lies(tmp_path: Path, photos: Path) -> None:
    path = tmp_path / "shoe-samples.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(photos / "b.jpg", "flat.jpg")
        archive.write(photos / "b.jpg", "cap/red/one.jpg")
        archive.writestr("readme.txt", "words")
    with Pictures([path]) as pictures:
        assert len(pictures) == 2
        found = list(pictures)
        assert [reading.picture.folder for reading in found] == ["red", "shoe"]
        assert all(reading.read().shape == (20, 20, 3) for reading in found)
    with PictureReader() as reader:
        for reading in found:
            assert reader.image(reading.picture).shape == (20, 20, 3)
            assert reader.file(reading.picture) == (reading.picture.path.name, JPEG)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["photos", "shoe-samples.zip"]


@pytest.mark.parametrize("ending", [".tar", ".tar.gz", ".tgz"])
def test_images_in_a_tar_are_found_again(tmp_path: Path, photos: Path, ending: str) -> None:
    path = tmp_path / f"some{ending}"
    with tarfile.open(path, "w:gz" if "gz" in ending else "w") as archive:
        archive.add(photos / "b.jpg", "cap/one.jpg")
        archive.add(photos / "b.jpg", "shoe/two.jpg")
    found = _readings(path)
    assert [reading.picture.folder for reading in found] == ["cap", "shoe"]
    with PictureReader() as reader:
        for reading in found:
            assert reader.image(reading.picture).shape == (20, 20, 3)
            assert reader.file(reading.picture) == (reading.picture.path.name, JPEG)
        with pytest.raises(StudioError, match="not in the archive any more"):
            reader.image(Picture(path / "cap/gone.jpg", "cap", archive=path))


def test_deep_images_are_shown_as_the_model_saw_them(tmp_path: Path) -> None:
    deep = np.linspace(1000, 1400, 400, dtype=np.uint16).reshape(20, 20)
    cv2.imwrite(str(tmp_path / "deep.png"), deep)
    with zipfile.ZipFile(tmp_path / "some.zip", "w") as archive:
        archive.write(tmp_path / "deep.png", "deep.png")
    with Pictures([tmp_path / "deep.png"]) as pictures:
        (usual,) = (reading.read() for reading in pictures)
    own = own_reading((tmp_path / "deep.png").read_bytes(), "deep.png")
    assert own is not None
    readings = {own[0]: PixelReading((0,), ((0.0, 65535.0),))}
    with (
        Pictures([tmp_path / "deep.png", tmp_path / "some.zip"], readings=readings) as pictures,
        PictureReader(readings) as reader,
    ):
        for reading in pictures:
            seen = reading.read()
            assert np.array_equal(reader.image(reading.picture), seen)
            assert not np.array_equal(seen, usual)


def test_what_a_zip_must_not_hold_is_told_and_not_read(tmp_path: Path) -> None:
    path = tmp_path / "odd.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../outside.jpg", JPEG)
        link = zipfile.ZipInfo("link.jpg")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    leads_out, is_link = _refusals(path)
    assert "leads out of the zip" in leads_out
    assert "Links are not followed" in is_link


def test_a_damaged_zip_or_video_is_one_line(tmp_path: Path) -> None:
    for name in ("bad.zip", "bad.avi"):
        (tmp_path / name).write_bytes(b"nothing of the kind")
    bad_zip, bad_video = _refusals(tmp_path / "bad.zip", tmp_path / "bad.avi")
    assert bad_zip == "The file is text and not a zip: bad.zip."
    assert bad_video == "The file is text and not a video: bad.avi."


def test_a_zip_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.jpg", bytes(64 << 20))
    (sentence,) = _refusals(path)
    assert "times its size" in sentence


def test_frames_are_found_again(tmp_path: Path) -> None:
    clip = write_video(tmp_path / "clip.avi", range(40))
    found = _readings(clip, rate=None)
    assert len(found) == 40
    with PictureReader() as reader:
        for number in (30, 3, 4):
            picture = found[number].picture
            assert number_of(reader.image(picture)) == number
            name, data = reader.file(picture)
            assert name == f"clip {padded_clock(number / 20).replace(':', '-')}.jpg"
            assert number_of(decode_image(data, name)) == number


def test_what_is_gone_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "some.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one.jpg", JPEG)
    with PictureReader() as reader:
        with pytest.raises(StudioError, match="not in the zip any more"):
            reader.image(Picture(path / "two.jpg", "", archive=path))
        with pytest.raises(StudioError, match=r"not there: gone\.jpg"):
            reader.file(Picture(tmp_path / "gone.jpg", ""))


def test_a_rate_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="Frames a second"):
        Pictures([], 0.0)


def test_a_cancel_ends_the_looking_and_the_reading(photos: Path) -> None:
    with Pictures([photos], cancelled=lambda: True) as pictures:
        assert len(pictures) == 0
        assert list(pictures) == []


def test_a_time_is_minutes_seconds_and_tenths() -> None:
    assert (padded_clock(0), padded_clock(3.25), padded_clock(59.97), padded_clock(3600)) == (
        "00:00.0", "00:03.2", "01:00.0", "60:00.0"
    )  # fmt: skip
