"""Places for files where no other one is, and the system's refusals in a sentence."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
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
