"""The window around the tabs: switching, choosing, and surviving what nobody foresaw."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cnn_studio.camera.feed import FeedStatus
from cnn_studio.camera.spec import parse_spec
from cnn_studio.gui.application import Problems
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.network_dialog import NetworkDialog
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.theme import Mode
from cnn_studio.gui.widgets.notice import Notice
from cnn_studio.paths import Workspace


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    studio = Studio(Workspace(tmp_path / "workspace"), settings)
    studio.theme.apply()
    yield studio
    assert studio.shutdown()


@pytest.fixture
def window(qtbot: QtBot, studio: Studio) -> Iterator[MainWindow]:
    window = MainWindow(studio)
    qtbot.addWidget(window)
    studio.load_datasets()
    window.show_page("capture")
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()


def _chooser(window: MainWindow, name: str) -> QComboBox:
    chooser = window.findChild(QComboBox, name)
    assert chooser is not None
    return chooser


def test_the_keyboard_switches_the_tabs(qtbot: QtBot, window: MainWindow) -> None:
    for key, name in (
        (Qt.Key.Key_2, "training"),
        (Qt.Key.Key_3, "prediction"),
        (Qt.Key.Key_1, "capture"),
    ):
        qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda name=name: window._page_name == name)
        button = window.findChild(QPushButton, f"{name}Page")
        assert button is not None
        assert button.isChecked()


def test_the_chosen_dataset_is_remembered(studio: Studio) -> None:
    studio.load_datasets()
    studio.choose_dataset("satellite")
    again = Studio(studio.workspace, studio.settings)
    again.load_datasets()
    assert again.shutdown()  # else Python ends its threads' objects while they run
    assert again.dataset == studio.dataset
    assert again.shutdown()


def test_without_a_webcam_the_demo_camera_is_chosen_and_named(
    qtbot: QtBot, window: MainWindow, studio: Studio
) -> None:
    studio.camera.start("demo:cap")
    qtbot.waitUntil(lambda: studio.camera.latest() is not None)
    qtbot.waitUntil(lambda: bool(studio.camera.cameras))
    assert studio.camera.demo_object == "cap"
    assert _chooser(window, "cameraChooser").currentData() == "demo"
    rate = window.findChild(QLabel, "cameraRate")
    assert rate is not None
    qtbot.waitUntil(lambda: "fps" in rate.text())


def test_a_camera_that_fails_leaves_the_window_alive_and_another_can_be_chosen(
    qtbot: QtBot, window: MainWindow, studio: Studio, tmp_path: Path
) -> None:
    studio.camera.start(str(tmp_path / "missing.avi"))
    qtbot.waitUntil(lambda: studio.camera.state.status is FeedStatus.FAILED)
    assert "missing.avi" in studio.camera.state.message
    assert studio.camera.latest() is None
    qtbot.waitUntil(lambda: bool(studio.camera.cameras))
    chooser = _chooser(window, "cameraChooser")
    chooser.activated.emit(chooser.findData("demo"))
    qtbot.waitUntil(lambda: studio.camera.latest() is not None)


def test_a_mistake_of_ours_is_told_and_does_not_close_the_window(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    problems = Problems()
    problems.raised.connect(window.show_problem)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    problems.install()
    error = ZeroDivisionError("division by zero")
    sys.excepthook(type(error), error, None)
    (notice,) = (each for each in window.findChildren(Notice) if each.isVisible())
    assert "division by zero" in notice.text
    assert window.isVisible()
    assert "Something unexpected" in caplog.text


def test_a_webcam_named_like_the_demo_camera_is_an_entry_of_its_own(
    window: MainWindow, studio: Studio
) -> None:
    spec = parse_spec("webcam:democam")
    studio.camera.open(spec)
    assert _chooser(window, "cameraChooser").currentData() == str(spec)
    studio.camera.open(parse_spec("demo:book"))
    assert _chooser(window, "cameraChooser").currentData() == "demo"


def test_a_network_camera_is_asked_for_in_a_window(window: MainWindow) -> None:
    chooser = _chooser(window, "cameraChooser")
    chooser.activated.emit(chooser.findData("network"))
    dialog = window.findChild(NetworkDialog)
    assert dialog is not None
    assert dialog.isVisible()
    dialog.reject()


@pytest.mark.parametrize("mode", [Mode.LIGHT, Mode.DARK])
def test_choosing_a_page_moves_nothing_in_the_header_and_clips_no_text(
    window: MainWindow, studio: Studio, mode: Mode
) -> None:
    studio.theme.set_mode(mode)
    places = []
    for name in ("capture", "training", "prediction"):
        window.show_page(name)
        QApplication.sendPostedEvents()
        buttons = [button for button in window.findChildren(QPushButton) if button.property("page")]
        places.append([button.geometry() for button in buttons])
        (chosen,) = (button for button in buttons if button.isChecked())
        bold = QFont(chosen.font())
        bold.setWeight(QFont.Weight.DemiBold)  # as the style sheet has it
        text = QFontMetrics(bold).horizontalAdvance(chosen.text())
        assert text + chosen.iconSize().width() + 30 <= chosen.width()
    assert places[0] == places[1] == places[2]
