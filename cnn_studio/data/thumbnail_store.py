"""Small pictures of image files, kept on the disk so that they need not be made again.

They lie in one SQLite file in the cache folder. What cannot be used of it is thrown away: nothing
here is ever missed, it only takes longer.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from cnn_studio.data.cache_file import delete_cache, is_damage, only_sqlite_errors, open_cache
from cnn_studio.paths import cache_folder

THUMBNAILS_NAME = "thumbnails.sqlite"
Stamp = tuple[int, int]
"""A file's time of change in ns, and its size in bytes."""

_VERSION = 1
_MOST_BYTES = 512 << 20
_LOOK_AT_SIZE_EVERY = 256  # pictures
_ROOM = 0.1  # is made at once, as a share of the limit
_TOUCH_AFTER_S = 3600.0  # an order of use by the hour is good enough, and spares writing
_SETTLED_AFTER_S = 2.0  # the coarsest clock of a file system
_BUSY_S = 0.2
_log = logging.getLogger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS thumbnails (
    path BLOB, side_px INTEGER, mtime_ns INTEGER, size INTEGER, used_s REAL, picture BLOB,
    PRIMARY KEY (path, side_px));
CREATE INDEX IF NOT EXISTS by_use ON thumbnails (used_s);
"""


class ThumbnailStore:
    """Encoded pictures by file and size in pixels. Safe to use from several threads.

    The file is opened when it is first needed. One that is damaged is replaced by a new one; where
    nothing can be read or written, nothing is ever found.

    Args:
        path: The SQLite file; by default in the cache folder.
        most_bytes: How large it may grow. Then those go that were not used for longest.
    """

    def __init__(self, path: Path | None = None, most_bytes: int = _MOST_BYTES) -> None:
        self._path = path
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        self._inode = 0  # of the file that is open
        self._is_off = False
        self._kept = 0
        self._touched: list[tuple[float, bytes, int]] = []

    def find(self, path: Path, side_px: int, stamp: Stamp) -> bytes | None:
        """The picture of a file, encoded; None if it is not known as the file is now.

        Args:
            path: The file.
            side_px: Width and height of the picture.
            stamp: The file's time and size now.
        """
        key = os.fsencode(path)
        query = "SELECT mtime_ns, size, used_s, picture FROM thumbnails WHERE path=? AND side_px=?"
        with self._lock:
            rows = self._run(query, (key, side_px))
            if not rows:
                return None
            mtime_ns, size, used_s, picture = rows[0]
            if (mtime_ns, size) != stamp or not isinstance(picture, bytes):
                return None
            now_s = time.time()
            if abs(now_s - used_s) > _TOUCH_AFTER_S:
                self._touched.append((now_s, key, side_px))
                if len(self._touched) >= _LOOK_AT_SIZE_EVERY:
                    self._write_touched()
            return picture

    def keep(self, path: Path, side_px: int, stamp: Stamp, picture: bytes) -> None:
        """Keep the picture of a file, if that is not just being written; see `find`."""
        now_s = time.time()
        if abs(now_s - stamp[0] / 1e9) < _SETTLED_AFTER_S:
            return
        row = (os.fsencode(path), side_px, *stamp, now_s, picture)
        with self._lock:
            self._run("INSERT OR REPLACE INTO thumbnails VALUES (?, ?, ?, ?, ?, ?)", row)
            self._kept += 1
            if self._kept % _LOOK_AT_SIZE_EVERY == 0:
                self._make_room()

    def close(self) -> None:
        """Close the file; it is opened again when it is needed."""
        with self._lock:
            self._write_touched()
            self._close()

    def _write_touched(self) -> None:
        if self._touched and self._database is not None:
            with suppress(sqlite3.Error), self._database:
                self._database.execute("BEGIN")
                self._database.executemany(
                    "UPDATE thumbnails SET used_s=? WHERE path=? AND side_px=?", self._touched
                )
        self._touched.clear()

    def _make_room(self) -> None:
        """Drop what was not used for longest, if the file is larger than it may be."""
        sizes = [self._run(f"PRAGMA {name}") for name in ("page_count", "freelist_count")]
        page = self._run("PRAGMA page_size")
        if not all(sizes) or not page:
            return
        used_bytes = (sizes[0][0][0] - sizes[1][0][0]) * page[0][0]
        if used_bytes < self._most_bytes:
            return
        ((count,),) = self._run("SELECT COUNT(*) FROM thumbnails") or [(0,)]
        oldest = "SELECT rowid FROM thumbnails ORDER BY used_s LIMIT ?"
        dropped = round(count * (1 - (1 - _ROOM) * self._most_bytes / used_bytes))
        self._run(f"DELETE FROM thumbnails WHERE rowid IN ({oldest})", (dropped,))

    def _run(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Do one thing; nothing is found where it fails."""
        if self._database is None and not self._is_off:
            self._open()
        if self._database is None:
            return []
        try:
            with only_sqlite_errors():
                return self._database.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            _log.info("Thumbnails in %s: %s", self._path, error)
            if is_damage(error):
                self._replace()
        return []

    def _open(self) -> None:
        try:
            path = self._path = self._path or cache_folder() / THUMBNAILS_NAME
            self._database = open_cache(path, _VERSION, _SCHEMA, timeout_s=_BUSY_S)
            self._inode = path.stat().st_ino
        except (OSError, sqlite3.Error) as error:
            _log.info("Thumbnails cannot be kept in %s: %s", self._path, error)
            self._close()
            self._is_off = True

    def _replace(self) -> None:
        """Go on with a new file, unless another studio has made one already."""
        self._close()
        try:
            if self._path is not None and self._path.stat().st_ino == self._inode:
                delete_cache(self._path)
        except OSError as error:
            _log.info("Thumbnails cannot be kept in %s: %s", self._path, error)
            self._is_off = True

    def _close(self) -> None:
        if self._database is not None:
            with suppress(sqlite3.Error):
                self._database.close()
        self._database = None
