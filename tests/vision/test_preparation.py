"""prepare(): the one way from a photo to what the network sees."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_studio.errors import UsageError
from cnn_studio.vision.preparation import (
    Fit,
    InputSpec,
    Polarity,
    guide_square,
    prepare,
    seen_rectangle,
)

GARMENT = InputSpec(28, 1, Fit.LETTERBOX, Polarity.LIGHT_ON_DARK)


def test_every_fit_gives_the_shape_and_type_that_the_network_expects() -> None:
    image = np.full((48, 64, 3), 90, np.uint8)
    for fit in Fit:
        for channels in (1, 3):
            prepared = prepare(image, InputSpec(32, channels, fit))
            assert prepared.shape == (32, 32, channels)
            assert prepared.dtype == np.uint8


def test_crop_keeps_the_guide_square() -> None:
    image = np.zeros((40, 80, 3), np.uint8)
    top, left, side = guide_square(40, 80)
    image[top : top + side, left : left + side] = 255
    assert prepare(image, InputSpec(20, 3, Fit.CROP)).min() == 255


def test_letterbox_keeps_the_shape_of_the_object() -> None:
    image = np.full((40, 80, 3), 255, np.uint8)
    prepared = prepare(image, InputSpec(40, 3, Fit.LETTERBOX))
    assert prepared[:9].max() == 0
    assert prepared[12:28].min() == 255


def test_a_dark_garment_on_white_becomes_light_on_dark_and_fills_the_frame() -> None:
    photo = np.full((400, 300, 3), 250, np.uint8)
    photo[100:300, 120:220] = (30, 20, 60)
    prepared = prepare(photo, GARMENT)[..., 0]
    assert prepared[14, 14] > 200
    assert prepared[14, 0] < 20
    assert np.flatnonzero(prepared.max(axis=1) > 100).size >= 27


@pytest.mark.parametrize(
    ("fit", "rectangle"),
    [
        (Fit.CROP, (0, 20, 40, 40)),
        (Fit.STRETCH, (0, 0, 40, 80)),
        (Fit.LETTERBOX, (-20, 0, 80, 80)),
    ],
)
def test_what_the_network_sees_is_known_as_a_part_of_the_frame(
    fit: Fit, rectangle: tuple[int, int, int, int]
) -> None:
    assert seen_rectangle(np.zeros((40, 80, 3), np.uint8), InputSpec(20, 3, fit)) == rectangle


def test_the_part_around_a_garment_is_known_too() -> None:
    photo = np.full((400, 300, 3), 250, np.uint8)
    photo[100:300, 120:220] = (30, 20, 60)
    assert seen_rectangle(photo, GARMENT) == (100, 70, 200, 200)
    assert seen_rectangle(255 - photo, GARMENT) == (0, -50, 400, 400)


def test_an_image_that_is_light_on_dark_already_stays_as_it_is() -> None:
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 8:20] = 180
    assert np.array_equal(prepare(image, GARMENT)[..., 0], image)


def test_a_white_page_is_not_an_error() -> None:
    assert prepare(np.full((50, 70, 3), 255, np.uint8), GARMENT).max() == 0


def test_a_spec_survives_a_round_trip_and_refuses_nonsense() -> None:
    assert InputSpec.from_dict(GARMENT.to_dict()) == GARMENT
    with pytest.raises(UsageError, match=r"16 to 512 pixels, not 0"):
        InputSpec(0)
    with pytest.raises(UsageError, match=", not 2"):
        InputSpec(28, 2)
    with pytest.raises(UsageError, match="not understood"):
        InputSpec.from_dict({"size": "large"})
