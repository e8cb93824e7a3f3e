"""Between FFmpeg and an rtsp camera: all that they say passes here, except for redirects.

FFmpeg goes wherever a camera sends it, and takes the password along. So it talks to a port of this
computer, behind which is a line to the camera that the studio has made itself.
"""

from __future__ import annotations

import re
import selectors
import socket
import ssl
import threading
import time
from contextlib import suppress
from itertools import pairwise
from urllib.parse import urlsplit

from cnn_studio.camera.device_line import line_to
from cnn_studio.steps_beside import left_until

_CHUNK_BYTES = 1 << 16
_MOST_HEAD_BYTES = 1 << 14  # FFmpeg reads 4 kB of a line
_KNOCK_S = 5.0  # FFmpeg comes at once
_LAST_WORDS_S = 0.5
_SKIPPED = b"\r\v\f"  # FFmpeg reads a status as if these were not there
_REDIRECT = re.compile(rb"[+0]*3\d\d")
_BEHIND_S = 0.2  # what comes later than this no longer belongs to the answer before
_LOCATION = re.compile(rb"^location:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_SOURCE = re.compile(rb";source=[^;,\s]*", re.IGNORECASE)
_SERVER_PORT = re.compile(rb";server_port=[\d-]+", re.IGNORECASE)


class RtspRelay:
    """One line to a camera, for one FFmpeg. It ends by itself with either of them.

    Attributes:
        url: What FFmpeg opens; with the user and password of the camera's address.
        location: Where the camera sends the studio, empty if it does not say; None if it does not
            send it anywhere. Known when FFmpeg has lost the line.

    Args:
        url: rtsp or rtsps.
        deadline_s: Of `time.monotonic`, until which there must be a line.

    Raises:
        OSError: There is none.
        ValueError: The name of the device is none.
    """

    def __init__(self, url: str, deadline_s: float) -> None:
        def left_s() -> float:
            if (left := deadline_s - time.monotonic()) <= 0:
                raise TimeoutError
            return left

        parts = urlsplit(url)
        self.location: str | None = None
        self._camera = line_to(parts, left_s)
        try:
            self._door = socket.create_server(("127.0.0.1", 0))
        except OSError:
            self._camera.close()
            raise
        user, at, _host = parts.netloc.rpartition("@")
        place = f"{user}{at}127.0.0.1:{self._door.getsockname()[1]}"
        self.url = parts._replace(scheme="rtsp", netloc=place).geturl()
        self._thread = threading.Thread(target=self._run, name="rtsp relay", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let the camera hear what FFmpeg said last; after FFmpeg has hung up, or never came."""
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)  # on Linux, this ends the wait
        self._thread.join(_LAST_WORDS_S)

    def _run(self) -> None:
        with suppress(OSError), self._camera:
            with self._door:
                self._door.settimeout(_KNOCK_S)
                ffmpeg, _address = self._door.accept()
            with ffmpeg:
                self._carry(ffmpeg)

    def _carry(self, ffmpeg: socket.socket) -> None:
        """Pass all on until one of the two hangs up, or the camera redirects."""
        camera, is_playing, seen = self._camera, False, b""
        with selectors.DefaultSelector() as waiting:
            waiting.register(ffmpeg, selectors.EVENT_READ)
            waiting.register(camera, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _events in waiting.select()}
                if ffmpeg in ready and (asked := _heard(ffmpeg)) is not None:
                    if not asked:
                        if not is_playing:
                            self._hear_out(seen)
                        return
                    # FFmpeg follows no redirect any more once it has sent this.
                    is_playing = is_playing or asked.startswith(b"PLAY ")
                    camera.sendall(asked)
                if camera in ready and (said := _heard(camera)) is not None:
                    if not is_playing:
                        seen += said.translate(None, _SKIPPED)
                        if _redirects(seen):
                            self.location = self._rest_of_redirect(seen)
                        seen, said = seen[-_MOST_HEAD_BYTES:], self._with_own_source(said)
                    if not said or self.location is not None:
                        return
                    with suppress(OSError):  # if it has hung up, it may have said so before
                        ffmpeg.sendall(said)

    def _hear_out(self, seen: bytes) -> None:
        """Find a redirect that comes right behind an answer at which FFmpeg has hung up."""
        deadline_s = time.monotonic() + _BEHIND_S
        with suppress(OSError):
            while self.location is None and time.monotonic() < deadline_s:
                self._camera.settimeout(left_until(deadline_s))
                if not (more := self._camera.recv(_CHUNK_BYTES)):
                    return
                seen = (seen + more.translate(None, _SKIPPED))[-_MOST_HEAD_BYTES:]
                if _redirects(seen):
                    self.location = self._rest_of_redirect(seen)

    def _rest_of_redirect(self, seen: bytes) -> str:
        head, deadline_s = seen.rpartition(b"RTSP/")[2], time.monotonic() + _LAST_WORDS_S
        with suppress(OSError):
            while b"\n\n" not in head and len(head) < _MOST_HEAD_BYTES:
                self._camera.settimeout(left_until(deadline_s))
                if not (more := self._camera.recv(_CHUNK_BYTES)):
                    break
                head += more.translate(None, _SKIPPED)
        place = _LOCATION.search(head)
        return place[1].decode("latin-1") if place else ""

    def _with_own_source(self, said: bytes) -> bytes:
        """Have FFmpeg send its packets over UDP, which open a firewall, to the camera itself."""
        address = str(self._camera.getpeername()[0]).encode()
        own = b"" if b":" in address else rb"\g<0>;source=" + address
        return _SERVER_PORT.sub(own or rb"\g<0>", _SOURCE.sub(b"", said))


def _heard(line: socket.socket) -> bytes | None:
    """What has come; None if it was only TLS's own, empty at the end."""
    line.setblocking(False)
    try:
        return line.recv(_CHUNK_BYTES)
    except (BlockingIOError, ssl.SSLWantReadError):
        return None
    except ConnectionError:  # as where it hung up with something unread
        return b""
    finally:
        line.setblocking(True)


def _redirects(seen: bytes) -> bool:
    """Whether FFmpeg may find a redirect in it, wherever it takes a line to begin."""
    words = seen.split()
    return any(b"RTSP/" in word and _REDIRECT.match(after) for word, after in pairwise(words))
