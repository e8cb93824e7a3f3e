"""SQLite files of what can always be made again: opened, and thrown away when they are no use."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

MEMORY = Path(":memory:")
"""In place of a path: a database that is forgotten when it is closed."""

PAGE_BYTES = 4096
"""How large SQLite's pages are by themselves."""

_RETRY_S = 0.02
_log = logging.getLogger(__name__)


class CacheFile:
    """A cache that is always at hand. Safe to use from several threads; a context manager.

    One that is damaged is replaced by a new file, and one that cannot be used by a database in
    memory, which is forgotten afterwards. Where reading fails, nothing is found.

    Args:
        path: The SQLite file; its folder is made.
        version: Of the schema; a file of another version is replaced.
        schema: What makes the tables, if they are not there.
        timeout_s: How long another program may keep it locked, in seconds.
        most_bytes: One that is larger when it is opened is made again.
        page_bytes: Of a page of a new file; see `open_cache`.
    """

    def __init__(
        self,
        path: Path,
        version: int,
        schema: str,
        *,
        timeout_s: float,
        most_bytes: int,
        page_bytes: int = PAGE_BYTES,
    ) -> None:
        self._path, self._version, self._schema = path, version, schema
        self._timeout_s, self._most_bytes, self._page_bytes = timeout_s, most_bytes, page_bytes
        self._lock = threading.Lock()
        self._inode: int | None = None  # of the file that is open
        self._database = self._open()

    def __enter__(self) -> CacheFile:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def read(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows that a query finds."""
        with self._lock:
            try:
                with only_sqlite_errors():
                    return self._database.execute(query, values).fetchall()
            except sqlite3.Error as error:
                self._cope_with(error)
        return []

    def write(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        """Write rows, all of them or none."""
        with self._lock:
            try:
                with only_sqlite_errors(), self._database:
                    self._database.execute("BEGIN")
                    self._database.executemany(statement, rows)
            except sqlite3.Error as error:
                self._cope_with(error)

    def _open(self) -> sqlite3.Connection:
        try:
            if self._path.exists() and self._path.stat().st_size > self._most_bytes:
                delete_cache(self._path)
            database = self._connected(self._path)
            self._inode = self._path.stat().st_ino
        except (OSError, sqlite3.Error) as error:
            _log.warning("The cache %s cannot be used: %s", self._path, error)
            self._inode = None
            return self._connected(MEMORY)
        return database

    def _cope_with(self, error: sqlite3.Error) -> None:
        if is_damage(error):
            _log.warning("The cache %s is damaged and made again: %s", self._path, error)
            self._replace()
        else:  # a full disk, or another studio holds it
            _log.warning("The cache %s cannot be used now: %s", self._path, error)

    def _replace(self) -> None:
        """Go on with a new file, unless another studio has made one already."""
        with suppress(sqlite3.Error):
            self._database.close()
        try:
            if self._inode is not None and self._path.stat().st_ino == self._inode:
                delete_cache(self._path)
        except OSError as refused:
            _log.warning("The cache %s cannot be replaced: %s", self._path, refused)
            self._database = self._connected(MEMORY)
        else:
            self._database = self._open()

    def _connected(self, path: Path) -> sqlite3.Connection:
        return open_cache(
            path,
            self._version,
            self._schema,
            timeout_s=self._timeout_s,
            page_bytes=self._page_bytes,
        )


def open_cache(
    path: Path, version: int, schema: str, *, timeout_s: float, page_bytes: int = PAGE_BYTES
) -> sqlite3.Connection:
    """Open a cache, and make it if it is not there. Each statement holds by itself.

    Args:
        path: The file; its folder is made.
        version: Of the schema; a file of another version is replaced.
        schema: What makes the tables, if they are not there.
        timeout_s: How long another program may keep it locked, in seconds.
        page_bytes: Of a page of a new file. A row that does not fit into one takes a whole page
            for the rest, so large rows need large pages.

    Raises:
        OSError, sqlite3.Error: It cannot be read or written.
    """
    if path == MEMORY:
        return _connect(path, version, schema, timeout_s, page_bytes)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _connect(path, version, schema, timeout_s, page_bytes)
    except sqlite3.OperationalError:  # a full disk, or another program holds it
        raise
    except sqlite3.DatabaseError:  # damaged, or another version's
        delete_cache(path)
        return _connect(path, version, schema, timeout_s, page_bytes)


def delete_cache(path: Path) -> None:
    """Delete a cache with all that SQLite lays beside it.

    Raises:
        OSError: The system does not allow it.
    """
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _connect(
    path: Path, version: int, schema: str, timeout_s: float, page_bytes: int
) -> sqlite3.Connection:
    # Where two programs make it in the same moment, SQLite fails at once instead of waiting.
    latest_s = time.monotonic() + timeout_s
    while True:
        try:
            return _connect_now(path, version, schema, timeout_s, page_bytes)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > latest_s:
                raise
            time.sleep(_RETRY_S)


def _connect_now(
    path: Path, version: int, schema: str, timeout_s: float, page_bytes: int
) -> sqlite3.Connection:
    database = sqlite3.connect(
        path, timeout=timeout_s, isolation_level=None, check_same_thread=False
    )
    try:
        with only_sqlite_errors():
            (found,) = database.execute("PRAGMA user_version").fetchone()
            if found not in (0, version):
                raise sqlite3.DatabaseError(f"version {found} is not {version}")
            database.execute(f"PRAGMA page_size = {page_bytes}")  # where there are no pages yet
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = OFF")
            database.executescript(schema)
            database.execute(f"PRAGMA user_version = {version}")
    except sqlite3.Error:
        database.close()
        raise
    return database


def is_damage(error: sqlite3.Error) -> bool:
    """Whether a cache has to be made again; else its disk is full, or another studio holds it."""
    code = getattr(error, "sqlite_errorcode", None)
    # The plain kind of error, and statements that were right for the schema that it should have.
    return type(error) is sqlite3.DatabaseError or code == sqlite3.SQLITE_ERROR


@contextmanager
def only_sqlite_errors() -> Iterator[None]:
    """Python stumbles over SQLite's own words where these repeat what is damaged."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise sqlite3.DatabaseError(f"what is damaged is no text: {error}") from error
