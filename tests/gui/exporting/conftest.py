"""The small run of the tests of exports, on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.gui.studio import Studio
from cnn_studio.models.runs import Run, open_run
from cnn_studio.paths import Workspace
from tests.gui.training.conftest import fill
from tests.models.small_run import write_run


@pytest.fixture
def studio(qtbot: QtBot, workspace: Workspace, tmp_path: Path) -> Iterator[Studio]:
    """The state above the tabs, with settings of its own."""
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    studio = Studio(workspace, settings)
    studio.theme.apply()
    yield studio
    assert studio.shutdown()


@pytest.fixture
def run(workspace: Workspace) -> Run:
    """A run of the dataset `colours`, which has 24 pictures of each of three colours."""
    for name in ("red", "green", "blue"):
        fill(workspace.datasets / "colours", name, 24)
    folder = workspace.runs / "20261122-210520-colours"
    write_run(folder, classes=("blue", "green", "red"), dataset="colours", dataset_title="Colours")
    return open_run(folder)


@pytest.fixture
def window(qtbot: QtBot, studio: Studio) -> QWidget:
    """What the dialog stands before."""
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window
