"""Looking closely at one image, by wheel, keys and dragging; walking on when it is whole."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QImage, QShortcut, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.gui.pictures.large_view import LargeView
from cnn_studio.gui.pictures.zoomed_picture import ZoomedPicture
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.frame_view import image_of

_Key = Qt.Key


def _chequered(side: int) -> QImage:
    """Black and white pixels in turn."""
    place = np.arange(side, dtype=np.uint8) % 2 * 255
    board = place[:, None] ^ place
    return image_of(np.repeat(board[..., None], 3, axis=2)).copy()


@pytest.fixture
def view(qapp: QApplication, qtbot: QtBot, settings: QSettings) -> LargeView:
    """The view over a window of 900 x 700."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 700)
    view = LargeView(Theme(settings), window)
    window.show()
    view.open()
    view.set_image(_chequered(2000))
    view.set_texts("pen · 1 of 9", "a.jpg", "1 pen · 2 mug\nLeft and Right walk · Esc")
    qtbot.waitUntil(view.hasFocus)
    return view


def _picture(view: LargeView) -> ZoomedPicture:
    found = view.findChild(ZoomedPicture)
    assert found is not None
    return found


def _hint(view: LargeView) -> str:
    found = view.findChild(QLabel, "largeHint")
    assert found is not None
    return found.text()


def _turn_wheel(widget: QWidget, where: QPointF, notches: int) -> None:
    event = QWheelEvent(
        where,
        widget.mapToGlobal(where),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_arrows_walk_while_all_is_in_sight_and_move_the_image_while_it_is_not(
    qtbot: QtBot, view: LargeView
) -> None:
    steps: list[int] = []
    view.step_requested.connect(steps.append)
    QTest.keyClick(view, _Key.Key_Right)
    assert steps == [1]
    assert "Left and Right walk" in _hint(view)
    assert "+, - or the wheel zoom" in _hint(view)
    for key in (_Key.Key_Plus, _Key.Key_Equal, _Key.Key_Plus):
        QTest.keyClick(view, key)
    before = _picture(view).zoom.target
    QTest.keyClick(view, _Key.Key_Right)
    assert steps == [1]
    assert _picture(view).zoom.target.left() < before.left()
    assert "Arrows or dragging move it" in _hint(view)
    assert "Left and Right walk" not in _hint(view)
    assert "1 pen · 2 mug" in _hint(view)
    QTest.keyClick(view, _Key.Key_PageDown)
    QTest.keyClick(view, _Key.Key_PageUp)
    assert steps == [1, 1, -1]
    QTest.keyClick(view, _Key.Key_0)
    QTest.keyClick(view, _Key.Key_Left)
    assert steps[-1] == -1
    assert len(steps) == 4


def test_another_image_is_shown_whole_and_the_same_again_stays_as_it_is(view: LargeView) -> None:
    picture, image = _picture(view), _chequered(1000)
    view.set_image(image)
    QTest.keyClick(view, _Key.Key_Z)
    assert picture.zoom.share == pytest.approx(1 / 1)
    view.set_image(image)
    assert not picture.zoom.is_fitted
    view.set_image(_chequered(1000))
    assert picture.zoom.is_fitted
    QTest.keyClick(view, _Key.Key_Z)
    view.close_view()
    view.open()
    assert picture.zoom.is_fitted


def test_the_wheel_zooms_where_the_pointer_is_and_dragging_moves_it(view: LargeView) -> None:
    picture = _picture(view)
    where = QPointF(picture.width() / 3, picture.height() / 3)
    before = (where - picture.zoom.target.topLeft()) / picture.zoom.scale
    _turn_wheel(picture, where, 6)
    after = (where - picture.zoom.target.topLeft()) / picture.zoom.scale
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()))
    left = picture.zoom.target.left()
    start = picture.rect().center()
    QTest.mousePress(picture, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(picture, start + QPoint(-60, 0))
    QTest.mouseRelease(picture, Qt.MouseButton.LeftButton, pos=start + QPoint(-60, 0))
    assert picture.zoom.target.left() == pytest.approx(left - 60)
    QTest.mouseDClick(picture, Qt.MouseButton.LeftButton, pos=start)
    assert picture.zoom.is_fitted
    assert view.isVisible()
    QTest.mouseDClick(picture, Qt.MouseButton.LeftButton, pos=start)
    assert not view.isVisible()


@pytest.mark.parametrize("side", [40, 2000, 6000])
def test_pixels_stay_crisp_when_zoomed_far(view: LargeView, side: int) -> None:
    view.set_image(_chequered(side))
    picture = _picture(view)
    for _press in range(40):
        QTest.keyClick(view, _Key.Key_Plus)
    assert picture.zoom.share == pytest.approx(32)
    shown = picture.grab().toImage()
    middle = shown.height() // 2
    greys = {shown.pixelColor(x, middle).red() for x in range(100, shown.width() - 100)}
    assert greys == {0, 255}  # nothing between
    run = [shown.pixelColor(x, middle).red() for x in range(100, 164)]
    assert sum(a != b for a, b in itertools.pairwise(run)) == 2  # 32 wide each


def test_keys_do_nothing_to_what_is_behind(qtbot: QtBot, view: LargeView) -> None:
    pressed: list[str] = []
    for keys in ("Ctrl++", "Ctrl+-", "Ctrl+0"):
        QShortcut(keys, view.window()).activated.connect(lambda keys=keys: pressed.append(keys))
    QTest.keyClick(view.window().windowHandle(), _Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert not _picture(view).zoom.is_fitted
    QTest.keyClick(view.window().windowHandle(), _Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert _picture(view).zoom.is_fitted
    assert pressed == []


def test_its_keys_are_listed_for_the_sheet_of_keys(view: LargeView) -> None:
    keys = dict(view.key_hints())
    assert {"Z", "0", "+, -", "X"} <= keys.keys()
    assert all(keys.values())


def test_why_there_is_no_image_is_said_and_nothing_zooms(view: LargeView) -> None:
    view.set_image(None, "a.jpg is damaged.")
    QTest.keyClick(view, _Key.Key_Plus)
    assert _picture(view).zoom.is_fitted
    assert "zoom" not in _hint(view)
