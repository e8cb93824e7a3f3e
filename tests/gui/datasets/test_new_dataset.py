"""A new dataset with its classes from one popover, and what the keys do after it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.data.cards import read_card
from cnn_studio.gui.capture.editing.trash_dialog import TrashDialog
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.popover import Popover

_CONTROL = Qt.KeyboardModifier.ControlModifier


def _opened(qtbot: QtBot, window: MainWindow) -> tuple[Popover, QLineEdit, QLineEdit, QLabel]:
    qtbot.keyClick(window, Qt.Key.Key_N, _CONTROL)
    popover = window.findChild(Popover, "popover")
    assert popover is not None
    name = popover.findChild(QLineEdit, "popoverField")
    classes = popover.findChild(QLineEdit, "popoverClasses")
    problem = popover.findChild(QLabel, "popoverProblem")
    assert name is not None
    assert classes is not None
    assert problem is not None
    return popover, name, classes, problem


def _focus() -> QWidget:
    popup = QApplication.activePopupWidget()
    focus = popup.focusWidget() if popup is not None else QApplication.focusWidget()
    assert focus is not None
    return focus


def test_by_keys_alone_to_a_dataset_that_records_at_once(
    qtbot: QtBot, window: MainWindow, studio: Studio
) -> None:
    studio.page_requested.emit("training")
    _popover, name, classes, _problem = _opened(qtbot, window)
    assert _focus() is name
    QTest.keyClicks(name, "Two things")
    QTest.keyClick(name, Qt.Key.Key_Return)
    assert _focus() is classes
    QTest.keyClicks(classes, "mug, pen")
    QTest.keyClick(classes, Qt.Key.Key_Return)
    assert studio.dataset is not None
    assert studio.dataset.title == "Two things"
    assert read_card(studio.dataset.folder).classes == ("mug", "pen")
    assert window._page_name == "capture"
    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus.objectName() == "classList"
    contents = window._pages["capture"]._contents  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: contents.chosen == "mug")


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_M])
def test_what_is_typed_after_it_opens_nothing(
    qtbot: QtBot, window: MainWindow, studio: Studio, key: Qt.Key
) -> None:
    trash = window.findChild(QWidget, "trashButton")
    if trash is not None:
        trash.setFocus()
    _popover, name, classes, _problem = _opened(qtbot, window)
    QTest.keyClicks(name, "Two things")
    QTest.keyClick(name, Qt.Key.Key_Return)
    QTest.keyClick(classes, Qt.Key.Key_Return)
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key)
    QTest.keyClick(focus, Qt.Key.Key_Return)
    assert window.findChild(TrashDialog) is None
    assert not [each for each in window.findChildren(QDialog) if each.isVisible()]
    assert QApplication.activePopupWidget() is None


@pytest.mark.parametrize(
    ("title", "classes", "said"),
    [
        ("", "mug", "1 to 80 letters or digits; this one has none"),
        ("..", "mug", "1 to 80 letters or digits"),
        ("🎉", "mug", "1 to 80 letters or digits"),
        ("con", "mug", "Windows keeps this name for itself"),
        ("MY DESK", "mug", "There is a dataset of that name already: my-desk"),
        ("Two", "mug, MUG", "mug and MUG would be the same folder"),
        ("Two", "mug, mug", "The class mug is named twice"),
        ("Two", "mug, a/b", "cannot contain '/'"),
        ("Two", "con", "Windows keeps this name"),
        ("Two", "pen, mug.", "cannot begin or end with a dot"),
        ("Two", "..", "cannot begin or end with a dot"),
        ("Two", "x" * 65, "at most 64 characters"),
    ],
)
def test_it_stays_open_with_what_is_wrong(
    qtbot: QtBot, window: MainWindow, studio: Studio, title: str, classes: str, said: str
) -> None:
    before = list(studio.datasets)
    popover, name, field, problem = _opened(qtbot, window)
    name.setText(title)
    field.setText(classes)
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert problem.isVisible()
    assert said in problem.text()
    assert popover.isVisible()
    assert studio.datasets == before
    QTest.keyClicks(field, "x")
    assert not problem.isVisible()
    popover.close()


@pytest.mark.parametrize(
    ("typed", "classes"),
    [
        ("", ()),
        (" , ;", ()),
        ("mug,pen", ("mug", "pen")),
        ("mug\npen\r\ncup", ("mug", "pen", "cup")),
        (f"{'x' * 60}; 🎉, ", ("x" * 60, "🎉")),
    ],
)
def test_classes_come_apart_by_commas_and_new_lines(
    qtbot: QtBot, window: MainWindow, studio: Studio, typed: str, classes: tuple[str, ...]
) -> None:
    _popover, name, field, _problem = _opened(qtbot, window)
    name.setText("Two")
    QApplication.clipboard().setText(typed)
    field.setFocus()
    field.paste()
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert studio.dataset is not None
    assert studio.dataset.title == "Two"
    assert studio.dataset.card.classes == classes
