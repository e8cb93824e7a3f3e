"""A model file that does not say what a pixel is, in the window: asked about, answered, kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QRadioButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.gui.prediction.model.pixel_dialog import PixelDialog
from cnn_studio.gui.prediction.prediction_tab import PredictionTab
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.notice import Notice
from cnn_studio.gui.widgets.share_bars import ShareCells
from tests.gui.prediction.conftest import write_picture

WAIT_MS = 30_000


@pytest.fixture
def silent_file(models: Path, tmp_path: Path) -> Path:
    """A network for -1..1 whose file says nothing of it."""
    shutil.copy(models / "silent.tflite", tmp_path / "fruit.tflite")
    (tmp_path / "fruit.txt").write_text("red\ngreen\nblue\n")
    return tmp_path / "fruit.tflite"


def _dialog(qtbot: QtBot, tab: PredictionTab) -> PixelDialog:
    qtbot.waitUntil(lambda: tab.findChild(PixelDialog) is not None, timeout=WAIT_MS)
    dialog = tab.findChild(PixelDialog)
    assert isinstance(dialog, PixelDialog)
    return dialog


def _says(dialog: PixelDialog) -> list[str]:
    return [cells.rows[0].name if cells.rows else "" for cells in dialog.findChildren(ShareCells)]


def _button(parent: QWidget, name: str) -> QPushButton:
    button = parent.findChild(QPushButton, name)
    assert isinstance(button, QPushButton)
    return button


def test_it_is_asked_with_answers_side_by_side_and_not_asked_twice(
    qtbot: QtBot,
    studio: Studio,
    tab: PredictionTab,
    silent_file: Path,
    show_colour: Callable[[str], None],
    tmp_path: Path,
) -> None:
    tab.activate()
    show_colour("green")
    qtbot.waitUntil(lambda: studio.camera.latest() is not None)
    tab._open.open(silent_file)
    dialog = _dialog(qtbot, tab)
    use = _button(dialog, "pixelUseButton")
    assert not use.isEnabled()  # nothing is proposed where nothing is known
    qtbot.waitUntil(lambda: all(_says(dialog)), timeout=WAIT_MS)
    qtbot.mouseClick(_button(dialog, "pixelCameraButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: set(_says(dialog)) == {"green"}, timeout=WAIT_MS)
    tab._open._pixels.show_file(write_picture(tmp_path / "mine" / "a.jpg", "red"))
    qtbot.waitUntil(lambda: _says(dialog) == ["red"] * 4 + ["blue"], timeout=WAIT_MS)
    signed = dialog.findChild(QRadioButton, "pixels--1..1")
    assert isinstance(signed, QRadioButton)
    signed.setChecked(True)
    assert use.isEnabled()
    qtbot.mouseClick(use, Qt.MouseButton.LeftButton)
    top, about = tab.findChild(QLabel, "topClass"), tab.findChild(QLabel, "runAbout")
    qtbot.waitUntil(lambda: top.text() == "green", timeout=WAIT_MS)
    assert "pixels −1 to 1" in about.text()  # noqa: RUF001
    tab._open.open(silent_file)
    qtbot.waitUntil(lambda: not tab._open._job.is_running, timeout=WAIT_MS)
    assert tab.findChild(PixelDialog) is None


def test_blue_first_turns_the_answers_round_and_the_choice_can_be_changed(
    qtbot: QtBot,
    studio: Studio,
    tab: PredictionTab,
    silent_file: Path,
    show_colour: Callable[[str], None],
) -> None:
    tab.activate()
    show_colour("red")
    qtbot.waitUntil(lambda: studio.camera.latest() is not None)
    tab._open.open(silent_file)
    dialog = _dialog(qtbot, tab)
    dialog.findChild(QRadioButton, "pixels-0..1").setChecked(True)
    _button(dialog, "pixelUseButton").click()
    top, about = tab.findChild(QLabel, "topClass"), tab.findChild(QLabel, "runAbout")
    qtbot.waitUntil(lambda: top.text() == "red", timeout=WAIT_MS)
    assert about.text().endswith("pixels 0 to 1")
    change = tab.findChild(QToolButton, "pixelsButton")
    assert change.isVisible()
    change.click()
    qtbot.waitUntil(lambda: dialog is not tab.findChild(PixelDialog))
    dialog = _dialog(qtbot, tab)
    assert dialog.findChild(QRadioButton, "pixels-0..1").isChecked()
    _button(dialog, "pixelCameraButton").click()
    qtbot.waitUntil(lambda: _says(dialog)[:3] == ["red"] * 3, timeout=WAIT_MS)
    dialog.findChild(QWidget, "pixelBlueFirst").setChecked(True)
    qtbot.waitUntil(lambda: _says(dialog)[:3] == ["blue"] * 3, timeout=WAIT_MS)
    _button(dialog, "pixelUseButton").click()
    qtbot.waitUntil(lambda: top.text() == "blue", timeout=WAIT_MS)
    assert about.text().endswith("pixels 0 to 1, blue first")


def test_without_an_answer_nothing_is_opened(
    qtbot: QtBot, tab: PredictionTab, silent_file: Path
) -> None:
    tab.activate()
    notice = tab.lower_edge.findChild(Notice)
    tab._open.open(silent_file)
    assert notice.text == "Opening fruit.tflite …"
    dialog = _dialog(qtbot, tab)
    assert not notice.isVisible()  # it is not being opened while a person thinks
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: tab.findChild(PixelDialog) is None)
    assert tab._model.run is None
    qtbot.waitUntil(lambda: not tab._open._pixels._asking.is_running, timeout=WAIT_MS)
