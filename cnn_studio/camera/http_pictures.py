"""The pictures that a device serves over http: a stream of JPEGs (MJPEG), or one at a time."""

from __future__ import annotations

import threading
import time

import numpy as np

from cnn_studio.camera.captures import LONGEST_SIDE
from cnn_studio.camera.http_answer import BusyError, HttpClient, NoHttpError
from cnn_studio.camera.jpeg_cutter import JpegCutter
from cnn_studio.camera.network_check import (
    a_playlist,
    no_answer,
    no_video,
    why_no_stream,
    without_secrets,
)
from cnn_studio.errors import CameraError, ImageError
from cnn_studio.vision.file_kinds import is_playlist
from cnn_studio.vision.images import ImageArray, decode_image, shrink_to_fit

_LEAST_INTERVAL_S = 1 / 30  # a device that answers at once need not be asked more often
_PAUSE_S = 0.2  # before a device that is busy is asked again
_PEEK_BYTES = 512
_PLAYLISTS = frozenset(
    {
        "application/dash+xml",
        "application/sdp",
        "application/vnd.apple.mpegurl",
        "application/x-mpegurl",
        "application/xspf+xml",
        "audio/mpegurl",
        "audio/x-mpegurl",
        "audio/x-scpls",
        "video/x-ms-asx",
    }
)


class HttpPictures:
    """Reads pictures as they come; a snapshot's address is asked again for each of them.

    A snapshot is an answer that ends after its picture. It is asked for as often as the device
    answers, thirty times a second at most.

    Args:
        url: http or https.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = HttpClient(url)
        self._cutter = JpegCutter()
        self._ended = threading.Event()
        self._is_snapshot = False
        self._count = 0  # of this answer
        self._is_over = False
        self._asked_s = 0.0

    @property
    def url(self) -> str:
        """Where the pictures come from, after redirects."""
        return self._client.url

    def open(self, patience_s: float) -> bool:
        """Connect.

        Returns:
            Whether there are pictures; False for another kind of video, which FFmpeg may read.

        Raises:
            CameraError: Nothing answers or it refuses; the text says why.
        """
        deadline_s = time.monotonic() + patience_s
        try:
            self._ask(patience_s)
            head = b""
            while len(head) < _PEEK_BYTES and not self._are_pictures(head):
                more = self._client.read(deadline_s - time.monotonic())
                if not more:
                    break
                head += more
        except NoHttpError:
            self.close()
            return False
        except BusyError as error:
            self.close()
            is_late = time.monotonic() >= deadline_s
            if not self._client.was_connected:
                raise CameraError(why_no_stream(self._url, is_late=is_late)) from error
            why = no_answer if is_late else no_video
            raise CameraError(why(self._url)) from error
        if self._are_pictures(head):
            self._cutter.feed(head)
            return True
        kind = self._client.content_type
        is_page = kind in ("text/html", "application/json", "text/xml")
        self.close()
        if is_playlist(head) or kind in _PLAYLISTS:
            raise CameraError(a_playlist(self._url))
        if is_page:
            raise CameraError(no_video(self._url))
        return False

    def read(self, patience_s: float) -> ImageArray:
        """Wait for the next picture; damaged ones are passed over.

        Returns:
            Pixels (height, width, 3), uint8, RGB.

        Raises:
            CameraError: None came in time.
        """
        deadline_s = time.monotonic() + patience_s
        while not self._ended.is_set() and time.monotonic() < deadline_s:
            jpeg = self._cutter.next()
            if jpeg is None and not self._is_over:
                self._get_more(deadline_s)
                continue
            if jpeg is None:
                jpeg = self._cutter.finish()
            if jpeg is None:
                if not self._begin_again(deadline_s):
                    break
                continue
            self._count += 1
            try:
                image_rgb = decode_image(jpeg, "picture")
            except ImageError:
                continue
            return np.ascontiguousarray(shrink_to_fit(image_rgb, LONGEST_SIDE))
        shown = without_secrets(self._url)
        raise CameraError(f"The network camera sends no more pictures: {shown}.")

    def interrupt(self) -> None:
        """End any wait now; thread-safe."""
        self._ended.set()
        self._client.interrupt()

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def _are_pictures(self, head: bytes) -> bool:
        kind = self._client.content_type
        if kind.startswith("multipart/") or kind in ("image/jpeg", "image/jpg", "image/pjpeg"):
            return True
        return head.startswith(b"\xff\xd8\xff") or (
            head.lstrip().startswith(b"--") and b"image/jp" in head.lower()
        )

    def _get_more(self, deadline_s: float) -> None:
        try:
            data = self._client.read(deadline_s - time.monotonic())
        except BusyError:
            data = b""
        self._cutter.feed(data)
        self._is_over = not data

    def _begin_again(self, deadline_s: float) -> bool:
        """Ask for the next picture where an answer has only one; False where that is not so."""
        self._is_snapshot = self._is_snapshot or self._count == 1 or self._is_one_image()
        return self._is_snapshot and self._ask_again(deadline_s)

    def _is_one_image(self) -> bool:
        # A device that has only begun may answer with none at first.
        return self._client.content_type.startswith("image/")

    def _ask_again(self, deadline_s: float) -> bool:
        """Ask for another picture, with patience for a device that is busy."""
        self._ended.wait(max(self._asked_s + _LEAST_INTERVAL_S - time.monotonic(), 0.0))
        while not self._ended.is_set():
            try:
                self._ask(deadline_s - time.monotonic())
            except BusyError:
                if time.monotonic() + _PAUSE_S >= deadline_s:
                    return False
                self._ended.wait(_PAUSE_S)
            else:
                return True
        return False

    def _ask(self, patience_s: float) -> None:
        self._asked_s = time.monotonic()
        self._count, self._is_over = 0, False
        self._cutter = JpegCutter()
        self._client.ask(patience_s)
