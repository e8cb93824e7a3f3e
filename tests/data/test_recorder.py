"""Recording: what is kept is on the disk, and what is lost is counted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.data.catalog import create_dataset, find_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.frame_gate import GateRules
from cnn_studio.data.recorder import Recorder
from cnn_studio.data.sessions import Session, SessionKind, sequence_of
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import ImageArray, read_image
from tests.data.pictures import picture

PICTURE = picture(1)
PATIENCE_S = 20.0


@pytest.fixture
def folders(workspace: Workspace) -> ClassFolders:
    return ClassFolders(create_dataset(workspace, "Things", ["shoe"]))


def _recorder(folders: ClassFolders, **options: object) -> Recorder:
    return Recorder(folders, "shoe", Session.new(SessionKind.RECORDING), **options)


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)


def _shade(place: int) -> ImageArray:
    return np.full((16, 16, 3), place, np.uint8)


def test_frames_become_files_of_one_session_in_their_order(folders: ClassFolders) -> None:
    recorder = _recorder(folders)
    recorder.start()
    for number in range(5):
        recorder.offer(picture(number), number / 30)
    recorder.finish(PATIENCE_S)
    assert (recorder.kept, recorder.lost, recorder.error) == (5, 0, None)
    assert [sequence_of(sample.path.name) for sample in recorder.samples] == [1, 2, 3, 4, 5]
    assert len({sample.session for sample in recorder.samples}) == 1
    assert folders.samples("shoe") == list(reversed(recorder.samples))


@pytest.mark.parametrize(("rate", "camera_fps"), [(10, 30), (15, 30), (4, 30), (12, 25)])
def test_frames_beyond_the_rate_are_passed_over_evenly(
    folders: ClassFolders, rate: float, camera_fps: float
) -> None:
    recorder = _recorder(folders, frames_per_second=rate, capacity=1000)
    recorder.start()
    for place in range(int(3 * camera_fps)):
        recorder.offer(_shade(place), 100 + place / camera_fps)
    recorder.finish(PATIENCE_S)
    kept = [round(read_image(sample.path).mean()) for sample in recorder.samples]
    assert len(kept) == 3 * rate
    steps = {later - earlier for earlier, later in pairwise(kept)}
    assert max(steps) - min(steps) <= 1
    assert recorder.lost == 0


def test_at_the_cameras_own_rate_every_frame_is_kept_though_it_comes_unevenly(
    folders: ClassFolders,
) -> None:
    recorder = _recorder(folders, frames_per_second=30, capacity=1000)
    recorder.start()
    for place in range(60):
        recorder.offer(PICTURE, place / 30 + (0.01 if place % 2 else -0.01))
    recorder.finish(PATIENCE_S)
    assert recorder.kept == 60


def test_frames_that_a_busy_machine_hands_over_late_and_together_are_kept(
    folders: ClassFolders,
) -> None:
    recorder = _recorder(folders, frames_per_second=30, capacity=1000)
    recorder.start()
    recorder.offer(PICTURE, 100.0)
    for place in range(60):
        late_s = (place // 6 + 1) * 0.2  # six frames at once, every fifth of a second
        recorder.offer(PICTURE, 100 + late_s + place % 6 * 0.002)
    recorder.finish(PATIENCE_S)
    assert recorder.kept == 61


def test_after_a_pause_frames_are_not_made_up_for(folders: ClassFolders) -> None:
    recorder = _recorder(folders, frames_per_second=10, capacity=1000)
    recorder.start()
    recorder.offer(PICTURE, 0.0)
    for place in range(30):
        recorder.offer(PICTURE, 60 + place / 30)
    recorder.finish(PATIENCE_S)
    assert recorder.kept == 11


def test_it_ends_at_its_limit(folders: ClassFolders) -> None:
    recorder = _recorder(folders, limit=3)
    recorder.start()
    for place in range(10):
        recorder.offer(PICTURE, place)
    recorder.finish(PATIENCE_S)
    assert (recorder.kept, recorder.lost) == (3, 0)


def test_a_disk_that_is_too_slow_loses_frames_that_are_counted_and_never_blocks(
    folders: ClassFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    flush = os.fsync

    def slow(descriptor: int) -> None:
        go_on.wait(PATIENCE_S)
        flush(descriptor)

    monkeypatch.setattr("os.fsync", slow)
    recorder = _recorder(folders, capacity=4)
    recorder.start()
    for place in range(20):
        recorder.offer(PICTURE, place)
    assert recorder.kept == 0
    assert recorder.lost >= 15
    go_on.set()
    recorder.finish(PATIENCE_S)
    assert recorder.kept + recorder.lost == 20
    assert recorder.kept == folders.counts()["shoe"] >= 4


def test_finishing_waits_no_longer_than_it_may_and_counts_the_rest_as_lost(
    folders: ClassFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, hangs = threading.Event(), threading.Event()
    flush = os.fsync

    def hang(descriptor: int) -> None:
        hangs.set()
        go_on.wait(PATIENCE_S)
        flush(descriptor)

    monkeypatch.setattr("os.fsync", hang)
    recorder = _recorder(folders, capacity=4)
    recorder.start()
    recorder.offer(PICTURE, 0)
    assert hangs.wait(PATIENCE_S)
    for place in range(1, 5):
        recorder.offer(PICTURE, place)
    recorder.finish(0.05)
    assert (recorder.kept, recorder.lost) == (0, 4)
    go_on.set()
    recorder.finish(PATIENCE_S)
    assert recorder.kept + recorder.lost == 5


def test_a_full_disk_is_told_once_and_recording_goes_on_when_there_is_room(
    folders: ClassFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush = os.fsync

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    recorder = _recorder(folders, limit=2)
    recorder.start()
    recorder.offer(PICTURE, 0)
    recorder.offer(PICTURE, 1)
    _wait_until(lambda: recorder.lost == 2)
    assert recorder.error is not None
    assert "No space left on device" in recorder.error
    monkeypatch.setattr("os.fsync", flush)
    for place in range(2, 6):
        recorder.offer(PICTURE, place)
    recorder.finish(PATIENCE_S)
    assert (recorder.kept, recorder.lost) == (2, 2)


def test_nothing_is_taken_before_the_start_or_after_the_end(folders: ClassFolders) -> None:
    recorder = _recorder(folders)
    recorder.offer(PICTURE, 0)
    recorder.finish(PATIENCE_S)
    recorder = _recorder(folders)
    recorder.start()
    recorder.finish(PATIENCE_S)
    recorder.offer(PICTURE, 1)
    recorder.finish(PATIENCE_S)
    assert (recorder.kept, recorder.lost) == (0, 0)


_RECORD_FOR_EVER = """
import sys
from pathlib import Path
from cnn_studio.data.catalog import find_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.recorder import Recorder
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.paths import Workspace
from tests.data.pictures import picture

