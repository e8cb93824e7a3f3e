"""Files that are written whole or not at all, so that a crash never leaves half of one."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from pathlib import Path


class FileInMaking:
    """A file that is written elsewhere, and put in its place once it is whole on the disk.

    Args:
        path: Where it shall stand.
        folder: Where it is written, on the same disk; by default the folder of `path`.
    """

    def __init__(self, path: Path, folder: Path | None = None) -> None:
        self.path = path
        self._temporary = (folder or path.parent) / f".{uuid.uuid4().hex}.part"

    def write(self, data: bytes | bytearray) -> None:
        """Write all of it and wait until the disk has it. Safe to call from any thread.

        Raises:
            OSError: The disk is full, or the folder cannot be written to; nothing is left.
        """
        try:
            with self._temporary.open("xb", buffering=0) as stream:
                left = memoryview(data)
                while left:
                    left = left[stream.write(left) :]
                os.fsync(stream.fileno())
        except BaseException:
            self.discard()
            raise

    def put_in_place(self) -> None:
        """Let it stand where it shall; an old file there is replaced.

        Raises:
            OSError: The system does not allow it; an old file stays.
        """
        try:
            os.replace(self._temporary, self.path)  # noqa: PTH105 - a third of Path's time
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """Delete what was written, unless it is in place."""
        self._temporary.unlink(missing_ok=True)


def write_atomically(path: Path, data: bytes | bytearray) -> None:
    """Write a file whole or not at all; see `FileInMaking`.

    Raises:
        OSError: The disk is full, or the folder cannot be written to; an old file stays.
    """
    file = FileInMaking(path)
    file.write(data)
    file.put_in_place()


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
