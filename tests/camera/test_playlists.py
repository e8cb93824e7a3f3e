"""Only containers are opened as videos, and nothing but the file itself, whatever it is called."""

from __future__ import annotations

import os
import re
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from cnn_studio.camera.video_kinds import open_video
from cnn_studio.camera.video_reader import VideoReader
from cnn_studio.errors import CameraError
from cnn_studio.vision.images import encode_jpeg

CONTAINERS = {
    ".3gp": "mp4v", ".asf": "WMV2", ".avi": "MJPG", ".flv": "FLV1", ".ivf": "VP80",
    ".m2ts": "mpg2", ".m4v": "mp4v", ".mjpeg": "MJPG", ".mkv": "mp4v", ".mov": "mp4v",
    ".mp4": "mp4v", ".mts": "mpg2", ".nut": "mp4v", ".rm": "RV10", ".swf": "FLV1",
    ".vob": "mpg2", ".webm": "VP80", ".wmv": "WMV2", ".y4m": "YV12",
}  # fmt: skip
DASH = (
    '<?xml version="1.0"?>\n<!-- a -->\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
    'mediaPresentationDuration="PT1S"><Period><AdaptationSet mimeType="video/mp4">'
    '<Representation id="1" bandwidth="1"><BaseURL>{there}</BaseURL></Representation>'
    "</AdaptationSet></Period></MPD>"
)
PLAYLISTS = {
    "ffconcat": "ffconcat version 1.0\nfile {there}\n",
    "m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:1,\n{there}\n#EXT-X-ENDLIST\n",
    "m3u8 with a mark": "\ufeff#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{there}\n",
    "DASH": DASH,
    "SDP": "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=video 5004 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n",
    "ASX": '<asx version="3.0"><entry><ref href="{there}"/></entry></asx>',
    "XSPF": '<?xml version="1.0"?><playlist version="1"><trackList><track><location>{there}'
    "</location></track></trackList></playlist>",
    "PLS": "[playlist]\nNumberOfEntries=1\nFile1={there}\n",
    "SMIL": '<smil><body><video src="{there}"/></body></smil>',
}


def write_video(path: Path, codec: str = "MJPG") -> Path:
    writer = cv2.VideoWriter(
        str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*codec), 10, (64, 48)
    )
    assert writer.isOpened()
    for number in range(12):
        writer.write(np.full((48, 64, 3), (20 * number, 90, 30), np.uint8))
    writer.release()
    return path


@pytest.mark.parametrize("suffix", CONTAINERS)
def test_every_container_is_read_by_its_content(tmp_path: Path, suffix: str) -> None:
    video = write_video(tmp_path / f"clip{suffix}", CONTAINERS[suffix])
    called_otherwise = video.rename(tmp_path / "clip")
    with VideoReader(called_otherwise) as reader:
        frame = next(reader.frames(0.0, None, None))
    assert frame.image_rgb.shape == (48, 64, 3)


