"""A capture tab in front of the demo camera, with real files in a workspace of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnn_studio.camera.spec import parse_spec
from cnn_studio.data.catalog import Dataset, create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.studio import Studio
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import ImageArray, encode_jpeg

OpenTab = Callable[..., CaptureTab]


def picture(level: int) -> ImageArray:
    """An even grey image, 60x80, different for each level 0 to 255."""
    return np.full((60, 80, 3), level, np.uint8)


def write_pictures(folder: Path, count: int) -> list[Path]:
    """Store that many different images and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"photo-{number:03d}.jpg" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_bytes(encode_jpeg(picture(number)))
    return paths


def names_in(folder: Path) -> set[str]:
    """The names of the files in a folder that are not hidden."""
    if not folder.is_dir():
        return set()
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}


@pytest.fixture
def things(workspace: Workspace) -> Dataset:
    """A dataset of the classes pen (3 images), cup (1 image) and key (none)."""
    dataset = create_dataset(workspace, "Things", ["pen", "cup", "key"])
    write_pictures(dataset.folder / "pen", 3)
    write_pictures(dataset.folder / "cup", 1)
    return dataset


@pytest.fixture
def folders(things: Dataset) -> ClassFolders:
    """Its class folders."""
    return ClassFolders(things)


@pytest.fixture
def studio(qapp: QApplication, workspace: Workspace, tmp_path: Path) -> Iterator[Studio]:
    """The state above the tab; the camera is off."""
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    studio = Studio(workspace, settings)
    studio.theme.apply()
    yield studio
    assert studio.shutdown()


@pytest.fixture
def open_tab(qtbot: QtBot, studio: Studio) -> Iterator[OpenTab]:
    """Opens the tab on a dataset, by default with the demo camera running, and closes it."""
    tabs = []

    def open_it(dataset: str = "things", camera: str = "demo:shoe") -> CaptureTab:
        studio.load_datasets()
        studio.choose_dataset(dataset)
        if camera:
            studio.camera.open(parse_spec(camera))
        tab = CaptureTab(studio)
        tabs.append(tab)
        qtbot.addWidget(tab)
        tab.resize(1280, 700)
        tab.show()
        tab.activate()
        qtbot.waitExposed(tab)
        tab.activateWindow()
        tab.setFocus()
        if camera:
            qtbot.waitUntil(lambda: studio.camera.latest() is not None)
        return tab

    yield open_it
    for tab in tabs:
        tab.deactivate()
        tab.shutdown()
