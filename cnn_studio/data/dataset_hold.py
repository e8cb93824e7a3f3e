"""Holds on a dataset: its folder stays where it is while it is recorded into or copied.

Any number of programs may hold a dataset at once. Each hold is a hidden file of its own beside the
dataset's folder, locked while the hold lasts; the system lets go of it when the program ends,
however it does. Whoever wants to move the folder looks whether there is one.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path

from filelock import FileLock

from cnn_studio.file_locks import brief_hold


class Use(StrEnum):
    """What a dataset is held for."""

    RECORDING = "recording"
    """Single images are written into it, as from a camera."""

    COPYING = "copying"
    """All of it is read."""


_NAME = re.compile(
    rf"\.(?P<name>.+)\.(?P<use>{'|'.join(Use)})-[0-9a-f]{{16}}\.lock", flags=re.DOTALL
)
_PATIENCE_S = 1.0  # as long as somebody looks whether it is held


@contextmanager
def dataset_hold(folder: Path, use: Use) -> Iterator[None]:
    """Hold a dataset, so that it is neither renamed nor deleted. Where nothing can be locked, it is
    not held.

    Args:
        folder: The dataset's; it may not exist yet.
        use: What for.
    """
    place = folder.resolve()
    if not place.parent.is_dir():  # then there is nothing to hold either
        yield
        return
    path = place.with_name(f".{place.name}.{use}-{secrets.token_hex(8)}.lock")
    # A recording begins on one thread and ends on another.
    lock = FileLock(path, fallback_to_soft=False, thread_local=False)
    with suppress(OSError, NotImplementedError):
        lock.acquire(timeout=_PATIENCE_S)
    try:
        yield
    finally:
        _remove(path, lock)


def use_of(folder: Path) -> Use | None:
    """What a dataset is held for by any program; None if nobody holds it.

    Args:
        folder: The dataset's.
    """
    place = folder.resolve()
    for path, name, use in _holds_in(place.parent):
        if name == place.name and _is_held(path):
            return use
    return None


def remove_left_holds(datasets_folder: Path) -> None:
    """Remove what a kill has left of holds on the datasets in a folder."""
    for path, _name, _use in _holds_in(datasets_folder):
        _is_held(path)


def _holds_in(folder: Path) -> list[tuple[Path, str, Use]]:
    with suppress(OSError), os.scandir(folder) as entries:
        matches = [_NAME.fullmatch(entry.name) for entry in entries]
        return [(folder / m[0], m["name"], Use(m["use"])) for m in matches if m]
    return []


def _is_held(path: Path) -> bool:
    """Whether a hold lasts; one that does not is removed."""
    lock = FileLock(path, fallback_to_soft=False)
    try:
        with brief_hold(lock) as is_free:
            if is_free:
                _remove(path, lock)
            return not is_free
    except (OSError, NotImplementedError):  # nothing can be locked there
        return False


def _remove(path: Path, lock: FileLock) -> None:
    with suppress(OSError):  # first, so that whoever waits for it sees that it has gone
        path.unlink(missing_ok=True)
    lock.release()
    with suppress(OSError):  # on Windows, nobody can delete what is open
        path.unlink(missing_ok=True)
