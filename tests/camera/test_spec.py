"""How a camera is named, and what is made of the name."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnn_studio.camera.demo import DemoCamera
from cnn_studio.camera.frame_size import FrameSize
from cnn_studio.camera.image_sequence import ImageSequenceSource
from cnn_studio.camera.network import NetworkSource
from cnn_studio.camera.spec import CameraKind, CameraSpec, create_source, parse_spec
from cnn_studio.camera.video_file import VideoFileSource
from cnn_studio.camera.webcam import WebcamSource
from cnn_studio.errors import UsageError


@pytest.mark.parametrize(
    ("text", "kind", "target"),
    [
        ("0", CameraKind.WEBCAM, "0"),
        (" 12 ", CameraKind.WEBCAM, "12"),
        ("/dev/video2", CameraKind.WEBCAM, "2"),
        ("HD Pro Webcam C920", CameraKind.WEBCAM, "HD Pro Webcam C920"),
        ("webcam:demo", CameraKind.WEBCAM, "demo"),
        ("webcam:Kamera: vorne", CameraKind.WEBCAM, "Kamera: vorne"),
        ("/films/clip.mp4", CameraKind.VIDEO, "/films/clip.mp4"),
        ("/films/CLIP.AVI", CameraKind.VIDEO, "/films/CLIP.AVI"),
        ("video:/films/raw.dat", CameraKind.VIDEO, "/films/raw.dat"),
        ("/shots/%04d.png", CameraKind.SEQUENCE, "/shots/%04d.png"),
        ("/shots/*.jpg", CameraKind.SEQUENCE, "/shots/*.jpg"),
        ("/shots/still.jpg", CameraKind.SEQUENCE, "/shots/still.jpg"),
        ("images:/shots", CameraKind.SEQUENCE, "/shots"),
        ("http://phone:8080/video", CameraKind.NETWORK, "http://phone:8080/video"),
        ("rtsp://u:p@cam/live", CameraKind.NETWORK, "rtsp://u:p@cam/live"),
        ("http://ann:my pass@cam/v", CameraKind.NETWORK, "http://ann:my pass@cam/v"),
        ("demo", CameraKind.DEMO, ""),
        ("Demo:Book", CameraKind.DEMO, "book"),
    ],
)
@pytest.mark.skipif("sys.platform == 'win32'", reason="the paths are those of Linux and macOS")
def test_a_text_is_understood_and_read_back_as_the_same(
    text: str, kind: CameraKind, target: str
) -> None:
    spec = parse_spec(text)
    assert spec == CameraSpec(kind, target)
    assert parse_spec(str(spec)) == spec


def test_what_lies_on_the_disk_decides_where_the_text_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse_spec("shots").kind is CameraKind.WEBCAM
    (tmp_path / "shots").mkdir()
    (tmp_path / "recording").write_bytes(b"video")
    for text, kind in (("shots", CameraKind.SEQUENCE), ("recording", CameraKind.VIDEO)):
        spec = parse_spec(text)
        assert spec == CameraSpec(kind, str(tmp_path / text))
        kept = str(spec)
        (tmp_path / text).rename(tmp_path / f"moved {text}")
        assert parse_spec(kept) == spec, "a spec that is kept must not change with the disk"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "must be named"),
        ("  ", "must be named"),
        ("demo:car", "shoe, cap, cellphone, pencil, book"),
        ("ftp://server/video", "http://phone:8080/video"),
        ("http:///video", "http://phone:8080/video"),
        ("http://ann:my pass@my phone/video", "http://phone:8080/video"),
        ("http://phone:port/video", "http://phone:8080/video"),
        ("webcam:", "Say which"),
        ("video:", "Say which"),
    ],
)
def test_what_cannot_be_understood_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse_spec(text)


def test_a_refused_address_does_not_show_its_password() -> None:
    with pytest.raises(UsageError) as refusal:
        parse_spec("ftp://bob:secret@server/video")
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "source_type", "description"),
    [
        ("3", WebcamSource, "Webcam 3"),
        ("webcam:HD Webcam", WebcamSource, "HD Webcam"),
        ("/films/clip.avi", VideoFileSource, "clip.avi"),
        ("/shots/%04d.png", ImageSequenceSource, "%04d.png"),
        ("http://bob:secret@phone:8080/video?key=1", NetworkSource, "http://phone:8080/video"),
        ("demo:cap", DemoCamera, "Demo camera"),
    ],
)
def test_each_kind_has_its_source(text: str, source_type: type, description: str) -> None:
    source = create_source(parse_spec(text))
    assert isinstance(source, source_type)
    assert source.description == description


def test_the_demo_camera_shows_what_its_spec_says() -> None:
    source = create_source(parse_spec("demo:pencil"))
    assert isinstance(source, DemoCamera)
    assert source.shown == "pencil"


def test_only_a_webcam_can_be_asked_for_a_size() -> None:
    create_source(parse_spec("0"), size=FrameSize(1280, 720))
    with pytest.raises(UsageError, match=r"such as 1280x720\."):
        create_source(parse_spec("demo"), size=FrameSize(1280, 720))
