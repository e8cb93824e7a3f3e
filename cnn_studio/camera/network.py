"""Cameras on the network: MJPEG and snapshots over http, and rtsp."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

from cnn_studio.camera.captures import next_image, to_rgb
from cnn_studio.camera.device_line import MOST_REDIRECTS, redirected
from cnn_studio.camera.http_pictures import HttpPictures
from cnn_studio.camera.network_check import (
    no_answer,
    no_video,
    sent_elsewhere,
    why_no_stream,
    without_secrets,
)
from cnn_studio.camera.rtsp_relay import RtspRelay
from cnn_studio.errors import CameraError
from cnn_studio.steps_beside import NotInTimeError, StepsBeside, left_until
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.opencv import cv2

OPEN_TIMEOUT_MS = 5000
READ_TIMEOUT_MS = 4000

_LONGEST_LOOK_S = 3.0  # at why there is no stream: at most so much longer than opening may last
_HANG_UP_S = 2.0
Result = TypeVar("Result")


class NetworkSource:
    """A stream from a camera or phone on the network, or the address of its snapshots.

    JPEG pictures over http are read here, since FFmpeg stumbles over what small devices send; all
    other kinds of video are left to it.

    Opening has one time limit for all its steps: so much for the first answer, as much again for
    FFmpeg, and a moment for why there is no stream.

    Args:
        url: http, https, rtsp or rtsps; a user and password may stand in it and are never shown.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self.description = without_secrets(url)
        self.frames_per_second = 0.0  # what FFmpeg says of a stream is a guess: always 25
        self._captures: list[cv2.VideoCapture] = []  # of this opening: one, or none
        self._relays: list[RtspRelay] = []
        self._end_s = 0.0  # of this opening
        self._pictures: HttpPictures | None = None
        self._lock = threading.Lock()  # guards the two below
        self._steps: StepsBeside | None = None
        self._is_interrupted = False

    def open(self) -> None:
        """Connect. See `FrameSource.open`."""
        self.close()
        with self._lock:
            self._steps = StepsBeside("network camera")
            if self._is_interrupted:
                self._steps.interrupt()
        try:
            self._connect()
        except BaseException:
            self.close()
            raise

    def read(self) -> ImageArray:
        """Wait for the next frame. See `FrameSource.read`."""
        if self._pictures is not None:
            return self._pictures.read(0.9 * READ_TIMEOUT_MS / 1000)
        if not self._captures or self._steps is None:
            raise CameraError(f"The network camera is not open: {self.description}.")
        (capture,) = self._captures
        try:
            image = self._steps.run(
                lambda: next_image(capture, 0.9 * READ_TIMEOUT_MS / 1000),
                READ_TIMEOUT_MS / 1000,
            )
        except NotInTimeError:
            image = None
        if image is None:
            raise CameraError(f"The network camera sends no more pictures: {self.description}.")
        return to_rgb(image)

    def interrupt(self) -> None:
        """See `Interruptible`. It cannot be opened again."""
        with self._lock:
            self._is_interrupted = True
            if self._steps is not None:
                self._steps.interrupt()
        if (pictures := self._pictures) is not None:
            pictures.interrupt()

    def close(self) -> None:
        """Hang up."""
        with self._lock:
            steps, self._steps = self._steps, None
        pictures, self._pictures = self._pictures, None
        # A step that is late may still add to the list, and what is in it is released after that.
        captures, self._captures = self._captures, []
        relays, self._relays = self._relays, []
        if pictures is not None:
            pictures.interrupt()
        if steps is None:
            return

        def hang_up() -> None:
            if pictures is not None:
                pictures.close()
            for capture in captures:
                capture.release()
            for relay in relays:
                relay.close()

        steps.end(hang_up, _HANG_UP_S)

    def _connect(self) -> None:
        patience_s = OPEN_TIMEOUT_MS / 1000
        self._end_s = time.monotonic() + 2 * patience_s + _LONGEST_LOOK_S
        if urlsplit(self._url).scheme in ("http", "https"):
            pictures = HttpPictures(self._url)
            self._pictures = pictures  # before it is opened, so that it can be interrupted
            if self._beside(lambda: pictures.open(patience_s)):
                return
            self._pictures = None
            deadline_s = time.monotonic() + patience_s
            if self._opens_with_ffmpeg(pictures.url, deadline_s):
                return
            # It is known by now that the device answers, and not with a refusal.
            why = no_answer if time.monotonic() >= deadline_s else no_video
            raise CameraError(why(self._url))
        is_late = self._open_rtsp(patience_s)
        if not self._captures:
            raise CameraError(self._beside(lambda: why_no_stream(self._url, is_late=is_late)))

    def _open_rtsp(self, patience_s: float) -> bool:
        """Connect, and follow redirects on the same device. Returns whether it was given up."""
        url, relays = self._url, self._relays
        line_s = time.monotonic() + patience_s
        deadline_s = line_s
        for redirects in range(MOST_REDIRECTS):
            with suppress(OSError, ValueError):
                self._beside(partial(_add_relay, url, line_s, relays))
            if len(relays) == redirects:
                return time.monotonic() >= line_s
            if redirects == 0:
                deadline_s = time.monotonic() + patience_s
            if self._opens_with_ffmpeg(relays[-1].url, deadline_s):
                return False
            relays[-1].close()  # by then it knows whether the camera redirects
            if (location := relays[-1].location) is None:
                return time.monotonic() >= deadline_s
            user, at, _host = urlsplit(url).netloc.rpartition("@")
            target = redirected(url, location)
            url = target._replace(netloc=f"{user}{at}{target.netloc.rpartition('@')[2]}").geturl()
        raise CameraError(sent_elsewhere(url, without_secrets(url)))

    def _opens_with_ffmpeg(self, url: str, deadline_s: float) -> bool:
        captures = self._captures
        return self._beside(lambda: _open_with_ffmpeg(url, deadline_s, captures))

    def _beside(self, step: Callable[[], Result]) -> Result:
        """Take a step of opening.

        Raises:
            CameraError: It is not done long after the time limit, or it was interrupted.
        """
        steps = self._steps
        try:
            if steps is None:
                raise NotInTimeError
            return steps.run(step, left_until(self._end_s))
        except NotInTimeError as error:
            raise CameraError(no_answer(self._url)) from error


def _add_relay(url: str, deadline_s: float, relays: list[RtspRelay]) -> None:
    relays.append(RtspRelay(url, deadline_s))


def _open_with_ffmpeg(url: str, deadline_s: float, opened: list[cv2.VideoCapture]) -> bool:
    """Whether FFmpeg opens an address; what it opens is added to `opened`."""
    limits = [
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
        int(left_until(deadline_s) * 1000) + 1,  # not before it is late
        cv2.CAP_PROP_READ_TIMEOUT_MSEC,
        READ_TIMEOUT_MS,
    ]
    capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG, limits)
    if not capture.isOpened():
        capture.release()
        return False
    opened.append(capture)
    return True
