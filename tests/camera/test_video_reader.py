"""Pictures out of videos by their times, from real files: even, uneven, turned and damaged ones."""

from __future__ import annotations

import wave
from pathlib import Path

import cv2
import pytest

from cnn_studio.camera.video_file import VideoFileSource
from cnn_studio.camera.video_reader import VideoReader, clock, is_video_name, measure_video
from cnn_studio.errors import CameraError
from tests.videos import (
    HEIGHT,
    WIDTH,
    cut_video,
    damage_frames,
    number_of,
    numbered,
    turn_video,
    write_uneven_video,
    write_video,
)

UNEVEN = [*range(30), *range(30, 150, 4)]  # one second at 30 frames, then four at 7.5


def _numbers(path: Path, from_s: float, to_s: float | None, rate: float | None) -> list[int]:
    with VideoReader(path) as video:
        return [number_of(frame.image_rgb) for frame in video.frames(from_s, to_s, rate)]


@pytest.mark.parametrize(("name", "codec"), [("clip.avi", "MJPG"), ("clip.mp4", "mp4v")])
def test_a_video_tells_its_length_and_gives_any_picture(
    tmp_path: Path, name: str, codec: str
) -> None:
    path = write_video(tmp_path / name, range(100), codec=codec)
    facts = measure_video(path)
    assert facts.duration_s == pytest.approx(5.0)
    assert (facts.frames_per_second, facts.width, facts.height) == (20.0, WIDTH, HEIGHT)
    with VideoReader(path) as video:
        for number in (0, 99, 3, 50, 51, 49, 0):
            frame = video.frame_at(number / 20)
            assert frame is not None
            assert number_of(frame.image_rgb) == number
            assert frame.time_s == pytest.approx(number / 20)
        assert video.frame_at(9.0) is None
        frame = video.frame_at(4.95)  # and back from beyond the end
        assert frame is not None
        assert number_of(frame.image_rgb) == 99