folders = ClassFolders(find_dataset(Workspace(Path(sys.argv[1])), "objects"))
recorder = Recorder(folders, "shoe", Session.new(SessionKind.RECORDING), capacity=4)
recorder.start()
big, place = picture(1, 480, 640), 0
while True:
    recorder.offer(big, place)
    place += 1
"""


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_program_that_is_killed_leaves_whole_files_only(workspace: Workspace) -> None:
    command = [sys.executable, "-c", _RECORD_FOR_EVER, str(workspace.root)]
    root = Path(__file__).parents[2]
    process = subprocess.Popen(command, cwd=root)
    try:
        folders = ClassFolders(find_dataset(workspace, "objects"))
        _wait_until(lambda: folders.counts()["shoe"] >= 20)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE_S)
    samples = folders.samples("shoe")
    assert len(samples) >= 20
    for sample in samples:
        assert read_image(sample.path).shape == (480, 640, 3)
    assert find_dataset(workspace, "objects").problem == ""


def test_frames_that_show_nothing_new_are_skipped_and_counted(folders: ClassFolders) -> None:
    recorder = _recorder(folders, rules=GateRules(skip_same=True, skip_flawed=True))
    recorder.start()
    sharp = picture(1)
    dark = (sharp * 0.05).astype(np.uint8)
    for number, image in enumerate((sharp, sharp, sharp + np.uint8(1), dark, picture(2), sharp)):
        recorder.offer(image, number / 10)
    recorder.finish(10)
    assert (recorder.kept, recorder.skipped_same, recorder.skipped_flawed) == (3, 2, 1)
    assert recorder.lost == 0
