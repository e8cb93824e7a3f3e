"""SQLite files of what can always be made anew: opened, and thrown away when they are no use."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

MEMORY = Path(":memory:")
"""In place of a path: a database that is forgotten when it is closed."""

_RETRY_S = 0.02


def open_cache(path: Path, version: int, schema: str, *, timeout_s: float) -> sqlite3.Connection:
    """Open a cache, and make it if it is not there. Each statement holds by itself.

    Args:
        path: The file; its folder is made.
        version: Of the schema; a file of another version is replaced.
        schema: What makes the tables, if they are not there.
        timeout_s: How long another program may keep it locked, in seconds.

    Raises:
        OSError, sqlite3.Error: It cannot be read or written.
    """
    if path == MEMORY:
        return _connect(path, version, schema, timeout_s)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _connect(path, version, schema, timeout_s)
    except sqlite3.OperationalError:  # a full disk, or another program holds it
        raise
    except sqlite3.DatabaseError:  # damaged, or another version's
        delete_cache(path)
        return _connect(path, version, schema, timeout_s)


def delete_cache(path: Path) -> None:
    """Delete a cache with all that SQLite lays beside it.

    Raises:
        OSError: The system does not allow it.
    """
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _connect(path: Path, version: int, schema: str, timeout_s: float) -> sqlite3.Connection:
    # Where two programs make it in the same moment, SQLite fails at once instead of waiting.
    latest_s = time.monotonic() + timeout_s
    while True:
        try:
            return _connect_now(path, version, schema, timeout_s)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > latest_s:
                raise
            time.sleep(_RETRY_S)


def _connect_now(path: Path, version: int, schema: str, timeout_s: float) -> sqlite3.Connection:
    database = sqlite3.connect(
        path, timeout=timeout_s, isolation_level=None, check_same_thread=False
    )
    try:
        (found,) = database.execute("PRAGMA user_version").fetchone()
        if found not in (0, version):
            raise sqlite3.DatabaseError(f"version {found} is not {version}")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = OFF")
        database.executescript(schema)
        database.execute(f"PRAGMA user_version = {version}")
    except sqlite3.Error:
        database.close()
        raise
    return database
