"""A studio with a small dataset whose classes are easy to tell apart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QComboBox, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.training_tab import TrainingTab
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_jpeg

COLOURS = {"red": (220, 40, 40), "green": (40, 200, 60), "blue": (40, 60, 220)}


def fill(folder: Path, class_name: str, count: int) -> None:
    """Write photos of one colour with noise, each another."""
    rng = np.random.default_rng(len(class_name))
    (folder / class_name).mkdir(parents=True, exist_ok=True)
    for number in range(count):
        image = np.full((32, 32, 3), COLOURS[class_name], np.int16)
        image += rng.integers(-30, 30, image.shape, np.int16)
        data = encode_jpeg(np.clip(image, 0, 255).astype(np.uint8))
        (folder / class_name / f"{number:03d}.jpg").write_bytes(data)


@pytest.fixture
def dataset_folder(workspace: Workspace) -> Path:
    """The folder of the dataset `colours`: three classes of 24 images."""
    folder = workspace.datasets / "colours"
    for name in COLOURS:
        fill(folder, name, 24)
    return folder


@pytest.fixture
def studio(qtbot: QtBot, workspace: Workspace, tmp_path: Path) -> Iterator[Studio]:
    """The state above the tabs, with settings of its own."""
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    studio = Studio(workspace, settings)
    studio.theme.apply()
    yield studio
    assert studio.shutdown()


def choose_recipe(parent: QWidget, title: str) -> None:
    """Choose a recipe by its title, as a person does."""
    field = parent.findChild(QComboBox, "recipeField")
    assert field is not None
    field.setCurrentIndex(field.findText(title))
    field.activated.emit(field.currentIndex())


@pytest.fixture
def tab(qtbot: QtBot, studio: Studio, dataset_folder: Path) -> Iterator[TrainingTab]:
    """The tab on the screen, `colours` chosen and counted, with the shared CNN's plain recipe."""
    window = QWidget()
    tab = TrainingTab(studio, window)
    tab.resize(1280, 712)
    window.resize(1280, 712)
    qtbot.addWidget(window)
    try:
        studio.load_datasets()
        studio.choose_dataset("colours")
        choose_recipe(tab, "Classic")
        with qtbot.waitActive(window):  # or its shortcuts are not heard
            window.show()
            window.activateWindow()
        tab.activate()
        yield tab
    finally:
        tab.shutdown()
