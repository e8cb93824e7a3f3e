"""A video file that a person plays, pauses and moves along."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

from cnn_studio.camera.pace import LONGEST_WAIT_S
from cnn_studio.camera.video_reader import VideoFrame, VideoReader
from cnn_studio.errors import CameraError
from cnn_studio.vision.images import ImageArray

_LATE_S = 0.2  # who is so late goes on from now, and is not hurried
_PATIENCE_S = 0.5  # so long a picture may be looked for when another one is wanted already
_INTERVALS_BACK = (0, 1, 2, 4, 8, 16, 32, 64)  # a frame of an uneven file is shown for so many
_MOST_STEPS_BACK = 16  # in one go: so many frames are held meanwhile


class PlayedVideo:
    """A `FrameSource` that plays as soon as it is opened, and stays at the end of the video.

    While it is paused, it gives the same picture again twice a second: so another model that is
    chosen meanwhile has a picture, and the thread that reads can be stopped.

    `play`, `pause`, `seek`, `step`, `give_up` and the properties are for any thread.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.description = path.name
        self.frames_per_second = 0.0
        self._reader: VideoReader | None = None
        self._following: Iterator[VideoFrame] | None = None
        self._frame: VideoFrame | None = None
        self._ahead: VideoFrame | None = None
        self._shown_s = 0.0  # since when the frame is on the screen, by `time.monotonic`
        self._began_s = 0.0  # the read under way
        self._changed = threading.Condition()  # guards what is below
        self._playing = True
        self._ended = False
        self._wanted_s: float | None = 0.0
        self._steps = 0
        self._given_up = False
        self._position_s = 0.0

    @property
    def position_s(self) -> float:
        """When the frame on the screen is shown, or the one that is looked for."""
        with self._changed:
            return self._position_s if self._wanted_s is None else self._wanted_s

    @property
    def is_playing(self) -> bool:
        """Whether it goes on by itself."""
        with self._changed:
            return self._playing

    def play(self) -> None:
        """Go on by itself; from the beginning if it stands at the end."""
        with self._changed:
            self._playing = True
            if self._ended:
                self._wanted_s = 0.0
            self._changed.notify_all()

    def pause(self) -> None:
        """Stay at the frame on the screen."""
        with self._changed:
            self._playing = False
            self._changed.notify_all()

    def seek(self, time_s: float) -> None:
        """Go to the frame that is shown at a time, counted from the first one."""
        with self._changed:
            self._wanted_s = max(0.0, time_s)
            self._steps = 0
            self._changed.notify_all()

    def step(self, frames: int) -> None:
        """Pause, and go on by so many frames; back where it is below 0."""
        with self._changed:
            self._playing = False
            self._steps += frames
            self._changed.notify_all()

    def give_up(self) -> None:
        """No frame is wanted any more: end the read under way, which may search a long file."""
        with self._changed:
            self._given_up = True
            self._changed.notify_all()

    def open(self) -> None:
        """Open the file. See `FrameSource.open`."""
        self._began_s = time.monotonic()
        self._reader = VideoReader(self.path, self._is_overtaken)
        self.frames_per_second = self._reader.frames_per_second
        with self._changed:
            self._wanted_s = self.position_s  # after a failure it goes on where it was

    def read(self) -> ImageArray:
        """Wait for the next frame. See `FrameSource.read`."""
        if self._reader is None:
            raise CameraError(f"The video is not open: {self.path.name}.")
        self._began_s = time.monotonic()
        wanted_s, steps = self._take_request()
        if wanted_s is not None:
            self._go_to(self._reader, wanted_s)
        elif steps < 0 and self._frame is not None:
            self._go_back(self._reader, self._frame, -steps)
        elif steps > 0:
            self._go_ahead(self._reader, steps)
        elif self.is_playing:
            self._play_on(self._reader)
        else:
            self._rest(LONGEST_WAIT_S)
        if self._frame is None:
            raise CameraError(f"The video holds no picture that can be read: {self.path.name}.")
        return self._frame.image_rgb

    def close(self) -> None:
        """Let go of the file."""
        if self._reader is not None:
            self._reader.close()
        self._reader = self._following = self._frame = self._ahead = None

    def _play_on(self, reader: VideoReader) -> None:
        """Show the next frame if its time comes during this read."""
        self._ahead = self._ahead or self._next(reader)
        if self._ahead is None or self._frame is None:
            self._end()
            return
        due_s = self._shown_s + self._ahead.time_s - self._frame.time_s
        left_s = due_s - time.monotonic()
        self._rest(min(max(left_s, 0.0), LONGEST_WAIT_S))
        if left_s <= LONGEST_WAIT_S and not self._has_request() and self.is_playing:
            frame, self._ahead = self._ahead, None
            self._show(frame, due_s if -left_s < _LATE_S else time.monotonic())

    def _go_to(self, reader: VideoReader, time_s: float) -> None:
        self._following = self._ahead = None
        if reader.promised_s:
            time_s = min(time_s, reader.promised_s)
        for intervals in _INTERVALS_BACK:  # a file may promise more than it holds
            frame = reader.frame_at(max(0.0, time_s - intervals / reader.frames_per_second))
            if frame is not None:
                self._show(frame, time.monotonic())
            if frame is not None or self._is_overtaken():
                return

    def _go_back(self, reader: VideoReader, before: VideoFrame, steps: int) -> None:
        """Read from a little earlier up to the frame, since only this tells which come before."""
        self._following = self._ahead = None
        steps = min(steps, _MOST_STEPS_BACK)
        for intervals in _INTERVALS_BACK[1:]:
            from_s = before.time_s - steps * intervals / reader.frames_per_second
            earlier = deque(_earlier(reader, max(0.0, from_s), before.time_s), maxlen=steps)
            if self._is_overtaken():
                return
            if earlier and (len(earlier) == steps or from_s <= 0):
                self._show(earlier[0], time.monotonic())
                return

    def _go_ahead(self, reader: VideoReader, steps: int) -> None:
        for _step in range(steps):
            frame, self._ahead = self._ahead or self._next(reader), None
            if frame is None:
                self._end()
                return
            self._show(frame, time.monotonic())

    def _next(self, reader: VideoReader) -> VideoFrame | None:
        if self._following is None:
            after_s = 0.0
            if self._frame is not None:
                after_s = self._frame.time_s + 1 / reader.frames_per_second
            self._following = reader.frames(after_s, None, None)
        frame = next(self._following, None)
        if frame is None:
            self._following = None
        return frame

    def _show(self, frame: VideoFrame, since_s: float) -> None:
        self._frame = frame
        self._shown_s = since_s
        with self._changed:
            self._position_s = frame.time_s
            self._ended = False

    def _end(self) -> None:
        with self._changed:
            if not self._has_request():  # else the search was broken off
                self._playing = False
                self._ended = True

    def _rest(self, longest_s: float) -> None:
        with self._changed:
            was_playing = self._playing
            self._changed.wait_for(
                lambda: self._has_request() or self._playing is not was_playing, longest_s
            )

    def _take_request(self) -> tuple[float | None, int]:
        with self._changed:
            taken = self._wanted_s, self._steps
            self._position_s = self.position_s
            self._wanted_s, self._steps = None, 0
            return taken

    def _has_request(self) -> bool:
        with self._changed:
            return self._given_up or self._wanted_s is not None or self._steps != 0

    def _is_overtaken(self) -> bool:
        with self._changed:
            is_wanted = self._wanted_s is not None or self._steps != 0
            return self._given_up or (is_wanted and time.monotonic() - self._began_s > _PATIENCE_S)


def _earlier(reader: VideoReader, from_s: float, before_s: float) -> Iterator[VideoFrame]:
    """The frames from one time to the one before another."""
    frames = reader.frames(from_s, None, None)
    return takewhile(lambda frame: frame.time_s < before_s, frames)
