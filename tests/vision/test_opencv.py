"""The limits of FFmpeg hold whatever options a person has set for it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.camera.raw_server import Line, raw_server

PROGRAM = (
    "import sys\nfrom cnn_studio.vision.opencv import cv2\n"
    "print(*(cv2.VideoCapture(name, cv2.CAP_FFMPEG).isOpened() for name in sys.argv[1:]))"
)
OPTIONS = "OPENCV_FFMPEG_CAPTURE_OPTIONS"


@pytest.mark.parametrize(
    "own",
    ["", "foo", "|", "timeout;9000000|", "foo|timeout;9000000", "foo;", "foo; ", ";foo", "foo;'a",
     "foo;a\\", "max_redirects;9|format_whitelist;hls,avi|protocol_whitelist;crypto,file"],
)  # fmt: skip
def test_no_option_of_a_person_undoes_the_limits(own: str, tmp_path: Path) -> None:
    playlist = tmp_path / "list.m3u8"
    playlist.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nthere.ts\n")
    asked: list[bytes] = []

    def talk(line: Line, _ending: threading.Event) -> None:
        asked.append(line.recv(4096).partition(b" HTTP")[0])
        line.sendall(b"HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n")

    with raw_server(talk) as server:
        command = [sys.executable, "-c", PROGRAM, str(playlist), server.url()]
        environment = {**os.environ, OPTIONS: own}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
    assert set(asked) == {b"GET /x"}


@pytest.mark.parametrize(
    ("own", "kept"),
    [
        ("", "rtsp_flags;prefer_tcp"),
        ("foo|", "rtsp_flags;prefer_tcp"),
        ("rtsp_transport;udp", "rtsp_transport;udp"),
        ("foo|user_agent;My player|a;b;c|", "user_agent;My player|a;b;c"),
    ],
)
def test_what_ffmpeg_understands_of_a_persons_options_is_kept(own: str, kept: str) -> None:
    program = f"import os, cnn_studio.vision.opencv\nprint(os.environ['{OPTIONS}'])"
    command = [sys.executable, "-c", program]
    environment = {**os.environ, OPTIONS: own}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"{kept}|max_redirects;0|")
