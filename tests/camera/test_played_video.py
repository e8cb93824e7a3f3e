"""A video that is played, paused and moved along, read from real files."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cnn_studio.camera.feed import FeedStatus
from cnn_studio.camera.played_video import PlayedVideo
from cnn_studio.errors import CameraError
from tests.camera.running_feed import RunningFeed
from tests.videos import cut_video, number_of, write_uneven_video, write_video


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A video of 1 s: 20 numbered frames."""
    return write_video(tmp_path / "clip.avi", range(20))


@contextmanager
def _opened(path: Path) -> Iterator[PlayedVideo]:
    video = PlayedVideo(path)
    video.open()
    yield video
    video.close()


def _read_until(video: PlayedVideo, number: int) -> None:
    """Read on until a frame comes; a request may take one more read."""
    for _read in range(100):
        if number_of(video.read()) == number:
            return
    pytest.fail(f"Frame {number} never came.")


def test_it_plays_at_its_own_rate_and_stays_at_the_end(clip: Path) -> None:
    with _opened(clip) as video:
        assert video.frames_per_second == pytest.approx(20)
        began_s = time.monotonic()
        numbers = [number_of(video.read()) for _frame in range(20)]
        assert time.monotonic() - began_s > 19 / 20 - 0.05
        assert numbers == list(range(20))
        assert video.is_playing
        assert number_of(video.read()) == 19
        assert not video.is_playing
        assert number_of(video.read()) == 19
        video.play()
        _read_until(video, 0)
        assert video.is_playing


def test_while_it_is_paused_the_same_frame_comes_again(clip: Path) -> None:
    with _opened(clip) as video:
        _read_until(video, 3)
        video.pause()
        began_s = time.monotonic()
        assert [number_of(video.read()) for _frame in range(2)] == [3, 3]
        assert time.monotonic() - began_s > 0.9
        assert video.position_s == pytest.approx(3 / 20)


def test_it_goes_to_a_time_and_beyond_the_end_to_the_last_frame(clip: Path) -> None:
    with _opened(clip) as video:
        video.pause()
        video.seek(0.5)
        assert video.position_s == 0.5
        _read_until(video, 10)
        assert video.position_s == pytest.approx(0.5)
        video.seek(5.0)
        _read_until(video, 19)
        video.seek(-1.0)
        _read_until(video, 0)
        video.seek(0.5)
        video.play()
        _read_until(video, 10)
        _read_until(video, 11)


def test_it_steps_frame_by_frame_both_ways(clip: Path) -> None:
    with _opened(clip) as video:
        _read_until(video, 2)
        video.step(1)
        assert not video.is_playing
        assert number_of(video.read()) == 3
        video.step(-1)
        assert number_of(video.read()) == 2
        video.step(1)
        video.step(1)  # two presses before the next read are two frames
        assert number_of(video.read()) == 4
        video.step(-10)
        assert number_of(video.read()) == 0
        video.step(-1)
        assert number_of(video.read()) == 0


def test_steps_follow_the_frames_where_they_come_unevenly(tmp_path: Path) -> None:
    ticks = [0, 1, 2, 12, 13, 30]
    with _opened(write_uneven_video(tmp_path / "uneven.mkv", ticks)) as video:
        video.pause()
        seen = [number_of(video.read())]
        for _step in range(5):
            video.step(1)
            seen.append(number_of(video.read()))
        assert seen == [0, 1, 2, 3, 4, 5]
        assert video.position_s == pytest.approx(1.0, abs=0.02)
        for _step in range(5):
            video.step(-1)
            seen.append(number_of(video.read()))
        assert seen[6:] == [4, 3, 2, 1, 0]


@pytest.mark.parametrize("share", [0.0, 0.01])
def test_an_empty_or_damaged_video_gets_a_sentence(clip: Path, share: float) -> None:
    with RunningFeed(PlayedVideo(cut_video(clip, share))) as running:
        running.wait_for_status(FeedStatus.FAILED)
    failed = next(state for state in running.states if state.status is FeedStatus.FAILED)
    assert re.fullmatch(r"The .* clip\.avi\.", failed.message)


def test_a_video_that_is_gone_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match=r"The video is not there: none\.avi\."):
        PlayedVideo(tmp_path / "none.avi").open()


def test_a_feed_that_plays_it_ends_soon(clip: Path) -> None:
    video = PlayedVideo(clip)
    with RunningFeed(video) as running:
        running.wait_for_frames(1)
        video.pause()
        video.give_up()
    assert running.states[-1].status is FeedStatus.STOPPED
