"""The feed: it opens, reads, fails, tries again and stops, whatever the source does."""

from __future__ import annotations

import logging
import threading
import time

import numpy as np
import pytest

from cnn_studio.camera.demo import DemoCamera
from cnn_studio.camera.feed import CameraFeed, FeedState, FeedStatus
from cnn_studio.camera.mailbox import Mailbox
from cnn_studio.camera.source import EndOfFrames, Frame, FrameSource
from cnn_studio.errors import CameraError
from cnn_studio.vision.images import ImageArray
from tests.camera.running_feed import RunningFeed


class SwitchedSource(FrameSource):
    """A camera that a test plugs in and out, hangs, breaks and ends."""

    def __init__(self) -> None:
        self.description = "Switched"
        self.frames_per_second = 100.0
        self.plugged = True
        self.hanging = threading.Event()
        self.go_on = threading.Event()
        self.fault: Exception | None = None
        self.opened = 0
        self.is_open = False
        self.threads: set[str] = set()

    def open(self) -> None:
        self.threads.add(threading.current_thread().name)
        self.opened += 1
        if not self.plugged:
            raise CameraError("The camera is not there.")
        self.is_open = True

    def read(self) -> ImageArray:
        self.threads.add(threading.current_thread().name)
        if self.hanging.is_set():
            self.go_on.wait(30)
        if self.fault is not None:
            raise self.fault
        if not self.plugged:
            raise CameraError("The camera was unplugged.")
        time.sleep(0.005)
        return np.zeros((4, 6, 3), np.uint8)

    def close(self) -> None:
        self.threads.add(threading.current_thread().name)
        self.is_open = False


def test_frames_reach_the_mailbox_and_the_listeners_in_order() -> None:
    with RunningFeed(SwitchedSource()) as running:
        running.wait_for_frames(5)
    assert running.statuses == [FeedStatus.OPENING, FeedStatus.RUNNING, FeedStatus.STOPPED]
    numbers = [frame.sequence for frame in running.frames]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    latest = running.mailbox.latest()
    assert latest is not None
    assert latest.sequence == numbers[-1]


def test_one_thread_opens_reads_and_closes() -> None:
    source = SwitchedSource()
    with RunningFeed(source) as running:
        running.wait_for_frames(1)
    assert source.threads == {"camera"}
    assert not source.is_open


def test_frames_of_the_next_camera_are_newer_than_those_of_the_last() -> None:
    with RunningFeed(SwitchedSource()) as first:
        first.wait_for_frames(3)
    with RunningFeed(SwitchedSource()) as second:
        second.wait_for_frames(1)
    assert second.frames[0].sequence > first.frames[-1].sequence


def test_an_unplugged_camera_is_told_and_found_again_when_it_is_back() -> None:
    source = SwitchedSource()
    with RunningFeed(source) as running:
        running.wait_for_frames(1)
        source.plugged = False
        running.wait_for_status(FeedStatus.FAILED)
        assert running.states[-1].message == "The camera was unplugged."
        assert not source.is_open
        source.plugged = True
        running.wait_for_status(FeedStatus.RUNNING)
    assert source.opened >= 2


def test_a_camera_is_opened_again_when_asked_and_that_is_no_failure() -> None:
    source = SwitchedSource()
    with RunningFeed(source) as running:
        running.wait_for_frames(1)
        running.feed.reopen()
        running.wait_until(lambda: running.statuses.count(FeedStatus.RUNNING) == 2)
    assert source.opened == 2
    assert running.statuses == [
        FeedStatus.OPENING,
        FeedStatus.RUNNING,
        FeedStatus.OPENING,
        FeedStatus.RUNNING,
        FeedStatus.STOPPED,
    ]


def test_a_camera_that_has_failed_can_be_opened_again_at_once() -> None:
    source = SwitchedSource()
    source.plugged = False
    with RunningFeed(source) as running:
        running.wait_for_status(FeedStatus.FAILED)
        source.plugged = True
        running.feed.reopen()
        running.wait_for_status(FeedStatus.RUNNING)


