"""Thumbnails are made in the background, kept, and made again when the file has changed."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from cnn_studio.data.thumbnail_store import ThumbnailStore
from cnn_studio.gui.pictures.thumbnails import Thumbnail, Thumbnails
from cnn_studio.vision.images import ImageArray, encode_jpeg
from tests.gui.capture.conftest import picture, write_pictures


@pytest.fixture
def thumbnails(qtbot: QtBot) -> Iterator[Thumbnails]:
    thumbnails = Thumbnails(20)
    yield thumbnails
    thumbnails.shutdown()


def _made(qtbot: QtBot, thumbnails: Thumbnails, path: Path) -> Thumbnail:
    qtbot.waitUntil(lambda: thumbnails.get(path) is not None)
    made = thumbnails.get(path)
    assert made is not None
    return made


def _middle(thumbnail: Thumbnail) -> int:
    assert thumbnail.pixmap is not None
    return QColor(thumbnail.pixmap.toImage().pixel(10, 10)).red()


def test_the_middle_square_is_shown(qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path) -> None:
    wide = np.zeros((60, 180, 3), np.uint8)
    wide[:, 60:120] = 200
    path = tmp_path / "wide.jpg"
    path.write_bytes(encode_jpeg(wide))
    made = _made(qtbot, thumbnails, path)
    assert made.pixmap is not None
    assert (made.pixmap.width(), made.pixmap.height()) == (20, 20)
    assert abs(_middle(made) - 200) < 5
    assert QColor(made.pixmap.toImage().pixel(1, 10)).red() > 150


def test_a_broken_file_says_why(qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path) -> None:
    path = tmp_path / "broken.jpg"
    path.write_bytes(b"no image")
    made = _made(qtbot, thumbnails, path)
    assert made.pixmap is None
    assert "broken.jpg" in made.reason


def test_a_changed_file_is_shown_again(
    qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path
) -> None:
    path = write_pictures(tmp_path, 1)[0]
    assert _middle(_made(qtbot, thumbnails, path)) < 5
    path.write_bytes(encode_jpeg(picture(200)))
    os.utime(path, (1, 1))
    assert _middle(_made(qtbot, thumbnails, path)) < 5
    thumbnails.refresh()
    with qtbot.waitSignal(thumbnails.ready):
        thumbnails.get(path)
    assert abs(_middle(_made(qtbot, thumbnails, path)) - 200) < 5


def test_an_unchanged_file_is_not_read_again(
    qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path
) -> None:
    path = write_pictures(tmp_path, 1)[0]
    first = _made(qtbot, thumbnails, path)
    thumbnails.refresh()
    assert not first.is_fresh
    thumbnails.get(path)
    qtbot.waitUntil(lambda: first.is_fresh)
    assert thumbnails.get(path) is first


def test_another_reader_forgets_what_was_read(
    qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path
) -> None:
    path = write_pictures(tmp_path, 1)[0]
    _made(qtbot, thumbnails, path)
    thumbnails.set_reader(lambda _path: picture(99))
    assert thumbnails.get(path) is None
    assert abs(_middle(_made(qtbot, thumbnails, path)) - 99) < 3


def test_all_of_a_long_list_come_in_the_end(
    qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{number}.jpg" for number in range(400)]  # more than may wait at once
    thumbnails.set_reader(lambda _path: picture(1))
    for path in paths:
        thumbnails.get(path)
    for path in paths:  # those that were dropped are asked for again when they are seen
        assert _made(qtbot, thumbnails, path).pixmap is not None


def test_what_is_painted_after_the_end_starts_no_thread(
    qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path
) -> None:
    path = tmp_path / "1.jpg"
    path.write_bytes(encode_jpeg(np.zeros((20, 20, 3), np.uint8)))
    _made(qtbot, thumbnails, path)
    thumbnails.shutdown()
    assert thumbnails.get(path) is not None
    assert thumbnails.get(tmp_path / "2.jpg") is None
    thumbnails.focus([tmp_path / "3.jpg"], [])
    assert not thumbnails._threads


def _photo(folder: Path, level: int, changed_s: float = 1_700_000_000) -> Path:
    """A photo of even grey that was written long ago."""
    folder.mkdir(exist_ok=True)
    path = folder / "photo.jpg"
    path.write_bytes(encode_jpeg(np.full((480, 640, 3), level, np.uint8)))
    os.utime(path, (changed_s, changed_s))
    return path


def _made_with(qtbot: QtBot, store: ThumbnailStore, path: Path, side_px: int = 20) -> Thumbnail:
    """What another start of the program shows of a file."""
    thumbnails = Thumbnails(side_px, store=store)
    try:
        return _made(qtbot, thumbnails, path)
    finally:
        thumbnails.shutdown()


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size


def test_a_picture_is_kept_for_the_next_start(qtbot: QtBot, tmp_path: Path) -> None:
    store, path = ThumbnailStore(tmp_path / "cache.sqlite"), _photo(tmp_path / "pen", 100)
    _made_with(qtbot, store, path)
    store.keep(path, 20, _stamp(path), encode_jpeg(np.full((20, 20, 3), 222, np.uint8)))
    store.close()
    assert abs(_middle(_made_with(qtbot, store, path)) - 222) < 3  # it was not read again


def test_another_size_is_made_from_the_file(qtbot: QtBot, tmp_path: Path) -> None:
    store, path = ThumbnailStore(tmp_path / "cache.sqlite"), _photo(tmp_path / "pen", 100)
    _made_with(qtbot, store, path)
    larger = _made_with(qtbot, store, path, 40).pixmap
    assert larger is not None
    assert larger.width() == 40


def test_a_file_that_changed_while_the_studio_was_closed_is_shown_again(
    qtbot: QtBot, tmp_path: Path
) -> None:
    store, path = ThumbnailStore(tmp_path / "cache.sqlite"), _photo(tmp_path / "pen", 100)
    assert abs(_middle(_made_with(qtbot, store, path)) - 100) < 3
    _photo(tmp_path / "pen", 200, changed_s=1_700_000_001)
    assert abs(_middle(_made_with(qtbot, store, path)) - 200) < 3


def test_a_damaged_picture_in_the_cache_is_made_again(qtbot: QtBot, tmp_path: Path) -> None:
    store, path = ThumbnailStore(tmp_path / "cache.sqlite"), _photo(tmp_path / "pen", 100)
    store.keep(path, 20, _stamp(path), b"no picture")
    assert abs(_middle(_made_with(qtbot, store, path)) - 100) < 3
    kept = store.find(path, 20, _stamp(path))
    assert kept is not None
    assert kept != b"no picture"
    store.close()


def test_without_a_cache_pictures_are_made_all_the_same(qtbot: QtBot, tmp_path: Path) -> None:
    path = _photo(tmp_path / "pen", 100)
    store = ThumbnailStore(path / "cache.sqlite")  # within a file: it cannot be made
    assert abs(_middle(_made_with(qtbot, store, path)) - 100) < 3


def test_what_another_reader_made_is_not_kept(qtbot: QtBot, tmp_path: Path) -> None:
    store, path = ThumbnailStore(tmp_path / "cache.sqlite"), _photo(tmp_path / "pen", 100)
    thumbnails = Thumbnails(20, store=store)
    thumbnails.set_reader(lambda _path: np.full((480, 640, 3), 50, np.uint8))
    _made(qtbot, thumbnails, path)
    thumbnails.shutdown()
    assert store.find(path, 20, _stamp(path)) is None
    store.close()


def test_what_is_in_sight_comes_before_what_is_ahead(
    qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path
) -> None:
    paths = write_pictures(tmp_path, 40)
    gate, order = threading.Event(), []

    def read(path: Path) -> ImageArray:
        gate.wait(10)
        order.append(path)
        return picture(1)

    thumbnails.set_reader(read)
    passed_by, in_sight, ahead = paths[:20], paths[20:30], paths[30:]
    for path in passed_by:
        thumbnails.get(path)
    thumbnails.focus(in_sight, ahead)
    gate.set()
    qtbot.waitUntil(lambda: {*in_sight, *ahead} <= set(order))
    made = [path for path in order if path not in passed_by]
    assert len(order) - len(made) <= 2  # the two threads had begun with one each
    assert set(made[:9]) <= set(in_sight)  # and the tenth may take longer on one of them


def test_large_pictures_are_kept_of_large_files_only(qtbot: QtBot, tmp_path: Path) -> None:
    """They would crowd out those of the usual size, and a small file is read as fast."""
    noise = np.random.default_rng(2).integers(0, 256, (900, 900, 3), np.uint8)
    small, large = tmp_path / "small.jpg", tmp_path / "large.jpg"
    small.write_bytes(encode_jpeg(noise, 5))
    large.write_bytes(encode_jpeg(noise, 95))
    for path in (small, large):
        os.utime(path, (1, 1))  # not just being written
    store = ThumbnailStore(tmp_path / "thumbnails.sqlite")
    for side_px, kept in ((272, [small, large]), (544, [large])):
        thumbnails = Thumbnails(side_px, store=store)
        for path in (small, large):
            _made(qtbot, thumbnails, path)
        found = [
            path
            for path in (small, large)
            if store.find(path, side_px, (path.stat().st_mtime_ns, path.stat().st_size))
        ]
        thumbnails.shutdown()
        assert found == kept
    store.close()


def test_pictures_of_another_size_replace_those_at_hand(
    qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path
) -> None:
    path = tmp_path / "wide.jpg"
    path.write_bytes(encode_jpeg(np.full((200, 300, 3), 90, np.uint8)))
    _made(qtbot, thumbnails, path)
    thumbnails.set_side(120)
    old = thumbnails.get(path)
    assert old is not None
    assert old.pixmap is not None
    assert old.pixmap.width() == 20
    qtbot.waitUntil(lambda: _width(thumbnails.get(path)) == 120)


def _width(thumbnail: Thumbnail | None) -> int:
    return 0 if thumbnail is None or thumbnail.pixmap is None else thumbnail.pixmap.width()
