"""The ring around what the keys go to: in a list it is around the current item."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QListWidget,
    QPushButton,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnn_studio.gui.capture.classes.class_view import ClassView
from cnn_studio.gui.focus_ring import FocusRing
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.table_look import make_quiet


@pytest.fixture(autouse=True)
def focus_ring(qapp: QApplication) -> Iterator[FocusRing]:
    ring = FocusRing(qapp)
    yield ring
    ring.setParent(None)
    ring.deleteLater()


def _ring(view: QWidget) -> QWidget:
    (ring,) = (each for each in view.findChildren(QWidget, "focusRing") if each.isVisible())
    return ring


def _row(view: QAbstractItemView) -> QRect:
    item = view.visualRect(view.currentIndex())
    if isinstance(view, QTableWidget):
        item = QRect(0, item.top(), view.viewport().width(), item.height())
    return item.intersected(view.viewport().rect()).translated(view.viewport().pos())


def _list() -> QListWidget:
    view = QListWidget()
    view.addItems([f"row {number}" for number in range(100)])
    return view


def _table() -> QTableWidget:
    view = QTableWidget(100, 3)
    make_quiet(view, 28)
    return view


@pytest.mark.parametrize("make", [_list, _table])
def test_the_ring_is_around_the_current_item_and_follows_it(qtbot: QtBot, make: type) -> None:
    page, view, button = QWidget(), make(), QPushButton("first")
    layout = QVBoxLayout(page)
    layout.addWidget(button)
    layout.addWidget(view)
    qtbot.addWidget(page)
    page.resize(400, 300)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    button.setFocus()
    QTest.keyClick(page.windowHandle(), Qt.Key.Key_Tab)
    assert view.hasFocus()
    view.setCurrentIndex(view.model().index(-1, 0))
    qtbot.waitUntil(lambda: _ring(view).geometry() == view.rect())  # there is no current item
    for _ in range(3):
        QTest.keyClick(page.windowHandle(), Qt.Key.Key_Down)
        qtbot.waitUntil(lambda: _ring(view).geometry() == _row(view))
    before = _ring(view).geometry()
    view.verticalScrollBar().setValue(view.verticalScrollBar().value() + 1)
    qtbot.waitUntil(lambda: _ring(view).geometry() == _row(view) != before)
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: _ring(view).geometry() == view.rect())  # the item is out of sight
    QTest.keyClick(page.windowHandle(), Qt.Key.Key_End)
    qtbot.waitUntil(lambda: _ring(view).geometry() == _row(view))
    QTest.mouseClick(page.windowHandle(), Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    assert not [each for each in view.findChildren(QWidget, "focusRing") if each.isVisible()]


def test_no_ring_is_drawn_beside_that_of_the_classes(qtbot: QtBot, studio: Studio) -> None:
    window = MainWindow(studio)
    qtbot.addWidget(window)
    studio.load_datasets()
    studio.create_dataset("Things", ("cup", "pen"))
    window.show_page("capture")
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    view = window.findChild(ClassView)
    assert view is not None
    qtbot.waitUntil(lambda: view.currentIndex().isValid())
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Shift)
    view.clearFocus()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    rings = view.findChildren(QWidget, "focusRing")
    assert rings
    assert not any(ring.isVisible() for ring in rings)
    window.close()
