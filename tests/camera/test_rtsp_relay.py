"""FFmpeg reads rtsp cameras through the relay, slow ones as well, and follows none elsewhere."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
import pytest

from cnn_studio.camera import network
from cnn_studio.camera.network import NetworkSource
from cnn_studio.camera.rtsp_relay import RtspRelay
from cnn_studio.errors import CameraError
from tests.camera.raw_server import Line, Talk, raw_server

SDP = (
    b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
    b"m=video 0 RTP/AVP 33\r\na=control:t1\r\n"
)
DESCRIBED = b"Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%b" % (len(SDP), SDP)
TS_BYTES = 1316  # of one RTP packet
UDP_PACKETS_S = 0.01


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("stream") / "clip.ts"
    writer = cv2.VideoWriter(
        str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"mpg2"), 25, (160, 120)
    )
    for number in range(150):
        writer.write(np.full((120, 160, 3), number, np.uint8))
    writer.release()
    return path.read_bytes()


def _packets(stream: bytes) -> Iterator[bytes]:
    for number, at in enumerate(range(0, len(stream) - TS_BYTES, TS_BYTES)):
        yield struct.pack(">BBHII", 0x80, 33, number, number * 3000, 1) + stream[at : at + TS_BYTES]


def _questions(line: Line) -> Iterator[tuple[bytes, bytes, bytes]]:
    """What is asked: its method, its number and all of it."""
    pending = b""
    while more := line.recv(4096):
        pending += more
        while b"\r\n\r\n" in pending:
            head, _blank, pending = pending.partition(b"\r\n\r\n")
            number = re.search(rb"CSeq: *(\d+)", head)
            yield head.split(b" ")[0], number[1] if number else b"0", head


def _camera(stream: bytes, asked: list[bytes], slow_s: float = 0.0) -> Talk:
    """An honest camera, whose second answer may be slow."""

    def talk(line: Line, ending: threading.Event) -> None:
        for method, number, head in _questions(line):
            asked.append(head)
            answer = b"RTSP/1.0 200 OK\r\nCSeq: %b\r\n" % number
            if method == b"DESCRIBE":
                ending.wait(slow_s)
                line.sendall(answer + DESCRIBED)
            elif method == b"SETUP":
                over = b"Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"
                line.sendall(answer + b"Session: 1\r\n" + over)
            else:
                line.sendall(answer + b"Session: 1\r\nPublic: DESCRIBE, SETUP, PLAY\r\n\r\n")
            if method == b"PLAY":
                with suppress(OSError):
                    for packet in _packets(stream):
                        line.sendall(b"$\0" + struct.pack(">H", len(packet)) + packet)
                        ending.wait(0.005)

    return talk


def _shape_of(source: NetworkSource) -> tuple[int, ...]:
    source.open()
    try:
        return source.read().shape
    finally:
        source.close()


def test_a_camera_is_asked_once_and_hears_that_it_is_over(stream: bytes) -> None:
    asked: list[bytes] = []
    with raw_server(_camera(stream[: 30 * TS_BYTES], asked)) as server:
        assert _shape_of(NetworkSource(server.url("rtsp"))) == (120, 160, 3)
        assert server.lines == 1
        waited_s = time.monotonic() + 5.0
        while len(asked) < 5 and time.monotonic() < waited_s:
            time.sleep(0.01)
    methods = [head.split(b" ")[0] for head in asked]
    assert methods == [b"OPTIONS", b"DESCRIBE", b"SETUP", b"PLAY", b"TEARDOWN"]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_a_camera_with_tls_is_read(stream: bytes, tmp_path: Path) -> None:
    made = ("-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=camera")
    files = ("-keyout", "key.pem", "-out", "cert.pem")
    command = ["openssl", "req", "-x509", *made, *files]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with raw_server(_camera(stream, []), context) as server:
        assert _shape_of(NetworkSource(server.url("rtsps"))) == (120, 160, 3)


def test_a_slow_camera_has_the_whole_time_for_ffmpeg(
    stream: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "OPEN_TIMEOUT_MS", 3000)
    with raw_server(_camera(stream, [], slow_s=1.8)) as server:
        assert _shape_of(NetworkSource(server.url("rtsp"))) == (120, 160, 3)


def test_a_slow_video_over_http_has_its_time_twice(
    stream: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def talk(line: Line, ending: threading.Event) -> None:
        line.recv(4096)
        ending.wait(1.8)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp2t\r\nConnection: close\r\n\r\n")
        line.sendall(stream)

    monkeypatch.setattr(network, "OPEN_TIMEOUT_MS", 3000)
    with raw_server(talk) as server:
        assert _shape_of(NetworkSource(server.url())) == (120, 160, 3)


@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_a_device_that_is_late_does_not_answer(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def talk(line: Line, ending: threading.Event) -> None:
        line.recv(4096)
        line.sendall(b"RTSP/1.0 200 OK\r\n" if scheme == "rtsp" else b"HTTP/1.1 200 OK\r\n")
        ending.wait()

    monkeypatch.setattr(network, "OPEN_TIMEOUT_MS", 500)
    with raw_server(talk) as server, pytest.raises(CameraError, match="camera does not answer"):
        NetworkSource(server.url(scheme)).open()


def test_over_udp_the_camera_itself_gets_the_packets_that_open_a_firewall(stream: bytes) -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as camera,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other,
    ):
        for end in (camera, other):
            end.settimeout(5.0)
        camera.bind(("127.0.0.1", 0))
        own_port = camera.getsockname()[1]
        other.bind(("127.0.0.2", own_port))

        def talk(line: Line, ending: threading.Event) -> None:
            port = 0
            for method, number, head in _questions(line):
                answer = b"RTSP/1.0 200 OK\r\nCSeq: %b\r\nSession: 1\r\n" % number
                ports = re.search(rb"client_port=(\d+)", head)
                if method == b"DESCRIBE":
                    line.sendall(answer + DESCRIBED)
                elif method == b"SETUP" and not ports:
                    line.sendall(answer.replace(b"200 OK", b"461 No") + b"\r\n")
                elif ports:
                    port = int(ports[1])
                    over = b"Transport: RTP/AVP;unicast;source=127.0.0.2;client_port=%d-%d;"
                    own = b"server_port=%d-%d\r\n\r\n" % (own_port, own_port + 1)
                    line.sendall(answer + over % (port, port + 1) + own)
                else:
                    line.sendall(answer + b"\r\n")
                if method == b"PLAY":
                    for packet in _packets(stream):
                        camera.sendto(packet, ("127.0.0.1", port))
                        ending.wait(UDP_PACKETS_S)

        with raw_server(talk) as server:
            assert _shape_of(NetworkSource(server.url("rtsp"))) == (120, 160, 3)
        assert camera.recv(2048)
        other.settimeout(0.0)
        with pytest.raises(BlockingIOError):
            other.recv(2048)


def _redirects(
    place: Callable[[int], bytes], at: bytes, *, after_login: bool = False
) -> tuple[Talk, list[bytes]]:
    """Answers one question with a redirect, and the others as a camera does; and what was asked."""
    asked: list[bytes] = []

    def talk(line: Line, _ending: threading.Event) -> None:
        for method, number, head in _questions(line):
            asked.append(head)
            if method != at:
                answer = b"200 OK\r\nCSeq: %b\r\nPublic: DESCRIBE" % number
            elif after_login and b"Authorization" not in head:
                answer = b'401 No\r\nCSeq: %b\r\nWWW-Authenticate: Basic realm="x"' % number
            else:
                answer = b"302 Moved\r\nCSeq: %b\r\nLocation: %b" % (number, place(len(asked)))
            line.sendall(b"RTSP/1.0 %b\r\n\r\n" % answer)

    return talk, asked


def _waits(_line: Line, ending: threading.Event) -> None:
    ending.wait()


@pytest.mark.parametrize("after_login", [False, True])
@pytest.mark.parametrize("at", [b"OPTIONS", b"DESCRIBE"])
@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_a_redirect_to_another_host_is_refused(at: bytes, scheme: str, after_login: bool) -> None:
    with raw_server(_waits) as elsewhere:
        place = elsewhere.url(scheme).replace("127.0.0.1", "localhost").encode()
        talk, asked = _redirects(lambda _count: place, at, after_login=after_login)
        refused = pytest.raises(CameraError, match="sends the studio elsewhere")
        with raw_server(talk) as server, refused as refusal:
            NetworkSource(server.url("rtsp", "ann:secret@")).open()
        assert elsewhere.lines == 0
    assert (b"Authorization" in b"".join(asked)) is after_login
    assert "secret" not in str(refusal.value)


REDIRECTS = {
    "plain": b"RTSP/1.0 302 Moved\r\n",
    "wide": b"RTSP/1.0  \t 0302 Moved\r\n",
    "signed": b"RTSP/1.0 +302 Moved\r\n",
    "with returns inside": b"RT\rSP/1.0\r 3\r02 Moved\r\n",
    "of a long version": b"RTSP/" + b"1" * 4000 + b" 301 Moved\r\n",
    "behind a packet": b"$\0\0\x05RTSP/RTSP/1.0 302 Moved\r\n",
    "behind an answer": b"RTSP/1.0 100 Go on\r\nContent-Length: 3\r\n\r\nabcRTSP/1.0 302 Moved\r\n",
}


@pytest.mark.parametrize("every_byte", [False, True])
@pytest.mark.parametrize("kind", REDIRECTS)
def test_a_redirect_in_disguise_is_not_followed(
    kind: str, every_byte: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "OPEN_TIMEOUT_MS", 2000)
    with raw_server(_waits) as elsewhere:

        def talk(line: Line, _ending: threading.Event) -> None:
            for _method, number, _head in _questions(line):
                rest = b"CSeq: %b\r\nLocation: %b\r\n\r\n" % (
                    number,
                    elsewhere.url("rtsp").encode(),
                )
                said = REDIRECTS[kind] + rest.replace(b"127.0.0.1", b"127.0.0.2")
                for at in range(len(said) if every_byte else 1):
                    line.sendall(said[at : at + 1] if every_byte else said)

        with raw_server(talk) as server, pytest.raises(CameraError, match="elsewhere"):
            NetworkSource(server.url("rtsp")).open()
        assert elsewhere.lines == 0


def test_a_redirect_on_the_same_device_is_followed_with_the_password(stream: bytes) -> None:
    asked: list[bytes] = []
    with raw_server(_camera(stream, asked)) as there:
        talk, _asked = _redirects(lambda _count: there.url("rtsp").encode(), b"DESCRIBE")
        with raw_server(talk) as server:
            assert _shape_of(NetworkSource(server.url("rtsp"))) == (120, 160, 3)
    assert asked


def test_a_relay_that_nobody_uses_hangs_up() -> None:
    hung_up = threading.Event()

    def talk(line: Line, _ending: threading.Event) -> None:
        if not line.recv(4096):
            hung_up.set()

    with raw_server(talk) as server:
        RtspRelay(server.url("rtsp"), time.monotonic() + 5.0).close()
        assert hung_up.wait(10.0)


def test_a_redirect_that_drips_is_given_up() -> None:
    hung_up = threading.Event()

    def talk(line: Line, ending: threading.Event) -> None:
        line.recv(4096)
        line.sendall(b"RTSP/1.0 302 Moved\r\nLocation: ")
        with suppress(OSError):
            while not ending.wait(0.05):
                line.sendall(b"x")
        if not ending.is_set():
            hung_up.set()

    with raw_server(talk) as server:
        with pytest.raises(CameraError):
            NetworkSource(server.url("rtsp")).open()
        assert hung_up.wait(5.0)


def test_redirects_in_a_circle_end() -> None:
    talk, asked = _redirects(lambda count: b"/%d" % count, b"OPTIONS")
    with raw_server(talk) as server, pytest.raises(CameraError, match="elsewhere"):
        NetworkSource(server.url("rtsp")).open()
    assert len(asked) == 5
