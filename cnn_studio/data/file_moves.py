"""Moving files: never over another one, and a refusal in a sentence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cnn_studio.errors import DatasetError


@contextmanager
def explained(what_failed: str) -> Iterator[None]:
    """Turn the system's error into a sentence that begins with what failed.

    Raises:
        DatasetError: In place of any OSError within.
    """
    try:
        yield
    except OSError as error:
        raise DatasetError(f"{what_failed}: {error.strerror or error}.") from error


def free_path(path: Path) -> Path:
    """The path itself, or one beside it that no file has; the name still tells its session."""
    number = 2
    free = path
    while os.path.lexists(free):
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return free


def move_file(path: Path, folder: Path, name: str | None = None) -> Path | None:
    """Move a file into a folder, which is made if need be.

    Args:
        path: The file.
        folder: Where to.
        name: Its name there, if it is to be another one.

    Returns:
        Where it is now, or None if it had gone meanwhile.

    Raises:
        DatasetError: The system does not allow it.
    """
    with explained(f"{path.name} cannot be moved to {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        target = free_path(folder / (name or path.name))
        try:
            path.rename(target)
        except FileNotFoundError:
            return None
    return target
