"""A phone as a camera: an http server on loopback that sends JPEG pictures one after the other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from cnn_studio.vision.images import encode_jpeg

PICTURE_SHAPE = (120, 160, 3)


class MjpegServer(ThreadingHTTPServer):
    """Serves /video (a stream), /page (a web page) and /private (a stream behind a password).

    Attributes:
        pictures_per_connection: After so many the connection ends; None for never.
        damage_every: Each so-manieth picture is cut short; 0 for none.
        silent: Whether the stream goes on but sends no more pictures.
        connections: How often a stream was asked for.
    """

    daemon_threads = True
    block_on_close = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.pictures_per_connection: int | None = None
        self.damage_every = 0
        self.silent = threading.Event()
        self.ending = threading.Event()
        self.connections = 0

    @property
    def port(self) -> int:
        return self.server_port

    def url(self, path: str = "/video", user: str = "") -> str:
        return f"http://{user}127.0.0.1:{self.port}{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error."""


@contextmanager
def mjpeg_server(port: int = 0) -> Iterator[MjpegServer]:
    server = MjpegServer(port)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="mjpeg server")
    thread.start()
    try:
        yield server
    finally:
        server.ending.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: MjpegServer

    def do_GET(self) -> None:
        if self.path == "/page":
            self._answer(200, "text/html", b"<html>Welcome</html>")
        elif self.path == "/private" and self.headers.get("Authorization") is None:
            self._answer(401, "text/plain", b"", ("WWW-Authenticate", 'Basic realm="camera"'))
        elif self.path in ("/video", "/private"):
            self._stream()
        else:
            self._answer(404, "text/plain", b"")

    def log_message(self, *arguments: object) -> None:
        """Nothing on stderr."""

    def _answer(self, status: int, kind: str, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        self.server.connections += 1
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        count = 0
        while not self.server.ending.wait(1 / 60):
            if self.server.silent.is_set():
                continue
            if count == self.server.pictures_per_connection:
                return
            self._send_picture(count)
            count += 1

    def _send_picture(self, count: int) -> None:
        picture = np.full(PICTURE_SHAPE, (200, 40, 40), np.uint8)
        picture[:, (count * 7) % 150 :][:, :10] = 255
        jpeg = encode_jpeg(picture)
        if self.server.damage_every and count % self.server.damage_every == 2:
            jpeg = jpeg[: len(jpeg) // 3]
        head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
        self.wfile.write(head.encode() + jpeg + b"\r\n")
