"""Points as pixels."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_studio.gui.capture.map.point_drawing import Dot, draw_points, mixed

GROUND, RED, BLUE, BLACK = 0xFFFFFF, 0xD00000, 0x0000D0, 0
DOTS = (Dot(RED, BLACK), Dot(BLUE, BLACK))


def drawn(positions: list[list[float]], looks: list[int], radius: float = 4.5) -> np.ndarray:
    at = np.array(positions, float).reshape(-1, 2)
    pixels = draw_points(60, 40, GROUND, at, np.array(looks, np.int64), DOTS, radius)
    assert pixels.shape == (40, 60)
    assert ((pixels >> 24) == 0xFF).all()
    return pixels & 0xFFFFFF


def test_a_point_is_its_colour_with_a_ring_on_the_ground() -> None:
    pixels = drawn([[20, 10]], [0])
    assert pixels[10, 20] == RED
    assert pixels[10, 24] != RED
    assert pixels[10, 24] != GROUND
    assert pixels[10, 26] == GROUND
    assert np.count_nonzero(pixels != GROUND) == pytest.approx(np.pi * 4.75**2, rel=0.15)


def test_the_later_point_is_over_the_earlier_one() -> None:
    assert drawn([[20, 10], [20, 10]], [0, 1])[10, 20] == BLUE
    assert drawn([[20, 10], [20, 10]], [1, 0])[10, 20] == RED


def test_points_at_and_beyond_the_edge_and_hidden_ones() -> None:
    at_edge = [[0.0, 0.0], [59.0, 39.0], [-1.0, 20.0], [61.0, 20.0], [30.0, -2.0], [30.0, 41.0]]
    pixels = drawn(at_edge, [0] * 6)
    assert pixels[0, 0] == RED
    assert pixels[39, 59] == RED
    for column in (0, 59):
        assert pixels[20, column] != GROUND
    far = [[-50.0, 5.0], [5.0, 500.0], [np.nan, np.nan], [1e12, -1e12]]
    assert (drawn(far, [0] * 4) == GROUND).all()
    assert (drawn([], []) == GROUND).all()


def test_mixed_colours() -> None:
    assert mixed(0x102030, 0xFFFFFF, 0) == 0x102030
    assert mixed(0x102030, 0xF0E0D0, 1) == 0xF0E0D0
    assert mixed(0x000000, 0xFF8040, 0.5) == 0x804020
