"""The grid of tiles: where each stands, and that mouse and keyboard select as in any list."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, QStringListModel, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cnn_studio.gui.pictures.tile_grid import TileGrid
from cnn_studio.gui.pictures.tile_view import TileView

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


def test_cells_fill_the_width() -> None:
    grid = TileGrid(count=10, width=430, least_cell=100)
    assert (grid.columns, grid.cell, grid.height) == (4, 107, 3 * 107)
    assert TileGrid(5, 30, 100).columns == 1
    assert TileGrid(0, 430, 100).height == 0


@pytest.mark.parametrize("count", [1, 4, 10, 12])
def test_every_cell_is_found_where_it_stands(count: int) -> None:
    grid = TileGrid(count, 430, 100)
    for place in range(count):
        assert grid.place_at(grid.rect(place).center()) == place
    assert grid.place_at(QPoint(-1, 5)) == -1
    assert grid.place_at(QPoint(429, 5)) == -1
    assert grid.place_at(QPoint(5, grid.height)) == -1


@pytest.mark.parametrize(
    ("area", "places"),
    [
        (QRect(0, 0, 430, 10), [(0, 3)]),
        (QRect(0, 0, 430, 1000), [(0, 9)]),
        (QRect(110, 110, 100, 10), [(5, 5)]),
        (QRect(110, 10, 150, 150), [(1, 2), (5, 6)]),
        (QRect(220, 110, 200, 1000), [(6, 7)]),
        (QRect(-50, -50, 60, 60), [(0, 0)]),
        (QRect(0, 900, 430, 50), []),
        (QRect(429, 0, 20, 20), []),
    ],
)
def test_which_cells_a_rectangle_touches(area: QRect, places: list[tuple[int, int]]) -> None:
    assert TileGrid(10, 430, 100).places_in(area) == places


def test_no_cells_are_touched_where_there_are_none() -> None:
    assert TileGrid(0, 430, 100).places_in(QRect(0, 0, 430, 100)) == []
    assert TileGrid(0, 430, 100).nearest_place(QPoint(5, 5)) == -1


@pytest.fixture
def view(qtbot: QtBot) -> TileView:
    """1,000 tiles, four in a row, three rows in sight."""
    view = TileView(100)
    qtbot.addWidget(view)
    view.setModel(QStringListModel([str(number) for number in range(1000)], view))
    view.resize(420 + view.verticalScrollBar().sizeHint().width(), 320)
    view.show()
    qtbot.waitExposed(view)
    view.activateWindow()
    view.setFocus()
    assert view.grid.columns == 4
    return view


def _click(view: TileView, row: int, modifier: Qt.KeyboardModifier) -> None:
    where = view.visualRect(view.model().index(row, 0)).center()
    QTest.mouseClick(view.viewport(), LEFT, modifier, where)


def test_clicks_select_as_in_any_list(view: TileView) -> None:
    _click(view, 1, Qt.KeyboardModifier.NoModifier)
    _click(view, 6, SHIFT)
    assert view.selected_ranges() == [(1, 6)]
    _click(view, 3, CTRL)
    assert view.selected_count == 5
    _click(view, 9, Qt.KeyboardModifier.NoModifier)
    assert view.selected_ranges() == [(9, 9)]
    _click(view, 5, SHIFT)
    assert view.selected_ranges() == [(5, 9)]


def test_arrows_walk_the_grid_and_shift_takes_what_is_between(view: TileView) -> None:
    _click(view, 1, Qt.KeyboardModifier.NoModifier)
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.currentIndex().row() == 5
    QTest.keyClick(view, Qt.Key.Key_Right, SHIFT)
    QTest.keyClick(view, Qt.Key.Key_Down, SHIFT)
    assert view.selected_ranges() == [(5, 10)]
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.currentIndex().row() == 999
    assert view.viewport().rect().contains(view.visualRect(view.currentIndex()))
    QTest.keyClick(view, Qt.Key.Key_PageUp)
    assert view.currentIndex().row() == 999 - 4 * (view.viewport().height() // view.grid.cell)
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert (view.currentIndex().row(), view.verticalOffset()) == (0, 0)


def test_a_band_selects_what_it_touches(view: TileView) -> None:
    view.model().removeRows(7, 993)  # so that there is bare ground to begin on
    ground = QPoint(view.grid.cell * 3 + 50, view.grid.cell + 50)
    viewport = view.viewport()
    QTest.mousePress(viewport, LEFT, Qt.KeyboardModifier.NoModifier, ground)
    QTest.mouseMove(viewport, QPoint(view.grid.cell * 2 + 50, 50))
    QTest.mouseMove(viewport, QPoint(view.grid.cell * 2 + 40, 50))
    assert view.selected_ranges() == [(2, 3), (6, 6)]
    QTest.mouseRelease(viewport, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(300, 50))
    assert view.selected_count == 3


def test_a_click_on_bare_ground_selects_nothing(view: TileView) -> None:
    view.model().removeRows(3, 997)
    view.selectAll()
    assert view.selected_count == 3
    where = QPoint(view.grid.cell * 3 + 50, 50)
    QTest.mouseClick(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, where)
    assert view.selected_count == 0


def test_rows_that_come_and_go_move_the_scroll_bar(qtbot: QtBot, view: TileView) -> None:
    high = view.verticalScrollBar().maximum()
    view.model().insertRows(0, 100)
    qtbot.waitUntil(lambda: view.verticalScrollBar().maximum() == high + 25 * view.grid.cell)
    view.model().removeRows(0, 1096)
    qtbot.waitUntil(lambda: view.verticalScrollBar().maximum() == 0)
