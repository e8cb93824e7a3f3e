"""Sizes of pictures: how they are written, and what a webcam on Linux says of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cnn_studio.camera import v4l2
from cnn_studio.camera.frame_size import SIZES, FrameSize, parse_size
from cnn_studio.errors import UsageError


@pytest.mark.parametrize("size", SIZES)
def test_what_is_written_is_read_back(size: FrameSize) -> None:
    assert parse_size(str(size)) == size


@pytest.mark.parametrize("text", ["1280 X 720", " 1280x720 ", "1280\N{MULTIPLICATION SIGN}720"])
def test_sizes_are_understood_as_people_write_them(text: str) -> None:
    assert parse_size(text) == FrameSize(1280, 720)


@pytest.mark.parametrize("text", ["", "large", "1280", "-1x5", "0x480", "640x99999", "6.4x4.8"])
def test_what_is_no_size_is_told(text: str) -> None:
    with pytest.raises(UsageError, match=", not "):
        parse_size(text)


def test_what_is_no_webcam_has_no_sizes(tmp_path: Path) -> None:
    plain = tmp_path / "video0"
    plain.touch()
    assert v4l2.frame_sizes(str(plain)) == ()
    assert v4l2.frame_sizes(str(tmp_path / "absent")) == ()


@pytest.mark.skipif(sys.platform != "linux", reason="Video4Linux is of Linux")
@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([(1, 640, 480), (1, 1280, 720), (1, 1000, 1000)], ["640x480", "1280x720"]),
        ([(3, 160, 1280, 16, 120, 720, 8)], ["320x240", "640x480", "800x600", "1280x720"]),
        ([(2, 16, 4096, 1, 16, 4096, 1)], [str(size) for size in SIZES]),
        ([], []),
    ],
    ids=["single sizes", "in steps", "any", "no answer"],
)
def test_the_usual_sizes_that_a_webcam_has_are_offered(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answers: list[tuple[int, ...]],
    expected: list[str],
) -> None:
    # The driver's side of linux/videodev2.h, with two pixel formats of the same sizes.
    def ask(_descriptor: int, request: int, argument: bytes) -> bytes | None:
        if request == v4l2._ENUM_FORMATS:
            index, kind, *_rest = v4l2._FORMAT.unpack(argument)
            assert kind == 1
            return v4l2._FORMAT.pack(index, kind, 0, b"", 7, 0, 0, 0, 0) if index < 2 else None
        index, code, *_rest = v4l2._SIZE.unpack(argument)
        assert code == 7
        if index >= len(answers):
            return None
        numbers = [*answers[index], *[0] * 9]
        return v4l2._SIZE.pack(index, code, *numbers[:9])

    assert len(v4l2._FORMAT.pack(*[0] * 3, b"", *[0] * 5)) == v4l2._ENUM_FORMATS >> 16 & 0x3FFF
    assert v4l2._SIZE.size == v4l2._ENUM_SIZES >> 16 & 0x3FFF
    monkeypatch.setattr(v4l2, "_ask", ask)
    device = tmp_path / "video0"
    device.touch()
    assert [str(size) for size in v4l2.frame_sizes(str(device))] == expected
