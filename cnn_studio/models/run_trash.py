"""Runs that were deleted: whole folders in runs/.trash, from where each can come back."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from cnn_studio.errors import ModelError
from cnn_studio.models.runs import Run, runs_in
from cnn_studio.paths import Workspace
from cnn_studio.untrusted_files import leads_to_folder

_TRASH = ".trash"


def trash_folder(workspace: Workspace) -> Path:
    """Where deleted runs are; there is no such folder before the first."""
    return workspace.runs / _TRASH


def is_trashed(run: Run) -> bool:
    """Whether a run is a deleted one."""
    return run.folder.parent.name == _TRASH


def list_trashed(workspace: Workspace) -> list[Run]:
    """The deleted runs, newest first."""
    return runs_in(trash_folder(workspace))


def count_trashed(workspace: Workspace) -> int:
    """How many runs are in the trash; far quicker than to list them."""
    try:
        with os.scandir(trash_folder(workspace)) as entries:
            return sum(map(leads_to_folder, entries))
    except OSError:
        return 0


def trash_run(workspace: Workspace, folder: Path) -> Path:
    """Move a run to the trash, and give back where it is now.

    Raises:
        ModelError: It is no run of this workspace, or it cannot be moved.
    """
    if folder.parent != workspace.runs:
        raise ModelError(f"Only runs in {workspace.runs} can be deleted, not {folder}.")
    return _move(folder, trash_folder(workspace))


def restore_run(workspace: Workspace, trashed: Path) -> Path:
    """Move a run back out of the trash, and give back where it is now.

    Raises:
        ModelError: It is not in the trash any more, or it cannot be moved.
    """
    _check_trashed(workspace, trashed)
    return _move(trashed, workspace.runs)


def delete_for_good(workspace: Workspace, trashed: Path) -> None:
    """Remove a run that is in the trash from the disk.

    Raises:
        ModelError: It is not in the trash, or some of it cannot be removed.
    """
    _check_trashed(workspace, trashed)
    try:
        shutil.rmtree(trashed)
    except FileNotFoundError:
        return  # somebody else was quicker
    except OSError as error:
        raise ModelError(
            f"{trashed.name} cannot be removed ({error.strerror or error})."
        ) from error


def _check_trashed(workspace: Workspace, folder: Path) -> None:
    if folder.parent != trash_folder(workspace):
        raise ModelError(f"{folder.name} is not in the trash.")


def _move(folder: Path, into: Path) -> Path:
    number = 1
    try:
        into.mkdir(parents=True, exist_ok=True)
        while (
            place := into / (folder.name if number == 1 else f"{folder.name}-{number}")
        ).exists():
            number += 1
        folder.rename(place)
    except OSError as error:
        raise ModelError(
            f"{folder.name} cannot be moved to {into} ({error.strerror or error})."
        ) from error
    return place
