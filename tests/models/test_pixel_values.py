"""Pixels in other ranges and as quantised numbers."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_studio.errors import ModelError, UsageError
from cnn_studio.models.pixel_values import (
    CHOICES,
    OUR_RANGE,
    PixelFeed,
    PixelRange,
    Quantisation,
    pixel_table,
    pixels_named,
)

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


FLOAT = Quantisation(np.dtype(np.float32))


def _photo() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (5, 7, 3), np.uint8)


def test_imagenet_is_torchvisions_normalisation() -> None:
    mean, spread = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    fed = PixelFeed(CHOICES["imagenet"], FLOAT, 3)(_photo())
    assert np.allclose(fed, (_photo() / 255 - mean) / spread, atol=1e-5)


def test_caffes_way_puts_blue_first_and_takes_its_mean_away() -> None:
    fed = PixelFeed(CHOICES["caffe"], FLOAT, 3)(_photo())
    assert np.allclose(fed, _photo()[..., ::-1] - np.array([103.939, 116.779, 123.68]), atol=1e-3)


def test_channels_first_and_grey_are_fed_as_they_lie() -> None:
    fed = PixelFeed(CHOICES["0..1"], FLOAT, 3, is_channels_first=True)(_photo())
    assert np.allclose(fed, _photo().transpose(2, 0, 1) / 255)
    grey = _photo()[..., :1]
    fed = PixelFeed(CHOICES["imagenet"], FLOAT, 1, is_channels_first=True)(grey)
    assert fed.shape == (1, 5, 7)
    assert np.allclose(fed.min(), (grey.min() / 255 - 0.449) / 0.226, atol=0.01)


def test_our_own_networks_are_fed_the_very_pixels() -> None:
    photo = _photo()
    assert PixelFeed(OUR_RANGE, FLOAT, 3)(photo) is photo


def test_names_go_both_ways() -> None:
    for name, pixels in CHOICES.items():
        assert pixels_named(name) == pixels
        assert pixels.name == name
        assert PixelRange.from_value(pixels.to_value(), "it") == pixels
    assert pixels_named(" ImageNet-BGR ").is_bgr
    assert pixels_named("0..255-bgr").name == "0..255-bgr"
    assert PixelRange.of(-3, 4).name == ""
    with pytest.raises(UsageError, match="imagenet, caffe"):
        pixels_named("0-1")
