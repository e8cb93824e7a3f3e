"""A device that says over its lines whatever a test wants, without any http or rtsp of its own."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Line = socket.socket
Talk = Callable[[Line, threading.Event], None]


class RawServer:
    """Accepts lines and says of each what a test wants, without any http of its own."""

    def __init__(self, talk: Talk, context: ssl.SSLContext | None = None) -> None:
        self.ending = threading.Event()
        self.lines = 0
        self._talk = talk
        self._context = context
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
        with suppress(OSError), self._secured(line) as secured:
            self._talk(secured, self.ending)

    def _secured(self, line: Line) -> Line:
        return line if self._context is None else self._context.wrap_socket(line, server_side=True)


@contextmanager
def raw_server(talk: Talk, context: ssl.SSLContext | None = None) -> Iterator[RawServer]:
    server = RawServer(talk, context)
    try:
        yield server
    finally:
        server.close()
