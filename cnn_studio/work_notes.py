"""Notes of long work, so that the next start knows what was broken off.

A note is a small file that says what is to be done. It is written before the work begins and
struck out when the work has ended; beside it a list grows of what is done. Whoever works on it
holds a lock, which the system lets go of when the program ends, however it does. So a note that
nobody holds is of work that a kill, a crash or a power cut has broken off.
"""

from __future__ import annotations

import json
import logging
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout

from cnn_studio.errors import NOT_UNDERSTOOD, StudioError
from cnn_studio.file_locks import PATIENCE_S, brief_hold
from cnn_studio.untrusted_files import json_in, open_to_add, read_bytes
from cnn_studio.whole_files import remove_unfinished, write_atomically

Work = TypeVar("Work")
_MOST_BYTES = 256 << 20  # that of an import of 200,000 files has 40 MB
_log = logging.getLogger(__name__)


class Halt(StrEnum):
    """What becomes of what is done, where work ends early."""

    KEEP = "keep"
    TAKE_BACK = "take-back"
    LATER = "later"
    """Nobody could choose: what is done stays, and the next start asks."""


@dataclass(frozen=True)
class LeftNote:
    """A note that nobody holds.

    Attributes:
        path: The file.
        values: What was to be done, as plain values.
        lines: What was done, in order; one that was cut short is not among them.
    """

    path: Path
    values: Mapping[str, Any]
    lines: Sequence[Mapping[str, Any]] = ()

    def strike_out(self) -> None:
        """Nobody needs it any more."""
        _remove(self.path)


class WorkNote:
    """A note of work that is under way in this process; `close` it in the thread that made it.

    Args:
        path: The file; None where none can be written.
        lock: Held.
    """

    def __init__(self, path: Path | None, lock: FileLock | None = None) -> None:
        self._path = path
        self._lock = lock
        if path is not None:
            self._list = open_to_add(path.with_suffix(".done"))

    @classmethod
    def begin(cls, folder: Path, values: Mapping[str, Any]) -> WorkNote:
        """Write a note of work that begins now; where that cannot be, the work goes without.

        Args:
            folder: Where notes of such work are; it is made if need be.
            values: What is to be done, as JSON can hold it.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{uuid.uuid4().hex}.json"
            lock = _held(path)
            try:
                write_atomically(path, json.dumps(values).encode("utf-8"))
                return cls(path, lock)
            except BaseException:
                _remove(path, lock)
                raise
        except OSError:  # then what is to be done cannot be written either, as a rule
            _log.info("There is no note in %s of what is being done", folder, exc_info=True)
            return cls(None)

    @classmethod
    def take_up(cls, left: LeftNote) -> WorkNote | None:
        """Go on with what was broken off; None if somebody else does, or has.

        Raises:
            OSError: The folder cannot be written to.
        """
        try:
            lock = _held(left.path)
        except Timeout:
            return None
        if not left.path.is_file():
            _remove(left.path, lock)
            return None
        try:
            return cls(left.path, lock)
        except OSError:
            if lock is not None:
                lock.release()
            raise

    def add(self, line: Mapping[str, Any]) -> None:
        """Add a line to what is done, unless the disk is full; from any thread.

        A kill loses none of the lines. A power cut may lose the last ones.
        """
        if self._path is None:
            return
        # A line that was cut short must not swallow the next one, so the break stands before it.
        with suppress(OSError):
            os.write(self._list.fileno(), ("\n" + json.dumps(line)).encode("utf-8"))

    def close(self, *, struck_out: bool) -> None:
        """The work has ended in this process.

        Args:
            struck_out: Whether that is all; else the note stays for the next start.
        """
        if self._path is None:
            return
        self._list.close()
        if struck_out:
            _remove(self._path, self._lock)
        elif self._lock is not None:
            self._lock.release()


def left_notes(folder: Path) -> list[LeftNote]:
    """The notes in a folder that nobody holds, oldest first. One that is not understood is none."""
    found = []
    with suppress(OSError):  # there are none
        paths = [path for path in folder.iterdir() if path.suffix == ".json"]
        for path in sorted(paths, key=_age):
            note = _read(path)
            if note is not None and not _is_held(path):
                found.append(note)
    return found


def tidy_notes(folder: Path) -> None:
    """Remove what a kill has left in a folder of notes beside those, and it if nothing else is."""
    remove_unfinished(folder)
    with suppress(OSError):
        for path in sorted(folder.iterdir()):
            note = path.with_suffix(".json")
            if path.suffix in {".lock", ".done"} and not note.exists() and not _is_held(note):
                path.unlink(missing_ok=True)
        folder.rmdir()


def left_work(folder: Path, understood: Callable[[LeftNote], Work | None]) -> list[Work]:
    """What the notes in a folder tell of that nobody holds, oldest first.

    Args:
        folder: Where they are.
        understood: Says what a note tells of, or raises one of `NOT_UNDERSTOOD`; None for work of
            another kind.
    """
    found = []
    for note in left_notes(folder):
        try:
            work = understood(note)
        except (*NOT_UNDERSTOOD, StudioError) as error:
            why = f" {error}" if isinstance(error, StudioError) else ""
            _log.warning("The note %s is not understood.%s", note.path, why)
        else:
            found += [] if work is None else [work]
    return found


def _age(path: Path) -> tuple[int, str]:
    try:
        return path.lstat().st_mtime_ns, path.name
    except OSError:  # just struck out
        return 0, path.name


def _read(path: Path) -> LeftNote | None:
    values = _object_in(_bytes_of(path))
    if values is None:
        return None
    lines = map(_object_in, _bytes_of(path.with_suffix(".done")).splitlines())
    return LeftNote(path, values, tuple(line for line in lines if line is not None))


def _bytes_of(path: Path) -> bytes:
    try:
        return read_bytes(path, _MOST_BYTES)
    except StudioError as error:
        if not isinstance(error.__cause__, FileNotFoundError):  # nothing was done yet
            _log.warning("A note of work in %s: %s", path.parent, error)
        return b""


def _object_in(text: bytes) -> dict[str, Any] | None:
    try:
        values = json_in(text, "the note")
    except StudioError:  # cut short, or not one of ours
        return None
    return values if isinstance(values, dict) else None


def _lock_of(path: Path) -> FileLock:
    return FileLock(path.with_suffix(".lock"))


def _held(path: Path) -> FileLock | None:
    """The note's lock, held; None where the file system knows no locks.

    Raises:
        Timeout: Somebody else holds it.
    """
    lock = _lock_of(path)
    try:
        lock.acquire(timeout=PATIENCE_S)
    except NotImplementedError:
        return None
    return lock


def _is_held(path: Path) -> bool:
    try:
        with brief_hold(_lock_of(path)) as is_free:
            return not is_free
    except NotImplementedError:
        return False
    except OSError:  # nothing can be done about it here
        return True


def _remove(path: Path, lock: FileLock | None = None) -> None:
    """Remove a note, first what makes it one, and its folder if nothing else is in it."""
    path.unlink(missing_ok=True)
    path.with_suffix(".done").unlink(missing_ok=True)
    if lock is not None:
        lock.release()
    with suppress(OSError):  # another note is there, or somebody looks at it just now
        path.with_suffix(".lock").unlink(missing_ok=True)
        path.parent.rmdir()