def test_a_recording_of_a_surveillance_camera_is_read(tmp_path: Path) -> None:
    """Dahua's own container (.dav), which nothing here can write."""
    size_and_codec = bytes((0x80, 0, 64 // 8, 48 // 8, 0x81, 0, 3, 10))
    recording = b""
    for number in range(4):
        picture = encode_jpeg(np.full((48, 64, 3), 20 * number, np.uint8))
        length = 24 + len(size_and_codec) + len(picture) + 8
        counts = struct.pack("<IIIHBB", number, length, 0, number * 100, len(size_and_codec), 0)
        recording += b"DHAV\xfd\0\0\0" + counts + size_and_codec + picture
        recording += b"dhav" + struct.pack("<I", length)
    (tmp_path / "clip.dav").write_bytes(recording)
    assert open_video(tmp_path / "clip.dav").read()[0]


def test_an_animated_gif_is_read(tmp_path: Path) -> None:
    from PIL import Image

    frames = [Image.new("RGB", (64, 48), (20 * number, 90, 30)) for number in range(4)]
    frames[0].save(tmp_path / "clip.gif", save_all=True, append_images=frames[1:])
    assert open_video(tmp_path / "clip.gif").read()[0]


@pytest.mark.parametrize("name", ["clip.mp4", "clip.m3u8", "clip.ffconcat", "clip"])
@pytest.mark.parametrize("kind", PLAYLISTS)
def test_a_playlist_is_refused_by_its_content(tmp_path: Path, kind: str, name: str) -> None:
    write_video(tmp_path / "there.avi")
    (tmp_path / name).write_text(PLAYLISTS[kind].format(there="there.avi"), "utf-8")
    with pytest.raises(CameraError, match=f"is a playlist and not a video: {re.escape(name)}"):
        open_video(tmp_path / name)


@pytest.mark.parametrize(
    "name",
    ["-", "http:there.avi", "concat:there.avi|there.avi", "subfile,,start,0,end,0,,:there.avi",
     "data:video,there.avi", "pipe:0", "file:there.avi", "%03d.avi", "img%03d.avi"],
)  # fmt: skip
def test_a_video_is_opened_whatever_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    video = write_video(tmp_path / "video.avi").rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)  # where the names would mean something else
    for path in (video, Path(name)):
        with VideoReader(path) as reader:
            assert len(list(reader.frames(0.0, None, None))) == 12


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_video_whose_name_is_no_text_is_read(tmp_path: Path) -> None:
    video = write_video(tmp_path / "video.mp4", "mp4v")
    odd = video.rename(tmp_path / os.fsdecode(b"vid\xe9o.mp4"))
    with VideoReader(odd) as reader:
        assert reader.frame_at(0.5) is not None  # which opens it again, later


def test_a_pattern_of_images_is_no_video(tmp_path: Path) -> None:
    picture = encode_jpeg(np.zeros((48, 64, 3), np.uint8))
    for name in ("img%03d.jpg", "img000.jpg", "img001.jpg"):
        (tmp_path / name).write_bytes(picture)
    with pytest.raises(CameraError, match="is an image and not a video"):
        open_video(tmp_path / "img%03d.jpg")


def _box(kind: bytes, *parts: bytes) -> bytes:
    inside = b"".join(parts)
    return struct.pack(">I", len(inside) + 8) + kind + inside


def _with_reference_elsewhere(movie: bytes, there: bytes) -> bytes:
    """A QuickTime movie whose pixels lie in another file: its references point there."""
    own = _box(b"url ", b"\0\0\0\1")
    assert own in movie
    place = b"file://" + there + b"\0"
    other = _box(b"url ", b"\0\0\0\0" + place)
    start = movie.index(own)
    grown = bytearray(movie[:start] + other + movie[start + len(own) :])
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):
        at = grown.index(kind, movie.index(b"moov") - 4 if kind == b"moov" else 0) - 4
        length = int.from_bytes(grown[at : at + 4], "big") + len(other) - len(own)
        grown[at : at + 4] = length.to_bytes(4, "big")
    return bytes(grown)


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace looks at what is opened")
def test_no_neighbour_is_opened_and_no_address_connected(tmp_path: Path) -> None:
    there = write_video(tmp_path / "there.avi")
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/there.ts"
        places = {
            "near": "there.avi",
            "whole": str(there),
            "url": f"file://{there}",
            "net": address,
        }
        for number, text in enumerate(PLAYLISTS.values()):
            for place, target in places.items():
                listed = tmp_path / f"list {number} {place}.mp4"
                listed.write_text(text.format(there=target), "utf-8")
        movie = write_video(tmp_path / "own.mov", "mp4v").read_bytes()
        outside = _with_reference_elsewhere(movie, os.fsencode(there))
        (tmp_path / "list movie.mov").write_bytes(outside)
        (tmp_path / "list %03d.avi").write_bytes(there.read_bytes())
        (tmp_path / "list 000.avi").write_bytes(there.read_bytes())
        program = (
            "import sys\nfrom pathlib import Path\n"
            "from cnn_studio.camera.video_kinds import open_video\n"
            "from cnn_studio.errors import CameraError\n"
            "for name in sys.argv[1:]:\n"
            "    try:\n        open_video(Path(name)).read()\n"
            "    except CameraError: pass\n"
        )
        names = sorted(str(path) for path in tmp_path.glob("list *") if "000" not in path.name)
        trace = tmp_path / "trace"
        watch = ("strace", "-f", "-e", "trace=openat,connect,bind,socket", "-o", str(trace))
        subprocess.run([*watch, sys.executable, "-c", program, *names], check=True, cwd=tmp_path)
    lines = trace.read_text("utf-8", "replace").splitlines()
    opened = [line for line in lines if "openat(" in line and str(tmp_path) in line]
    assert any("list movie.mov" in line for line in opened)
    assert not [line for line in opened if "there.avi" in line or "list 000" in line]
    assert not [line for line in lines if re.search(r"\b(connect|bind|socket)\(", line)]
