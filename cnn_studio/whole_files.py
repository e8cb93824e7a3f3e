"""Files that are written whole or not at all, so that a crash never leaves half of one.

A file in the making has a hidden name, and whoever writes it holds it; the system lets go of it
when the program ends, however it does. So what nobody holds is of a program that was killed, and
whoever writes into that folder next removes it.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":  # there, nobody can delete what somebody else has open
    import fcntl

_NAME = re.compile(r"\.[0-9a-f]{32}\.(part|npz|keras)")
_YOUNGEST_S = 600.0  # where it cannot be held, what is in use was written to since
_BINARY = getattr(os, "O_BINARY", 0)
_tidied: set[Path] = set()
_tidying = threading.Lock()


class FileInMaking:
    """A file that is written elsewhere, and put in its place once it is whole on the disk.

    Args:
        path: Where it shall stand.
        folder: Where it is written, on the same disk; by default the folder of `path`.
    """

    def __init__(self, path: Path, folder: Path | None = None) -> None:
        self.path = path
        self._temporary = (folder or path.parent) / f".{uuid.uuid4().hex}.part"
        self._held: int | None = None

    def write(self, data: bytes | bytearray) -> None:
        """Write all of it and wait until the disk has it. Safe to call from any thread.

        Raises:
            OSError: The disk is full, or the folder cannot be written to; nothing is left.
        """
        _tidy_once(self._temporary.parent)
        try:
            self._held = _made(self._temporary)
            left = memoryview(data)
            while left:
                left = left[os.write(self._held, left) :]
            os.fsync(self._held)
        except BaseException:
            self.discard()
            raise

    def put_in_place(self) -> None:
        """Let it stand where it shall; an old file there is replaced.

        Raises:
            OSError: The system does not allow it; an old file stays.
        """
        try:
            if sys.platform == "win32":
                self._let_go()
            os.replace(self._temporary, self.path)  # noqa: PTH105 - a third of Path's time
        except BaseException:
            self.discard()
            raise
        self._let_go()

    def discard(self) -> None:
        """Delete what was written, unless it is in place."""
        if sys.platform == "win32":
            self._let_go()
        self._temporary.unlink(missing_ok=True)
        self._let_go()

    def _let_go(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            os.close(held)


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
    remove_unfinished(path.parent)
    temporary = path.parent / f".{uuid.uuid4().hex}{ending}"
    held = _made(temporary)
    try:
        write(temporary)
        with temporary.open("rb+") as stream:
            os.fsync(stream.fileno())
        if sys.platform == "win32":
            os.close(held)
            held = -1
        temporary.replace(path)
    except BaseException:
        if sys.platform == "win32" and held >= 0:
            os.close(held)
            held = -1
        temporary.unlink(missing_ok=True)
        raise
    finally:
        if held >= 0:
            os.close(held)


@contextmanager
def folder_in_making(folder: Path) -> Iterator[Path]:
    """Make a hidden folder to work in, which is gone in the end, also after a kill.

    What a kill has left of others beside it that are called alike up to the first "-" is removed.

    Raises:
        OSError: It cannot be made.
    """
    remove_left_folders(folder.parent, folder.name.partition("-")[0] + "-")
    folder.mkdir()
    held = _made(folder / f".{uuid.uuid4().hex}.part")
    try:
        yield folder
    finally:
        os.close(held)
        shutil.rmtree(folder, ignore_errors=True)


def remove_left_folders(folder: Path, start: str) -> None:
    """Remove folders that `folder_in_making` made in `folder` and a kill has left there.

    Args:
        folder: What they lie in; it need not exist.
        start: What their names begin with.
    """
    for other in folder.glob(f"{start}*"):
        if other.is_dir() and not other.is_symlink():
            _remove_left_folder(other)


def remove_unfinished(folder: Path) -> int:
    """Delete the files in a folder that were being written by a program that has ended.

    Returns:
        How many there were. What cannot be deleted stays.
    """
    removed = 0
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                removed += _removed_unless_held(Path(entry.path))
    return removed


def _made(path: Path) -> int:
    """Make a file and hold it; gives its descriptor."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
        if sys.platform == "win32":
            return descriptor
        with suppress(OSError):  # a file system that knows no locks
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        if os.fstat(descriptor).st_nlink:
            return descriptor
        os.close(descriptor)  # taken for left behind in between


def _is_old(status: os.stat_result) -> bool:
    return time.time() - status.st_mtime >= _YOUNGEST_S


def _removed_unless_held(path: Path, is_old: Callable[[os.stat_result], bool] = _is_old) -> bool:
    if sys.platform == "win32":  # it is let go of before it is put in its place
        with suppress(OSError):
            if is_old(path.stat()):
                path.unlink()
                return True
        return False
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:  # somebody else was quicker
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
    except BlockingIOError:
        return False
    except OSError:
        if not is_old(os.fstat(descriptor)):
            return False
        with suppress(OSError):
            path.unlink()
    finally:
        os.close(descriptor)
    return True


def _remove_left_folder(folder: Path) -> None:
    def is_old(_status: os.stat_result) -> bool:
        return all(_is_old(path.lstat()) for path in (folder, *folder.rglob("*")))

    with suppress(OSError):
        holders = [path for path in folder.iterdir() if _NAME.fullmatch(path.name)]
        if not holders and not is_old(folder.lstat()):  # of an older studio
            return
        if all(_removed_unless_held(path, is_old) for path in holders):
            shutil.rmtree(folder, ignore_errors=True)


def _tidy_once(folder: Path) -> None:
    """Remove what a kill has left in a folder, before this program first writes there."""
    with _tidying:
        if folder in _tidied:
            return
        _tidied.add(folder)
    remove_unfinished(folder)
