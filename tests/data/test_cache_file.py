"""Caches that several programs open at the same time."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cnn_studio.data.cache_file import open_cache

_SCHEMA = "CREATE TABLE IF NOT EXISTS words (word TEXT PRIMARY KEY)"
_AT_ONCE = 4


def test_a_cache_that_several_make_in_the_same_moment_is_open_to_all(tmp_path: Path) -> None:
    ready = threading.Barrier(_AT_ONCE)

    def make(path: Path) -> sqlite3.Connection:
        ready.wait()
        return open_cache(path, 1, _SCHEMA, timeout_s=5)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for number in range(60):
            path = tmp_path / f"{number}.sqlite"
            databases = list(pool.map(make, [path] * _AT_ONCE))
            databases[0].execute("INSERT INTO words VALUES ('cup')")
            for database in databases:
                assert database.execute("SELECT word FROM words").fetchall() == [("cup",)]
                database.close()


def test_what_another_program_holds_is_not_waited_for_any_longer_than_said(tmp_path: Path) -> None:
    path = tmp_path / "held.sqlite"
    holder = open_cache(path, 1, "", timeout_s=0)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        open_cache(path, 1, _SCHEMA, timeout_s=0.1)
    holder.execute("COMMIT")
    open_cache(path, 1, _SCHEMA, timeout_s=0.1).close()
    holder.close()
