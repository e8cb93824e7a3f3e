"""Devices that drip, hang or send elsewhere are given up in time, and at once if that is wanted."""

from __future__ import annotations

import socket
import sys
import threading
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from cnn_studio.camera import network, network_trial
from cnn_studio.camera.device_line import line_to
from cnn_studio.camera.feed import FeedStatus
from cnn_studio.camera.http_answer import BusyError, HttpClient
from cnn_studio.camera.network import NetworkSource
from cnn_studio.camera.network_trial import try_stream
from cnn_studio.errors import CameraError
from cnn_studio.steps_beside import NotInTimeError, StepsBeside
from tests.camera.raw_server import Line, Talk, raw_server
from tests.camera.running_feed import RunningFeed
from tests.camera.wire_server import jpeg

STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n"
VIDEO = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n"
PART = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%b\r\n" % (
    len(jpeg()),
    jpeg(),
)
AT_ONCE_S = 2.0  # against steps of 5 s


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
    "rtsp drips a redirect": ("rtsp", _says(b"RTSP/1.0 302 Moved\r\nX: ", b"x")),
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


def test_a_handshake_is_broken_off_and_hung_up() -> None:
    hung_up = threading.Event()

    def talk(line: Line, _ending: threading.Event) -> None:
        while line.recv(4096):
            pass
        hung_up.set()

    with raw_server(talk) as server:
        client = HttpClient(server.url("https"))
        interrupting = threading.Timer(0.4, client.interrupt)
        interrupting.start()
        began_s = time.monotonic()
        with pytest.raises(BusyError):
            client.ask(10.0)
        assert hung_up.wait(AT_ONCE_S)
        assert time.monotonic() - began_s < 0.4 + AT_ONCE_S
        interrupting.join()


@pytest.mark.parametrize("gives_up_at", [1, 2])
def test_a_line_that_is_given_up_is_closed(gives_up_at: int) -> None:
    lines: list[Line] = []

    def watch(line: Line) -> None:
        lines.append(line)
        if len(lines) == gives_up_at:
            raise ConnectionAbortedError

    with raw_server(_accepts_only) as server, pytest.raises(ConnectionAbortedError):
        line_to(urlsplit(server.url("https")), lambda: 5.0, watch)
    assert [line.fileno() for line in lines] == [-1] * gives_up_at


@pytest.mark.skipif(sys.platform != "linux", reason="a full queue drops who knocks on Linux alone")
@pytest.mark.parametrize("scheme", ["http", "rtsps"])
def test_an_address_that_is_dead_leaves_time_to_the_next(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as held, raw_server(_accepts_only) as server:
        dead = held.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _place in range(4):
            line = held.enter_context(socket.socket())
            line.setblocking(False)
            line.connect_ex(dead.getsockname())
        kind = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
        alive = ("127.0.0.1", urlsplit(server.url()).port)
        found = [(*kind, dead.getsockname()), (*kind, alive)]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_given, **_named: found)
        monkeypatch.setattr(network, "OPEN_TIMEOUT_MS", 800)
        with pytest.raises(CameraError):
            NetworkSource(f"{scheme}://camera.example/x").open()
        assert server.lines > 0


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
