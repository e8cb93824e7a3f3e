"""Thumbnails are made in the background, kept, and made anew when the file has changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from cnn_studio.gui.capture.thumbnails import Thumbnail, Thumbnails
from cnn_studio.vision.images import encode_jpeg
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


def test_a_changed_file_is_shown_anew(qtbot: QtBot, thumbnails: Thumbnails, tmp_path: Path) -> None:
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
