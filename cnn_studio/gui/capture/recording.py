"""One press of the record button: when it may begin, and what becomes of its frames."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from cnn_studio.camera.source import Frame
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.recorder import Recorder
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session, SessionKind

RATES = (5, 10, 15, 30)
"""Frames per second that can be chosen for recording."""

DEFAULT_RATE = 15
_FINISH_TIMEOUT_S = 30.0


class Obstacle(StrEnum):
    """Why nothing can be recorded now."""

    READ_ONLY = "read-only"
    NO_CLASSES = "no-classes"
    NO_CLASS_CHOSEN = "no-class-chosen"
    NO_PICTURE = "no-picture"


class FrameGiver(Protocol):
    """Whoever has frames: in the window the CameraService."""

    def add_frame_listener(self, listener: Callable[[Frame], None]) -> None:
        """Have every frame given to a function, on the camera's thread."""

    def remove_frame_listener(self, listener: Callable[[Frame], None]) -> None:
        """End that."""


class Burst:
    """The frames of one press, on their way to the disk. They share a session.

    Args:
        folders: The dataset to write to.
        class_name: The class to write to.
        frames_per_second: At most this many are kept; None keeps every frame.
        limit: End after this many; None has no end.
    """

    def __init__(
        self,
        folders: ClassFolders,
        class_name: str,
        frames_per_second: float | None = None,
        limit: int | None = None,
    ) -> None:
        self.folders = folders
        self.class_name = class_name
        self._recorder = Recorder(
            folders,
            class_name,
            Session.new(SessionKind.RECORDING),
            frames_per_second=frames_per_second,
            limit=limit,
        )
        self._reported = 0
        self._recorder.start()

    @property
    def kept(self) -> int:
        """Frames that are on the disk."""
        return self._recorder.kept

    @property
    def lost(self) -> int:
        """Frames that were due but could not be kept."""
        return self._recorder.lost

    @property
    def error(self) -> str | None:
        """Why the first lost frame could not be written, as a sentence."""
        return self._recorder.error

    @property
    def samples(self) -> list[Sample]:
        """What was written, oldest first."""
        return list(self._recorder.samples)

    def offer(self, frame: Frame) -> None:
        """Take a frame; called on the camera's thread, never blocks."""
        self._recorder.offer(frame.image_rgb, frame.captured_s)

    def unreported_samples(self) -> list[Sample]:
        """What was written since the last call, oldest first."""
        samples = list(self._recorder.samples)[self._reported :]
        self._reported += len(samples)
        return samples

    def finish(self, timeout_s: float = _FINISH_TIMEOUT_S) -> None:
        """Wait until all frames that were taken are written. Blocks."""
        self._recorder.finish(timeout_s)


class Recording:
    """Connects the camera to one burst at a time."""

    def __init__(self, camera: FrameGiver) -> None:
        self._camera = camera
        self._burst: Burst | None = None

    @property
    def burst(self) -> Burst | None:
        """The burst that gets frames now."""
        return self._burst

    def begin(self, folders: ClassFolders, class_name: str, frames_per_second: float) -> Burst:
        """Start a burst; while one runs, that one goes on."""
        if self._burst is None:
            self._burst = Burst(folders, class_name, frames_per_second)
            self._camera.add_frame_listener(self._burst.offer)
        return self._burst

    def end(self) -> Burst | None:
        """Give no more frames. What was taken may still be being written: see `Burst.finish`."""
        burst, self._burst = self._burst, None
        if burst is not None:
            self._camera.remove_frame_listener(burst.offer)
        return burst


def take_shot(folders: ClassFolders, class_name: str, frame: Frame) -> Burst:
    """Write one frame as a session of its own; call `finish` and read `error`."""
    burst = Burst(folders, class_name, limit=1)
    burst.offer(frame)
    return burst


def obstacle(
    folders: ClassFolders | None, class_names: tuple[str, ...], chosen: str, has_picture: bool
) -> Obstacle | None:
    """Why nothing can be recorded, the first reason that a person would put right.

    Args:
        folders: Where to write; None if the dataset cannot be written to.
        class_names: The classes there are.
        chosen: The class to record; empty if none is chosen.
        has_picture: Whether the camera gives frames.
    """
    if folders is None:
        return Obstacle.READ_ONLY
    if not class_names:
        return Obstacle.NO_CLASSES
    if chosen not in class_names:
        return Obstacle.NO_CLASS_CHOSEN
    if not has_picture:
        return Obstacle.NO_PICTURE
    return None
