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


def _laid_on(ground: int, side_px: int = 90, softness_px: float = 1.0) -> ImageArray:
    """A small red box with a label, on a large plain sheet or cloth, 480x640."""
    image = np.full((480, 640, 3), ground, np.uint8)
    right, low = 270 + side_px, 190 + side_px
    cv2.rectangle(image, (270, 190), (right, low), (180, 60, 50), -1)
    cv2.rectangle(image, (285, 215), (right - 15, low - 30), (215, 205, 190), -1)
    cv2.line(image, (295, 230), (right - 25, 230), (40, 40, 40), 3)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), softness_px), np.uint8)


def _plain(ground: tuple[int, int, int], disc: tuple[int, int, int]) -> ImageArray:
    """A disc of one colour on a ground of another one, as softly as a webcam shows it, 480x640."""
    image = np.full((480, 640, 3), ground, np.uint8)
    cv2.circle(image, (300, 250), 150, disc, -1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 1.2), np.uint8)


def _lit(image: ImageArray, gain: float) -> ImageArray:
    """The same in so many times as much light, as a camera of gamma 2.2 shows it."""
    light = np.clip((image / 255.0) ** 2.2 * gain, 0, 1)
    return np.round(light ** (1 / 2.2) * 255).astype(np.uint8)


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


@pytest.mark.parametrize("side_px", [40, 90, 200])
@pytest.mark.parametrize("ground", [255, 250, 12, 0])
def test_an_object_on_white_paper_or_black_cloth_is_fine(ground: int, side_px: int) -> None:
    assert measure_quality(_laid_on(ground, side_px)).flaws == ()


def test_what_is_burnt_out_or_dark_where_it_shows_something_is_named_on_any_ground() -> None:
    assert measure_quality(_lit(_laid_on(255), 60)).flaws == (Flaw.BRIGHT,)
    assert measure_quality(_lit(_scene(), 60)).flaws == (Flaw.BRIGHT,)
    assert measure_quality(_lit(_laid_on(12), 1 / 16)).flaws == (Flaw.DARK,)
    assert measure_quality(_lit(_scene(), 1 / 16)).flaws == (Flaw.DARK,)


@pytest.mark.parametrize(
    ("ground", "disc"),
    [
        ((200, 190, 180), (60, 70, 120)),
        ((90, 120, 90), (215, 80, 30)),
        ((180, 180, 180), (145, 145, 145)),
        ((112, 112, 112), (200, 70, 100)),  # a grey level alone would not tell them apart
    ],
    ids=["dark", "coloured", "faint", "as bright"],
)
def test_a_plain_object_on_plain_ground_is_sharp_until_it_is_blurred(
    ground: tuple[int, int, int], disc: tuple[int, int, int]
) -> None:
    assert measure_quality(_plain(ground, disc)).flaws == ()
    blurred = cv2.GaussianBlur(_plain(ground, disc), (0, 0), 9)
    assert measure_quality(np.asarray(blurred, np.uint8)).flaws == (Flaw.BLURRED,)


@pytest.mark.parametrize(
    ("level", "flaws"), [(255, (Flaw.BRIGHT,)), (240, (Flaw.BRIGHT,)), (120, ()), (0, (Flaw.DARK,))]
)
def test_where_nothing_is_to_be_seen_only_the_light_is_judged(
    level: int, flaws: tuple[Flaw, ...]
) -> None:
    assert measure_quality(np.full((48, 64, 3), level, np.uint8)).flaws == flaws


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
