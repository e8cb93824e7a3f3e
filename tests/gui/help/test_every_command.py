"""Every command of the window has a key, its tooltip names it, and the sheet of keys lists it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QDialog,
    QLineEdit,
    QMenu,
    QRadioButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnn_studio.gui.help.key_lines import native
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.button_key import ButtonKey


@pytest.fixture
def window(qtbot: QtBot, studio: Studio) -> Iterator[MainWindow]:
    window = MainWindow(studio)
    qtbot.addWidget(window)
    studio.load_datasets()
    window.show_page("capture")
    window.show()
    qtbot.waitExposed(window)
    window.pages()
    yield window
    window.close()


def _name(each: QObject) -> str:
    names = []
    parent: QObject | None = each
    while parent is not None and len(names) < 3:
        names.append(parent.objectName() or type(parent).__name__)
        parent = parent.parent()
    return " in ".join(names)


def test_every_key_of_the_window_is_on_the_sheet_with_what_it_does(window: MainWindow) -> None:
    described = {line.keys for line in window.help.lines() if line.text}
    missing = []
    for each in window.findChildren(QObject):
        keys = ""
        if isinstance(each, QShortcut):
            keys = native(each.keys())
        elif isinstance(each, QAction):
            keys = native(each.shortcuts())
        elif isinstance(each, QAbstractButton):
            keys = native([each.shortcut()])
        if keys and keys not in described and not _is_one_of_many(keys, described):
            missing.append(f"{_name(each)}: {keys}")
    assert missing == []
    assert [line for line in window.help.lines() if not line.text] == []


def test_no_key_combination_is_on_the_sheet_twice_for_the_same_place(window: MainWindow) -> None:
    found: dict[tuple[str, str], list[str]] = {}
    for line in window.help.lines():
        if "+" in line.keys and line.keys not in SHARED_KEYS and " · " not in line.text:
            found.setdefault((line.place, line.keys), []).append(line.text)
    assert {keys: texts for keys, texts in found.items() if len(texts) > 1} == {}


def _is_one_of_many(keys: str, described: set[str]) -> bool:
    """1 is on the sheet as "1 … 9"."""
    return keys.isdigit() and "1 … 9" in described


def _is_command(button: QAbstractButton) -> bool:
    """Not what belongs to Qt's own fields, nor a choice that is ticked in a form."""
    is_qts = button.objectName().startswith("qt_") or isinstance(button.parent(), QLineEdit)
    return not is_qts and not isinstance(button, QCheckBox | QRadioButton)


def _popups_above(each: QObject) -> bool:
    """Whether it is in a popover, a menu or a dialog, which has a way in with a key."""
    parent = each.parent()
    while parent is not None:
        if isinstance(parent, QMenu | QDialog):
            return True
        if isinstance(parent, QWidget) and parent.windowType() == Qt.WindowType.Popup:
            return True
        parent = parent.parent()
    return False


def test_every_button_names_its_key_in_its_tooltip(window: MainWindow) -> None:
    known = {key for line in window.help.lines() for key in line.keys.split(" / ")}
    known |= {"Enter", "Esc", "Left", "Right"}  # a view takes them itself
    without = []
    for button in window.findChildren(QAbstractButton):
        if not _is_command(button) or _popups_above(button):
            continue
        has_key = button.findChild(ButtonKey) is not None
        if has_key and not button.toolTip() and not button.isVisible():
            continue  # it is named when there is something to do
        line = button.toolTip().split("\n")[0]
        key = line.rpartition("(")[2].removesuffix(")") if line.endswith(")") else ""
        key = key.replace("Ctrl+Enter", "Ctrl+Return")
        if key not in known:
            without.append(f"{_name(button)}: {button.text()!r} {button.toolTip()!r}")
    assert without == []


def test_every_command_of_a_menu_has_a_key_or_a_menu_that_is_reached_by_one(
    window: MainWindow,
) -> None:
    buttons = window.findChildren(QToolButton)
    lost = []
    for action in window.findChildren(QAction):
        if action.isSeparator() or not action.text() or action.menu() is not None:
            continue
        owners = [each for each in action.associatedObjects() if isinstance(each, QMenu)]
        if not owners and not native(action.shortcuts()) and "\t" not in action.text():
            lost.append(_name(action))
    assert lost == []
    assert all(b.toolTip().endswith(")") for b in buttons if b.menu() is not None)


# Messages, and pages that say what is missing: their button is pressed in turn, where two are on
# show. A model is opened from the page without one, or from the chooser, which are never both seen.
SHARED_KEYS = {"Alt+A", "Alt+X", "Alt+G", "Ctrl+Shift+M"}


def _keys_of(each: QObject) -> set[tuple[str, bool]]:
    """Its keys, and of each whether it works wherever the focus is in the window."""
    keys: list[QKeySequence] = []
    context = Qt.ShortcutContext.WindowShortcut
    if isinstance(each, QShortcut):
        keys, context = each.keys(), each.context()
    elif isinstance(each, QAction):
        keys, context = each.shortcuts(), each.shortcutContext()
    elif isinstance(each, QAbstractButton) and not each.shortcut().isEmpty():
        keys = [each.shortcut()]
    return {(key.toString(), context is Qt.ShortcutContext.WindowShortcut) for key in keys}


def _window_of(owner: QWidget) -> QWidget:
    """Where its keys work: an open panel or dialog keeps the keys of the window below it away.

    What is in a menu works in the window of the menu's button, whether the menu is open or not.
    """
    window = owner.window()
    while isinstance(window, QMenu) and isinstance(window.parent(), QWidget):
        window = window.parent().window()
    return window


@pytest.mark.parametrize("page", ["capture", "training", "prediction"])
def test_no_key_means_two_things_on_a_tab(window: MainWindow, page: str) -> None:
    others = [root for name, root in window.pages().items() if name != page]
    meanings: dict[tuple[str, str], list[str]] = {}
    everywhere: set[tuple[str, str]] = set()
    for each in window.findChildren(QObject):
        owner: QObject | None = each
        while owner is not None and not isinstance(owner, QWidget):
            owner = owner.parent()
        if isinstance(owner, QWidget) and any(root.isAncestorOf(owner) for root in others):
            continue
        if not isinstance(owner, QWidget):
            continue
        where = _window_of(owner).objectName()
        for key, is_everywhere in _keys_of(each):
            if key and key not in SHARED_KEYS:
                meanings.setdefault((where, key), []).append(_name(each))
            if is_everywhere:
                everywhere.add((where, key))
    # Two lists may know one key each in their way: it is the turn of the one with the focus.
    twice = {key: names for key, names in meanings.items() if len(names) > 1 and key in everywhere}
    assert twice == {}
