"""A look at whether a lock on a file is free, which nobody takes for the work that it guards."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

PATIENCE_S = 0.05
"""Who is refused a lock for longer than this is refused by work, not by a look."""

_POLL_S = 0.005
_looking = threading.Lock()


@contextmanager
def brief_hold(lock: FileLock) -> Iterator[bool]:
    """Hold a lock for a moment, if it is free.

    To know whether it is free one has to take it, and whoever looks at that moment, too, would find
    it taken. So the looks of this program come one after the other, and those of other programs are
    waited for.

    Args:
        lock: Not held by the caller; free again afterwards, unless somebody else holds it.

    Yields:
        Whether it was free.

    Raises:
        OSError: Nothing can be written there.
        NotImplementedError: The file system knows no locks.
    """
    with _looking:
        try:
            lock.acquire(timeout=PATIENCE_S, poll_interval=_POLL_S)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()
