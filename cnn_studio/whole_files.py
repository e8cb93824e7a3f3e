"""Files that are written whole or not at all, so that a crash never leaves half of one."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from pathlib import Path


def write_atomically(path: Path, data: bytes | bytearray) -> None:
    """Write a file whole or not at all; see `write_whole`.

    Raises:
        OSError: The disk is full, or the folder cannot be written to; an old file stays.
    """
    write_whole(path, lambda temporary: temporary.write_bytes(data))


def write_whole(path: Path, write: Callable[[Path], object], ending: str = ".part") -> None:
    """Have a temporary file made beside `path`, flush it, and rename it over `path`.

    Args:
        path: Where the file shall stand.
        write: Writes the file whose path it is given.
        ending: Of the temporary file's name; some libraries insist on their own.

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
