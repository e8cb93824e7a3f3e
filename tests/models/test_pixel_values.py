"""Pixels in other ranges and as quantised numbers."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_studio.errors import ModelError
from cnn_studio.models.pixel_values import OUR_RANGE, PixelRange, Quantisation, pixel_table

PIXELS = np.arange(256)


@pytest.mark.parametrize(
    ("pixel_range", "kind"),
    [
        (OUR_RANGE, Quantisation(np.dtype(np.float32))),
        (OUR_RANGE, Quantisation(np.dtype(np.uint8), 1.0, 0)),
        (PixelRange.of(-1.0, 1.0), Quantisation(np.dtype(np.uint8), 2 / 255, 127)),
    ],
)
def test_pixels_that_are_taken_as_they_are_cost_nothing(
    pixel_range: PixelRange, kind: Quantisation
) -> None:
    table = pixel_table(pixel_range, kind)
    assert table is None or np.abs(table.astype(int) - PIXELS).max() <= 1
    assert pixel_table(kind.pixel_range(), kind) is None or kind.is_real


def test_our_pixels_in_eight_bits_keep_their_order() -> None:
    kind = Quantisation(np.dtype(np.int8), 1.0, -128)
    table = pixel_table(OUR_RANGE, kind)
    assert table is not None
    assert np.array_equal(table.astype(int), PIXELS - 128)
    assert np.allclose(kind.real(table), PIXELS)


def test_a_float_network_gets_its_range() -> None:
    table = pixel_table(PixelRange.of(-1.0, 1.0), Quantisation(np.dtype(np.float32)))
    assert table is not None
    assert np.allclose(table, PIXELS / 127.5 - 1, atol=1e-6)


def test_other_numbers_are_refused() -> None:
    with pytest.raises(ModelError, match="int64"):
        Quantisation(np.dtype(np.int64))
