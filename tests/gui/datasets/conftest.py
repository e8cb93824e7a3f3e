"""A window with a dataset of a person's own, and its menu."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset, create_dataset
from cnn_studio.gui.datasets.dataset_menu import DatasetMenu
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio
from tests.data.pictures import put_photo

COUNT = 7


@pytest.fixture
def desk(studio: Studio) -> Dataset:
    """Seven images of mugs, none of pens."""
    desk = create_dataset(studio.workspace, "My desk", ["mug", "pen"])
    for number in range(COUNT):
        put_photo(desk.folder / "mug" / f"{number}.jpg", number)
    return desk


@pytest.fixture
def window(qtbot: QtBot, studio: Studio, desk: Dataset) -> Iterator[MainWindow]:
    """The window, with that dataset chosen."""
    window = MainWindow(studio)
    qtbot.addWidget(window)
    studio.load_datasets()
    studio.choose_dataset(desk.name)
    window.show_page("capture")
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    yield window
    for popup in window.findChildren(QWidget):
        if popup is QApplication.activePopupWidget():
            popup.close()
    window.close()


class MenuUser:
    """Presses what a person presses."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.button = self.find(QPushButton, "datasetChooser")
        menu = window.findChild(DatasetMenu, "datasetMenu")
        assert menu is not None
        self.menu = menu

    def find(self, kind: type[QWidget], name: str) -> QWidget:
        found = self.window.findChild(kind, name)
        assert found is not None, name
        return found

    def press(self, name: str) -> None:
        """Open the menu and press an entry."""
        self.button.click()
        entry = self.menu.findChild(QPushButton, name)
        assert entry is not None
        assert entry.isEnabled()
        entry.click()
        assert not self.menu.isVisible()


@pytest.fixture
def user(window: MainWindow) -> MenuUser:
    return MenuUser(window)
