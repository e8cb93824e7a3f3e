"""The size of a camera's picture, as it is asked for and given."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cnn_studio.errors import UsageError

LEAST_SIDE, LONGEST_SIDE = 16, 8192


@dataclass(frozen=True, order=True)
class FrameSize:
    """Width and height in pixels; `str(size)` is what `parse_size` reads back.

    Raises:
        UsageError: A side is out of bounds.
    """

    width: int
    height: int

    def __post_init__(self) -> None:
        if not all(LEAST_SIDE <= side <= LONGEST_SIDE for side in (self.width, self.height)):
            raise UsageError(
                f"A picture's sides must be {LEAST_SIDE} to {LONGEST_SIDE} pixels, not {self}."
            )

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


USUAL_SIZE = FrameSize(640, 480)
"""What a webcam is asked for unless a person wants another; more than a network sees."""

SIZES = (
    FrameSize(320, 240),
    USUAL_SIZE,
    FrameSize(800, 600),
    FrameSize(1280, 720),
    FrameSize(1920, 1080),
)
"""What a person can choose from, as far as the webcam has it."""


def parse_size(text: str) -> FrameSize:
    """Understand `1280x720`.

    Raises:
        UsageError: That is no size.
    """
    sides = re.fullmatch(r"\s*(\d{1,5})\s*[xX\u00d7]\s*(\d{1,5})\s*", text)
    if sides is None:
        raise UsageError(f"A size must be like {SIZES[3]}, not {text}.")
    return FrameSize(int(sides[1]), int(sides[2]))
