"""Caches that several programs open at the same time."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cnn_studio.data.cache_file import CacheFile, open_cache

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


def _file(path: Path, most_bytes: int = 1 << 30) -> CacheFile:
    return CacheFile(path, 1, _SCHEMA, timeout_s=0.1, most_bytes=most_bytes)


def _words(cache: CacheFile) -> set[str]:
    return {word for (word,) in cache.read("SELECT word FROM words")}


def _damage(path: Path) -> None:
    """Overwrite everything but the first page, which is what opening looks at."""
    page = 4096
    content = path.read_bytes()
    assert len(content) > 2 * page
    path.write_bytes(content[:page] + b"\x07" * (len(content) - page))


@pytest.mark.parametrize("act", ["read", "write"])
def test_a_cache_that_is_damaged_within_is_made_again_once_and_for_all(
    tmp_path: Path, act: str
) -> None:
    path = tmp_path / "words.sqlite"
    many = [(f"word {number}",) for number in range(3000)]
    with _file(path) as cache:
        cache.write("INSERT INTO words VALUES (?)", many)
    _damage(path)
    with _file(path) as cache:
        if act == "read":
            assert _words(cache) == set()
        else:
            cache.write("INSERT INTO words VALUES (?)", [("word 5000",)])
        cache.write("INSERT OR REPLACE INTO words VALUES (?)", [("cup",)])
        assert _words(cache) == {"cup"}
    with _file(path) as cache:  # the file itself, and not only what was in memory
        assert _words(cache) == {"cup"}


def test_a_damaged_cache_that_another_has_replaced_is_not_deleted_again(tmp_path: Path) -> None:
    path = tmp_path / "words.sqlite"
    with _file(path) as cache:
        cache.write("INSERT INTO words VALUES (?)", [(f"word {n}",) for n in range(3000)])
    _damage(path)
    with _file(path) as slow, _file(path) as quick:
        assert _words(quick) == set()
        quick.write("INSERT INTO words VALUES (?)", [("cup",)])
        assert _words(slow) == set()
        assert _words(slow) == _words(quick) == {"cup"}


@pytest.mark.parametrize("content", [b"this is no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_database_is_made_again(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "words.sqlite"
    path.write_bytes(content)
    for expected in (set(), {"cup"}):
        with _file(path) as cache:
            assert _words(cache) == expected
            cache.write("INSERT OR REPLACE INTO words VALUES (?)", [("cup",)])


def test_where_no_file_can_be_made_there_is_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with _file(tmp_path / "file" / "words.sqlite") as cache:
        cache.write("INSERT INTO words VALUES (?)", [("cup",)])
        assert _words(cache) == {"cup"}
    with _file(tmp_path / "file" / "words.sqlite") as cache:
        assert _words(cache) == set()


def test_one_that_has_grown_too_large_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "words.sqlite"
    with _file(path) as cache:
        cache.write("INSERT INTO words VALUES (?)", [("w" * 50_000,)])
    with _file(path, most_bytes=200_000) as cache:
        assert len(_words(cache)) == 1
    with _file(path, most_bytes=40_000) as cache:
        assert _words(cache) == set()


def test_what_another_program_locks_is_neither_read_nor_lost(tmp_path: Path) -> None:
    path = tmp_path / "words.sqlite"
    with _file(path) as cache:
        cache.write("INSERT INTO words VALUES (?)", [("cup",)])
        holder = open_cache(path, 1, _SCHEMA, timeout_s=0)
        holder.execute("BEGIN IMMEDIATE")
        cache.write("INSERT INTO words VALUES (?)", [("pen",)])  # waits in vain
        assert _words(cache) == {"cup"}
        holder.execute("COMMIT")
        holder.close()
        cache.write("INSERT INTO words VALUES (?)", [("pen",)])
        assert _words(cache) == {"cup", "pen"}


def test_rows_are_written_all_or_none(tmp_path: Path) -> None:
    with _file(tmp_path / "words.sqlite") as cache:
        cache.write("INSERT INTO words VALUES (?)", [("cup",), ("pen",)])
        cache.write("INSERT OR ROLLBACK INTO words VALUES (?)", [("shoe",), ("cup",)])
        assert _words(cache) == {"cup", "pen"}


def test_a_cache_whose_damage_is_no_text_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "words.sqlite"
    for named in (b"words", b"word TEXT"):  # in SQLite's own sentence, or in a name of ours
        open_cache(path, 1, _SCHEMA, timeout_s=1).close()
        path.write_bytes(path.read_bytes().replace(named, b"\xa0\xff" + named[2:]))
        with CacheFile(path, 1, _SCHEMA, timeout_s=1, most_bytes=1 << 20) as cache:
            cache.read("SELECT word FROM words")
            cache.write("INSERT INTO words VALUES (?)", [("cup",)])
            assert cache.read("SELECT word FROM words") == [("cup",)]
        path.unlink()
