"""Small pictures are kept on the disk; what is stale, damaged or too much is never in the way."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnn_studio.data.thumbnail_store import THUMBNAILS_NAME, ThumbnailStore
from cnn_studio.paths import cache_folder

STAMP = (1_700_000_000_000_000_000, 1234)
PHOTO = Path("/photos/shoe.jpg")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "thumbnails.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[ThumbnailStore]:
    store = ThumbnailStore(path)
    yield store
    store.close()


def test_what_is_kept_is_found_after_a_restart(store: ThumbnailStore, path: Path) -> None:
    assert store.find(PHOTO, 136, STAMP) is None
    store.keep(PHOTO, 136, STAMP, b"picture")
    store.close()
    again = ThumbnailStore(path)
    assert again.find(PHOTO, 136, STAMP) == b"picture"
    again.close()


def test_it_lies_in_the_cache_folder() -> None:
    store = ThumbnailStore()
    store.keep(PHOTO, 136, STAMP, b"picture")
    store.close()
    assert (cache_folder() / THUMBNAILS_NAME).is_file()


@pytest.mark.parametrize("stamp", [(STAMP[0] + 1, STAMP[1]), (STAMP[0], STAMP[1] + 1)])
def test_a_changed_file_has_none(store: ThumbnailStore, stamp: tuple[int, int]) -> None:
    store.keep(PHOTO, 136, STAMP, b"old")
    assert store.find(PHOTO, 136, stamp) is None
    store.keep(PHOTO, 136, stamp, b"new")
    assert store.find(PHOTO, 136, stamp) == b"new"
    assert store.find(PHOTO, 136, STAMP) is None


def test_each_size_is_a_picture_of_its_own(store: ThumbnailStore) -> None:
    store.keep(PHOTO, 136, STAMP, b"small")
    store.keep(PHOTO, 272, STAMP, b"large")
    assert store.find(PHOTO, 136, STAMP) == b"small"
    assert store.find(PHOTO, 272, STAMP) == b"large"
    assert store.find(PHOTO, 200, STAMP) is None


def test_names_in_any_script_are_kept_apart(store: ThumbnailStore) -> None:
    names = [Path("/写真/靴.jpg"), Path("/фото/обувь.jpg"), Path(os.fsdecode(b"/\xff\xfe.jpg"))]
    for number, name in enumerate(names):
        store.keep(name, 136, STAMP, str(number).encode())
    assert [store.find(name, 136, STAMP) for name in names] == [b"0", b"1", b"2"]


def test_a_file_that_was_written_just_now_is_not_kept(store: ThumbnailStore, path: Path) -> None:
    photo = path.parent.parent / "photo.jpg"
    photo.write_bytes(b"half of it")
    status = photo.stat()
    stamp = status.st_mtime_ns, status.st_size
    store.keep(photo, 136, stamp, b"picture")
    assert store.find(photo, 136, stamp) is None


def test_it_does_not_grow_beyond_its_limit(path: Path) -> None:
    limit = 4 << 20
    store = ThumbnailStore(path, most_bytes=limit)
    for number in range(2000):  # 20 MB
        store.keep(Path(f"/photos/{number}.jpg"), 136, STAMP, os.urandom(10_000))
    found = [store.find(Path(f"/photos/{n}.jpg"), 136, STAMP) is not None for n in range(2000)]
    store.close()
    assert path.stat().st_size < 2 * limit  # looked at every few hundred pictures
    assert found[-1]
    assert not found[0]


def test_what_was_looked_at_stays_longer(path: Path) -> None:
    photos = [Path(f"/photos/{number}.jpg") for number in range(400)]
    store = ThumbnailStore(path, most_bytes=5 << 20)
    for photo in photos:
        store.keep(photo, 136, STAMP, os.urandom(10_000))
    store.close()
    with sqlite3.connect(path) as database:
        database.execute("UPDATE thumbnails SET used_s = used_s - 86400")
    database.close()
    for photo in photos[:100]:
        assert store.find(photo, 136, STAMP) is not None
    store.close()
    for number in range(200):
        store.keep(Path(f"/new/{number}.jpg"), 136, STAMP, os.urandom(10_000))
    assert all(store.find(photo, 136, STAMP) for photo in photos[:100])
    assert not all(store.find(photo, 136, STAMP) for photo in photos[100:])
    store.close()


@pytest.mark.parametrize("content", [b"this is no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_made_again(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    store = ThumbnailStore(path)
    assert store.find(PHOTO, 136, STAMP) is None
    store.keep(PHOTO, 136, STAMP, b"picture")
    assert store.find(PHOTO, 136, STAMP) == b"picture"
    store.close()


def test_damage_that_comes_later_is_survived(path: Path) -> None:
    store = ThumbnailStore(path)
    for number in range(300):
        store.keep(Path(f"/photos/{number}.jpg"), 136, STAMP, os.urandom(5_000))
    store.close()
    data = path.read_bytes()
    path.write_bytes(data[:4096] + os.urandom(len(data) - 4096))
    for number in range(300):
        store.find(Path(f"/photos/{number}.jpg"), 136, STAMP)
    store.keep(PHOTO, 136, STAMP, b"picture")
    assert store.find(PHOTO, 136, STAMP) == b"picture"
    store.close()


def test_a_file_of_another_version_is_made_again(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
        database.execute("CREATE TABLE thumbnails (something TEXT)")
    database.close()
    store = ThumbnailStore(path)
    store.keep(PHOTO, 136, STAMP, b"picture")
    assert store.find(PHOTO, 136, STAMP) == b"picture"
    store.close()


def test_without_a_place_for_it_nothing_is_found(tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"a file stands where the folder should be")
    store = ThumbnailStore(tmp_path / "cache" / "thumbnails.sqlite")
    store.keep(PHOTO, 136, STAMP, b"picture")
    assert store.find(PHOTO, 136, STAMP) is None
    store.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_on_a_full_disk_nothing_is_found(tmp_path: Path) -> None:
    path = tmp_path / "thumbnails.sqlite"
    path.symlink_to("/dev/full")
    store = ThumbnailStore(path)
    store.keep(PHOTO, 136, STAMP, b"picture")
    assert store.find(PHOTO, 136, STAMP) is None
    store.close()


def test_a_disk_that_becomes_full_loses_only_what_is_new(store: ThumbnailStore) -> None:
    store.keep(PHOTO, 136, STAMP, b"picture")
    assert store._database is not None
    (pages,) = store._database.execute("PRAGMA page_count").fetchone()
    store._database.execute(f"PRAGMA max_page_count = {pages}")  # SQLite says "disk is full"
    late = Path("/photos/late.jpg")
    store.keep(late, 136, STAMP, os.urandom(100_000))
    assert store.find(late, 136, STAMP) is None
    assert store.find(PHOTO, 136, STAMP) == b"picture"


def test_a_read_only_file_is_never_written_to(store: ThumbnailStore, path: Path) -> None:
    store.keep(PHOTO, 136, STAMP, b"picture")
    assert store._database is not None
    store._database.execute("PRAGMA query_only = ON")  # root may write to any file
    store.keep(PHOTO, 136, STAMP, b"another")
    assert store.find(PHOTO, 136, STAMP) == b"picture"


def test_two_studios_share_it(path: Path) -> None:
    stores = [ThumbnailStore(path), ThumbnailStore(path)]

    def fill(store: ThumbnailStore, name: str) -> None:
        for number in range(200):
            store.keep(Path(f"/{name}/{number}.jpg"), 136, STAMP, name.encode())

    threads = [
        threading.Thread(target=fill, args=(store, name))
        for store, name in zip(stores, ("one", "other"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        for name in ("one", "other"):
            for number in range(200):
                found = store.find(Path(f"/{name}/{number}.jpg"), 136, STAMP)
                assert found in (name.encode(), None)  # None where the other one was writing
        assert store.find(Path("/one/199.jpg"), 136, STAMP) == b"one"
    for store in stores:
        store.close()


def test_two_studios_survive_damage_together(path: Path) -> None:
    one, other = ThumbnailStore(path), ThumbnailStore(path)
    for number in range(300):
        one.keep(Path(f"/photos/{number}.jpg"), 136, STAMP, os.urandom(5_000))
    other.find(PHOTO, 136, STAMP)
    one.close()
    data = path.read_bytes()
    with path.open("r+b") as stream:
        stream.seek(4096)
        stream.write(os.urandom(len(data) - 4096))
    for store in (one, other):
        for number in range(300):
            store.find(Path(f"/photos/{number}.jpg"), 136, STAMP)
        store.keep(PHOTO, 136, STAMP, b"picture")
    assert one.find(PHOTO, 136, STAMP) == b"picture"
    assert other.find(PHOTO, 136, STAMP) == b"picture"
    one.close()
    other.close()
