"""Each key that a tooltip names, pressed on the whole window, reaches what has the tooltip."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QKeySequence, QShortcut, QShortcutEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.training_control import TrainingControl
from tests.gui.datasets.conftest import MenuUser, desk, user, window
from tests.gui.help.test_every_command import SHARED_KEYS
from tests.gui.layout_states import STATES, furnish

__all__ = ["desk", "user", "window"]
_WITHOUT_A_CAUSE = {"undoBarButton"}  # it is shown here with nothing behind it to undo
LEAST_TRIED = {"capture": 25, "training": 24, "prediction": 24}


class Catcher(QObject):
    """Notes which shortcut a key reaches, and keeps it from acting."""

    def __init__(self) -> None:
        super().__init__()
        self.reached: list[tuple[QObject, bool]] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Shortcut:
            return False
        assert isinstance(event, QShortcutEvent)
        self.reached.append((watched, event.isAmbiguous()))
        return True


def _key_in(tip: str) -> QKeySequence | None:
    line = tip.split("\n")[0]
    text = line.rpartition("(")[2].removesuffix(")") if line.endswith(")") else ""
    keys = QKeySequence(text.replace("Enter", "Return"), QKeySequence.SequenceFormat.NativeText)
    return keys if keys.count() == 1 and ("+" in text or text.startswith("F")) else None


def _belongs(reached: QObject, button: QAbstractButton, keys: QKeySequence) -> bool:
    """Whether the shortcut is the button's, of what it is a part of, or opens the same tab."""
    if isinstance(reached, QAction):
        owners = [each for each in reached.associatedObjects() if isinstance(each, QWidget)]
        return any(each is button or each.isAncestorOf(button) for each in owners)
    if isinstance(reached, QAbstractButton) and reached.property("page"):
        return reached.shortcut() == keys
    owner = reached.parent() if isinstance(reached, QShortcut) else reached
    return owner is button or (isinstance(owner, QWidget) and owner.isAncestorOf(button))


@pytest.fixture
def furnished(
    qtbot: QtBot, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """The window with datasets and runs."""
    # Nothing is trained here, and to warm the engine takes seconds of a processor.
    monkeypatch.setattr(TrainingControl, "keep_warm", lambda _control, _warm, _network=None: None)
    furnish(studio.workspace)
    studio.load_datasets()
    window = MainWindow(studio)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()


def _misled(window: MainWindow, tried: set[str]) -> Iterator[str]:
    """Presses the key of each button on show that was not tried yet; those that go elsewhere."""
    for button in window.findChildren(QAbstractButton):
        if not isValid(button) or button.objectName() in _WITHOUT_A_CAUSE:
            continue
        keys, name = _key_in(button.toolTip()), button.objectName()
        is_of_window = button.isVisible() and button.isEnabled() and button.window() is window
        if keys is None or not is_of_window or f"{name} {keys.toString()}" in tried:
            continue
        tried.add(f"{name} {keys.toString()}")
        reached = _reached_by(window, keys)
        if not isValid(button) or _key_in(button.toolTip()) != keys:
            continue  # it has turned into something else in the meantime
        shared = keys.toString() in SHARED_KEYS
        fits = [each for each, _ in reached if _belongs(each, button, keys)]
        if len(reached) != 1 or not (shared or fits) or (reached[0][1] and not shared):
            yield f"{name}, {keys.toString()}: {reached}"


def _reached_by(window: QWidget, keys: QKeySequence) -> list[tuple[QObject, bool]]:
    catcher, application = Catcher(), QApplication.instance()
    assert application is not None
    application.installEventFilter(catcher)
    pressed = keys[0]
    QTest.keyClick(window.windowHandle(), pressed.key(), pressed.keyboardModifiers())
    application.removeEventFilter(catcher)
    return catcher.reached


@pytest.mark.parametrize("page", ["capture", "training", "prediction"])
def test_the_key_of_every_button_on_a_tab_reaches_that_button_alone(
    qtbot: QtBot, furnished: MainWindow, studio: Studio, page: str
) -> None:
    tried: set[str] = set()
    misled: list[str] = []
    for state in STATES[page](qtbot, furnished, studio):
        furnished.activateWindow()
        qtbot.waitUntil(furnished.isActiveWindow)
        misled += [f"{state}: {each}" for each in _misled(furnished, tried)]
    assert misled == []
    assert len(tried) > LEAST_TRIED[page]


def test_the_keys_of_the_dataset_menu_work_while_it_is_open_and_only_then(
    qtbot: QtBot, window: MainWindow, user: MenuUser
) -> None:
    qtbot.waitUntil(window.isActiveWindow)
    entries = [each for each in user.menu.findChildren(QPushButton) if each.objectName()]
    assert len(entries) == 7
    for entry in entries:
        assert entry not in [each for each, _ in _reached_by(window, entry.shortcut())]
    user.button.click()
    qtbot.waitUntil(user.menu.isVisible)
    for entry in filter(QPushButton.isEnabled, entries):
        assert _reached_by(user.menu, entry.shortcut()) == [(entry, False)], entry.objectName()
    lines = {
        line.keys: line.text for line in window.help.lines() if "menu of datasets" in line.text
    }
    assert lines["Ctrl+T"].endswith(" · the menu of datasets")
    assert lines.keys() >= {entry.shortcut().toString() for entry in entries} - {"Ctrl+Delete"}
