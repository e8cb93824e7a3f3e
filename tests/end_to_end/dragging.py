"""Dragging files out of one window and into another with a real mouse."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.end_to_end.studio_window import Place
from tests.end_to_end.waiting import eventually
from tests.screen import Screen

_ENTRY = Path(__file__).with_name("drag_source.py")
_WIGGLE_PX = 12


def drag_files(screen: Screen, files: Sequence[Path], target: Place) -> None:
    """Drag files from a window of their own and let them go in the middle of a place.

    Raises:
        AssertionError: What lies there does not take them.
    """
    with _drag_source(screen, files) as (source, heard):
        x, y = source.centre
        screen.xdotool("mousemove", str(x), str(y), "mousedown", "1")
        screen.xdotool("mousemove", str(x + _WIGGLE_PX), str(y - _WIGGLE_PX))
        x, y = target.centre
        steps = iter(range(10_000))

        def accepted() -> bool:
            # A hand is never quite still, and a target answers to movements only.
            screen.xdotool("mousemove", str(x + next(steps) % _WIGGLE_PX), str(y))
            return "accepted" in heard()

        try:
            eventually(accepted, "target that takes the files")
        finally:
            screen.xdotool("mouseup", "1")
        eventually(lambda: "taken" in heard(), "end of the drag")


@contextmanager
def _drag_source(
    screen: Screen, files: Sequence[Path]
) -> Iterator[tuple[Place, Callable[[], list[str]]]]:
    """Open the window to drag from; where it is, and what it has said so far."""
    with tempfile.NamedTemporaryFile("w") as said:
        process = subprocess.Popen(
            [sys.executable, str(_ENTRY), *map(str, files)], env=screen.environment, stdout=said
        )

        def heard() -> list[str]:
            return Path(said.name).read_text().split()

        try:
            words = eventually(lambda: heard() if len(heard()) >= 5 else None, "drag source")
            yield Place(*map(int, words[1:5])), heard
        finally:
            process.kill()
            process.wait()
