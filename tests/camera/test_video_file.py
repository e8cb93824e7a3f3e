"""Video files and image sequences, real ones, written by OpenCV."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from cnn_studio.camera.captures import LONGEST_SIDE
from cnn_studio.camera.feed import FeedState, FeedStatus
from cnn_studio.camera.image_sequence import ImageSequenceSource
from cnn_studio.camera.video_file import VideoFileSource
from cnn_studio.errors import CameraError
from cnn_studio.vision.images import ImageArray, encode_jpeg
from tests.camera.running_feed import RunningFeed

RED, GREEN, BLUE = (200, 20, 20), (20, 200, 20), (20, 20, 200)
COLOURS = (RED, GREEN, BLUE)


def _write_video(path: Path, codec: str = "MJPG", rate: float = 50.0, repeat: int = 1) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), rate, (64, 48))
    assert writer.isOpened()
    for colour in COLOURS * repeat:
        writer.write(np.full((48, 64, 3), colour[::-1], np.uint8))
    writer.release()
    return path


def _colour(image_rgb: ImageArray) -> tuple[int, int, int]:
    """The one of `COLOURS` that an image has nearly."""
    mean = image_rgb.reshape(-1, 3).mean(axis=0)
    return min(COLOURS, key=lambda colour: float(np.abs(mean - colour).sum()))


@pytest.mark.parametrize(("suffix", "codec"), [(".avi", "MJPG"), (".mp4", "mp4v")])
def test_a_video_plays_in_rgb_and_begins_again(tmp_path: Path, suffix: str, codec: str) -> None:
    source = VideoFileSource(_write_video(tmp_path / f"clip{suffix}", codec))
    source.open()
    images = [source.read() for _frame in range(7)]
    source.close()
    assert [_colour(image) for image in images] == [*COLOURS, *COLOURS, RED]
    assert {image.shape for image in images} == {(48, 64, 3)}
    assert {image.dtype for image in images} == {np.dtype(np.uint8)}


def test_a_video_keeps_its_own_rate(tmp_path: Path) -> None:
    source = VideoFileSource(_write_video(tmp_path / "clip.avi", rate=50))
    source.open()
    assert source.frames_per_second == pytest.approx(50, abs=0.5)
    source.read()
    began_s = time.monotonic()
    for _frame in range(20):
        source.read()
    source.close()
    assert time.monotonic() - began_s > 19 / 50


def test_a_video_that_does_not_loop_ends_the_feed_in_words(tmp_path: Path) -> None:
    path = _write_video(tmp_path / "clip.avi")
    with RunningFeed(VideoFileSource(path, loop=False)) as running:
        running.wait_for_end()
    assert len(running.frames) == 3
    assert running.states[-1] == FeedState(FeedStatus.STOPPED, "The video has ended: clip.avi.")


def test_a_video_can_be_opened_again(tmp_path: Path) -> None:
    source = VideoFileSource(_write_video(tmp_path / "clip.avi"))
    for _time in range(2):
        source.open()
        assert _colour(source.read()) == RED
        source.close()
        source.close()


def test_missing_empty_and_damaged_videos_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match=r"not there: none\.avi"):
        VideoFileSource(tmp_path / "none.avi").open()
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.avi").write_text("This is no video." * 100)
    whole = _write_video(tmp_path / "whole.mp4", "mp4v", repeat=20).read_bytes()
    (tmp_path / "half.mp4").write_bytes(whole[: len(whole) // 2])
    for name in ("empty.mp4", "text.avi", "half.mp4"):
        source = VideoFileSource(tmp_path / name)
        with pytest.raises(CameraError, match=name):
            source.open()


def test_a_truncated_video_plays_as_far_as_it_goes(tmp_path: Path) -> None:
    path = _write_video(tmp_path / "clip.avi", repeat=20)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with RunningFeed(VideoFileSource(path)) as running:
        running.wait_for_frames(60)
    assert FeedStatus.FAILED not in running.statuses


def test_damaged_pictures_inside_a_video_are_passed_over(tmp_path: Path) -> None:
    path = _write_video(tmp_path / "clip.avi")
    data = bytearray(path.read_bytes())
    second = data.index(b"\xff\xd8", data.index(b"\xff\xd8") + 2)
    data[second : second + 180] = bytes(180)
    path.write_bytes(data)
    source = VideoFileSource(path)
    source.open()
    colours = [_colour(source.read()) for _frame in range(4)]
    source.close()
    assert colours == [RED, BLUE, RED, BLUE]


def test_a_video_that_vanishes_while_it_plays_is_told_and_found_again(tmp_path: Path) -> None:
    path = _write_video(tmp_path / "clip.avi")
    with RunningFeed(VideoFileSource(path)) as running:
        running.wait_for_frames(1)
        data = path.read_bytes()
        path.unlink()
        running.wait_for_status(FeedStatus.FAILED)
        path.write_bytes(data)
        running.feed.retry()
        running.wait_for_status(FeedStatus.RUNNING)


def test_images_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for name, colour in (("shot10", BLUE), ("shot2", GREEN), ("shot1", RED)):
        image = np.full((20, 30, 3), colour, np.uint8)
        (tmp_path / f"{name}.jpg").write_bytes(encode_jpeg(image))
    (tmp_path / "notes.txt").write_text("no image")
    for target in (tmp_path, tmp_path / "shot*.jpg", tmp_path / "shot%d.jpg"):
        source = ImageSequenceSource(str(target), frames_per_second=200)
        source.open()
        assert [_colour(source.read()) for _frame in range(4)] == [*COLOURS, RED]
        source.close()


def test_images_that_cannot_be_read_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no image")
    (tmp_path / "b.jpg").write_bytes(encode_jpeg(np.full((20, 30, 3), GREEN, np.uint8)))
    source = ImageSequenceSource(str(tmp_path), frames_per_second=200)
    source.open()
    assert [_colour(source.read()) for _frame in range(2)] == [GREEN, GREEN]
    (tmp_path / "b.jpg").write_bytes(b"no image any more")
    source.close()
    source.open()
    with pytest.raises(CameraError, match="None of the images can be read"):
        source.read()


def test_a_folder_without_images_is_refused_and_found_when_they_come(tmp_path: Path) -> None:
    with RunningFeed(ImageSequenceSource(str(tmp_path), frames_per_second=100)) as running:
        running.wait_for_status(FeedStatus.FAILED)
        assert "No images are there" in running.states[-1].message
        (tmp_path / "a.jpg").write_bytes(encode_jpeg(np.zeros((20, 30, 3), np.uint8)))
        running.feed.retry()
        running.wait_for_frames(2)


def test_images_that_do_not_loop_end_the_feed(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(encode_jpeg(np.zeros((20, 30, 3), np.uint8)))
    source = ImageSequenceSource(str(tmp_path), frames_per_second=100, loop=False)
    with RunningFeed(source) as running:
        running.wait_for_end()
    assert len(running.frames) == 1
    assert "ended" in running.states[-1].message


def test_a_huge_picture_is_shrunk_to_a_frame(tmp_path: Path) -> None:
    (tmp_path / "huge.jpg").write_bytes(encode_jpeg(np.zeros((1500, 3000, 3), np.uint8)))
    source = ImageSequenceSource(str(tmp_path / "huge.jpg"))
    source.open()
    assert source.read().shape == (LONGEST_SIDE // 2, LONGEST_SIDE, 3)
    source.close()
