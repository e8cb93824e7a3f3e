"""What a report of a problem says, with nothing in it that names the person."""

from __future__ import annotations

import getpass
import os
import platform
import re
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from PySide6.QtCore import qVersion

from cnn_studio import __version__
from cnn_studio.gui.help.log_lines import last_log_lines
from cnn_studio.untrusted_text import shown_lines

PARTS = (
    "PySide6-Essentials",
    "tensorflow",
    "keras",
    "ai-edge-litert",
    "opencv-python-headless",
    "numpy",
    "matplotlib",
    "scikit-learn",
    "scipy",
    "pillow",
)
_LEAST_NAME = 3  # a shorter name is part of too many words
_LOGIN = re.compile(r"(?<=://)[^/@\s]+@")


def problem_report(camera: str, screens: Sequence[str]) -> str:
    """Versions, system, camera and the last lines of the log, ready to be read and copied.

    Args:
        camera: What the camera is and how it is, such as "webcam, running at 30 fps".
        screens: The screens' sizes and scales.
    """
    lines = [
        f"CNN Studio {__version__}",
        f"Python {platform.python_version()}, Qt {qVersion()}",
        *(f"{name} {part_version(name) or 'is not installed'}" for name in PARTS),
        f"System: {platform.platform()}, {os.cpu_count() or '?'} processors",
        *(f"Screen: {screen}" for screen in screens),
        f"Camera: {camera or 'none'}",
        "",
        "Last warnings and errors:",
        last_log_lines() or "none",
    ]
    return without_names(shown_lines("\n".join(lines)))


def part_version(name: str) -> str:
    """The version of an installed package; empty if it is not installed."""
    try:
        return metadata(name)["Version"]
    except PackageNotFoundError:
        return ""


def without_names(text: str, home: Path | None = None, user: str | None = None) -> str:
    """The text with ~ for the home folder and for the user's name, and no login of an address.

    Args:
        text: Any text.
        home: The home folder; None for this person's.
        user: The name to log in with; None for this person's.
    """
    folder = str(Path.home() if home is None else home)
    name = _user_name() if user is None else user
    flags = re.IGNORECASE if sys.platform == "win32" else 0
    for place in _ways_to_write(folder):
        text = re.sub(rf"{re.escape(place)}(?![\w.-])", "~", text, flags=flags)
    if len(name) >= _LEAST_NAME:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "~", text, flags=re.IGNORECASE)
    return _LOGIN.sub("~@", text)


def _ways_to_write(folder: str) -> Iterable[str]:
    """A path as it stands, with the other slashes, and with those that Python's repr doubles."""
    ways = {folder, folder.replace("\\", "/"), folder.replace("\\", "\\\\")}
    return sorted((way for way in ways if len(way) > 1), key=len, reverse=True)


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such entry, or no such list on this system
        return ""
