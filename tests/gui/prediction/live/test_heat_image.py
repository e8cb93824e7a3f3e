"""Colours over the picture: clear where nothing is, and lighter the more there is."""

from __future__ import annotations

import itertools

import numpy as np

from cnn_studio.gui.prediction.live.heat_image import heat_image


def test_nothing_is_clear_and_more_is_lighter_and_no_less_opaque() -> None:
    heat = np.linspace(0, 1, 50, dtype=np.float32).reshape(1, 50)
    image = heat_image(heat)
    assert (image.width(), image.height()) == (50, 1)
    colours = [image.pixelColor(x, 0) for x in range(50)]
    assert colours[0].alpha() == 0
    opacity = [colour.alpha() for colour in colours]
    assert opacity == sorted(opacity)
    assert 120 < opacity[-1] < 255  # the picture shows through
    light = [0.2126 * c.red() + 0.7152 * c.green() + 0.0722 * c.blue() for c in colours]
    assert all(later > earlier for earlier, later in itertools.pairwise(light))


def test_what_is_out_of_range_is_taken_for_the_nearest() -> None:
    image = heat_image(np.array([[-1.0, 2.0]], np.float32))
    assert image.pixelColor(0, 0).alpha() == 0
    assert image.pixelColor(1, 0).red() == 255
