"""Places for files where no other one is, and the system's refusals in a sentence."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from cnn_studio.errors import DatasetError

Stamp = tuple[int, int]
"""What tells a file from others of its name: its size in bytes, and when it was written, in ns."""

_COARSEST_NS = 2_000_000_000  # a memory card knows the time of a file to two seconds


def stamp_of(status: os.stat_result) -> Stamp | None:
    """The stamp of a file, which a rename keeps; None for a folder."""
    return (status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else None


def is_as_left(stamp: Stamp | None, status: os.stat_result) -> bool:
    """Whether a file is the one that a stamp was taken of; without a stamp any is."""
    if stamp is None:
        return True
    return stamp[0] == status.st_size and abs(stamp[1] - status.st_mtime_ns) <= _COARSEST_NS


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


def free_path(path: Path, taken: Collection[Path] = ()) -> Path:
    """The path itself, or one beside it that no file has; the name still tells its session.

    Args:
        path: Where a file would best stand.
        taken: Paths that are spoken for, though no file stands there yet.
    """
    number = 2
    free = path
    while free in taken or os.path.lexists(free):
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return free
