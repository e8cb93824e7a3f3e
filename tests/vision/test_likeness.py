"""Whether two pictures are one photo is told in spite of what saving and cropping does."""

from __future__ import annotations

import numpy as np

from cnn_studio.vision.likeness import (
    COARSE_LIKENESS,
    SAME_LIKENESS,
    coarse_vectors,
    likeness,
    small_copy,
)
from tests.data.test_checkup import scene


def test_one_photo_is_like_its_altered_copy_and_unlike_others() -> None:
    photo = scene(3)
    brighter = np.clip(photo[4:154, 2:158] * 1.1 + 6, 0, 255).astype(np.uint8)
    copies = [small_copy(photo), small_copy(brighter), small_copy(scene(4))]
    vectors = coarse_vectors([copy.grey for copy in copies])
    assert vectors.shape == (3, 144)
    products = vectors @ vectors.T
    assert products[0, 1] > COARSE_LIKENESS > products[0, 2]
    assert likeness(copies[0], copies[1]) > SAME_LIKENESS > likeness(copies[0], copies[2])
    assert likeness(copies[0], copies[0]) > 0.95


def test_the_same_thing_in_another_colour_is_another_photo() -> None:
    photo = np.full((120, 160, 3), 200, np.uint8)
    photo[40:80, 20:140] = (200, 40, 40)
    other = photo.copy()
    other[40:80, 20:140] = (60, 115, 60)  # as bright as the red: grey cannot tell them apart
    red, green = small_copy(photo), small_copy(other)
    assert red.colour.shape == (16, 16, 2)
    assert np.abs(red.grey.astype(int) - green.grey).max() < 8
    assert likeness(red, green) == 0
    assert likeness(red, red) > SAME_LIKENESS
    grey = small_copy(photo[..., 1])
    assert likeness(grey, grey) > SAME_LIKENESS


def test_empty_pictures_have_nothing_in_common_by_their_coarse_vectors() -> None:
    flat = [small_copy(np.full((40, 60, 3), level, np.uint8)).grey for level in (20, 200)]
    assert abs(float(np.vdot(*coarse_vectors(flat)))) < 0.1
