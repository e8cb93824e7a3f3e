"""Cameras on the network: MJPEG over http, and rtsp."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from cnn_studio.camera.pixels import to_rgb
from cnn_studio.errors import CameraError
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.opencv import cv2

SCHEMES = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}
"""The kinds of address that are understood, and their ports where none is named."""

OPEN_TIMEOUT_MS = 5000
READ_TIMEOUT_MS = 4000
_PROBE_TIMEOUT_S = 2.0


class NetworkSource:
    """A stream from a camera or phone on the network.

    Args:
        url: http, https, rtsp or rtsps; a user and password may stand in it and are never shown.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._url = url
        self._host = parts.hostname or ""
        self._port = parts.port or SCHEMES.get(parts.scheme.lower(), 80)
        self.description = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        self.frames_per_second = 0.0
        self._capture: cv2.VideoCapture | None = None

    def open(self) -> None:
        """Connect. See `FrameSource.open`."""
        limits = [
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
            OPEN_TIMEOUT_MS,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC,
            READ_TIMEOUT_MS,
        ]
        capture = cv2.VideoCapture(self._url, cv2.CAP_FFMPEG, limits)
        if not capture.isOpened():
            capture.release()
            raise CameraError(self._why_closed())
        rate = capture.get(cv2.CAP_PROP_FPS)
        self.frames_per_second = rate if 0 < rate <= 120 else 0.0
        self._capture = capture

    def read(self) -> ImageArray:
        """Wait for the next frame. See `FrameSource.read`."""
        if self._capture is None:
            raise CameraError(f"The network camera is not open: {self.description}.")
        done, image = self._capture.read()
        if not done:
            raise CameraError(f"The network camera sends no more pictures: {self.description}.")
        return to_rgb(image)

    def close(self) -> None:
        """Hang up."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _why_closed(self) -> str:
        """Looked into only after a failure: some cameras serve one connection at a time."""
        try:
            socket.create_connection((self._host, self._port), _PROBE_TIMEOUT_S).close()
        except socket.gaierror:
            return f"No device is found under this name: {self._host}."
        except OSError:
            return (
                f"No camera answers at {self._host}, port {self._port}. "
                "Is it on, and on the same network?"
            )
        return f"What answers there is no video stream; check the address: {self.description}."
