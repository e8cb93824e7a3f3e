"""What the model sees grows with the window, and a click shows it in a window of its own."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.gui.capture.recording.prepared_box import PreparedBox
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.prepared_view import PreparedView


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """Where the box stands, with room beside it."""
    window = QWidget()
    qtbot.addWidget(window)
    QHBoxLayout(window).setContentsMargins(0, 0, 0, 0)
    return window


@pytest.fixture
def box(qapp: QApplication, settings: QSettings, window: QWidget) -> PreparedBox:
    """The box for images of 64 x 64, high as the window."""
    box = PreparedBox(Theme(settings), window)
    box.set_image_size(64)
    layout = window.layout()
    assert layout is not None
    layout.addWidget(box)
    window.resize(900, 100)
    window.show()
    return box


def _image(level: int = 0) -> np.ndarray:
    image = np.zeros((64, 64, 3), np.uint8)
    image[::2] = 255
    image[0, 0] = level
    return image


@pytest.mark.parametrize(
    ("height", "most", "side"),
    [(100, 384, 96), (200, 384, 192), (300, 384, 256), (900, 384, 384), (900, 150, 128)],
)
def test_it_grows_with_the_window_by_whole_pixels_and_leaves_the_camera_its_room(
    window: QWidget, box: PreparedBox, height: int, most: int, side: int
) -> None:
    box.set_most(most)
    window.resize(900, height)
    assert (box.view.width(), box.view.height()) == (side, side)
    assert box.width() == side


def _large(view: PreparedView) -> QDialog:
    found = view.findChild(QDialog, "largePreparedWindow")
    assert isinstance(found, QDialog)
    return found


def _shown(view: PreparedView) -> QImage:
    canvas = _large(view).findChild(QWidget, "largePrepared")
    assert canvas is not None
    return canvas.grab().toImage()


def test_a_click_or_its_key_shows_it_large_and_that_follows(qtbot: QtBot, box: PreparedBox) -> None:
    view = box.view
    view.set_prepared(_image())
    QTest.mouseClick(view, Qt.MouseButton.LeftButton)
    assert _large(view).isVisible()
    assert not _large(view).isModal()
    _large(view).resize(700, 560)  # 528 high inside its margins: 8 pixels of the screen for one
    shown = _shown(view)
    top = (shown.height() - 512) // 2
    middle = shown.width() // 2
    column = [shown.pixelColor(middle, top + y).red() for y in range(8, 504)]
    assert set(column) == {0, 255}
    assert [column[y] for y in range(0, 496, 8)] == [column[y + 7] for y in range(0, 496, 8)]
    view.set_prepared(np.full((64, 64, 3), 90, np.uint8))
    assert _shown(view).pixelColor(middle, top + 200).red() == 90
    QTest.keyClick(_large(view), Qt.Key.Key_Escape)
    assert not _large(view).isVisible()
    box.window().activateWindow()
    qtbot.waitUntil(box.window().isActiveWindow)
    QTest.keyClick(box.window().windowHandle(), Qt.Key.Key_J, Qt.KeyboardModifier.AltModifier)
    assert _large(view).isVisible()
    assert view.toolTip().endswith("(Alt+J)")
    view.clear()
    _large(view).close()
