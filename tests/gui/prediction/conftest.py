"""A tab that shows what the known models say."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnn_studio.camera.spec import parse_spec
from cnn_studio.gui.prediction.prediction_tab import PredictionTab
from cnn_studio.gui.studio import Studio
from cnn_studio.models.bundle import Bundle, read_bundle
from cnn_studio.models.unknown import UnknownRule
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import ImageArray, encode_jpeg

COLOURS = {"red": (220, 30, 30), "green": (30, 220, 30), "blue": (30, 30, 220)}


def picture(colour: str) -> ImageArray:
    """An even image of one of COLOURS, 120x160."""
    return np.full((120, 160, 3), COLOURS[colour], np.uint8)


def write_picture(path: Path, colour: str) -> Path:
    """Store such an image and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode_jpeg(picture(colour)))
    return path


def bundle_of(folder: Path, **changes: Any) -> Bundle:
    """The bundle of a run, with other values here and there."""
    return replace(read_bundle(folder), **changes)


def some_rule(levels: Sequence[float], right: Sequence[bool], *, width: int = 1) -> UnknownRule:
    """A rule for what is unknown, of images held back that are so familiar."""
    return UnknownRule(
        np.zeros((1, width), np.float32),
        np.eye(width, dtype=np.float32),
        1.0,
        np.array(levels, np.float32),
        np.array(right, bool),
    )


@pytest.fixture
def add_run(models: Path, workspace: Workspace) -> Callable[[str], Path]:
    """Copies one of the models into the workspace as a run, and returns the run's folder."""

    def add(name: str) -> Path:
        return Path(shutil.copytree(models / name, workspace.runs / name))

    return add


@pytest.fixture
def studio(qapp: QApplication, workspace: Workspace, tmp_path: Path) -> Iterator[Studio]:
    """The state above the tab, in the demo camera's company."""
    studio = Studio(workspace, QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    studio.theme.apply()
    studio.load_datasets()
    yield studio
    assert studio.shutdown()
    studio.deleteLater()


@pytest.fixture
def tab(qtbot: QtBot, studio: Studio) -> Iterator[PredictionTab]:
    """The tab, on the (invisible) screen but not active yet."""
    tab = PredictionTab(studio)
    qtbot.addWidget(tab)
    tab.resize(1280, 700)
    tab.show()
    yield tab
    tab.shutdown()


@pytest.fixture
def show_colour(studio: Studio, tmp_path: Path) -> Callable[[str], None]:
    """Opens a camera that shows nothing but one colour."""

    def show(colour: str) -> None:
        path = write_picture(tmp_path / "camera" / f"{colour}.jpg", colour)
        studio.camera.open(parse_spec(str(path)))

    return show
