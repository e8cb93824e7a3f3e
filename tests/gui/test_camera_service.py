"""The window's camera: webcams that come and go, the choice that is remembered, sizes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from cnn_studio.camera.feed import FeedState, FeedStatus
from cnn_studio.camera.frame_size import FrameSize
from cnn_studio.camera.spec import CameraKind, CameraSpec, parse_spec
from cnn_studio.gui.camera_service import CameraService
from cnn_studio.gui.studio import Studio
from tests.camera.fake_webcams import FIRST, FakeWebcams

FRONT = CameraSpec(CameraKind.WEBCAM, "Front")
HD = FrameSize(1280, 720)


@pytest.fixture
def camera(webcams: FakeWebcams, studio: Studio) -> CameraService:
    return studio.camera


@pytest.fixture
def sentences(camera: CameraService) -> list[str]:
    """What is said in the status line."""
    said: list[str] = []
    camera.announced.connect(said.append)
    return said


def _names(camera: CameraService) -> list[str]:
    return [info.name for info in camera.cameras]


def _runs(camera: CameraService) -> Callable[[], bool]:
    return lambda: camera.latest() is not None


def _size(camera: CameraService) -> Callable[[], tuple[int, ...] | None]:
    def size() -> tuple[int, ...] | None:
        frame = camera.latest()
        return frame.image_rgb.shape[:2] if frame is not None else None

    return size


def test_a_webcam_that_is_plugged_in_is_listed_and_told_and_not_opened(
    qtbot: QtBot, camera: CameraService, webcams: FakeWebcams, sentences: list[str]
) -> None:
    camera.start(None)
    qtbot.waitUntil(_runs(camera))
    assert camera.is_demo
    webcams.plug_in("Front")
    qtbot.waitUntil(lambda: "Front" in _names(camera))
    assert sentences == ["Front is connected: choose it above."]
    assert webcams.openings == 0
    webcams.unplug()
    qtbot.waitUntil(lambda: _names(camera) == ["Demo camera"])
    assert len(sentences) == 1


def test_nothing_is_listed_while_nothing_changes(
    qtbot: QtBot, camera: CameraService, webcams: FakeWebcams
) -> None:
    webcams.plug_in("Front")
    camera.start("demo")
    qtbot.waitUntil(lambda: "Front" in _names(camera))
    assert webcams.listings == 1
    changes = QSignalSpy(camera.cameras_changed)
    with qtbot.waitSignal(camera._list._watch._settle.timeout):
        (webcams.folder / "ttyUSB0").touch()
    assert webcams.listings == 1
    camera.look_for_cameras()
    camera.look_for_cameras()
    camera.look_for_cameras()
    qtbot.waitUntil(lambda: not camera._list._is_looking)
    assert webcams.listings == 3  # the one under way, and one more for all who asked meanwhile
    assert changes.count() == 0


def test_the_chosen_webcam_goes_on_by_itself_when_it_is_back(
    qtbot: QtBot, camera: CameraService, webcams: FakeWebcams, sentences: list[str]
) -> None:
    webcams.plug_in("Front")
    camera.start(None)
    qtbot.waitUntil(_runs(camera))
    assert camera.spec == FRONT
    webcams.unplug()
    qtbot.waitUntil(lambda: camera.state.status is FeedStatus.FAILED)
    qtbot.waitUntil(lambda: "Front" not in _names(camera))
    assert "Plug it in" in camera.state.message
    webcams.plug_in("Front", FIRST + 1)
    qtbot.waitUntil(_runs(camera))
    qtbot.waitUntil(lambda: bool(sentences))
    assert sentences == ["Front is connected again."]


def test_a_missing_webcam_stays_the_remembered_choice(
    qtbot: QtBot,
    camera: CameraService,
    webcams: FakeWebcams,
    sentences: list[str],
    settings: QSettings,
) -> None:
    settings.setValue("camera/last", str(CameraSpec(CameraKind.WEBCAM, "Back")))
    webcams.plug_in("Front")
    camera.start(None)
    qtbot.waitUntil(_runs(camera))
    assert camera.spec == FRONT
    assert settings.value("camera/last") == "webcam:Back"
    assert sentences == ["Back, used last, is not connected. Front is used instead."]
    camera.open(parse_spec("demo"))
    assert settings.value("camera/last") == "demo"


def test_a_password_is_not_remembered(camera: CameraService, settings: QSettings) -> None:
    camera.open(parse_spec("http://ann:secret@127.0.0.1:9/video"))
    assert settings.value("camera/last") == "http://ann@127.0.0.1:9/video"
    assert "secret" not in camera.description


def test_retry_shows_at_once_that_something_happens(
    qtbot: QtBot, camera: CameraService, webcams: FakeWebcams
) -> None:
    camera.open(FRONT)
    qtbot.waitUntil(lambda: camera.state.status is FeedStatus.FAILED)
    camera.retry()
    assert camera.state == FeedState(FeedStatus.OPENING)
    qtbot.waitUntil(lambda: camera.state.status is FeedStatus.FAILED)


def test_another_size_is_taken_and_remembered_for_this_webcam(
    qtbot: QtBot, camera: CameraService, webcams: FakeWebcams, settings: QSettings
) -> None:
    webcams.plug_in("Front")
    webcams.plug_in("Back", FIRST + 1)
    camera.open(FRONT)
    size = _size(camera)
    qtbot.waitUntil(lambda: size() == (480, 640))
    sizes = camera.picture_size
    qtbot.waitUntil(lambda: sizes.current == FrameSize(640, 480))
    states: list[FeedState] = []
    camera.state_changed.connect(states.append)
    sizes.choose(HD)
    qtbot.waitUntil(lambda: size() == (720, 1280))
    assert [state.status for state in states] == [FeedStatus.OPENING, FeedStatus.RUNNING]
    camera.open(CameraSpec(CameraKind.WEBCAM, "Back"))
    qtbot.waitUntil(lambda: size() == (480, 640))
    camera.open(FRONT)
    qtbot.waitUntil(lambda: size() == (720, 1280))


def test_a_size_that_the_webcam_does_not_give_is_told_and_no_longer_offered(
    qtbot: QtBot,
    camera: CameraService,
    webcams: FakeWebcams,
    sentences: list[str],
    settings: QSettings,
) -> None:
    webcams.sizes = {FrameSize(320, 240), FrameSize(640, 480)}
    webcams.plug_in("Front")
    camera.open(FRONT)
    sizes = camera.picture_size
    qtbot.waitUntil(lambda: HD in sizes.choices)
    sizes.choose(HD)
    qtbot.waitUntil(lambda: bool(sentences))
    assert sentences == ["Front does not give 1280x720 pixels. It gives 640x480."]
    assert HD not in sizes.choices
    assert sizes.current == FrameSize(640, 480)
    assert settings.value("camera/size/Front") == "640x480"


def test_a_size_in_the_settings_that_is_none_is_passed_over(
    qtbot: QtBot, camera: CameraService, webcams: FakeWebcams, settings: QSettings
) -> None:
    settings.setValue("camera/size/Front", "large")
    webcams.plug_in("Front")
    camera.open(FRONT)
    size = _size(camera)
    qtbot.waitUntil(lambda: size() == (480, 640))


def test_only_webcams_have_sizes(qtbot: QtBot, camera: CameraService) -> None:
    camera.open(parse_spec("demo"))
    qtbot.waitUntil(_runs(camera))
    assert not camera.picture_size.is_webcam
    assert camera.picture_size.choices == []
    camera.picture_size.choose(HD)
    assert camera.state.status is FeedStatus.RUNNING
