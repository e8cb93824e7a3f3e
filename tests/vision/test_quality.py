"""What a person would call dark, burnt out or blurred is told from what is fine."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.quality import Flaw, look, measure_quality, nearly_same


def _scene(shift_px: int = 0) -> ImageArray:
    """A notebook on a table, 480x640."""
    image = np.full((480, 640, 3), (150, 120, 90), np.uint8)
    left = 200 + shift_px
    cv2.rectangle(image, (left, 120), (left + 200, 380), (40, 60, 160), -1)
    for line in range(140, 370, 18):
        cv2.line(image, (left + 20, line), (left + 180, line), (230, 230, 230), 2)
    return image


@pytest.mark.parametrize(
    ("image", "flaws"),
    [
        (_scene(), ()),
        (_scene()[..., 0], ()),
        (cv2.GaussianBlur(_scene(), (0, 0), 9), (Flaw.BLURRED,)),
        ((_scene() * 0.15).astype(np.uint8), (Flaw.DARK,)),
        (np.clip(_scene() * 2.0 + 120, 0, 255).astype(np.uint8), (Flaw.BRIGHT,)),
    ],
    ids=["fine", "grey", "blurred", "dark", "bright"],
)
def test_flaws_are_told(image: ImageArray, flaws: tuple[Flaw, ...]) -> None:
    assert measure_quality(image).flaws == flaws


def test_a_blurred_picture_is_less_sharp_however_large_it_is() -> None:
    small = cv2.resize(_scene(), (256, 192), interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(_scene(), (0, 0), 4)
    sharp, same, less = (measure_quality(i).sharpness for i in (_scene(), small, blurred))
    assert sharp == pytest.approx(same, rel=0.2)
    assert less < sharp / 3


def test_noise_and_flicker_are_the_same_picture_and_a_small_movement_is_not() -> None:
    noise = np.random.default_rng(0)

    def noisy(image: ImageArray) -> ImageArray:
        with_noise = image * 1.02 + noise.normal(0, 6, image.shape)
        return np.clip(with_noise, 0, 255).astype(np.uint8)

    still = look(_scene())
    assert still.shape == (32, 32)
    assert nearly_same(still, look(noisy(_scene())))
    assert not nearly_same(still, look(noisy(_scene(shift_px=4))))