def test_a_failed_camera_is_not_said_to_open_until_someone_asks() -> None:
    source = SwitchedSource()
    source.plugged = False
    with RunningFeed(source) as running:
        running.wait_until(lambda: source.opened >= 2 and len(running.states) >= 2)
        assert running.statuses == [FeedStatus.OPENING, FeedStatus.FAILED]
        opened = source.opened
        running.feed.retry()
        running.wait_until(lambda: running.statuses[2:] == [FeedStatus.OPENING, FeedStatus.FAILED])
        assert source.opened == opened + 1


def test_pauses_between_tries_grow_and_retry_ends_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnn_studio.camera.feed.FIRST_BACK_OFF_S", 300.0)
    monkeypatch.setattr("cnn_studio.camera.feed.LONGEST_BACK_OFF_S", 300.0)
    source = SwitchedSource()
    source.plugged = False
    with RunningFeed(source) as running:
        running.wait_for_status(FeedStatus.FAILED)
        source.plugged = True
        running.feed.retry()
        running.wait_for_status(FeedStatus.RUNNING)


def test_stop_does_not_wait_for_the_pause_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnn_studio.camera.feed.FIRST_BACK_OFF_S", 300.0)
    source = SwitchedSource()
    source.plugged = False
    with RunningFeed(source) as running:
        running.wait_for_status(FeedStatus.FAILED)
    assert running.statuses[-1] is FeedStatus.STOPPED


def test_a_hanging_camera_is_noticed_from_outside() -> None:
    source = SwitchedSource()
    with RunningFeed(source) as running:
        running.wait_for_frames(2)
        source.hanging.set()
        while running.feed.seconds_since_frame < 1.1:
            time.sleep(0.02)
        assert running.feed.frames_per_second == 0
        source.hanging.clear()
        source.go_on.set()
        running.wait_until(lambda: running.feed.seconds_since_frame < 1)
    assert FeedStatus.FAILED not in running.statuses


def test_a_source_that_ends_stops_the_feed_with_its_words() -> None:
    source = SwitchedSource()
    source.fault = EndOfFrames("The video has ended: clip.avi.")
    with RunningFeed(source) as running:
        running.wait_for_end()
    assert running.states[-1] == FeedState(FeedStatus.STOPPED, "The video has ended: clip.avi.")
    assert not source.is_open


def test_a_fault_that_nobody_foresaw_is_a_sentence_and_not_the_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    source = SwitchedSource()
    source.fault = ZeroDivisionError("driver")
    with caplog.at_level(logging.ERROR), RunningFeed(source) as running:
        running.wait_for_status(FeedStatus.FAILED)
        assert "driver" in running.states[-1].message
        source.fault = None
        running.wait_for_status(FeedStatus.RUNNING)
    assert "not foreseen" in caplog.text


def test_a_listener_that_fails_is_dropped_and_the_others_go_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    calls = []

    def broken(frame: Frame) -> None:
        calls.append(frame)
        raise ValueError("full")

    with RunningFeed(SwitchedSource()) as running:
        running.feed.add_listener(broken)
        running.wait_until(lambda: len(calls) == 1)
        running.wait_for_frames(len(running.frames) + 5)
    assert len(calls) == 1
    assert FeedStatus.FAILED not in running.statuses
    assert "full" in caplog.text


def test_a_removed_listener_is_called_no_more() -> None:
    frames: list[Frame] = []
    with RunningFeed(SwitchedSource()) as running:
        running.feed.add_listener(frames.append)
        running.wait_until(lambda: len(frames) > 0)
        running.feed.remove_listener(frames.append)
        running.feed.remove_listener(frames.append)
        running.wait_for_frames(len(running.frames) + 1)  # one call may have been under way
        count = len(frames)
        running.wait_for_frames(len(running.frames) + 5)
    assert len(frames) == count


def test_the_measured_rate_is_that_of_the_camera() -> None:
    with RunningFeed(DemoCamera("pencil")) as running:
        assert running.feed.source.frames_per_second == 30
        running.wait_until(lambda: 20 < running.feed.frames_per_second < 33)


def test_before_it_runs_a_feed_has_no_rate_and_no_delay() -> None:
    feed = CameraFeed(SwitchedSource(), Mailbox(), lambda state: None)
    assert feed.frames_per_second == 0
    assert feed.seconds_since_frame == 0
