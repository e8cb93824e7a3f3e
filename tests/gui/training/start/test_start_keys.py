"""What was pressed once never presses its opposite: not by the same key, nor at the same place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.gui.prediction.retraining.training_row import TrainingRow
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.start.start_buttons import StartButtons
from cnn_studio.gui.widgets.turned_guard import TurnedGuard

_PRESSING = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


@pytest.fixture
def buttons(qtbot: QtBot, studio: Studio) -> Iterator[StartButtons]:
    window = QWidget()
    qtbot.addWidget(window)
    buttons = StartButtons(studio.theme, window)
    column = QVBoxLayout(window)
    column.addStretch(1)  # as in the panel, which is as high as the window
    column.addWidget(buttons)
    window.resize(304, 400)
    buttons.set_startable(True)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield buttons
    window.close()


@pytest.fixture
def two_buttons(qtbot: QtBot) -> Iterator[tuple[QPushButton, QPushButton]]:
    """Beside each other, in a window that has the keys."""
    window = QWidget()
    qtbot.addWidget(window)
    button, other = QPushButton(window), QPushButton("Other", window)
    other.move(100, 0)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield button, other
    window.close()


def _button(buttons: QWidget, name: str) -> QPushButton:
    button = buttons.findChild(QPushButton, name)
    assert button is not None
    return button


@pytest.mark.parametrize("key", _PRESSING)
def test_the_key_that_starts_a_training_does_not_stop_it(
    qtbot: QtBot, buttons: StartButtons, key: Qt.Key
) -> None:
    heard: list[str] = []
    buttons.start_requested.connect(lambda: buttons.set_training(True))
    buttons.stop_requested.connect(lambda: heard.append("stop"))
    buttons.pause_toggled.connect(lambda _paused: heard.append("pause"))
    start = _button(buttons, "startButton")
    start.setFocus()
    qtbot.keyClick(start, Qt.Key.Key_Space)
    buttons.set_paused(False, True)
    assert _button(buttons, "stopButton").isVisible()
    focused = QApplication.focusWidget()
    assert focused is buttons
    for _ in range(3):
        qtbot.keyClick(focused, key)
    assert heard == []


def test_neither_pause_nor_the_end_puts_the_opposite_under_the_same_key(
    qtbot: QtBot, buttons: StartButtons
) -> None:
    heard: list[str] = []
    buttons.set_training(True)
    buttons.set_paused(False, True)
    buttons.pause_toggled.connect(lambda paused: heard.append(f"pause {paused}"))
    buttons.stop_requested.connect(lambda: heard.append("stop"))
    buttons.start_requested.connect(lambda: heard.append("start"))
    pause = _button(buttons, "pauseButton")
    pause.setFocus()
    qtbot.keyClick(pause, Qt.Key.Key_Space)
    assert QApplication.focusWidget() is buttons  # Qt would have gone on to Stop
    buttons.set_paused(True, True)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert heard == ["pause True"]
    stop = _button(buttons, "stopButton")
    stop.setFocus()
    qtbot.keyClick(stop, Qt.Key.Key_Space)
    buttons.set_stopping(True)
    buttons.set_training(False)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert heard == ["pause True", "stop"]
    assert QApplication.focusWidget() is buttons


def test_tab_leads_from_the_row_to_pause_and_stop(qtbot: QtBot, buttons: StartButtons) -> None:
    _button(buttons, "startButton").setFocus()
    buttons.set_training(True)
    buttons.set_paused(False, True)
    names = []
    for _ in range(2):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        names.append(QApplication.focusWidget().objectName())
    assert set(names) == {"pauseButton", "stopButton"}


def test_stop_never_stands_where_start_was_pressed(qtbot: QtBot, buttons: StartButtons) -> None:
    start = _button(buttons, "startButton")
    before = start.geometry().translated(start.mapToGlobal(QPoint(0, 0)) - start.pos())
    buttons.set_training(True)
    QApplication.sendPostedEvents()
    for name in ("pauseButton", "stopButton"):
        other = _button(buttons, name)
        place = other.geometry().translated(other.mapToGlobal(QPoint(0, 0)) - other.pos())
        assert not place.intersects(before)
    assert not start.isEnabled()


def test_a_button_that_turned_is_not_pressed_by_the_same_key_or_a_double_click(
    qtbot: QtBot, two_buttons: tuple[QPushButton, QPushButton]
) -> None:
    button, other = two_buttons
    button.setText("Start")
    guard = TurnedGuard(button)
    pressed: list[str] = []

    def turn() -> None:
        pressed.append(button.text())
        button.setText("Cancel")
        guard.turn()

    button.clicked.connect(turn)
    button.setFocus()
    for key in (Qt.Key.Key_Space, *_PRESSING):
        qtbot.keyClick(button, key)
    assert pressed == ["Start"]
    other.setFocus()
    button.setFocus()
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(button, left)
    assert pressed == ["Start", "Cancel"]
    qtbot.mouseDClick(button, left)  # the second half, after the first has turned the button
    assert pressed == ["Start", "Cancel"]
    qtbot.mouseClick(button, left)
    assert pressed == ["Start", "Cancel", "Cancel"]
    other.setFocus()
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert pressed == ["Start", "Cancel", "Cancel", "Cancel"]


def test_what_was_pressed_before_a_button_turned_does_nothing_when_it_is_let_go(
    qtbot: QtBot, two_buttons: tuple[QPushButton, QPushButton]
) -> None:
    button, other = two_buttons
    button.setText("Cancel")
    guard = TurnedGuard(button)
    pressed: list[str] = []
    button.clicked.connect(lambda: pressed.append(button.text()))
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(button, left)
    guard.turn()  # the work has ended
    assert not button.isDown()
    qtbot.mouseMove(button, button.rect().center() + QPoint(3, 0))
    qtbot.mouseRelease(button, left)
    assert (pressed, button.isDown()) == ([], False)
    button.clearFocus()
    button.setFocus()
    qtbot.keyPress(button, Qt.Key.Key_Space)
    assert button.isDown()
    guard.turn()
    assert not button.isDown()
    qtbot.keyRelease(button, Qt.Key.Key_Space)
    assert (pressed, button.isDown()) == ([], False)
    other.setFocus()
    qtbot.mouseClick(button, left)
    button.clearFocus()
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert pressed == ["Cancel", "Cancel"]


def test_the_row_in_the_predict_tab_takes_the_keys_but_does_not_stop(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    row = TrainingRow(window)
    row.show()
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    stopped: list[bool] = []
    row.stop_requested.connect(lambda: stopped.append(True))
    row.take_focus()
    assert QApplication.focusWidget() is row
    for key in _PRESSING:
        qtbot.keyClick(row, key)
    assert stopped == []
