"""Who has a workspace open: a second studio is told of the first."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass
from datetime import datetime

from filelock import FileLock, Timeout

from cnn_studio.errors import NOT_UNDERSTOOD, StudioError
from cnn_studio.paths import Workspace
from cnn_studio.untrusted_files import read_json
from cnn_studio.whole_files import write_atomically

_LOCK_NAME = ".studio.lock"
_OWNER_NAME = ".studio.owner"


@dataclass(frozen=True)
class Owner:
    """The studio that has a workspace open.

    Attributes:
        computer: The name of its computer.
        process: Its process number there.
        since: When it was opened, local time, "14:02".
    """

    computer: str
    process: int
    since: str


class WorkspaceClaim:
    """Holds a workspace from its making until `release`, if nobody else does.

    The system lets go of a claim whose program has ended, however it ended. A workspace that
    cannot be written to is never claimed, and nobody is in the way there.

    Args:
        workspace: What to claim.

    Attributes:
        owner: The other studio that has the workspace open; None if there is none.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.owner: Owner | None = None
        self._owner_file = workspace.root / _OWNER_NAME
        self._lock = FileLock(workspace.root / _LOCK_NAME)
        try:
            workspace.root.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
            self._say_who()
        except Timeout:
            self.owner = self._read_owner()
        except (OSError, NotImplementedError):  # read-only, or a file system that knows no locks
            return

    def __enter__(self) -> WorkspaceClaim:
        return self

    def __exit__(self, *_error: object) -> None:
        self.release()

    def release(self) -> None:
        """Let the next studio have it."""
        self._lock.release()

    def _say_who(self) -> None:
        values = {
            "computer": platform.node(),
            "process": os.getpid(),
            "since": f"{datetime.now():%H:%M}",
        }
        write_atomically(self._owner_file, json.dumps(values).encode("utf-8"))

    def _read_owner(self) -> Owner:
        try:
            values = read_json(self._owner_file)
            return Owner(str(values["computer"]), int(values["process"]), str(values["since"]))
        except (StudioError, *NOT_UNDERSTOOD):
            return Owner("", 0, "")
