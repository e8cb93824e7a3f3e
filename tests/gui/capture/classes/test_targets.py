"""Targets in steps: where they are changed, and what they do on the tab."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.data.cards import read_card
from cnn_studio.data.catalog import Dataset
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.classes.class_view import ClassView
from tests.gui.capture.conftest import OpenTab, write_pictures
from tests.gui.capture.test_capture_tab import part, shown_names

K = Qt.Key


@pytest.fixture
def tab(qtbot: QtBot, things: Dataset, open_tab: OpenTab) -> CaptureTab:
    for name in ("pen", "cup", "key"):
        write_pictures(things.folder / name, 12)
    tab = open_tab(camera="")
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 12)
    return tab


def _field(tab: CaptureTab) -> QLineEdit:
    field = tab.findChild(QLineEdit, "popoverField")
    assert field is not None
    return field


def test_at_the_first_step_it_says_that_one_can_train(tab: CaptureTab) -> None:
    assert part(tab, QLabel, "coach").text().splitlines() == [
        "Enough to train: Ctrl+2",
        "pen has 12 of 40.",
    ]
    assert {row.target for row in part(tab, ClassView)._classes.rows} == {40}


def test_the_steps_are_edited_and_undone(qtbot: QtBot, tab: CaptureTab, things: Dataset) -> None:
    part(tab, QToolButton, "targetsButton").click()
    assert _field(tab).text() == "10, 40, 200, 500"
    for wrong in ("many", "", "0, 5", "1 2 3 4 5 6 7 8 9 10", "99999999999999999999"):
        _field(tab).setText(wrong)
        QTest.keyClick(_field(tab), K.Key_Return)
        problem = tab.findChild(QLabel, "popoverProblem")
        assert problem is not None
        assert problem.text().endswith("such as: 10, 40, 200"), wrong
    _field(tab).setText("20, 5; 60")
    QTest.keyClick(_field(tab), K.Key_Return)
    qtbot.waitUntil(lambda: read_card(things.folder).targets == (5, 20, 60))
    qtbot.waitUntil(lambda: "pen has 12 of 20." in part(tab, QLabel, "coach").text())
    part(tab, QToolButton, "undoButton").click()
    qtbot.waitUntil(lambda: read_card(things.folder).targets == (10, 40, 200, 500))
    qtbot.waitUntil(lambda: "pen has 12 of 40." in part(tab, QLabel, "coach").text())


def test_the_key_opens_the_editor_from_anywhere_on_the_tab(tab: CaptureTab) -> None:
    QTest.keyClick(part(tab, ClassView), K.Key_T, Qt.KeyboardModifier.AltModifier)
    popover = tab.findChild(QWidget, "popover")
    assert popover is not None
    assert _field(tab).isVisible()
    popover.close()
