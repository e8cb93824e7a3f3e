"""The honest figure beside the flattering one, under a run's scores."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.results.flattering_flow import FlatteringFlow
from cnn_studio.gui.training.results.flattering_row import FlatteringRow
from cnn_studio.gui.training.training_tab import TrainingTab
from cnn_studio.gui.widgets.notice import Notice
from cnn_studio.models.flattering import ChangesSince, Flattering, write_flattering
from cnn_studio.models.runs import RECIPE_FILE, SPLIT_FILE, open_run
from cnn_studio.paths import Workspace
from tests.gui.training.results.test_results import write_run


@pytest.fixture
def run_folder(workspace: Workspace, dataset_folder: Path) -> Path:
    folder = write_run(
        workspace, "20261122-120000-colours", dataset="colours", recipe={"epochs": 1}
    )
    split = {"train": ["red/000.jpg"], "validation": ["red/001.jpg"], "grouped": 2}
    (folder / SPLIT_FILE).write_text(json.dumps(split), encoding="utf-8")
    return folder


@pytest.fixture
def row(qtbot: QtBot) -> FlatteringRow:
    row = FlatteringRow()
    qtbot.addWidget(row)
    return row


@pytest.fixture
def flow(qtbot: QtBot, studio: Studio, row: FlatteringRow, run_folder: Path) -> FlatteringFlow:
    studio.load_datasets()
    flow = FlatteringFlow(studio, row, row)
    flow.show_run(open_run(run_folder))
    qtbot.waitUntil(row.isVisible)
    return flow


def _button(row: FlatteringRow) -> QPushButton:
    button = row.findChild(QPushButton, "flatteringButton")
    assert button is not None
    return button


def test_it_is_offered_and_a_cancel_offers_it_again(
    qtbot: QtBot, flow: FlatteringFlow, row: FlatteringRow
) -> None:
    assert _button(row).text() == "What would a random split claim?"
    QTest.mouseClick(_button(row), Qt.MouseButton.LeftButton)
    assert row.text == "Training on a random split: 0 %"
    QTest.mouseClick(_button(row), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: _button(row).text() != "Cancel", timeout=20_000)
    assert row.isVisible()


def test_what_was_found_is_shown_side_by_side(
    qtbot: QtBot, flow: FlatteringFlow, row: FlatteringRow, run_folder: Path
) -> None:
    told: list[str] = []
    flow.explained.connect(told.append)
    write_flattering(run_folder, Flattering(0.8, 50, 0.975, 51, ChangesSince(2, 0, 1), 497))
    flow.show_run(open_run(run_folder))
    qtbot.waitUntil(lambda: row.text.startswith("Honest split"))
    assert row.text == "Honest split 80.0 %, random split 97.5 %"
    assert told == []
    assert _button(row).text() == "Why?"
    QTest.mouseClick(_button(row), Qt.MouseButton.LeftButton)
    (sentence,) = told
    figures = "Honest split 80.0 % (67.0 to 88.8 %), random split 97.5 % (89.7 to 99.7 %)."
    assert sentence.startswith(figures)
    assert "2 images were relabelled and 1 deleted since; measured on the other 497." in sentence
    assert "Trust the honest figure" in sentence
    flow.show_run(None)
    assert told[-1] == ""


def test_where_no_images_belong_together_nothing_is_offered(
    qtbot: QtBot, flow: FlatteringFlow, row: FlatteringRow, studio: Studio, run_folder: Path
) -> None:
    split = {"train": ["red/000.jpg"], "validation": ["red/001.jpg"], "grouped": 0}
    (run_folder / SPLIT_FILE).write_text(json.dumps(split), encoding="utf-8")
    flow.show_run(open_run(run_folder))
    qtbot.waitUntil(lambda: not studio.jobs._running)
    assert not row.isVisible()


@pytest.mark.slow
def test_a_run_that_cannot_be_tried_says_why_where_there_is_room(
    qtbot: QtBot, studio: Studio, workspace: Workspace, dataset_folder: Path, tab: TrainingTab
) -> None:
    folder = write_run(workspace, "20261122-120000-few", dataset="colours", recipe={"epochs": 1})
    names = [f"{name}/{number:03d}.jpg" for name in ("red", "green") for number in range(4)]
    split = {"train": names, "validation": ["blue/000.jpg"], "grouped": 2}
    (folder / SPLIT_FILE).write_text(json.dumps(split), encoding="utf-8")
    classes = json.dumps({"classes": ["red", "green", "blue"]})
    (folder / RECIPE_FILE).write_text(classes, encoding="utf-8")
    (dataset_folder / "blue" / "000.jpg").rename(dataset_folder / "red" / "moved.jpg")
    studio.runs_changed.emit()
    row = tab._results.flattering
    qtbot.waitUntil(row.isVisible)
    QTest.mouseClick(_button(row), Qt.MouseButton.LeftButton)
    notice = tab.lower_edge.findChild(Notice)
    assert notice is not None
    qtbot.waitUntil(notice.isVisible, timeout=180_000)
    assert notice.text == (
        "Too few images of blue are what they were when this run was trained: 1 image was deleted "
        "since. Train again, and compare that run."
    )
    label = notice.findChild(QLabel, "noticeText")
    assert label is not None
    for width, height in ((1280, 712), (960, 552)):
        tab.window().resize(width, height)
        tab.resize(width, height)
        qtbot.waitUntil(lambda width=width: tab.width() == width)
        qtbot.waitUntil(lambda: label.height() >= label.heightForWidth(label.width()))
    qtbot.waitUntil(lambda: _button(row).text() == "What would a random split claim?")
