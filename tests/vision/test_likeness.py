"""Whether two pictures are one photo is told in spite of what saving and cropping does."""

from __future__ import annotations

import numpy as np

from cnn_studio.vision.likeness import (
    COARSE_LIKENESS,
    SAME_LIKENESS,
    coarse_vectors,
    likeness,
    small_grey,
)
from tests.data.test_checkup import scene


def test_one_photo_is_like_its_altered_copy_and_unlike_others() -> None:
    photo = scene(3)
    brighter = np.clip(photo[4:154, 2:158] * 1.1 + 6, 0, 255).astype(np.uint8)
    greys = np.stack([small_grey(photo), small_grey(brighter), small_grey(scene(4))])
    assert greys.shape == (3, 64, 64)
    vectors = coarse_vectors(greys)
    assert vectors.shape == (3, 144)
    products = vectors @ vectors.T
    assert products[0, 1] > COARSE_LIKENESS > products[0, 2]
    assert likeness(greys[0], greys[1]) > SAME_LIKENESS > likeness(greys[0], greys[2])
    assert likeness(greys[0], greys[0]) > 0.95


def test_empty_pictures_have_nothing_in_common_by_their_coarse_vectors() -> None:
    flat = np.stack([small_grey(np.full((40, 60, 3), level, np.uint8)) for level in (20, 200)])
    assert abs(float(np.vdot(*coarse_vectors(flat)))) < 0.1
