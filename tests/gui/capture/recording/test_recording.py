"""When a recording may begin, and what becomes of the frames that come meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cnn_studio.camera.source import Frame
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.sessions import SessionKind, session_of
from cnn_studio.gui.capture.recording.recording import Obstacle, Recording, obstacle, take_shot
from tests.gui.capture.conftest import picture


class Camera:
    """Gives frames when it is told to."""

    def __init__(self) -> None:
        self.listeners: list[Callable[[Frame], None]] = []
        self._sequence = 0

    def add_frame_listener(self, listener: Callable[[Frame], None]) -> None:
        self.listeners.append(listener)

    def remove_frame_listener(self, listener: Callable[[Frame], None]) -> None:
        self.listeners.remove(listener)

    def give(self, count: int, frames_per_second: float) -> None:
        for _ in range(count):
            self._sequence += 1
            frame = Frame(picture(7), self._sequence, self._sequence / frames_per_second)
            for listener in self.listeners:
                listener(frame)


def test_frames_between_press_and_release_are_one_session(folders: ClassFolders) -> None:
    camera, classes = Camera(), folders.classes()
    recording = Recording(camera)
    camera.give(3, 30)
    burst = recording.begin(folders, "key", 30)
    camera.give(5, 30)
    assert recording.end() is burst
    camera.give(3, 30)
    burst.finish()
    assert (burst.kept, burst.lost, burst.error) == (5, 0, None)
    assert len(folders.samples("key")) == 5
    sessions = {session_of(sample.path.name) for sample in folders.samples("key")}
    assert len(sessions) == 1
    session = sessions.pop()
    assert session is not None
    assert session.kind is SessionKind.RECORDING
    assert folders.classes() == classes
    assert camera.listeners == []


def test_two_presses_are_two_sessions(folders: ClassFolders) -> None:
    camera = Camera()
    recording = Recording(camera)
    for _ in range(2):
        burst = recording.begin(folders, "key", 30)
        camera.give(2, 30)
        recording.end()
        burst.finish()
    assert len({sample.session for sample in folders.samples("key")}) == 2


def test_a_second_begin_goes_on_with_the_first(folders: ClassFolders) -> None:
    camera = Camera()
    recording = Recording(camera)
    burst = recording.begin(folders, "key", 30)
    assert recording.begin(folders, "pen", 30) is burst
    assert len(camera.listeners) == 1
    recording.end()
    assert recording.end() is None
    burst.finish()


def test_the_rate_thins_the_frames_out(folders: ClassFolders) -> None:
    camera = Camera()
    recording = Recording(camera)
    burst = recording.begin(folders, "key", 10)
    camera.give(30, 30)
    recording.end()
    burst.finish()
    assert burst.kept in (10, 11)
    assert burst.lost == 0


def test_samples_are_reported_once(folders: ClassFolders) -> None:
    camera = Camera()
    recording = Recording(camera)
    burst = recording.begin(folders, "key", 30)
    camera.give(4, 30)
    recording.end()
    burst.finish()
    assert len(burst.unreported_samples()) == 4
    assert burst.unreported_samples() == []


def test_a_folder_that_cannot_be_written_to_is_told(folders: ClassFolders) -> None:
    blocked = folders.dataset.folder / "key"
    blocked.write_text("a file stands where the folder of the class would be")
    camera = Camera()
    recording = Recording(camera)
    burst = recording.begin(folders, "key", 30)
    camera.give(2, 30)
    recording.end()
    burst.finish()
    assert (burst.kept, burst.lost) == (0, 2)
    assert burst.error is not None
    assert burst.error.endswith(".")


def test_a_shot_is_one_image_in_a_session_of_its_own(folders: ClassFolders) -> None:
    for sequence in (1, 2):
        burst = take_shot(folders, "key", Frame(picture(9), sequence, 0.0))
        burst.finish()
        assert burst.kept == 1
    assert len({sample.session for sample in folders.samples("key")}) == 2


@pytest.mark.parametrize(
    ("writable", "classes", "chosen", "has_picture", "expected"),
    [
        (False, ("pen",), "pen", True, Obstacle.READ_ONLY),
        (True, (), "", True, Obstacle.NO_CLASSES),
        (True, ("pen",), "", True, Obstacle.NO_CLASS_CHOSEN),
        (True, ("pen",), "gone", True, Obstacle.NO_CLASS_CHOSEN),
        (True, ("pen",), "pen", False, Obstacle.NO_PICTURE),
        (True, ("pen",), "pen", True, None),
    ],
)
def test_what_stands_in_the_way(
    folders: ClassFolders,
    writable: bool,
    classes: tuple[str, ...],
    chosen: str,
    has_picture: bool,
    expected: Obstacle | None,
) -> None:
    assert obstacle(folders if writable else None, classes, chosen, has_picture) is expected
