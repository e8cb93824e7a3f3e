"""Which classified files are listed, and in which order: no screen, no disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from operator import attrgetter
from typing import Any

from cnn_studio.gui.prediction.files.file_entry import FileEntry


class Column(IntEnum):
    """What stands in each column of the table."""

    NAME = 0
    CLASS = 1
    PROBABILITY = 2
    UNKNOWN = 3
    SECOND = 4
    TRUE = 5


@dataclass(frozen=True)
class FileFilter:
    """What a file must be to be listed.

    Attributes:
        text: Words that stand in its name, its folder or a class, in any order.
        said: The class that it is taken for; "" for any.
        true: The class that it is; "" for any.
        below: Its probability must be under this share; None for any.
        only_unknown, only_wrong, only_unreadable: It must be that.
    """

    text: str = ""
    said: str = ""
    true: str = ""
    below: float | None = None
    only_unknown: bool = False
    only_wrong: bool = False
    only_unreadable: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether every file is listed."""
        return self == FileFilter(text=self.text) and not self.text.split()

    def takes(self, entry: FileEntry) -> bool:
        """Whether a file is listed."""
        if self.said and entry.said != self.said:
            return False
        if self.true and entry.true != self.true:
            return False
        if self.below is not None and not (entry.is_readable and entry.probability < self.below):
            return False
        if self.only_unknown and not entry.is_unknown:
            return False
        if self.only_wrong and not entry.is_wrong:
            return False
        if self.only_unreadable and not entry.is_unreadable:
            return False
        return not self.text or all(word in entry.words for word in self.text.casefold().split())


def arranged(
    entries: Sequence[FileEntry], wanted: FileFilter, column: Column | None, *, descending: bool
) -> list[FileEntry]:
    """The files to list.

    Args:
        entries: All of them, in the order in which they came.
        wanted: Which of them.
        column: What they are ordered by; None leaves them as they came.
        descending: Whether the highest comes first.

    Returns:
        The files in order; those that have nothing in the column come last either way.
    """
    listed = list(entries) if wanted.is_empty else list(filter(wanted.takes, entries))
    if column is None:
        return listed
    if column is Column.NAME:
        return sorted(listed, key=_KEYS[column], reverse=descending)
    if column is Column.TRUE:
        known = [entry for entry in listed if entry.true]
        unknown = [entry for entry in listed if not entry.true]
    else:
        known = [entry for entry in listed if entry.is_readable]
        unknown = [entry for entry in listed if not entry.is_readable]
    known.sort(key=_KEYS[column], reverse=descending)
    return known + unknown


_KEYS: dict[Column, Callable[[FileEntry], Any]] = {
    Column.NAME: attrgetter("words"),  # they begin with the name
    Column.CLASS: attrgetter("said"),
    Column.PROBABILITY: attrgetter("probability"),
    Column.UNKNOWN: attrgetter("score"),  # the least familiar are those that are unknown
    Column.SECOND: attrgetter("second"),
    Column.TRUE: attrgetter("true"),
}
