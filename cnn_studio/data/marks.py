"""What a person has said of single images: looked at, not to be trained on, kept for the test.

It is kept beside the images in `.studio/marks.jsonl`, where each change is one more line, so that
it costs the same with ten images as with 50,000. An image is called by its path within the
dataset, as in "shoe/photo.jpg".
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from cnn_studio.errors import NOT_UNDERSTOOD, DatasetError, StudioError
from cnn_studio.untrusted_files import (
    MAX_TEXT_BYTES,
    json_in,
    open_regular,
    open_to_add,
    read_bytes,
)
from cnn_studio.whole_files import write_atomically

STUDIO_FOLDER = ".studio"
MARKS_NAME = "marks.jsonl"
_NAMES_A_LINE = 1000
_WORTH_COMPACTING_BYTES = 1 << 20
_NO_FILE = (0, 0, 0)

Moves = Sequence[tuple[str, str]]


class Mark(StrEnum):
    """What can be said of an image."""

    REVIEWED = "reviewed"
    EXCLUDED = "excluded"
    VALIDATION = "validation"
    """Whoever made the collection has held it back to choose a model by."""
    TEST = "test"
    """Whoever made the collection has kept it for the last test: it is never learned from."""


@dataclass(frozen=True)
class Marking:
    """A mark that is put on images, or taken off them.

    Attributes:
        mark: Which one.
        on: Whether it is put on.
        names: The images.
    """

    mark: Mark
    on: bool
    names: tuple[str, ...]


class Marks:
    """The marks in one dataset's folder. Safe to use from several threads.

    Args:
        folder: The dataset's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / STUDIO_FOLDER / MARKS_NAME
        self._lock = threading.Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._problem = ""  # why the file that is there cannot be read
        self._written = 0  # bytes of the last lines of one's own
        self._names: dict[Mark, set[str]] = {mark: set() for mark in Mark}

    def names(self, mark: Mark) -> frozenset[str]:
        """The images that have a mark now."""
        with self._lock:
            self._refresh()
            return frozenset(self._names[mark])

    def would_change(self, mark: Mark, on: bool, names: Iterable[str]) -> Marking:
        """The marking of those among `names` that it makes a difference for."""
        marked = self.names(mark)
        return Marking(mark, on, tuple(name for name in names if (name in marked) is not on))

    def write(self, markings: Iterable[Marking], moves: Moves) -> None:
        """Let the marks follow files that were moved, then put marks on and take them off.

        Raises:
            OSError: The folder cannot be written to.
            DatasetError: There are marks that cannot be read.
        """
        with self._lock:
            self._refresh()
            if self._problem:  # what is added to it would never be read
                raise DatasetError(self._problem)
            marked = set().union(*self._names.values())
            followed = _followed(moves, marked)
            lines: list[dict[str, Any]] = [
                {"moved": followed[start : start + _NAMES_A_LINE]}
                for start in range(0, len(followed), _NAMES_A_LINE)
            ]
            for marking in markings:
                for start in range(0, len(marking.names), _NAMES_A_LINE):
                    some = marking.names[start : start + _NAMES_A_LINE]
                    lines.append({"mark": marking.mark, "on": marking.on, "names": some})
            if lines:
                self._append(lines)
                self._take_over(lines)
                if self._path.stat().st_size > _WORTH_COMPACTING_BYTES:
                    self._compact()

    def _take_over(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Know of one's own lines without reading all of the file again, if no others came."""
        if self._stamp is None or self._written == 0:
            return
        status = self._path.stat()
        if status.st_size != self._stamp[1] + self._written:
            return
        for line in lines:
            _obey(json.dumps(line), self._names)
        self._stamp = (status.st_mtime_ns, status.st_size, status.st_ino)

    def _append(self, lines: Iterable[Mapping[str, Any]]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(json.dumps(line) + "\n" for line in lines)
        # A line that a crash has cut short must not swallow the next one.
        start = "" if _ends_whole(self._path) else "\n"
        data = (start + text).encode("utf-8")
        self._written = len(data)
        with open_to_add(self._path) as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())

    def _compact(self) -> None:
        self._refresh()
        lines = [
            json.dumps({"mark": mark, "on": True, "names": sorted(names)})
            for mark, names in self._names.items()
            if names
        ]
        data = "".join(f"{line}\n" for line in lines).encode("utf-8")
        if len(data) < self._path.stat().st_size // 2:
            write_atomically(self._path, data)

    def _refresh(self) -> None:
        try:
            stamp = _NO_FILE
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            if stamp == self._stamp:
                return
            text = read_bytes(self._path)
            self._problem = ""
        except FileNotFoundError:
            stamp, text = _NO_FILE, b""
            self._problem = ""
        except (OSError, StudioError):  # then no image has a mark
            text, self._problem = b"", why_unreadable(self._path.parents[1])
        self._stamp = stamp
        self._names = {mark: set() for mark in Mark}
        for line in filter(None, text.splitlines()):
            _obey(line, self._names)


def why_unreadable(folder: Path) -> str:
    """Why the marks in a dataset's folder cannot be read, in a sentence; "" if they can.

    Then no image counts as marked.
    """
    path = folder / STUDIO_FOLDER / MARKS_NAME
    try:
        with open_regular(path) as stream:
            if os.fstat(stream.fileno()).st_size <= MAX_TEXT_BYTES:
                return ""
        reason = f"it has more than {MAX_TEXT_BYTES >> 20} MB"
    except FileNotFoundError:
        return ""
    except OSError as error:
        reason = error.strerror or str(error)
    return (
        f"The marks of images of {folder.name}, such as which ones are kept for the test, "
        f"cannot be read: {path} ({reason})."
    )


def renamed(name: str, moves: Mapping[str, str]) -> str:
    """What an image is called after moves of files and of whole folders."""
    if name in moves:
        return moves[name]
    folder, slash, rest = name.rpartition("/")
    return f"{moves[folder]}/{rest}" if slash and folder in moves else name


def _followed(moves: Moves, names: Iterable[str]) -> list[tuple[str, str]]:
    """The moves of single images that have a mark."""
    if not moves:
        return []
    by_source = dict(moves)
    pairs = ((name, renamed(name, by_source)) for name in names)
    return sorted((old, new) for old, new in pairs if old != new)


def _obey(line: bytes | str, names: dict[Mark, set[str]]) -> None:
    """Do what a line says; one that a crash cut short, or a newer studio wrote, says nothing."""
    try:
        values = json_in(line, MARKS_NAME)
        if "moved" in values:
            pairs = [(str(old), str(new)) for old, new in values["moved"]]
            for marked in names.values():
                there = [(old, new) for old, new in pairs if old in marked]
                marked.difference_update(old for old, _new in there)
                marked.update(new for _old, new in there)
        else:
            marked, called = names[Mark(values["mark"])], map(str, values["names"])
            (marked.update if values["on"] else marked.difference_update)(called)
    except (StudioError, *NOT_UNDERSTOOD):
        return


def _ends_whole(path: Path) -> bool:
    try:
        with open_regular(path) as stream:
            stream.seek(-1, os.SEEK_END)
            return stream.read(1) == b"\n"
    except OSError:  # none yet, or empty
        return True
