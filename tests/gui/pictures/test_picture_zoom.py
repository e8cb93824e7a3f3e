"""Where a picture lies that is zoomed and moved."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF, QSize

from cnn_studio.gui.pictures.picture_zoom import ZOOM_STEP, PictureZoom

_ROOM = QRectF(0, 0, 400, 300)


def _zoom(width: int, height: int, *, most: float | None = None, ratio: float = 1) -> PictureZoom:
    zoom = PictureZoom(most)
    zoom.set_room(_ROOM, ratio)
    zoom.set_picture(QSize(width, height))
    return zoom


def _pixel_at(zoom: PictureZoom, point: QPointF) -> QPointF:
    return (point - zoom.target.topLeft()) / zoom.scale


def test_a_picture_fits_until_it_is_zoomed() -> None:
    zoom = _zoom(800, 300)
    assert zoom.target == QRectF(0, 75, 400, 150)
    assert zoom.is_fitted
    assert not zoom.is_larger
    zoom.zoom(ZOOM_STEP)
    assert not zoom.is_fitted
    assert zoom.is_larger
    zoom.zoom(1 / ZOOM_STEP)
    assert zoom.is_fitted
    assert zoom.target == QRectF(0, 75, 400, 150)


def test_a_small_picture_is_enlarged_no_more_than_it_may() -> None:
    assert _zoom(28, 28, most=4).target == QRectF(144, 94, 112, 112)
    assert _zoom(28, 28).target.height() == 300


def test_what_is_under_the_pointer_stays_there() -> None:
    zoom = _zoom(1600, 1200)
    point = QPointF(300, 80)
    before = _pixel_at(zoom, point)
    for _notch in range(8):
        zoom.zoom(ZOOM_STEP, point)
        at = _pixel_at(zoom, point)
        assert (at.x(), at.y()) == pytest.approx((before.x(), before.y()))
    for _notch in range(30):
        zoom.zoom(1 / ZOOM_STEP, point)
    assert zoom.is_fitted


def test_one_to_one_is_a_pixel_of_the_screen_on_any_screen() -> None:
    for ratio in (1, 2):
        zoom = _zoom(1600, 1200, ratio=ratio)
        zoom.show_pixels()
        assert zoom.share == pytest.approx(1)
        assert zoom.target.width() == pytest.approx(1600 / ratio)
        zoom.show_pixels()
        assert zoom.is_fitted


def test_nobody_moves_a_picture_out_of_sight_or_loses_it_by_zooming() -> None:
    zoom = _zoom(1600, 1200)
    zoom.move(QPointF(50, 50))
    assert zoom.is_fitted
    zoom.show_pixels()
    zoom.move(QPointF(1e6, -1e6))
    assert zoom.target.topLeft() == QPointF(0, 300 - 1200)
    for _notch in range(100):
        zoom.zoom(ZOOM_STEP)
    assert zoom.share == pytest.approx(32)
    assert zoom.target.contains(_ROOM)


def test_a_wide_picture_stays_in_the_middle_where_it_has_room() -> None:
    zoom = _zoom(1600, 100)
    zoom.zoom(2)
    zoom.move(QPointF(-10, 90))
    assert zoom.target.center().y() == pytest.approx(150)


def test_another_room_or_picture_keeps_what_can_be_kept() -> None:
    zoom = _zoom(1600, 1200)
    zoom.show_pixels()
    zoom.set_room(QRectF(0, 0, 800, 600), 1)
    assert zoom.share == pytest.approx(1)
    zoom.set_picture(QSize(40, 30))
    assert zoom.is_fitted
    empty = PictureZoom()
    empty.zoom(2)
    empty.move(QPointF(3, 3))
    assert empty.target.isEmpty()
