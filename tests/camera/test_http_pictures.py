"""Pictures over http as small devices send them: streams in every form, and snapshots."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.camera import network
from cnn_studio.camera.feed import FeedStatus
from cnn_studio.camera.network import NetworkSource
from cnn_studio.camera.network_trial import try_stream
from cnn_studio.errors import CameraError
from tests.camera.running_feed import RunningFeed
from tests.camera.wire_server import Answer, Wire, jpeg, wire_server

STREAM = "Content-Type: multipart/x-mixed-replace; boundary=frame"


def _streaming(head: str, part: Callable[[int], bytes], first: bytes = b"") -> Answer:
    def answer(wire: Wire) -> None:
        wire.answer(head)
        wire.send(first)
        number = 0
        while not wire.ending.wait(0.005):
            wire.send(part(number))
            number += 1

    return answer


def _usual(number: int) -> bytes:
    data = jpeg(number)
    return b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%b\r\n" % (
        len(data),
        data,
    )


def _reds(source: NetworkSource, count: int) -> list[int]:
    """The red of so many pictures, each as a number that `jpeg` was made with."""
    source.open()
    try:
        pictures = [source.read() for _picture in range(count)]
    finally:
        source.close()
    return [round((float(np.mean(picture[..., 0])) - 40) / 8) for picture in pictures]


EARLY = b"Content-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%b"
FORMS: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "usual": (STREAM, _usual),
    # ESP32-CAM's CameraWebServer and Tasmota send the boundary behind each picture.
    "no boundary before the first": (
        STREAM,
        lambda n: EARLY % (len(jpeg(n)), jpeg(n)) + b"\r\n--frame\r\n",
    ),
    "quoted boundary": (STREAM.replace("frame", '"frame"'), _usual),
    "dashes in the header": (STREAM.replace("frame", "--frame"), _usual),
    "another boundary than announced": (STREAM.replace("frame", "other"), _usual),
    "no boundary announced": ("Content-Type: multipart/x-mixed-replace", _usual),
    "mixed": ("content-type: Multipart/Mixed;boundary=frame", _usual),
    "no length": (
        STREAM,
        lambda n: b"--frame\r\nContent-Type: image/jpeg\r\n\r\n" + jpeg(n) + b"\r\n",
    ),
    "lower case and more headers": (
        STREAM,
        lambda n: (
            b"--frame\r\nx-timestamp: 12.5\r\ncontent-type: image/jpeg\r\ncontent-length: %d\r\n"
            b"x-framerate: 25\r\n\r\n%b\r\n" % (len(jpeg(n)), jpeg(n))
        ),
    ),
    "bare line feeds": (
        STREAM,
        lambda n: (
            b"--frame\nContent-Type: image/jpeg\nContent-Length: %d\n\n%b\n"
            % (len(jpeg(n)), jpeg(n))
        ),
    ),
    "length too small": (
        STREAM,
        lambda n: b"--frame\r\nContent-Length: 7\r\n\r\n%b\r\n" % jpeg(n),
    ),
    "length too large": (
        STREAM,
        lambda n: b"--frame\r\nContent-Length: 99999999\r\n\r\n%b\r\n" % jpeg(n),
    ),
    "bytes behind each picture": (
        STREAM,
        lambda n: b"--frame\r\nContent-Type: image/jpeg\r\n\r\n%b\r\n" % jpeg(n, trailing=bytes(9)),
    ),
    "a smaller copy behind each picture": (
        STREAM,
        lambda n: (
            b"--frame\r\nContent-Length: %d\r\n\r\n%b\r\n"
            % (len(jpeg(n, trailing=jpeg(24))), jpeg(n, trailing=jpeg(24)))
        ),
    ),
    "pictures alone": ("Content-Type: image/jpeg", jpeg),
    "no type": ("Server: camera", _usual),
    "octets": ("Content-Type: application/octet-stream", _usual),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_stream_is_read_in_every_form(form: str) -> None:
    with wire_server(_streaming(*FORMS[form])) as server:
        assert _reds(NetworkSource(server.url()), 12) == list(range(12))
        assert server.connections == 1


def test_a_stream_in_chunks_that_cut_anywhere_is_read() -> None:
    def answer(wire: Wire) -> None:
        wire.answer(STREAM, "Transfer-Encoding: chunked")
        data = b"".join(map(_usual, range(6)))
        for start in range(0, len(data), 97):
            piece = data[start : start + 97]
            wire.send(b"%x\r\n%b\r\n" % (len(piece), piece))
        wire.ending.wait()

    with wire_server(answer) as server:
        assert _reds(NetworkSource(server.url()), 6) == list(range(6))


def test_a_picture_that_is_cut_short_is_passed_over() -> None:
    def part(number: int) -> bytes:
        data = jpeg(number)
        return b"--frame\r\n\r\n" + (data if number % 3 else data[: len(data) // 2]) + b"\r\n"

    with wire_server(_streaming(STREAM, part)) as server:
        assert _reds(NetworkSource(server.url()), 4) == [1, 2, 4, 5]


def _snapshot(*headers: str, in_chunks: bool = False) -> Answer:
    count = iter(range(1000))

    def answer(wire: Wire) -> None:
        data = jpeg(next(count))
        if in_chunks:
            body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data)
            wire.answer("Content-Type: image/jpeg", "Transfer-Encoding: chunked", body=body)
        else:
            length = f"Content-Length: {len(data)}"
            wire.answer("Content-Type: image/jpeg", length, *headers, body=data)

    return answer


@pytest.mark.parametrize("in_chunks", [False, True])
def test_a_snapshot_is_asked_for_again_over_one_connection(in_chunks: bool) -> None:
    with wire_server(_snapshot(in_chunks=in_chunks)) as server:
        assert _reds(NetworkSource(server.url("/capture?size=9")), 8) == list(range(8))
        assert server.connections == 1
        assert {wire.path for wire in server.requests} == {"/capture?size=9"}


def test_a_snapshot_of_a_device_that_hangs_up_each_time_is_asked_for_again() -> None:
    count = iter(range(1000))

    def answer(wire: Wire) -> None:
        wire.answer("Content-Type: image/jpeg", "Connection: close", body=jpeg(next(count)))
        wire.headers["connection"] = "close"

    with wire_server(answer) as server:
        assert _reds(NetworkSource(server.url()), 5) == list(range(5))
        assert server.connections == 5


def test_a_snapshot_camera_whose_first_answers_are_empty_is_asked_again() -> None:
    snapshot, count = _snapshot(), iter(range(1000))

    def answer(wire: Wire) -> None:
        if next(count) < 2:
            wire.answer("Content-Type: image/jpeg", "Content-Length: 0")
        else:
            snapshot(wire)

    with wire_server(answer) as server:
        assert _reds(NetworkSource(server.url()), 3) == [0, 1, 2]


def test_a_snapshot_is_asked_for_as_often_as_the_device_answers() -> None:
    slow = _snapshot()

    def answer(wire: Wire) -> None:
        wire.ending.wait(0.1)
        slow(wire)

    with wire_server(answer) as server:
        trial = try_stream(server.url(), lambda: False)
    assert trial is not None
    assert 1 < trial.frames_per_second < 11
    with wire_server(_snapshot()) as server:
        trial = try_stream(server.url(), lambda: False)
    assert trial is not None
    assert 3 < trial.frames_per_second < 32


def test_a_device_that_is_busy_for_a_moment_is_asked_again() -> None:
    snapshot, count = _snapshot(), iter(range(1000))

    def answer(wire: Wire) -> None:
        if next(count) % 3 == 2:
            wire.answer("Content-Length: 0", status="503 Service Unavailable")
        else:
            snapshot(wire)

    with wire_server(answer) as server, RunningFeed(NetworkSource(server.url())) as running:
        running.wait_for_frames(6)
    assert FeedStatus.FAILED not in running.statuses


def test_a_snapshot_camera_that_goes_away_and_comes_back_is_taken_up_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(network, "READ_TIMEOUT_MS", 500)
    snapshot, is_away = _snapshot(), threading.Event()

    def answer(wire: Wire) -> None:
        if is_away.is_set():
            wire.answer("Content-Length: 0", status="503 Service Unavailable")
        else:
            snapshot(wire)

    with wire_server(answer) as server, RunningFeed(NetworkSource(server.url())) as running:
        running.wait_for_frames(2)
        is_away.set()
        running.wait_for_status(FeedStatus.FAILED)
        is_away.clear()
        running.wait_for_status(FeedStatus.RUNNING)


def test_a_device_that_drips_is_given_up_in_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "READ_TIMEOUT_MS", 600)
    monkeypatch.setattr(network, "OPEN_TIMEOUT_MS", 600)

    def drips(wire: Wire) -> None:
        if wire.path == "/head":
            wire.send(b"HTTP/1.1 200 OK\r\n")
        else:
            wire.answer(STREAM)
        while not wire.ending.wait(0.05):
            wire.send(b"X")

    with wire_server(drips) as server:
        began_s = time.monotonic()
        source = NetworkSource(server.url("/stream"))
        source.open()
        with pytest.raises(CameraError, match="sends no more pictures"):
            source.read()
        source.close()
        with pytest.raises(CameraError):
            NetworkSource(server.url("/head")).open()
        assert time.monotonic() - began_s < 8  # the look at why takes 2 s at most


def test_a_stream_that_is_silent_lets_go_at_once() -> None:
    def answer(wire: Wire) -> None:
        wire.answer(STREAM, body=_usual(0) + _usual(1))
        wire.ending.wait()

    with wire_server(answer) as server:
        with RunningFeed(NetworkSource(server.url())) as running:
            running.wait_for_frames(1)
            began_s = time.monotonic()
        assert time.monotonic() - began_s < 0.5 * network.READ_TIMEOUT_MS / 1000


@pytest.mark.parametrize(
    "target",
    ["http://192.0.2.7/video", "http://localhost:1/video", "file:///etc/passwd", "ftp://x/y"],
)
def test_a_redirect_to_elsewhere_is_refused(target: str) -> None:
    def answer(wire: Wire) -> None:
        wire.answer(f"Location: {target}?key=secret", "Content-Length: 0", status="302 Found")

    with wire_server(answer) as server:
        with pytest.raises(CameraError, match="sends the studio elsewhere") as refusal:
            NetworkSource(server.url(user="ann:secret@")).open()
        assert len(server.requests) == 1
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "target",
    ["http://[bad/secret", "http://127.0.0.1:secret/x", "//[/secret", "http://127.0.0.1:0/"],
)
def test_a_redirect_to_what_is_no_address_is_refused(target: str) -> None:
    def answer(wire: Wire) -> None:
        wire.answer(f"Location: {target}", "Content-Length: 0", status="302 Found")

    with wire_server(answer) as server:
        with pytest.raises(CameraError, match="sends the studio elsewhere") as refusal:
            NetworkSource(server.url()).open()
        assert len(server.requests) == 1
    assert "secret" not in str(refusal.value)


def test_a_redirect_on_the_same_device_is_followed_and_a_circle_ends() -> None:
    def answer(wire: Wire) -> None:
        if wire.path == "/stream":
            _streaming(STREAM, _usual)(wire)
        else:
            place = "/stream" if wire.path == "/" else wire.path
            wire.answer(f"Location: {place}", "Content-Length: 0", status="301 Moved")

    with wire_server(answer) as server:
        assert _reds(NetworkSource(server.url()), 2) == [0, 1]
        with pytest.raises(CameraError, match="no video here"):
            NetworkSource(server.url("/circle")).open()


def _authorized(wire: Wire, header: str) -> bool:
    said = wire.headers.get("authorization", "")
    if header.startswith("Basic"):
        return said == "Basic " + base64.b64encode(b"ann:pass word").decode()
    values = dict(re.findall(r'(\w+)="?([^",]+)"?', said))

    def md5(text: str) -> str:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    if not values:
        return False
    first, second = md5("ann:cam:pass word"), md5(f"GET:{wire.path}")
    middle = f"{values['nonce']}:{values['nc']}:{values['cnonce']}:auth"
    return values["response"] == md5(f"{first}:{middle}:{second}")


@pytest.mark.parametrize(
    "header", ['Basic realm="cam"', 'Digest realm="cam", nonce="n1", qop="auth", algorithm=MD5']
)
def test_a_user_and_password_are_sent_as_the_device_wants_them(header: str) -> None:
    stream = _streaming(STREAM, _usual)

    def answer(wire: Wire) -> None:
        if _authorized(wire, header):
            stream(wire)
        else:
            challenge = f"WWW-Authenticate: {header}"
            wire.answer(challenge, "Content-Length: 0", status="401 Unauthorized")

    with wire_server(answer) as server:
        assert _reds(NetworkSource(server.url("/s?a=1", "ann:pass%20word@")), 2) == [0, 1]
        for user, words in (("ann:wrong@", "does not accept"), ("", "wants a user name")):
            with pytest.raises(CameraError, match=words) as refusal:
                NetworkSource(server.url("/s", user)).open()
            assert "wrong" not in str(refusal.value)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_a_camera_that_signed_its_certificate_itself_is_read(tmp_path: Path) -> None:
    made = ("-newkey", "rsa:2048", "-nodes", "-subj", "/CN=camera", "-days", "2")
    files = ("-keyout", "key.pem", "-out", "cert.pem")
    command = ["openssl", "req", "-x509", *made, *files]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with wire_server(_streaming(STREAM, _usual), context) as server:
        assert _reds(NetworkSource(server.url()), 3) == [0, 1, 2]


def test_what_is_no_picture_is_bounded_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "READ_TIMEOUT_MS", 1500)
    monkeypatch.setattr("cnn_studio.camera.jpeg_cutter.MOST_BYTES", 1 << 20)
    endless = b"\xff\xd8\xff\xe0\x00\x04\x00\x00\xff\xda\x00\x02" + bytes(1 << 18)

    with wire_server(_streaming(STREAM, lambda _n: endless)) as server:
        source = NetworkSource(server.url())
        source.open()
        with pytest.raises(CameraError, match="sends no more pictures"):
            source.read()
        source.close()


def test_a_video_of_another_kind_is_left_to_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "OPEN_TIMEOUT_MS", 2000)
    agents: list[str] = []

    def answer(wire: Wire) -> None:
        agents.append(wire.headers.get("user-agent", ""))
        wire.answer("Content-Type: video/mp4", "Content-Length: 600", body=bytes(600))

    with wire_server(answer) as server, pytest.raises(CameraError, match="no video here"):
        NetworkSource(server.url()).open()
    assert any(agent.startswith("Lavf") for agent in agents)


def test_a_line_that_breaks_in_the_middle_of_a_head_is_told() -> None:
    def answer(wire: Wire) -> None:
        wire.send(b"HTTP/1.1 200 O")
        raise ConnectionError

    with wire_server(answer) as server, pytest.raises(CameraError, match="no video here"):
        NetworkSource(server.url()).open()


def test_nothing_is_left_open_after_closing() -> None:
    closed = threading.Event()

    def answer(wire: Wire) -> None:
        try:
            _streaming(STREAM, _usual)(wire)
        except OSError:
            closed.set()

    with wire_server(answer) as server:
        source = NetworkSource(server.url())
        source.open()
        source.read()
        source.close()
        source.close()
        assert closed.wait(5)
