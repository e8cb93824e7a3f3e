"""The files of a published dataset, dropped in whatever they are packed in, in a real tab."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from cnn_studio.data import fashion_mnist
from cnn_studio.data.fashion_mnist import FILES, PublishedFile
from cnn_studio.gui.widgets.empty_state import EmptyState
from tests.data.pictures import write_part
from tests.data.test_fashion_mnist import content_of
from tests.gui.capture.conftest import OpenTab
from tests.gui.capture.test_capture_tab import part, shown_names


def _zip(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.iterdir():
            archive.writestr(file.name[:-3], gzip.decompress(file.read_bytes()))
    return path


def test_a_zip_with_the_files_can_be_dropped_where_they_lack(
    qtbot: QtBot, open_tab: OpenTab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, level in (("right", 1), ("wrong", 2)):
        images = np.full((20, 28, 28), level, np.uint8)
        for start, count in (("train", 20), ("t10k", 10)):
            write_part(tmp_path / name, start, images[:count], [n % 10 for n in range(count)])
    small = {
        name: PublishedFile(
            1000, content_of(gzip.decompress((tmp_path / "right" / name).read_bytes()))
        )
        for name in FILES
    }
    monkeypatch.setattr(fashion_mnist, "FILES", small)
    monkeypatch.setattr(fashion_mnist, "DEBIAN_FOLDER", tmp_path / "not installed")
    tab = open_tab("fashion-mnist", camera="")
    state = part(tab, EmptyState)
    qtbot.waitUntil(lambda: "not on this computer" in state.title)
    state.files_dropped.emit([_zip(tmp_path / "wrong", tmp_path / "wrong.zip")])
    qtbot.waitUntil(lambda: state.title == "Fashion-MNIST could not be fetched")
    assert "wrong.zip/train-images-idx3-ubyte is incomplete or damaged" in state.text
    state.files_dropped.emit([_zip(tmp_path / "right", tmp_path / "right.zip")])
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
