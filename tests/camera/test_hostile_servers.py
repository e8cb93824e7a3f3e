"""Devices that drip, hang or send elsewhere are given up in time, and at once if that is wanted."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from cnn_studio.camera import network, network_trial
from cnn_studio.camera.feed import FeedStatus
from cnn_studio.camera.network import NetworkSource
from cnn_studio.camera.network_trial import try_stream
from cnn_studio.errors import CameraError
from cnn_studio.steps_beside import NotInTimeError, StepsBeside
from tests.camera.running_feed import RunningFeed
from tests.camera.wire_server import jpeg

Line = socket.socket
Talk = Callable[[Line, threading.Event], None]

STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n"
VIDEO = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n"
PART = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%b\r\n" % (
    len(jpeg()),
    jpeg(),
)
AT_ONCE_S = 1.0


class RawServer:
    """Accepts lines and says of each what a test wants, without any http of its own."""

    def __init__(self, talk: Talk) -> None:
        self.ending = threading.Event()
        self.lines = 0
        self._talk = talk
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._open: list[Line] = []
        self._threads = [threading.Thread(target=self._serve, name="raw server")]
        self._threads[0].start()

    def url(self, scheme: str = "http", user: str = "") -> str:
        return f"{scheme}://{user}127.0.0.1:{self._socket.getsockname()[1]}/x"

    def close(self) -> None:
        self.ending.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for line in self._open:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        while not self.ending.is_set():
            try:
                line, _address = self._socket.accept()
            except OSError:
                return
            self.lines += 1
            self._open.append(line)
            thread = threading.Thread(target=self._converse, args=(line,), name="raw line")
            self._threads.append(thread)
            thread.start()

    def _converse(self, line: Line) -> None:
        with suppress(OSError), line:
            self._talk(line, self.ending)


@contextmanager
def raw_server(talk: Talk) -> Iterator[RawServer]:
    server = RawServer(talk)
    try:
        yield server
    finally:
        server.close()


def _says(start: bytes, drip: bytes = b"", every_s: float = 0.05) -> Talk:
    """Reads what is asked, says something and then one thing again and again, or nothing more."""

    def talk(line: Line, ending: threading.Event) -> None:
        line.recv(4096)
        line.sendall(start)
        while not ending.wait(every_s):
            if drip:
                line.sendall(drip)

    return talk


def _accepts_only(_line: Line, ending: threading.Event) -> None:
    ending.wait()


def _drips_handshake(line: Line, ending: threading.Event) -> None:
    line.sendall(b"\x16\x03\x03\x40\x00")
    while not ending.wait(0.05):
        line.sendall(b"\x02")


def _redirects_slowly(line: Line, ending: threading.Event) -> None:
    line.recv(4096)
    ending.wait(0.4)
    line.sendall(b"HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n")
    _redirects_slowly(line, ending)


def _wants_password_slowly(line: Line, ending: threading.Event) -> None:
    line.recv(4096)
    ending.wait(0.6)
    challenge = b'WWW-Authenticate: Digest realm="x", nonce="n"\r\n'
    line.sendall(b"HTTP/1.1 401 No\r\n" + challenge + b"Content-Length: 99\r\n\r\n")
    while not ending.wait(0.05):
        line.sendall(b"X")


SILENT: dict[str, tuple[str, Talk]] = {
    "accepts and says nothing": ("http", _accepts_only),
    "reads and says nothing": ("http", _says(b"")),
    "drips its head": ("http", _says(b"HTTP/1.1 200 OK\r\nX: ", b"a")),
    "has endless headers": ("http", _says(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", 0.005)),
    "goes on for ever": ("http", _says(b"", b"HTTP/1.1 100 Continue\r\n\r\n")),
    "redirects slowly": ("http", _redirects_slowly),
    "wants a password slowly": ("http", _wants_password_slowly),
    "drips a stream": ("http", _says(STREAM + b"\r\n", b"X")),
    "drips the head of a part": ("http", _says(STREAM + b"\r\n--frame\r\n", b"X: y\r\n")),
    "claims 10 GB": (
        "http",
        _says(STREAM + b"\r\n--frame\r\nContent-Length: 10737418240\r\n\r\n\xff\xd8\xff", b"\xe0"),
    ),
    "drips the extension of a chunk": (
        "http",
        _says(STREAM + b"Transfer-Encoding: chunked\r\n\r\n5;", b"x"),
    ),
    "drips chunks": (
        "http",
        _says(STREAM + b"Transfer-Encoding: chunked\r\n\r\n", b"1;x=y\r\nX\r\n"),
    ),
    "drips a trailer": (
        "http",
        _says(STREAM + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n"),
    ),
    "drips a video": ("http", _says(VIDEO, b"\0")),
    "drips a video in FLV": ("http", _says(VIDEO + b"FLV\1\1\0\0\0\x09\0\0\0\0", b"\0")),
    "hangs in TLS": ("https", _accepts_only),
    "drips in TLS": ("https", _drips_handshake),
    "rtsp hangs": ("rtsp", _accepts_only),
    "rtsp drips": ("rtsp", _says(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nX: ", b"x")),
    "rtsps hangs": ("rtsps", _accepts_only),
    "rtsps drips": ("rtsps", _drips_handshake),
}


@pytest.mark.parametrize("kind", SILENT)
def test_a_trial_ends_in_time_whatever_the_device_does(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "OPEN_TIMEOUT_MS", 1000)
    monkeypatch.setattr(network, "READ_TIMEOUT_MS", 1000)
    monkeypatch.setattr(network_trial, "MOST_S", 3.0)
    scheme, talk = SILENT[kind]
    with raw_server(talk) as server:
        began_s = time.monotonic()
        with pytest.raises(CameraError) as refusal:
            try_stream(server.url(scheme, "ann:secret@"), lambda: False)
        assert time.monotonic() - began_s < 3.0 + AT_ONCE_S
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("kind", SILENT)
def test_a_trial_that_is_cancelled_ends_at_once(kind: str) -> None:
    scheme, talk = SILENT[kind]
    cancelled_s = time.monotonic() + 0.4
    with raw_server(talk) as server:
        trial = try_stream(server.url(scheme), lambda: time.monotonic() > cancelled_s)
        assert time.monotonic() - cancelled_s < AT_ONCE_S
    assert trial is None


@pytest.mark.parametrize("kind", ["reads and says nothing", "rtsp hangs", "hangs in TLS"])
def test_a_feed_that_waits_for_a_device_is_stopped_at_once(kind: str) -> None:
    scheme, talk = SILENT[kind]
    with raw_server(talk) as server:
        with RunningFeed(NetworkSource(server.url(scheme))) as running:
            running.wait_until(lambda: server.lines > 0)
            stopped_s = time.monotonic()
        assert time.monotonic() - stopped_s < AT_ONCE_S


def test_a_stream_that_drips_after_its_first_picture_is_shown_for_it_and_then_said_to_stall(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(network, "READ_TIMEOUT_MS", 800)
    with raw_server(_says(STREAM + b"\r\n" + PART, b"X")) as server:
        began_s = time.monotonic()
        trial = try_stream(server.url(), lambda: False)
        assert trial is not None
        assert time.monotonic() - began_s < 5.0
        with RunningFeed(NetworkSource(server.url())) as running:
            running.wait_for_frames(1)
            running.wait_for_status(FeedStatus.FAILED)
        assert "sends no more pictures" in "".join(state.message for state in running.states)


def test_a_name_that_is_looked_up_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    found = threading.Event()
    look_up = socket.getaddrinfo

    def hang(*arguments: object, **named: object) -> object:
        found.wait(20)  # a resolver that answers when nobody asks any more
        return look_up("127.0.0.1", 9)

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    monkeypatch.setattr(network_trial, "MOST_S", 1.0)
    began_s = time.monotonic()
    with pytest.raises(CameraError, match="does not answer: http://camera"):
        try_stream("http://camera.example/video", lambda: False)
    assert time.monotonic() - began_s < 1.0 + AT_ONCE_S
    found.set()


PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:%d/a.ts\n"


@pytest.mark.parametrize("kind", [b"application/vnd.apple.mpegurl", b"video/mp4", b"text/plain"])
def test_a_playlist_of_a_camera_is_not_followed(kind: bytes) -> None:
    with raw_server(_says(b"")) as elsewhere:
        body = PLAYLIST % int(elsewhere.url().split(":")[2].split("/")[0])
        head = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n"
        refused = pytest.raises(CameraError, match="answers with a playlist, which is not followed")
        with raw_server(_says(head % (kind, len(body)) + body)) as server, refused:
            try_stream(server.url(), lambda: False)
        assert elsewhere.lines == 0


def test_ffmpeg_follows_no_redirect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "OPEN_TIMEOUT_MS", 2000)
    with raw_server(_says(b"")) as elsewhere:

        def talk(line: Line, _ending: threading.Event) -> None:
            if b"Lavf" in line.recv(4096):
                place = elsewhere.url().encode()
                line.sendall(b"HTTP/1.1 302 Found\r\nLocation: %b\r\n\r\n" % place)
            else:
                line.sendall(VIDEO + bytes(600))

        with raw_server(talk) as server:
            with pytest.raises(CameraError, match="no video here"):
                NetworkSource(server.url()).open()
            assert server.lines > 1
        assert elsewhere.lines == 0


def _redirects_rtsp(place: Callable[[int], bytes], at: bytes) -> tuple[Talk, list[bytes]]:
    """Answers one question with a redirect, and the others as a camera does; and what was asked."""
    asked: list[bytes] = []

    def talk(line: Line, _ending: threading.Event) -> None:
        while question := line.recv(4096):
            asked.append(question)
            number = question.split(b"CSeq: ")[1].split(b"\r\n")[0]
            if question.startswith(at):
                answer = b"302 Moved\r\nCSeq: %b\r\nLocation: %b\r\n\r\n"
                line.sendall(b"RTSP/1.0 " + answer % (number, place(len(asked))))
            else:
                line.sendall(b"RTSP/1.0 200 OK\r\nCSeq: %b\r\nPublic: DESCRIBE\r\n\r\n" % number)

    return talk, asked


@pytest.mark.parametrize("at", [b"OPTIONS", b"DESCRIBE"])
@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_a_redirect_of_rtsp_to_another_host_is_refused(at: bytes, scheme: str) -> None:
    with raw_server(_says(b"")) as elsewhere:
        place = elsewhere.url(scheme).replace("127.0.0.1", "localhost").encode()
        talk, asked = _redirects_rtsp(lambda _count: place, at)
        refused = pytest.raises(CameraError, match="sends the studio elsewhere")
        with raw_server(talk) as server, refused as refusal:
            NetworkSource(server.url("rtsp", "ann:secret@")).open()
        assert elsewhere.lines == 0
    assert b"secret" not in b"".join(asked)
    assert "secret" not in str(refusal.value)


def test_a_redirect_of_rtsp_in_a_circle_ends() -> None:
    talk, asked = _redirects_rtsp(lambda count: b"/%d" % count, b"OPTIONS")
    with raw_server(talk) as server, pytest.raises(CameraError, match="elsewhere"):
        NetworkSource(server.url("rtsp")).open()
    assert len(asked) == 5


def test_a_step_that_is_late_is_the_last_one() -> None:
    going_on = threading.Event()
    steps = StepsBeside("late")
    with pytest.raises(NotInTimeError):
        steps.run(going_on.wait, 0.05)
    with pytest.raises(NotInTimeError):
        steps.run(lambda: 1, 5.0)
    ended = threading.Event()
    steps.end(ended.set, 5.0)
    assert not ended.is_set()
    going_on.set()
    assert ended.wait(5.0)


def test_what_a_step_gives_or_raises_is_what_comes_back() -> None:
    steps = StepsBeside("steps")
    assert steps.run(lambda: threading.current_thread().name, 5.0) == "steps"
    with pytest.raises(ZeroDivisionError):
        steps.run(lambda: 1 // 0, 5.0)
    steps.interrupt()
    with pytest.raises(NotInTimeError):
        steps.run(lambda: 1, 5.0)
    steps.end(lambda: None, 5.0)
