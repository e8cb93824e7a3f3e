"""Where points are on the screen, and which of them a line encloses."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_studio.gui.capture.map.map_geometry import Viewport, inside, nearest

PLACES = np.array([[-3, 1], [5, 2], [0, -6], [1, 1]], np.float32)


def test_the_whole_map_is_in_sight_with_a_margin() -> None:
    seen = Viewport.fitted(PLACES, 400, 300).on_screen(PLACES)
    assert seen.min(0) == pytest.approx([seen[:, 0].min(), 24])
    assert seen[:, 1].max() == pytest.approx(276)
    assert seen.min() >= 24
    assert (seen <= [376, 276]).all()


@pytest.mark.parametrize("places", [PLACES[:0], PLACES[:1], np.repeat(PLACES[:1], 3, axis=0)])
def test_a_map_of_one_place_or_none_is_in_the_middle(places: np.ndarray) -> None:
    seen = Viewport.fitted(places, 400, 300).on_screen(places)
    assert np.allclose(seen, [200, 150])


@pytest.mark.parametrize("factor", [1.25, 0.8, 1e6, 1e-6])
def test_what_is_under_the_mouse_stays_there_while_zooming(factor: float) -> None:
    before = Viewport.fitted(PLACES, 400, 300)
    at = before.on_screen(PLACES)[1]
    after = before.zoomed(factor, *at)
    assert after.on_screen(PLACES)[1] == pytest.approx(at)
    assert (after.scale > before.scale) == (factor > 1)
    assert before.fitting / 2 <= after.scale <= before.fitting * 200


def test_panning_moves_the_map_by_pixels() -> None:
    before = Viewport.fitted(PLACES, 400, 300).zoomed(3, 10, 10)
    moved = before.panned(7, -4).on_screen(PLACES) - before.on_screen(PLACES)
    assert np.allclose(moved, [7, -4])


def test_another_size_keeps_what_is_in_the_middle() -> None:
    before = Viewport.fitted(PLACES, 400, 300).zoomed(2, 100, 100)
    after = before.resized(800, 600)
    assert (after.x, after.y) == (before.x, before.y)
    assert after.scale == pytest.approx(2 * before.scale)


def test_the_nearest_point_that_is_near_enough() -> None:
    positions = np.array([[10, 10], [14, 10], [np.nan, np.nan]])
    assert nearest(positions, 13, 10, 5) == 1
    assert nearest(positions, 11, 10, 5) == 0
    assert nearest(positions, 30, 10, 5) is None
    assert nearest(positions[2:], 30, 10, 5) is None
    assert nearest(positions[:0], 30, 10, 5) is None


def test_a_line_encloses_what_is_within_it_whichever_way_it_goes() -> None:
    random = np.random.default_rng(1)
    positions = random.uniform(-1, 1, (2000, 2))
    angles = np.linspace(0, 2 * np.pi, 100, endpoint=False)
    circle = 0.6 * np.stack([np.cos(angles), np.sin(angles)], 1)
    radius = np.hypot(*positions.T)
    clear = np.abs(radius - 0.6) > 0.01
    for outline in (circle, circle[::-1]):
        assert np.array_equal(inside(positions, outline)[clear], (radius < 0.6)[clear])


def test_a_bent_line_and_hidden_points() -> None:
    hook = np.array([[0, 0], [6, 0], [6, 6], [4, 6], [4, 2], [0, 2]], float)
    positions = np.array([[1, 1], [5, 5], [2, 5], [np.nan, np.nan], [7, 1]])
    assert inside(positions, hook).tolist() == [True, True, False, False, False]
    assert not inside(positions, hook[:2]).any()
