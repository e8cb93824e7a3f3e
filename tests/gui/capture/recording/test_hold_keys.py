"""A key that is held down is one hold, however the system repeats it."""

from __future__ import annotations

import time

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.gui.capture.recording.hold_keys import HoldKeys
from cnn_studio.gui.key_repeat import KeyRepeat

_REPEATS = 20


def test_space_that_the_system_repeats_is_one_hold(qtbot: QtBot) -> None:
    area = QWidget()
    qtbot.addWidget(area)
    keys = HoldKeys(area, QPushButton(area))
    told: list[str] = []
    keys.hold_began.connect(lambda: told.append("began"))
    keys.hold_ended.connect(lambda: told.append("ended"))
    QTest.keyPress(area, Qt.Key.Key_Space)
    for _ in range(_REPEATS):  # as X11 sends them, where Qt does not see that they belong together
        QTest.keyRelease(area, Qt.Key.Key_Space)
        QTest.keyPress(area, Qt.Key.Key_Space)
    assert told == ["began"]
    with qtbot.waitSignal(keys.hold_ended):
        QTest.keyRelease(area, Qt.Key.Key_Space)
    assert told == ["began", "ended"]


def test_a_window_that_was_busy_hears_the_press_that_follows_a_release(qtbot: QtBot) -> None:
    area = QWidget()
    qtbot.addWidget(area)
    keys = HoldKeys(area, QPushButton(area))
    QTest.keyPress(area, Qt.Key.Key_Space)
    QTest.keyRelease(area, Qt.Key.Key_Space)
    time.sleep(0.2)  # the work that keeps the window busy
    QCoreApplication.processEvents()
    assert keys.is_held
    QTest.keyPress(area, Qt.Key.Key_Space)
    assert keys.is_held
    with qtbot.waitSignal(keys.hold_ended):
        QTest.keyRelease(area, Qt.Key.Key_Space)


def test_repeats_that_are_kept_from_it_go_on_with_the_hold(
    key_repeat: KeyRepeat, qtbot: QtBot
) -> None:
    area = QWidget()
    qtbot.addWidget(area)
    keys = HoldKeys(area, QPushButton(area))
    told: list[str] = []
    keys.hold_ended.connect(lambda: told.append("ended"))
    QTest.keyPress(area, Qt.Key.Key_Space)
    QTest.keyRelease(area, Qt.Key.Key_Space)  # what X11 sends first
    key_repeat.repeated.emit()
    assert not keys._release.isActive()
    assert keys.is_held
    with qtbot.waitSignal(keys.hold_ended):
        QTest.keyRelease(area, Qt.Key.Key_Space)


def test_a_menu_keeps_its_keys(qtbot: QtBot) -> None:
    area = QWidget()
    qtbot.addWidget(area)
    menu = QMenu(area)
    told: list[str] = []
    menu.addAction("one").triggered.connect(lambda: told.append("one"))
    keys = HoldKeys(area, QPushButton(area))
    for signal in (keys.hold_began, keys.shot_requested, keys.number_pressed):
        signal.connect(lambda *_: told.append("taken"))
    area.show()
    menu.popup(area.mapToGlobal(area.rect().center()))
    for key in (Qt.Key.Key_1, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(menu, key)
    assert told == ["one"]
    QTest.keyClick(area, Qt.Key.Key_Return)
    assert told == ["one", "taken"]
