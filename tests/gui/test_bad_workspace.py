"""The window starts in a workspace full of broken things, and with settings that make no sense."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QPushButton, QTableView
from pytestqt.qtbot import QtBot

from cnn_studio import gui
from cnn_studio.data.cards import CARD_NAME
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.gui.application import default_settings
from cnn_studio.gui.datasets.dataset_menu import DatasetMenu
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.runs.runs_model import RUN_ROLE
from cnn_studio.models.runs import Run
from cnn_studio.paths import Workspace
from tests.bad_workspace import (
    GOOD,
    class_folders_named_oddly,
    make_good,
    name_oddly,
    spoil_datasets,
    spoil_runs,
)
from tests.hostile import EVERYTHING, THINGS

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without named pipes")

SOME = {
    **THINGS,
    **{
        name: EVERYTHING[name]
        for name in ("no bytes", "bytes that are no text", "a list 100,000 deep", "a text")
    },
}
ODD_SETTINGS = ("-1", "1e999", "99999999999999999999", "a, b, c", "@Invalid()", "[[[[", "{1: ")


def _shown(qtbot: QtBot, studio: Studio) -> MainWindow:
    window = MainWindow(studio)
    qtbot.addWidget(window)
    studio.load_datasets()
    window.show_page("capture")
    window.show()
    qtbot.waitExposed(window)
    for page in ("training", "prediction", "capture"):
        window.show_page(page)
        qtbot.wait(50)
    return window


def test_the_window_starts_beside_whatever_is_broken_and_works(
    qtbot: QtBot, studio: Studio, workspace: Workspace, models: Path
) -> None:
    make_good(workspace, models / "colours")
    bad = spoil_datasets(workspace, SOME, [CARD_NAME, "red", ".studio", ".studio/marks.jsonl"])
    spoil_runs(workspace, SOME, ["studio.json", "recipe.json", "history.csv", "notes.json"])
    name_oddly(workspace.datasets)
    name_oddly(workspace.runs)
    class_folders_named_oddly(workspace)
    window = _shown(qtbot, studio)
    button = window.findChild(QPushButton, "datasetChooser")
    menu = window.findChild(DatasetMenu, "datasetMenu")
    assert button is not None
    assert menu is not None
    listed = {dataset.name for dataset in studio.datasets}
    assert {GOOD, *bad} <= listed
    button.click()
    assert menu.model.rowCount() >= len(listed)
    menu.close()
    for dataset in studio.datasets:
        studio.choose_dataset(dataset.name)
        QApplication.processEvents()
    studio.choose_dataset(GOOD)
    assert studio.dataset is not None
    assert studio.dataset.problem == ""
    folders = ClassFolders(studio.dataset)
    folders.add_class("green")
    studio.dataset_was_edited()
    assert "green" in studio.dataset.card.classes
    window.show_page("training")
    table = window.findChild(QTableView, "runsTable")
    assert table is not None

    def names() -> set[str]:
        model = table.model()
        found = (model.index(row, 0).data(RUN_ROLE) for row in range(model.rowCount()))
        return {run.name for run in found if isinstance(run, Run)}

    qtbot.waitUntil(lambda: GOOD in names())
    assert {name for name in names() if name.startswith("bad-00-")}
    window.close()


@pytest.mark.parametrize("value", ODD_SETTINGS)
def test_settings_of_any_kind_keep_nobody_from_starting(
    qtbot: QtBot, workspace: Workspace, tmp_path: Path, value: str
) -> None:
    file = tmp_path / "odd.ini"
    keys: dict[str, list[str]] = {}
    for key in _keys_of_settings():
        group, _slash, name = key.partition("/")
        keys.setdefault(group, []).append(name)
    lines = (f"[{group}]\n" + "".join(f"{n}={value}\n" for n in ns) for group, ns in keys.items())
    file.write_text("".join(lines))
    studio = Studio(workspace, QSettings(str(file), QSettings.Format.IniFormat))
    studio.theme.apply()
    window = _shown(qtbot, studio)
    assert window.isVisible()
    window.close()
    assert studio.shutdown()


def _keys_of_settings() -> list[str]:
    sources = "\n".join(path.read_text("utf-8") for path in Path(gui.__file__).parent.rglob("*.py"))
    keys = re.findall(r'^_[A-Z_]+ = "([a-z]+/[a-zA-Z_{}]+)"', sources, re.MULTILINE)
    assert len(keys) > 20
    return [key.replace("{kind}", "webcam") for key in keys]


@pytest.mark.parametrize("thing", ["a pipe", "a link to a device without end", "a folder"])
def test_what_is_no_file_of_settings_is_not_read(qapp: QApplication, thing: str) -> None:
    usual = Path(default_settings().fileName())
    usual.parent.mkdir(parents=True, exist_ok=True)
    THINGS[thing](usual)
    settings = default_settings()
    assert settings.fileName() != str(usual)
    settings.setValue("look/mode", "dark")
    settings.sync()
    assert default_settings().value("look/mode") == "dark"
    assert not usual.is_file() or usual.is_symlink()
