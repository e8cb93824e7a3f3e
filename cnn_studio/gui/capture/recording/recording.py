"""One press of the record button: when it may begin, and what becomes of its frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from cnn_studio.camera.source import Frame
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.frame_gate import GateRules
from cnn_studio.data.recorder import Recorder
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session, SessionKind

RATES = (1, 2, 3, 5, 8, 10, 12, 15, 20, 25, 30)
"""Frames per second that can be chosen for recording."""

DEFAULT_RATE = 15
LONGEST_DELAY_S = 30
LONGEST_DURATION_S = 600
_FINISH_TIMEOUT_S = 30.0
_USUAL_RULES = GateRules(skip_same=True)


class Obstacle(StrEnum):
    """Why nothing can be recorded now."""

    READ_ONLY = "read-only"
    NO_CLASSES = "no-classes"
    NO_CLASS_CHOSEN = "no-class-chosen"
    NO_PICTURE = "no-picture"


@dataclass(frozen=True)
class RecordingOptions:
    """How to record.

    Attributes:
        frames_per_second: At most this many are kept.
        delay_s: How long to wait before the first, 0 to 30 s.
        duration_s: When it ends by itself, 0 to 600 s after the first; 0 for never.
        stops_at_target: Whether it ends once the class has as many images as its target.
        is_toggle: Whether a press begins and the next one ends it, instead of holding.
        rules: Which frames are not kept.
    """

    frames_per_second: int = DEFAULT_RATE
    delay_s: int = 0
    duration_s: int = 0
    stops_at_target: bool = False
    is_toggle: bool = False
    rules: GateRules = _USUAL_RULES


class FrameGiver(Protocol):
    """Whoever has frames: in the window the CameraService."""

    def add_frame_listener(self, listener: Callable[[Frame], None]) -> None:
        """Have every frame given to a function, on the camera's thread."""

    def remove_frame_listener(self, listener: Callable[[Frame], None]) -> None:
        """End that."""


@dataclass(frozen=True)
class Counts:
    """What became of the frames of a burst.

    Attributes:
        kept: On the disk.
        lost: Due, but could not be kept.
        same: Passed over, since they showed nothing new.
        flawed: Passed over, since they were blurred, too dark or burnt out.
    """

    kept: int = 0
    lost: int = 0
    same: int = 0
    flawed: int = 0


class Burst:
    """The frames of one press, on their way to the disk. They share a session.

    Args:
        folders: The dataset to write to.
        class_name: The class to write to.
        frames_per_second: At most this many are kept; None keeps every frame.
        limit: End after this many; None has no end.
        rules: Which frames are not kept.
    """

    def __init__(
        self,
        folders: ClassFolders,
        class_name: str,
        frames_per_second: float | None = None,
        limit: int | None = None,
        rules: GateRules | None = None,
    ) -> None:
        self.folders = folders
        self.class_name = class_name
        self._recorder = Recorder(
            folders,
            class_name,
            Session.new(SessionKind.RECORDING),
            frames_per_second=frames_per_second,
            limit=limit,
            rules=rules,
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
    def counts(self) -> Counts:
        """What became of the frames so far."""
        recorder = self._recorder
        return Counts(recorder.kept, recorder.lost, recorder.skipped_same, recorder.skipped_flawed)

    @property
    def is_full(self) -> bool:
        """Whether as many frames as the limit says are on the disk."""
        return self._recorder.is_full

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

    def begin(
        self,
        folders: ClassFolders,
        class_name: str,
        frames_per_second: float,
        limit: int | None = None,
        rules: GateRules | None = None,
    ) -> Burst:
        """Start a burst; while one runs, that one goes on. See Burst for what is given."""
        if self._burst is None:
            self._burst = Burst(folders, class_name, frames_per_second, limit, rules)
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
