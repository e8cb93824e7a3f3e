"""What is deleted or moved away hands on to the next image, and a file is found by its name."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.classes.class_view import ClassView
from cnn_studio.gui.capture.gallery.gallery_panel import GalleryPanel
from cnn_studio.gui.pictures.gallery_view import GalleryView
from cnn_studio.gui.pictures.large_view import LargeView
from tests.gui.capture.conftest import OpenTab, write_pictures
from tests.gui.capture.test_capture_tab import part, shown_names

K = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def tab(qtbot: QtBot, things: Dataset, open_tab: OpenTab) -> CaptureTab:
    """Six images of pen, photo-005.jpg first."""
    write_pictures(things.folder / "pen", 6)
    tab = open_tab(camera="")
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 6)
    return tab


def _selected(tab: CaptureTab) -> list[str]:
    return [sample.path.name for sample in part(tab, GalleryView).selected_samples()]


def _choose(tab: CaptureTab, row: int) -> GalleryView:
    view = part(tab, GalleryView)
    view.setFocus()
    view.setCurrentIndex(view.model().index(row, 0))
    return view


@pytest.mark.parametrize("way", ["delete", "move"])
def test_the_next_image_is_selected_and_after_the_last_the_one_before(
    qtbot: QtBot, tab: CaptureTab, way: str
) -> None:
    before = shown_names(tab)
    view = _choose(tab, 2)
    key = K.Key_Delete if way == "delete" else K.Key_2
    QTest.keyClick(view, key)
    qtbot.waitUntil(lambda: _selected(tab) == [before[3]])
    QTest.keyClick(view, key)
    qtbot.waitUntil(lambda: _selected(tab) == [before[4]])
    _choose(tab, 3)
    QTest.keyClick(view, key)
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3 and _selected(tab) == [before[4]])
    view.selectAll()
    QTest.keyClick(view, key)
    qtbot.waitUntil(lambda: shown_names(tab) == [])
    assert _selected(tab) == []


def test_the_large_view_goes_on_as_well(qtbot: QtBot, tab: CaptureTab) -> None:
    before = shown_names(tab)
    QTest.keyClick(_choose(tab, 4), K.Key_Space)
    large = part(tab, LargeView, "largeView")
    details = part(tab, QLabel, "largeDetails")
    for expected in (before[5], before[3]):
        QTest.keyClick(large, K.Key_Delete)
        qtbot.waitUntil(lambda expected=expected: details.text().startswith(expected))
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 4)
    QTest.keyClick(large, K.Key_2)  # it moves this one, and chooses no class behind the view
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    assert part(tab, QLabel, "galleryTitle").text() == "pen"


def test_ctrl_f_finds_files_by_name_and_esc_closes_the_bar(qtbot: QtBot, tab: CaptureTab) -> None:
    panel = part(tab, GalleryPanel)
    QTest.keyClick(part(tab, ClassView), K.Key_F, CTRL)
    search = part(tab, QLineEdit, "nameSearch")
    assert panel.is_filter_visible
    assert QApplication.focusWidget() is search
    QTest.keyClicks(search, "O-004")
    qtbot.waitUntil(lambda: shown_names(tab) == ["photo-004.jpg"])
    QTest.keyClick(search, K.Key_Return)
    qtbot.waitUntil(lambda: _selected(tab) == ["photo-004.jpg"])
    assert not part(tab, LargeView, "largeView").isVisible()  # Enter does one thing
    QTest.keyClick(part(tab, GalleryView), K.Key_F, CTRL)  # again, from wherever it is
    assert QApplication.focusWidget() is search
    assert search.selectedText() == "O-004"
    QTest.keyClick(search, K.Key_Escape)
    assert not panel.is_filter_visible
    assert part(tab, ClassView).hasFocus()
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 6)
    assert search.text() == ""


def test_esc_closes_the_bar_from_the_classes_too(qtbot: QtBot, tab: CaptureTab) -> None:
    part(tab, QToolButton, "filterButton").click()
    assert part(tab, GalleryPanel).is_filter_visible
    QTest.keyClick(part(tab, ClassView), K.Key_Escape)
    assert not part(tab, GalleryPanel).is_filter_visible
