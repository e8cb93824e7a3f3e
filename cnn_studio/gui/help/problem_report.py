"""What a report of a problem says, with nothing in it that names the person."""

from __future__ import annotations

import getpass
import os
import platform
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from urllib.parse import quote

from PySide6.QtCore import qVersion

from cnn_studio import __version__
from cnn_studio.camera.network_check import only_hosts
from cnn_studio.data.cards import read_card
from cnn_studio.data.catalog import BUILT_IN, Dataset
from cnn_studio.gui.help.log_lines import last_log_lines
from cnn_studio.gui.help.parts import REPORTED_PACKAGES
from cnn_studio.paths import built_in_datasets
from cnn_studio.untrusted_text import shown, shown_lines

_LEAST_NAME = 3  # a shorter name is part of too many words
_NAME_ENDS = r"(?![\w]|[.-]+\w)"  # but it may end a sentence


def problem_report(
    camera: str, screens: Sequence[str], placeholders: Mapping[str, str] | None = None
) -> str:
    """Versions, system, camera and the last lines of the log, ready to be read and copied.

    Args:
        camera: What the camera is and how it is, such as "webcam, running at 30 fps".
        screens: The screens' sizes and scales.
        placeholders: What stands in the log for a person's own names; see `own_names`.
    """
    lines = [
        f"CNN Studio {__version__}",
        f"Python {platform.python_version()}, Qt {qVersion()}",
        *(f"{name} {part_version(name) or 'is not installed'}" for name in REPORTED_PACKAGES),
        f"System: {platform.platform()}, {os.cpu_count() or '?'} processors",
        *(f"Screen: {screen}" for screen in screens),
        f"Camera: {camera or 'none'}",
        "",
        "Last warnings and errors:",
    ]
    logged = only_hosts(shown_lines(last_log_lines())) or "none"
    return without_names("\n".join([*lines, _with_placeholders(logged, placeholders or {})]))


def own_names(
    workspace: Path, datasets: Iterable[Dataset], cameras: Iterable[str]
) -> dict[str, str]:
    """What a person has named, and a placeholder for each; not what comes with the program.

    Args:
        workspace: The folder of the workspace.
        datasets: Those that the studio knows; their titles, folders and classes are taken.
        cameras: The names of the cameras that were found.
    """
    names = dict.fromkeys(_ways_to_write(str(workspace)), "<workspace>")
    datasets = list(datasets)
    shipped = {name for each in BUILT_IN for name in read_card(built_in_datasets() / each).classes}
    for number, dataset in enumerate(datasets, 1):
        for name in (dataset.name, dataset.title):
            if dataset.name not in BUILT_IN:
                names.setdefault(name, f"<dataset {number}>")
    own = dict.fromkeys(name for dataset in datasets for name in dataset.card.classes)
    for number, name in enumerate([name for name in own if name not in shipped], 1):
        names.setdefault(name, f"<class {number}>")
    for number, name in enumerate(cameras, 1):
        names.setdefault(name, f"<camera {number}>")
    return names


def part_version(name: str) -> str:
    """The version of an installed package; empty if it is not installed."""
    try:
        return metadata(name)["Version"]
    except PackageNotFoundError:
        return ""


def without_names(text: str, home: Path | None = None, user: str | None = None) -> str:
    """The text with ~ for the home folder and the user's name, and only the hosts of addresses.

    Args:
        text: Any text.
        home: The home folder; None for this person's.
        user: The name to log in with; None for this person's.
    """
    folder = str(Path.home() if home is None else home)
    name = _user_name() if user is None else user
    flags = re.IGNORECASE if sys.platform == "win32" else 0
    text = only_hosts(text)
    for place in _ways_to_write(folder):
        text = re.sub(rf"{re.escape(place)}{_NAME_ENDS}", "~", text, flags=flags)
    if len(name) >= _LEAST_NAME:
        word = rf"(?<![^\W\d_]){re.escape(name)}(?![^\W\d_])"
        return re.sub(word, "~", text, flags=re.IGNORECASE)
    within_path = rf"(?<=[\\/]){re.escape(name)}{_NAME_ENDS}"
    return re.sub(within_path, "~", text, flags=re.IGNORECASE) if name else text


def _with_placeholders(text: str, names: Mapping[str, str]) -> str:
    """The text with the names replaced: the short ones only where they are a name for sure."""
    known = {way: kind for name, kind in names.items() for way in (shown(name), quote(name))}
    words = sorted(filter(str.strip, known), key=len, reverse=True)
    if not words:
        return text
    patterns = [
        rf"(?<![^\W_]){re.escape(word)}(?![^\W_])"
        if len(word) >= _LEAST_NAME and not word.isdecimal()
        else rf"(?<=[\\/'\"]){re.escape(word)}(?=[\\/'\"\s]|$)"
        for word in words
    ]
    return re.sub("|".join(patterns), lambda found: known[found[0]], text)


def _ways_to_write(folder: str) -> Iterable[str]:
    """A path as it stands, with other slashes or those that repr doubles, and as a URL has it."""
    ways = {folder, folder.replace("\\", "/"), folder.replace("\\", "\\\\"), quote(folder)}
    return sorted((way for way in ways if len(way) > 1), key=len, reverse=True)


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such entry, or no such list on this system
        return ""
