"""The turn to import into a dataset: one import at a time, whatever program it is of."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

_LOOK_S = 0.5
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}


@contextmanager
def import_turn(
    folder: Path,
    cancelled: Callable[[], bool],
    waits: Callable[[str], object] = lambda _sentence: None,
) -> Iterator[bool]:
    """Wait until no other import into a dataset is under way.

    Of two imports of the same images the second then finds that they are there already. Where
    nothing can be locked, an import goes on at once. The lock is beside the dataset's folder, which
    may be removed within, and gone in the end.

    Args:
        folder: The dataset's; it may not exist yet.
        cancelled: Called often while it waits.
        waits: Gets a sentence, once, if it has to wait.

    Yields:
        Whether the turn has come; without it nothing may be changed, as it was cancelled before.
    """
    place = folder.resolve()
    lock = FileLock(place.with_name(f".{place.name}.import.lock"), fallback_to_soft=False)
    is_told = False
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        while not lock.is_locked:
            try:
                lock.acquire(timeout=_LOOK_S)
            except Timeout:
                if cancelled():
                    break
                if not is_told:
                    is_told = True
                    waits(f"Another import into {folder.name} is under way; this one waits.")
        has_come = lock.is_locked
    except OSError as error:  # a full disk, or a file system that knows no locks
        has_come = True
        if error.errno in _NO_LOCKS:
            with suppress(OSError):
                Path(lock.lock_file).unlink()
    try:
        yield has_come
    finally:
        if lock.is_locked and sys.platform != "win32":  # there, letting go of it deletes it
            with suppress(OSError):
                Path(lock.lock_file).unlink()  # whoever waits for it sees that and makes another
        lock.release()
