"""What an archive may be: in total, with all that lies in it, whatever way it is opened.

An archive that nobody means well with is small, and fills the memory or the disk of whoever opens
it; the numbers here are far above those of any collection of photos. An archive in an archive draws
on the same allowance, so that no depth and no number of them gets around it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath

from cnn_studio.errors import DatasetError
from cnn_studio.untrusted_zips import MAX_ENTRIES

MAX_UNPACKED_BYTES = 64 << 30
MAX_RATIO = 1000
"""Photos hardly shrink in a zip; what unpacks to a thousand times its size is to fill a disk."""

RATIO_MATTERS_BYTES = 32 << 20
"""An even picture packs well, and is no harm while it is small."""

MAX_LEVELS = 3
"""So many archives may lie in one another, the outermost counted."""

MAX_INNER = 10_000
"""So many archives may lie in one, on all levels."""

MAX_INNER_BYTES = 16 << 30
"""What lies in an archive is unpacked to the disk to be looked into, in total up to this."""

MAX_UNSAID_BYTES = 16 << 20
"""Of the names that do not say how they are written, each of which is read in many ways."""

MAX_LISTING_S = 1800.0
"""Nobody waits longer to see what is in an archive; a compressed tar is unpacked whole for it."""

_MAX_NAME_BYTES = 4096  # no system opens a path that is longer
_MAX_FOLDERS = 64


class Allowance:
    """What an archive and all that lies in it have taken so far of what they may.

    Args:
        name: What the outermost archive is called.
        kind: What it is, as in "zip file".
        size_bytes: How large it is; 0 where what it unpacks to is measured by somebody else.
    """

    def __init__(self, name: str, kind: str, size_bytes: int = 0) -> None:
        self._name = name
        self._kind = kind
        self._size_bytes = size_bytes
        self._entries = self._unpacked = self._inner = self._inner_bytes = 0
        self._listing_s = 0.0

    def take(self, entries: int, unpacked_bytes: int) -> None:
        """So many more files, of so many bytes, are in it; nothing is taken where it is too much.

        Raises:
            DatasetError: It is too much.
        """
        count, unpacked = self._entries + entries, self._unpacked + unpacked_bytes
        if count > MAX_ENTRIES:
            self._refuse(f"has more than {MAX_ENTRIES:,} files")
        if unpacked > MAX_UNPACKED_BYTES:
            self._refuse(f"unpacks to more than {MAX_UNPACKED_BYTES >> 30} GB")
        if self._size_bytes:
            self.check_ratio(self._size_bytes, unpacked)
        self._entries, self._unpacked = count, unpacked

    def check_ratio(self, packed_bytes: int, unpacked_bytes: int) -> None:
        """Check that it does not unpack to far more than its size.

        Raises:
            DatasetError: It does.
        """
        if unpacked_bytes > max(RATIO_MATTERS_BYTES, packed_bytes * MAX_RATIO):
            self._refuse(f"unpacks to more than {MAX_RATIO} times its size, as no honest file does")

    def take_inner(self, name: str, level: int) -> None:
        """An archive lies in it, on this level; 1 is the outermost.

        Raises:
            DatasetError: They lie too deep in one another, or are too many.
        """
        if level > MAX_LEVELS:
            raise DatasetError(
                f"Archives lie in one another, more than {MAX_LEVELS} deep; unpack it: {name}."
            )
        if self._inner >= MAX_INNER:
            self._refuse(f"has more than {MAX_INNER:,} archives in it")
        self._inner += 1

    def take_inner_bytes(self, size_bytes: int) -> None:
        """So much more of what lies in it was unpacked to the disk.

        Raises:
            DatasetError: It is too much.
        """
        if self._inner_bytes + size_bytes > MAX_INNER_BYTES:
            self._refuse(f"has archives of more than {MAX_INNER_BYTES >> 30} GB in it")
        self._inner_bytes += size_bytes

    @contextmanager
    def listing(self) -> Iterator[None]:
        """Within it, time is spent on finding out what is in it.

        Raises:
            DatasetError: It has taken too long in total.
        """
        if self._listing_s > MAX_LISTING_S:
            minutes = MAX_LISTING_S / 60
            self._refuse(f"takes more than {minutes:g} minutes to look through; unpack it")
        begun = time.monotonic()
        try:
            yield
        finally:
            self._listing_s += time.monotonic() - begun

    def _refuse(self, what: str) -> None:
        raise DatasetError(f"The {self._kind} {what}: {self._name}.")


def name_refusal(name: str) -> str:
    """Why nothing can be called so that is in an archive; empty if it can."""
    reason = ""
    if len(name) > _MAX_NAME_BYTES:
        reason = f"Its name has {len(name):,} characters, more than any system takes"
    elif name.count("/") + name.count("\\") > _MAX_FOLDERS:
        reason = f"It lies in more than {_MAX_FOLDERS} folders"
    elif "\0" in name:
        reason = "Its name has a zero in it"
    return f"{reason}: {shortened(name)}." if reason else ""


def shortened(name: str) -> str:
    """The last part of a name, no longer than a person reads."""
    last = PurePosixPath(name[-200:].replace("\\", "/")).name
    return last if len(last) <= 80 else f"…{last[-79:]}"
