"""One question to a camera over http or https, and its answer as it comes, never waiting for long.

A time limit holds for the whole of a step, and not only for the next byte: a device that lets
through one byte a second is given up as well.
"""

from __future__ import annotations

import base64
import io
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, cast
from urllib.parse import SplitResult, quote, unquote, urlsplit

from cnn_studio.camera.device_line import MOST_REDIRECTS, line_to, redirected
from cnn_studio.camera.network_check import SCHEMES, no_answer, why_refused, without_secrets
from cnn_studio.errors import CameraError

if TYPE_CHECKING:
    import http.client

    from typing_extensions import Buffer

_CHUNK_BYTES = 1 << 16
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({429, 500, 502, 503, 504})
_SAFE = "/%:@!$&'()*+,;=~-._[]?"


class BusyError(CameraError):
    """The device cannot answer just now, and may be asked again."""


class HttpClient:
    """Asks one address again and again, over one connection as long as the device keeps it.

    Redirects are followed as `redirected` has it.

    Args:
        url: http or https; a user and password may stand in it.
    """

    def __init__(self, url: str) -> None:
        self._asked = urlsplit(url)
        self._parts = self._asked
        self._challenge = ""
        self._deadline_s = 0.0
        self._lock = threading.Lock()  # guards the two below
        self._socket: socket.socket | None = None
        self._is_interrupted = False
        self._connection: http.client.HTTPConnection | None = None
        self._response: http.client.HTTPResponse | None = None
        self._left_bytes: int | None = None
        self._was_connected = False

    @property
    def content_type(self) -> str:
        """What the answer says it is, in lower case and without its parameters."""
        response = self._response
        text = "" if response is None else response.headers.get("Content-Type", "")
        return str(text).partition(";")[0].strip().lower()

    @property
    def was_connected(self) -> bool:
        """Whether the device has answered at all, be it without a word."""
        return self._was_connected

    @property
    def url(self) -> str:
        """Where the answer came from, with the user and password of the address."""
        user, at, _host = self._asked.netloc.rpartition("@")
        return self._parts._replace(netloc=f"{user}{at}{_bare(self._parts)}").geturl()

    def ask(self, patience_s: float) -> None:
        """Ask, and wait for the beginning of an answer that is none of an error.

        Raises:
            BusyError: The device does not answer just now.
            CameraError: It refuses; the text says why, without any password.
            NoHttpError: What it answers is no http that is understood.
        """
        import http.client  # 30 ms that the window would wait for, and most never need

        self._deadline_s = time.monotonic() + patience_s
        for _redirect in range(MOST_REDIRECTS):
            try:
                response = self._answer()
                if response.status == 401 and self._take_challenge(response):
                    response = self._answer()
            except (http.client.HTTPException, ValueError) as error:
                self.close()
                raise NoHttpError(without_secrets(self._asked.geturl())) from error
            if response.status not in _REDIRECTS:
                break
            self._follow(response.headers.get("Location", ""))
        if response.status in _BUSY:
            self.close()
            raise BusyError(self._silent())
        if response.status != 200:
            self.close()
            raise CameraError(why_refused(self._asked, response.status))

    def read(self, patience_s: float) -> bytes:
        """Wait for some more bytes of the answer; none at its end.

        Raises:
            BusyError: None came in time, or the connection broke off.
        """
        import http.client

        self._deadline_s = time.monotonic() + patience_s
        if self._response is None:
            return b""
        try:
            if self._left_bytes == 0:
                self._response.close()
                return b""
            # Python 3.11 does not count what read1 gives, and would wait for more behind the end.
            wanted = min(self._left_bytes or _CHUNK_BYTES, _CHUNK_BYTES)
            data = self._response.read1(wanted)
            if self._left_bytes is not None:
                self._left_bytes -= len(data)
            return data
        except (OSError, ValueError, http.client.HTTPException) as error:
            self.close()
            raise BusyError(self._silent()) from error

    def interrupt(self) -> None:
        """End any wait now; thread-safe."""
        with self._lock:
            self._is_interrupted = True
            if self._socket is not None:
                with suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Hang up."""
        if self._response is not None:
            self._response.close()
            self._response = None
        with self._lock:
            self._socket = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _answer(self) -> http.client.HTTPResponse:
        """Ask once; a connection that was kept and has gone meanwhile is made again."""
        was_kept = self._connection is not None
        try:
            return self._answer_over_connection()
        except OSError as error:
            self.close()
            if not was_kept:
                raise BusyError(self._silent()) from error
        try:
            return self._answer_over_connection()
        except OSError as error:
            self.close()
            raise BusyError(self._silent()) from error

    def _answer_over_connection(self) -> http.client.HTTPResponse:
        is_read = self._response is None or self._response.isclosed()
        if not is_read or (self._response is not None and self._response.will_close):
            self.close()  # else the rest of that answer would stand before the next one
        connection = self._connected()
        headers = {"Host": _bare(self._parts), "User-Agent": "CNN Studio", "Accept": "*/*"}
        if self._challenge:
            headers["Authorization"] = self._authorization()
        connection.request("GET", _target(self._parts), headers=headers)
        self._response = response = connection.getresponse()
        self._left_bytes = response.length
        return response

    def _connected(self) -> http.client.HTTPConnection:
        import http.client

        if self._connection is not None:
            return self._connection
        host, port = self._parts.hostname or "", self._parts.port or SCHEMES[self._scheme]
        connection = http.client.HTTPConnection(host, port)

        def response_on(line: socket.socket, method: str) -> http.client.HTTPResponse:
            timed = cast("socket.socket", _Line(line, self))
            return http.client.HTTPResponse(timed, method=method)

        connection.response_class = response_on  # type: ignore[assignment]
        self._connection = connection
        connection.sock = line_to(self._parts, self.left_s, self._watch)
        self._was_connected = True
        return connection

    def _watch(self, line: socket.socket) -> None:
        """Remember what `interrupt` breaks off."""
        with self._lock:
            self._socket = line
            if self._is_interrupted:
                raise ConnectionAbortedError

    def left_s(self) -> float:
        """How long the step under way may still last, in seconds.

        Raises:
            TimeoutError: It has lasted too long.
        """
        left_s = self._deadline_s - time.monotonic()
        if left_s <= 0 or self._is_interrupted:
            raise TimeoutError
        return left_s

    @property
    def _scheme(self) -> str:
        return self._parts.scheme

    def _silent(self) -> str:
        return no_answer(self._asked.geturl())

    def _follow(self, location: str) -> None:
        self.close()
        self._parts = redirected(self._parts.geturl(), location)

    def _take_challenge(self, response: http.client.HTTPResponse) -> bool:
        """Whether the device wants the user and password of the address, and has not had them."""
        challenges = response.headers.get_all("WWW-Authenticate") or [""]
        kinds = {text.partition(" ")[0].lower(): text for text in challenges}
        self.close()
        if self._asked.username is None:
            return False
        wanted = kinds.get("digest") or kinds.get("basic", "")
        is_new = bool(wanted) and (not self._challenge or wanted.lower().startswith("digest"))
        self._challenge = wanted
        return is_new

    def _authorization(self) -> str:
        user, password = unquote(self._asked.username or ""), unquote(self._asked.password or "")
        if self._challenge.lower().startswith("basic"):
            return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"
        from urllib.request import (
            AbstractDigestAuthHandler,
            HTTPPasswordMgrWithDefaultRealm,
            Request,
            parse_http_list,
            parse_keqv_list,
        )

        known = HTTPPasswordMgrWithDefaultRealm()
        request = Request(f"{self._scheme}://{_bare(self._parts)}{_target(self._parts)}")
        known.add_password(None, request.full_url, user, password)
        values = parse_keqv_list(parse_http_list(self._challenge.partition(" ")[2]))
        made = AbstractDigestAuthHandler(known).get_authorization(request, values)
        return f"Digest {made}"


class NoHttpError(CameraError):
    """The answer is none that is understood here; another reader may understand it."""


class _Line(io.RawIOBase):
    """A socket whose time limit is that of the step under way."""

    def __init__(self, line: socket.socket, client: HttpClient) -> None:
        self._line = line
        self._stream = line.makefile("rb", buffering=0)  # keeps the line open till it is read
        self._client = client

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int | None:
        self._line.settimeout(self._client.left_s())
        return self._stream.readinto(memoryview(buffer))

    def close(self) -> None:
        self._stream.close()
        super().close()


def _bare(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[2]


def _target(parts: SplitResult) -> str:
    query = f"?{parts.query}" if parts.query else ""
    return quote((parts.path or "/") + query, safe=_SAFE)
