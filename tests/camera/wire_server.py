"""A camera that sends exactly the bytes that a test wants, over a plain socket."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import numpy as np

from cnn_studio.vision.images import encode_jpeg

Answer = Callable[["Wire"], None]


def jpeg(number: int = 0, *, trailing: bytes = b"") -> bytes:
    """A picture whose red channel tells its number."""
    picture = np.full((48, 64, 3), (40 + 8 * (number % 25), 90, 30), np.uint8)
    return encode_jpeg(picture) + trailing


class Wire:
    """One connection: what was asked, and a way to answer.

    Attributes:
        path: What was asked for.
        headers: As they came, by their names in lower case.
    """

    def __init__(self, line: socket.socket, head: bytes, ending: threading.Event) -> None:
        first, *rest = head.decode("latin-1").split("\r\n")
        self.path = first.split(" ")[1]
        self.headers = {
            name.lower(): value for name, _colon, value in (each.partition(": ") for each in rest)
        }
        self._line = line
        self.ending = ending

    def send(self, data: bytes) -> None:
        self._line.sendall(data)

    def answer(self, *headers: str, status: str = "200 OK", body: bytes = b"") -> None:
        """Send a head, and maybe a body."""
        head = "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", *headers))
        self.send(head.encode() + b"\r\n" + body)


class WireServer:
    """Answers each request as it is said to.

    Attributes:
        requests: What was asked, in turn.
        connections: How many there were.
    """

    def __init__(self, answer: Answer, context: ssl.SSLContext | None = None) -> None:
        self.requests: list[Wire] = []
        self.connections = 0
        self.ending = threading.Event()
        self._answer = answer
        self._context = context
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._lines: list[socket.socket] = []

    def url(self, path: str = "/", user: str = "") -> str:
        scheme = "http" if self._context is None else "https"
        return f"{scheme}://{user}127.0.0.1:{self._socket.getsockname()[1]}{path}"

    def serve(self) -> None:
        while True:
            try:
                line, _address = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            self._lines.append(line)
            thread = threading.Thread(target=self._talk, args=(line,), name="wire")
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        self.ending.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for line in self._lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
        for thread in self._threads:
            thread.join()

    def _secured(self, line: socket.socket) -> socket.socket:
        return line if self._context is None else self._context.wrap_socket(line, server_side=True)

    def _talk(self, line: socket.socket) -> None:
        with suppress(OSError), self._secured(line) as secured:
            pending = b""
            while not self.ending.is_set():
                while b"\r\n\r\n" not in pending:
                    more = secured.recv(4096)
                    if not more:
                        return
                    pending += more
                head, _blank, pending = pending.partition(b"\r\n\r\n")
                wire = Wire(secured, head, self.ending)
                self.requests.append(wire)
                self._answer(wire)
                if wire.headers.get("connection") == "close":
                    return


@contextmanager
def wire_server(answer: Answer, context: ssl.SSLContext | None = None) -> Iterator[WireServer]:
    server = WireServer(answer, context)
    thread = threading.Thread(target=server.serve, name="wire server")
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join()
