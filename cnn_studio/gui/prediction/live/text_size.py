"""How large an answer is written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TextSize:
    """The measures of an answer, in pixels.

    Attributes:
        role: Of the class name in the style sheet.
        least_px: The smallest letters of the class name.
        row: The height of a class's row.
        bar: The height of its bar.
        letters_px: The letters of a row.
        quiet_px: The letters of the lines below the answer.
        has_inset: Whether what the network sees stands beside the answer.
    """

    role: str
    least_px: int
    row: int
    bar: int
    letters_px: int
    quiet_px: int
    has_inset: bool


NORMAL = TextSize("answer", 15, 28, 8, 13, 13, has_inset=True)
LARGE = TextSize("answer-large", 24, 40, 12, 18, 15, has_inset=False)
ROOM = TextSize("answer-room", 40, 64, 20, 28, 22, has_inset=False)
"""For people at the other end of a room."""
