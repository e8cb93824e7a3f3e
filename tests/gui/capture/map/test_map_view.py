"""Looking around on a map and choosing on it, by mouse and keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPixmap, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnn_studio.gui.capture.map.map_points import MapPoints
from cnn_studio.gui.capture.map.map_view import MapView
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.theme import Mode

COLOURS = {"pen": "#E69F00", "cup": "#56B4E9"}
# A square of pens, and a cup in its middle.
PLACES = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [0, 0]], np.float32)
NAMES = ("pen/0.jpg", "pen/1.jpg", "pen/2.jpg", "pen/3.jpg", "cup/0.jpg")
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
PLAIN, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def view(qtbot: QtBot, studio: Studio) -> MapView:
    view = MapView(studio.theme)
    qtbot.addWidget(view)
    view.resize(400, 400)
    view.set_colours(COLOURS)
    view.set_points(MapPoints(NAMES, PLACES))
    view.show()
    qtbot.waitExposed(view)
    return view


def _mouse(
    view: MapView,
    kind: QEvent.Type,
    where: QPointF,
    button: Qt.MouseButton = Qt.MouseButton.NoButton,
    modifiers: Qt.KeyboardModifier = PLAIN,
) -> None:
    on_screen = QPointF(view.mapToGlobal(where.toPoint()))
    QApplication.sendEvent(view, QMouseEvent(kind, where, on_screen, button, button, modifiers))


def _drag(
    view: MapView,
    corners: list[tuple[float, float]],
    button: Qt.MouseButton = LEFT,
    modifiers: Qt.KeyboardModifier = PLAIN,
) -> None:
    points = [QPointF(x, y) for x, y in corners]
    _mouse(view, QEvent.Type.MouseButtonPress, points[0], button, modifiers)
    for point in points[1:]:
        _mouse(view, QEvent.Type.MouseMove, point, Qt.MouseButton.NoButton, modifiers)
    _mouse(view, QEvent.Type.MouseButtonRelease, points[-1], button, modifiers)


def _click(view: MapView, place: int, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
    where = view.position_of(place)
    _drag(view, [(where.x() + 3, where.y())], modifiers=modifiers)


def _chosen(view: MapView) -> list[int]:
    return np.flatnonzero(view.selected).tolist()


def _press(view: MapView, key: Qt.Key, *, repeated: bool = False) -> None:
    kind = QEvent.Type.KeyPress
    QApplication.sendEvent(view, QKeyEvent(kind, key, PLAIN, "", repeated))


LEFT_HALF = [(5, 5), (190, 5), (190, 395), (5, 395)]


def test_a_line_around_points_chooses_them(qtbot: QtBot, view: MapView) -> None:
    with qtbot.waitSignal(view.chosen) as chosen:
        _drag(view, LEFT_HALF)
    assert _chosen(view) == [0, 3]
    assert np.flatnonzero(chosen.args[0]).tolist() == [0, 3]


def test_a_click_chooses_one_and_shift_adds(view: MapView) -> None:
    _click(view, 4)
    assert _chosen(view) == [4]
    _click(view, 1, SHIFT)
    assert _chosen(view) == [1, 4]
    _drag(view, LEFT_HALF, modifiers=SHIFT)
    assert _chosen(view) == [0, 1, 3, 4]
    _click(view, 2)
    assert _chosen(view) == [2]


def test_a_click_beside_all_points_changes_nothing(qtbot: QtBot, view: MapView) -> None:
    _click(view, 2)
    with qtbot.assertNotEmitted(view.chosen):
        _drag(view, [(120, 200)])
    assert _chosen(view) == [2]


def test_what_is_hidden_is_not_chosen_not_pointed_at_and_not_drawn(
    qtbot: QtBot, view: MapView
) -> None:
    middle = view.position_of(4).toPoint()
    assert view.grab().toImage().pixelColor(middle) == QColor(COLOURS["cup"])
    view.set_hidden(frozenset({"cup"}))
    ground = view._theme.color("surface")
    assert view.grab().toImage().pixelColor(middle) == ground
    _drag(view, [(2, 2), (398, 2), (398, 398), (2, 398)])
    assert _chosen(view) == [0, 1, 2, 3]
    with qtbot.assertNotEmitted(view.pointed_at):
        _mouse(view, QEvent.Type.MouseMove, QPointF(middle))


def test_chosen_points_keep_their_colour_and_the_others_fade(view: MapView) -> None:
    pen, cup = view.position_of(0).toPoint(), view.position_of(4).toPoint()
    _click(view, 4)
    picture = view.grab().toImage()
    assert picture.pixelColor(cup) == QColor(COLOURS["cup"])
    assert picture.pixelColor(pen) not in (QColor(COLOURS["pen"]), view._theme.color("surface"))


def test_the_wheel_zooms_at_the_cursor(view: MapView) -> None:
    at = view.position_of(2)
    before = view.viewport.scale
    where = QPointF(view.mapToGlobal(at.toPoint()))
    wheel = QWheelEvent(
        at,
        where,
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        PLAIN,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, wheel)
    assert view.viewport.scale > before
    assert (view.position_of(2) - at).manhattanLength() < 0.01


@pytest.mark.parametrize("way", ["right", "middle", "space"])
def test_panning(qtbot: QtBot, view: MapView, way: str) -> None:
    before = view.position_of(0)
    button = {"right": RIGHT, "middle": Qt.MouseButton.MiddleButton, "space": LEFT}[way]
    if way == "space":
        _press(view, Qt.Key.Key_Space)
    with qtbot.assertNotEmitted(view.chosen):
        _drag(view, [(100, 100), (130, 90)], button)
    assert view.position_of(0) - before == QPointF(30, -10)
    QTest.keyRelease(view, Qt.Key.Key_Space)
    _drag(view, LEFT_HALF)
    assert _chosen(view)


def test_the_keys_zoom_pan_and_fit(view: MapView) -> None:
    whole = view.viewport
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Plus, Qt.Key.Key_Minus):
        _press(view, key)
    assert view.viewport.scale == pytest.approx(whole.scale * 1.25)
    before = view.position_of(4)
    _press(view, Qt.Key.Key_Right, repeated=True)
    assert view.position_of(4).x() < before.x()
    _press(view, Qt.Key.Key_Down)
    assert view.position_of(4).y() < before.y()
    _press(view, Qt.Key.Key_0)
    assert view.viewport == whole


def test_a_double_click_shows_all_and_keeps_what_is_chosen(view: MapView) -> None:
    whole = view.viewport
    _click(view, 1)
    view.zoom_in()
    QTest.mouseDClick(view, LEFT, PLAIN, QPoint(120, 200))
    assert view.viewport == whole
    assert _chosen(view) == [1]


def test_escape_lets_go_first_and_closes_then(qtbot: QtBot, view: MapView) -> None:
    _click(view, 1)
    with qtbot.waitSignal(view.chosen), qtbot.assertNotEmitted(view.close_requested):
        _press(view, Qt.Key.Key_Escape)
    assert _chosen(view) == []
    with qtbot.assertNotEmitted(view.close_requested):
        _press(view, Qt.Key.Key_Escape, repeated=True)
    with qtbot.waitSignal(view.close_requested):
        _press(view, Qt.Key.Key_Escape)


def test_the_point_under_the_mouse_is_named_and_shown_within_the_view(
    qtbot: QtBot, view: MapView
) -> None:
    picture = QPixmap(112, 112)
    picture.fill(QColor("#FF00FF"))
    for place in range(len(NAMES)):
        with qtbot.waitSignal(view.pointed_at) as pointed:
            _mouse(view, QEvent.Type.MouseMove, view.position_of(place))
        assert pointed.args == [place]
        view.set_card(picture, "a-name-that-is-far-too-long-for-the-card-of-an-image.jpg")
        image = view.grab().toImage()
        shown = sum(
            image.pixelColor(x, y) == QColor("#FF00FF")
            for x in range(0, image.width(), 4)
            for y in range(0, image.height(), 4)
        )
        assert shown == 28 * 28
        with qtbot.waitSignal(view.pointed_at):
            _mouse(view, QEvent.Type.MouseMove, QPointF(1, 1))


def test_new_names_recolour_and_what_was_chosen_stays(view: MapView) -> None:
    _drag(view, LEFT_HALF)
    moved = MapPoints(NAMES, PLACES).moved({"pen/0.jpg": "cup/pen-0.jpg"})
    view.set_names(moved)
    assert _chosen(view) == [0, 3]
    assert view.grab().toImage().pixelColor(view.position_of(0).toPoint()) == QColor(COLOURS["cup"])
    view.set_points(MapPoints(moved.names, PLACES * 2))
    assert _chosen(view) == [0, 3]
    view.set_points(MapPoints(NAMES[:2], PLACES[:2]))
    assert _chosen(view) == []


def test_both_looks(studio: Studio, view: MapView) -> None:
    corner = QPoint(1, 1)
    for mode in (Mode.DARK, Mode.LIGHT):
        studio.theme.set_mode(mode)
        assert view.grab().toImage().pixelColor(corner) == studio.theme.color("surface")


def test_no_points_and_another_size(view: MapView) -> None:
    view.resize(300, 200)
    view.set_points(MapPoints())
    _drag(view, LEFT_HALF)
    assert _chosen(view) == []
    assert not view.grab().isNull()
