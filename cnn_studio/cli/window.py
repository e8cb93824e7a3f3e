"""Opening the window from the command line, without loading what only the other commands need."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from cnn_studio.errors import StudioError, UsageError
from cnn_studio.paths import Workspace, default_workspace
from cnn_studio.system_check import window_obstacle

WORKSPACE_VARIABLE = "CNN_STUDIO_WORKSPACE"


def window_options(words: Sequence[str]) -> tuple[str | None, str | None] | None:
    """Workspace and camera, if the words ask for the window and nothing else; None otherwise.

    It understands what the command line does, but without the 0.2 s that loading that takes.
    """
    values: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if name not in ("--workspace", "--camera"):
            return None
        given = value if equals else next(rest, None)
        if given is None or (not equals and given.startswith("--")):
            return None
        values[name] = given
    return values.get("--workspace"), values.get("--camera")


def workspace_at(folder: str | None) -> Workspace:
    """The workspace in `folder`, else in $CNN_STUDIO_WORKSPACE, else in the person's documents.

    Raises:
        UsageError: The place is a file.
    """
    chosen = folder or os.environ.get(WORKSPACE_VARIABLE)
    if not chosen:
        return default_workspace()
    root = Path(chosen).expanduser().absolute()
    if root.exists() and not root.is_dir():
        raise UsageError(f"The workspace must be a folder, which {root} is not.")
    return Workspace(root)


def open_window(workspace: str | None, camera: str | None) -> int:
    """Open the window and stay until it is closed; the exit code.

    Raises:
        StudioError: The system lacks something that a window needs.
        UsageError: `camera` names none.
    """
    chosen = workspace_at(workspace)
    if camera is not None:
        from cnn_studio.camera.spec import parse_spec

        parse_spec(camera)
    obstacle = window_obstacle()
    if obstacle:
        raise StudioError(obstacle)
    try:
        from cnn_studio.gui.application import run
    except ImportError as error:
        if ".so" not in str(error):
            raise
        raise StudioError(f"The window needs a system library that is missing: {error}.") from error
    return run(chosen, camera)
