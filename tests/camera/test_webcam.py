"""Webcams, as far as they can be had without one: their names, and what is said of absent ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2_enumerate_cameras
import pytest
from cv2_enumerate_cameras import CameraInfo as FoundCamera

from cnn_studio.camera.frame_size import FrameSize
from cnn_studio.camera.listing import CameraInfo, arrivals, choose_at_start, list_cameras
from cnn_studio.camera.spec import CameraKind, CameraSpec
from cnn_studio.camera.webcam import SizeAnswer, Webcam, WebcamSource, backend, connected_webcams
from cnn_studio.errors import CameraError
from tests.camera.fake_webcams import FIRST, FakeWebcams

DEMO = CameraSpec(CameraKind.DEMO, "")
ABSENT = 63


def _connect(monkeypatch: pytest.MonkeyPatch, *cameras: tuple[int, str | None]) -> None:
    def enumerate_cameras(asked_backend: int) -> list[FoundCamera]:
        assert asked_backend == backend(), "under any other backend a camera comes twice"
        return [FoundCamera(index, name, None, None, None, backend()) for index, name in cameras]

    monkeypatch.setattr(cv2_enumerate_cameras, "enumerate_cameras", enumerate_cameras)


def _webcam(target: str) -> CameraSpec:
    return CameraSpec(CameraKind.WEBCAM, target)


def test_webcams_come_by_number_and_nameless_ones_get_a_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _connect(monkeypatch, (4, " HD Webcam "), (0, None), (2, "USB Camera"))
    assert connected_webcams() == [
        Webcam(0, "Webcam 0"),
        Webcam(2, "USB Camera"),
        Webcam(4, "HD Webcam"),
    ]


@pytest.mark.parametrize("failure", [ImportError, OSError, NotImplementedError, RuntimeError])
def test_a_system_that_cannot_be_asked_has_just_the_demo_camera(
    monkeypatch: pytest.MonkeyPatch, failure: type[Exception]
) -> None:
    def enumerate_cameras(asked_backend: int) -> list[FoundCamera]:
        raise failure("no access")

    monkeypatch.setattr(cv2_enumerate_cameras, "enumerate_cameras", enumerate_cameras)
    assert list_cameras() == [CameraInfo(DEMO, "Demo camera")]


def test_cameras_are_listed_by_name_and_namesakes_by_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _connect(monkeypatch, (0, "Front"), (2, "USB Camera"), (4, "USB Camera"))
    assert list_cameras() == [
        CameraInfo(_webcam("Front"), "Front"),
        CameraInfo(_webcam("2"), "USB Camera (2)"),
        CameraInfo(_webcam("4"), "USB Camera (4)"),
        CameraInfo(DEMO, "Demo camera"),
    ]


@pytest.mark.parametrize(
    ("last", "chosen"),
    [
        (None, _webcam("Front")),
        ("webcam:Back", _webcam("Back")),
        ("webcam:At the office", _webcam("Front")),
        ("demo:cap", CameraSpec(CameraKind.DEMO, "cap")),
        ("http://phone:8080/video", CameraSpec(CameraKind.NETWORK, "http://phone:8080/video")),
        ("demo:nonsense", _webcam("Front")),
        ("", _webcam("Front")),
    ],
)
def test_the_camera_used_last_is_first_then_the_first_webcam(
    last: str | None, chosen: CameraSpec
) -> None:
    available = [
        CameraInfo(_webcam("Front"), "Front"),
        CameraInfo(_webcam("Back"), "Back"),
        CameraInfo(DEMO, "Demo camera"),
    ]
    assert choose_at_start(last, available) == chosen


def test_without_a_webcam_the_demo_camera_is_chosen() -> None:
    assert choose_at_start("webcam:Front", [CameraInfo(DEMO, "Demo camera")]) == DEMO
    assert choose_at_start(None, []) == DEMO


def test_an_absent_webcam_is_told_by_its_number_or_name(monkeypatch: pytest.MonkeyPatch) -> None:
    _connect(monkeypatch)
    with pytest.raises(CameraError, match=r"No webcam is connected as number 63\."):
        WebcamSource(str(ABSENT)).open()
    with pytest.raises(CameraError, match=r"not connected: Front\."):
        WebcamSource("Front").open()


def test_a_name_is_looked_up_at_every_opening(monkeypatch: pytest.MonkeyPatch) -> None:
    source = WebcamSource("Front")
    _connect(monkeypatch, (ABSENT - 1, "Front"))
    with pytest.raises(CameraError, match="number 62"):
        source.open()
    _connect(monkeypatch, (ABSENT - 1, "Other"), (ABSENT, "Front"))
    with pytest.raises(CameraError, match="63"):
        source.open()


def test_reading_a_webcam_that_is_not_open_is_an_error() -> None:
    source = WebcamSource("0")
    source.close()
    with pytest.raises(CameraError, match="not open"):
        source.read()


def test_cameras_that_came_are_told_from_those_that_were_there() -> None:
    front, back, demo = (CameraInfo(_webcam(name), name) for name in ("Front", "Back", "Demo"))
    assert arrivals([front, demo], [front, back, demo]) == [back]
    assert arrivals([front, back, demo], [front, demo]) == []


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (None, FrameSize(640, 480)),
        (FrameSize(1280, 720), FrameSize(1280, 720)),
        (FrameSize(1920, 1080), FrameSize(640, 480)),
    ],
)
def test_a_webcam_is_asked_for_a_size_and_says_what_it_gives(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    asked: FrameSize | None,
    given: FrameSize,
) -> None:
    FakeWebcams(monkeypatch, tmp_path).plug_in("Front")
    source = WebcamSource(str(FIRST), asked)
    source.open()
    assert source.size_answer is None
    image = source.read()
    source.close()
    assert image.shape == (given.height, given.width, 3)
    assert source.size_answer == SizeAnswer(asked, given, ())


def test_another_size_is_asked_for_at_the_next_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeWebcams(monkeypatch, tmp_path).plug_in("Front")
    source = WebcamSource("Front")
    source.open()
    source.ask_for(FrameSize(320, 240))
    assert source.read().shape == (480, 640, 3)
    source.close()
    source.open()
    assert source.read().shape == (240, 320, 3)
    source.close()


def test_nothing_is_printed_about_absent_cameras() -> None:
    program = (
        "from cnn_studio.camera.listing import list_cameras\n"
        "from cnn_studio.camera.webcam import WebcamSource\n"
        "from cnn_studio.errors import CameraError\n"
        "list_cameras()\n"
        "try:\n    WebcamSource('63').open()\n"
        "except CameraError:\n    print('refused')\n"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert finished.stdout == "refused\n"
    assert finished.stderr == ""
