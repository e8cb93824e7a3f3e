"""A video file as a store of pictures: the one at a time, or many of them, each with its time.

Times are those that the file tells, since a telephone's frames do not come evenly. OpenCV goes to a
frame by its number and counts as if they did: it may land too late, or nowhere at all in a file
that has no index. So each landing is looked at, and the worst case is to read on from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cnn_studio.camera.captures import to_rgb
from cnn_studio.camera.video_file import HIGHEST_RATE, UNKNOWN_RATE, VIDEO_SUFFIXES
from cnn_studio.camera.video_kinds import no_picture, open_video
from cnn_studio.errors import CameraError
from cnn_studio.vision.images import IMAGE_SUFFIXES, ImageArray
from cnn_studio.vision.opencv import cv2

_DAMAGED_IN_A_ROW = 250  # the end of a file looks the same, and is told as quickly
_READ_ON_S = 1.0  # so near ahead, decoding on is quicker than going there
_STEPS_BACK_S = (0.0, 2.0, 10.0)  # where to land in vain before reading from the start
_END_S = 1.0  # the part that tells when the last frame is
_LONGEST_S = 7 * 86_400.0  # files without a length claim absurd ones


@dataclass(frozen=True, eq=False)
class VideoFrame:
    """One picture of a video.

    Attributes:
        time_s: When it is shown, counted from the first.
        image_rgb: Pixels (height, width, 3), uint8, RGB, upright.
    """

    time_s: float
    image_rgb: ImageArray


@dataclass(frozen=True)
class VideoFacts:
    """What is known of a video that has been looked at.

    Attributes:
        duration_s: From its first frame to the end of its last one that can be read.
        frames_per_second: The nominal rate.
        width: Of its pictures as they are read, in pixels.
        height: The same.
    """

    duration_s: float
    frames_per_second: float
    width: int
    height: int


def clock(time_s: float) -> str:
    """A time in a video as a person reads it: minutes, seconds and tenths, as in 1:05.3."""
    tenths = round(time_s * 10)
    return f"{tenths // 600}:{tenths % 600 / 10:04.1f}"


def is_video_name(path: Path) -> bool:
    """Whether a file's ending says that it is a video; an animated GIF counts as an image."""
    suffix = path.suffix.lower()
    return suffix in VIDEO_SUFFIXES - IMAGE_SUFFIXES and not path.name.startswith(".")