def test_frames_are_taken_evenly_from_the_part_that_is_wanted(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.avi", range(100))
    assert _numbers(path, 0.0, None, None) == list(range(100))
    assert _numbers(path, 0.0, None, 5.0) == list(range(0, 100, 4))
    assert _numbers(path, 1.0, 2.0, 10.0) == list(range(20, 41, 2))
    assert _numbers(path, 4.0, 4.0, None) == [80]
    assert _numbers(path, 0.0, 1.0, 1000.0) == list(range(21))


@pytest.mark.parametrize("name", ["clip.mov", "clip.mp4", "clip.mkv"])
def test_times_are_those_of_the_file_where_frames_come_unevenly(tmp_path: Path, name: str) -> None:
    path = write_uneven_video(tmp_path / name, UNEVEN)
    assert measure_video(path).duration_s == pytest.approx(UNEVEN[-1] / 30, abs=0.05)
    expected = [0, 15, 30, 34, 38, 42, 45, 49, 53, 57]  # the first at or after each half second
    numbers = _numbers(path, 0.0, None, 2.0)
    assert len(numbers) == 10
    assert all(abs(a - b) <= 1 for a, b in zip(numbers, expected, strict=True))
    with VideoReader(path) as video:
        for number in (55, 10, 40, 59, 31):
            frame = video.frame_at(UNEVEN[number] / 30)
            assert frame is not None
            assert number_of(frame.image_rgb) == number


def test_a_video_that_was_held_upright_is_upright(tmp_path: Path) -> None:
    path = turn_video(write_video(tmp_path / "clip.mp4", range(10), codec="mp4v"))
    facts = measure_video(path)
    assert (facts.width, facts.height) == (HEIGHT, WIDTH)


def test_a_stream_without_length_is_read_through(tmp_path: Path) -> None:
    path = tmp_path / "clip.mjpeg"
    pictures = (cv2.imencode(".jpg", numbered(number)[..., ::-1])[1] for number in range(50))
    path.write_bytes(b"".join(picture.tobytes() for picture in pictures))
    assert measure_video(path).duration_s == pytest.approx(2.0)
    with VideoReader(path) as video:
        assert video.promised_s == 0
        for number in (40, 5):
            frame = video.frame_at(number / 25)
            assert frame is not None
            assert number_of(frame.image_rgb) == number
    asked = iter(range(1000))
    assert measure_video(path, lambda: next(asked) > 20).duration_s < 2.0


def test_damaged_frames_are_passed_over_and_counted(tmp_path: Path) -> None:
    path = damage_frames(write_video(tmp_path / "clip.avi", range(60)), (5, 6, 30))
    with VideoReader(path) as video:
        numbers = [number_of(frame.image_rgb) for frame in video.frames(0.0, None, None)]
        assert video.damaged == 3
        assert numbers == [number for number in range(60) if number not in (5, 6, 30)]
        frame = video.frame_at(30 / 20)
        assert frame is not None
        assert number_of(frame.image_rgb) in (29, 31)


def test_a_cut_off_video_is_as_long_as_what_is_left(tmp_path: Path) -> None:
    path = cut_video(write_video(tmp_path / "clip.avi", range(100)), 0.5)
    length_s = measure_video(path).duration_s
    assert 2.0 < length_s < 3.0
    assert len(_numbers(path, 0.0, None, None)) == round(length_s * 20)
    with VideoReader(path) as video:
        assert video.promised_s == pytest.approx(5.0)


def test_what_is_no_video_is_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.avi").write_text("This is no video." * 100)
    with wave.open(str(tmp_path / "sound.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(16_000))
    (tmp_path / "sound.wav").rename(tmp_path / "sound.avi")
    for name, sentence in (
        ("empty.mp4", "is empty"),
        ("text.avi", "is text and not a video"),
        ("sound.avi", "is a sound and not a video"),
    ):
        with pytest.raises(CameraError, match=f"^The file {sentence}: {name}.$"):
            measure_video(tmp_path / name)
    with pytest.raises(CameraError, match=r"holds no picture .*none\.avi"):
        measure_video(write_video(tmp_path / "none.avi", ()))
    with pytest.raises(CameraError, match=r"not there: gone\.avi"):
        measure_video(tmp_path / "gone.avi")


def test_videos_are_told_by_their_endings() -> None:
    assert is_video_name(Path("a/Holiday.MOV"))
    assert not is_video_name(Path("a/anim.gif"))
    assert not is_video_name(Path("a/.hidden.mp4"))
    assert not is_video_name(Path("a/photo.jpg"))


def test_times_are_written_as_a_person_reads_them() -> None:
    assert [clock(time_s) for time_s in (0, 5.04, 59.96, 65.3, 600)] == [
        "0:00.0",
        "0:05.0",
        "1:00.0",
        "1:05.3",
        "10:00.0",
    ]


def test_three_sentences_for_videos_that_do_not_open(tmp_path: Path) -> None:
    cut = cut_video(write_video(tmp_path / "cut.mp4", range(40), codec="mp4v"), 0.6)
    unread = write_video(tmp_path / "unread.avi", range(40))
    unread.write_bytes(unread.read_bytes().replace(b"MJPG", b"ZZZZ"))
    boxed = write_video(tmp_path / "boxed.mkv", range(40))
    boxed.write_bytes(boxed.read_bytes().replace(b"V_MJPEG", b"V_ZZZZZ"))
    torn = write_video(tmp_path / "torn.mkv", range(40))
    torn.write_bytes(torn.read_bytes()[:400])
    whole = write_video(tmp_path / "gone.mp4", range(40), codec="mp4v")
    data = whole.read_bytes()
    part = data.rindex(b"mdhd")
    whole.write_bytes(data[: part - 4] + bytes(4) + data[part:])  # its length is right
    (tmp_path / "packed.mp4").write_bytes(b"Rar!\x1a\x07\x01\0" + bytes(40))
    (tmp_path / "page.mp4").write_text("<!DOCTYPE html><html>404")
    (tmp_path / "song.mp4").write_bytes(b"\0\0\0\x14ftypM4A " + bytes(60))
    for name, sentence in (
        (cut.name, "The file is damaged"),
        (torn.name, "The file is damaged"),
        (whole.name, "The file is damaged"),
        (unread.name, "Videos in ZZZZ are not read; save it as MP4 with H.264"),
        (boxed.name, "Videos in V_ZZZZZ are not read; save it as MP4 with H.264"),
        (
            "packed.mp4",
            "RAR archives are not read; unpack it, with 7-Zip for example, and bring in the folder",
        ),
        ("page.mp4", "The file is a web page and not a video"),
        ("song.mp4", "The file is a sound and not a video"),
    ):
        with pytest.raises(CameraError, match=f"^{sentence}: {name}.$"):
            measure_video(tmp_path / name)
        with pytest.raises(CameraError, match=f"^{sentence}: {name}.$"):
            VideoFileSource(tmp_path / name).open()
