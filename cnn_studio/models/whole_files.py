"""Files that a library writes by itself, put in place whole or not at all."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from pathlib import Path


def write_whole(path: Path, ending: str, write: Callable[[Path], object]) -> None:
    """Let `write` make a temporary file beside `path`, flush it, and rename it over `path`.

    Args:
        path: Where the file shall stand.
        ending: The ending that the library insists on, such as ".keras".
        write: Writes the file whose path it is given.

    Raises:
        OSError: The disk is full, or the folder cannot be written to; an old file stays.
    """
    temporary = path.parent / f".{uuid.uuid4().hex}{ending}"
    try:
        write(temporary)
        with temporary.open("rb+") as stream:
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