class VideoReader:
    """Reads a video file, for one thread at a time. A context manager.

    Args:
        path: The file.
        cancelled: Asked at every frame; once it says True, there are no more frames.

    Attributes:
        frames_per_second: The nominal rate.
        promised_s: How long the file says it is; 0 where it does not say.
        damaged: How many frames `frames` could not read so far.

    Raises:
        CameraError: The file is not there, damaged or not a video.
    """

    def __init__(self, path: Path, cancelled: Callable[[], bool] = lambda: False) -> None:
        self._path = path
        self._cancelled = cancelled
        self.damaged = 0
        self._time_s: float | None = None  # of the frame that was decoded last
        self._furthest_s = 0.0
        self._capture = open_video(path)
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        self.frames_per_second = rate if 0 < rate <= HIGHEST_RATE else UNKNOWN_RATE
        promised_s = self._capture.get(cv2.CAP_PROP_FRAME_COUNT) / self.frames_per_second
        self.promised_s = promised_s if 0 < promised_s < _LONGEST_S else 0.0

    def __enter__(self) -> VideoReader:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._capture.release()

    def frame_at(self, time_s: float) -> VideoFrame | None:
        """The picture that is shown at a time; None if the video ends before.

        Args:
            time_s: Counted from the first frame.

        Raises:
            CameraError: The file is gone.
        """
        is_there = self._go_to(time_s)
        while is_there and self._time_s is not None:
            image = self._image()
            if image is not None:
                return VideoFrame(self._time_s, image)
            is_there = self._grab()
        return None

    def frames(
        self, from_s: float, to_s: float | None, frames_per_second: float | None
    ) -> Iterator[VideoFrame]:
        """The pictures of a part of the video, evenly spaced in time.

        Args:
            from_s: Where the part begins.
            to_s: Where it ends; None goes on to the end of the video.
            frames_per_second: At most so many are given; None gives every frame.

        Raises:
            CameraError: The file is gone.
        """
        slack_s = 0.5 / self.frames_per_second
        last_slot = -1
        is_there = self._go_to(from_s)
        self.damaged = 0
        while is_there and self._time_s is not None:
            since_s = self._time_s - from_s + slack_s
            if to_s is not None and self._time_s > to_s + slack_s:
                return
            # Each slot of time has one frame, the first one in it, however unevenly they come.
            slot = int(since_s * frames_per_second) if frames_per_second else last_slot + 1
            if slot > last_slot and since_s >= 0:
                image = self._image()
                if image is None:
                    self.damaged += 1
                else:
                    last_slot = slot
                    yield VideoFrame(self._time_s, image)
            is_there = self._grab()

    def end_s(self) -> float:
        """When the last frame that can be read ends. A file without a length is read through.

        Raises:
            CameraError: The file is gone.
        """
        self._go_to(max(0.0, self.promised_s - _END_S))
        while self._grab():
            pass
        return self._furthest_s + 1 / self.frames_per_second

    def _go_to(self, time_s: float) -> bool:
        """Decode the frame that is shown at a time, or the last one before it."""
        wanted_s = time_s - 0.5 / self.frames_per_second
        now_s = self._time_s
        is_near = now_s is not None and now_s <= time_s <= now_s + _READ_ON_S
        if not is_near and not self._land_before(time_s):
            return False
        while self._time_s is not None and self._time_s < wanted_s:
            self._grab()
        return self._time_s is not None

    def _land_before(self, time_s: float) -> bool:
        for back_s in _STEPS_BACK_S:
            if time_s - back_s <= 0:
                break
            landed_s = self._land(time_s - back_s)
            if landed_s is None:  # a capture that has failed may stay so
                self._restart()
            elif landed_s <= time_s + 0.5 / self.frames_per_second:
                return True
        self._restart()
        return self._grab()

    def _land(self, time_s: float) -> float | None:
        """Have OpenCV go to a time; the time where it lands, None if nowhere."""
        self._time_s = None
        self._capture.set(cv2.CAP_PROP_POS_MSEC, time_s * 1000)
        self._grab(patience=1)
        return self._time_s

    def _restart(self) -> None:
        self._capture.release()
        self._time_s = None
        self._capture = open_video(self._path)

    def _grab(self, patience: int = _DAMAGED_IN_A_ROW) -> bool:
        """Decode the next frame that can be; False if there are no more."""
        for failures in range(patience):
            if self._cancelled():
                break
            if self._capture.grab():
                self.damaged += failures
                self._time_s = self._told_time_s()
                self._furthest_s = max(self._furthest_s, self._time_s)
                return True
        self._time_s = None  # beyond the end, or anywhere: the way on is a jump
        return False

    def _told_time_s(self) -> float:
        told_s = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        if self._time_s is not None and told_s <= self._time_s:
            return self._time_s + 1 / self.frames_per_second  # the file does not tell
        return told_s

    def _image(self) -> ImageArray | None:
        try:
            done, image = self._capture.retrieve()
        except cv2.error:  # some damage is found only when the colours are converted
            return None
        return to_rgb(image) if done and image is not None else None


def measure_video(path: Path, cancelled: Callable[[], bool] = lambda: False) -> VideoFacts:
    """Look at a video: how long it is, and what its pictures are like.

    Args:
        path: The file.
        cancelled: Asked at every frame; once it says True, the duration is what was seen so far.

    Raises:
        CameraError: The file is not there, damaged, not a video or without a picture.
    """
    with VideoReader(path, cancelled) as video:
        first = video.frame_at(0.0)
        if first is None:
            raise CameraError(no_picture(path))
        height, width = first.image_rgb.shape[:2]
        return VideoFacts(video.end_s(), video.frames_per_second, width, height)
