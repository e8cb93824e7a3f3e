"""What every camera is to the rest of the program: it opens, gives frames and closes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from cnn_studio.errors import CameraError
from cnn_studio.vision.images import ImageArray


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of a camera. Whoever gets it only reads it: others hold the same pixels.

    Attributes:
        image_rgb: Pixels (height, width, 3), uint8, RGB.
        sequence: A number that grows with every frame of this process, whichever camera it is.
        captured_s: When the frame came, by `time.monotonic`, in seconds.
    """

    image_rgb: ImageArray
    sequence: int
    captured_s: float

    def __post_init__(self) -> None:
        shape = self.image_rgb.shape
        if len(shape) != 3 or shape[2] != 3:
            raise CameraError(f"A frame must have height, width and 3 colours, not {shape}.")


class EndOfFrames(CameraError):  # noqa: N818 - an end, not an error
    """A source that does not loop has given its last frame."""


class FrameSource(Protocol):
    """Where frames come from: a webcam, a video, an image sequence, a stream or the demo camera.

    `open`, `read` and `close` are called on one and the same thread. A source that has been closed,
    or whose `open` has failed, can be opened again.

    Attributes:
        description: The source in a few words, for a person; never with a password in it.
        frames_per_second: The nominal rate, 0 where it is unknown. Right after `open`.
    """

    description: str
    frames_per_second: float

    def open(self) -> None:
        """Get ready to read.

        Raises:
            CameraError: It cannot be opened; the text says why and what to do.
        """

    def read(self) -> ImageArray:
        """Wait for the next frame. No wait is unbounded, be it for a device or for the pace.

        Returns:
            Pixels (height, width, 3), uint8, RGB, in an array that the source does not write to
            again.

        Raises:
            EndOfFrames: There are no more frames.
            CameraError: The source has failed; it must be closed and opened again.
        """

    def close(self) -> None:
        """Let go of the device or file. Closing twice, or before opening, is allowed."""


@runtime_checkable
class Interruptible(Protocol):
    """A source that can be ended in the middle of a wait."""

    def interrupt(self) -> None:
        """End any wait of `open` or `read` now, which then fail; thread-safe."""
