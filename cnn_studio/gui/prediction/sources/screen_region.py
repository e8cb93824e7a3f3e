"""A part of a screen, and what a session that lets nobody look at it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cnn_studio.errors import UsageError

LEAST_SIDE = 16


@dataclass(frozen=True)
class ScreenRegion:
    """Which part of which screen, in the pixels that the desktop counts in.

    Attributes:
        screen: The screen's name.
        left: From the left edge of this screen.
        top: From its top edge.
        width: At least 16.
        height: The same.

    Raises:
        UsageError: It is too small to show anything.
    """

    screen: str
    left: int
    top: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if min(self.width, self.height) < LEAST_SIDE:
            raise UsageError(
                f"A part of the screen must be at least {LEAST_SIDE} x {LEAST_SIDE} pixels, "
                f"not {self.width} x {self.height}."
            )


def is_wayland(platform: str, environment: Mapping[str, str]) -> bool:
    """Whether this is a session under Wayland, where a program does not see other windows.

    Args:
        platform: Qt's name for what it draws on.
        environment: The environment variables. A program may draw through X in such a session,
            and is then given a black picture.
    """
    is_session = environment.get("XDG_SESSION_TYPE", "").lower() == "wayland"
    is_x = platform == "xcb"
    has_display = is_x and bool(environment.get("WAYLAND_DISPLAY"))
    return platform.startswith("wayland") or (is_x and is_session) or has_display
