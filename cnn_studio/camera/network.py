"""Cameras on the network: MJPEG and snapshots over http, and rtsp."""

from __future__ import annotations

from urllib.parse import urlsplit

from cnn_studio.camera.captures import next_image, to_rgb
from cnn_studio.camera.http_pictures import HttpPictures
from cnn_studio.camera.network_check import no_video, why_no_stream, without_secrets
from cnn_studio.errors import CameraError
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.opencv import cv2

OPEN_TIMEOUT_MS = 5000
READ_TIMEOUT_MS = 4000


class NetworkSource:
    """A stream from a camera or phone on the network, or the address of its snapshots.

    JPEG pictures over http are read here, since FFmpeg stumbles over what small devices send; all
    other kinds of video are left to it.

    Args:
        url: http, https, rtsp or rtsps; a user and password may stand in it and are never shown.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self.description = without_secrets(url)
        self.frames_per_second = 0.0  # what FFmpeg says of a stream is a guess: always 25
        self._capture: cv2.VideoCapture | None = None
        self._pictures: HttpPictures | None = None

    def open(self) -> None:
        """Connect. See `FrameSource.open`."""
        url = self._url
        is_http = urlsplit(url).scheme.lower() in ("http", "https")
        if is_http:
            self._pictures = pictures = HttpPictures(url)
            if pictures.open(OPEN_TIMEOUT_MS / 1000):
                return
            self._pictures, url = None, pictures.url
        limits = [
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
            OPEN_TIMEOUT_MS,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC,
            READ_TIMEOUT_MS,
        ]
        capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG, limits)
        if not capture.isOpened():
            capture.release()
            # Of http it is known by now that the device answers, and not with a refusal.
            why = no_video if is_http else why_no_stream
            raise CameraError(why(self._url))
        self._capture = capture

    def read(self) -> ImageArray:
        """Wait for the next frame. See `FrameSource.read`."""
        if self._pictures is not None:
            return self._pictures.read(0.9 * READ_TIMEOUT_MS / 1000)
        if self._capture is None:
            raise CameraError(f"The network camera is not open: {self.description}.")
        image = next_image(self._capture, 0.9 * READ_TIMEOUT_MS / 1000)
        if image is None:
            raise CameraError(f"The network camera sends no more pictures: {self.description}.")
        return to_rgb(image)

    def interrupt(self) -> None:
        """See `Interruptible`."""
        if (pictures := self._pictures) is not None:
            pictures.interrupt()

    def close(self) -> None:
        """Hang up."""
        if self._pictures is not None:
            self._pictures.close()
            self._pictures = None
        if self._capture is not None:
            self._capture.release()
            self._capture = None
