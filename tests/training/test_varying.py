"""A preview varies images by the very layers of the training, and one seed in one way."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_studio.models.tensorflow import keras
from cnn_studio.training.augmentation import build_augmentation
from cnn_studio.training.request import PreviewRequest
from cnn_studio.training.strengths import Augmentation, Turns
from cnn_studio.training.varying import varied
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import InputSpec, Polarity

TURNED = Augmentation(turns=Turns.ALL)


@pytest.fixture
def photos() -> ImageArray:
    return np.random.default_rng(0).integers(0, 256, (4, 24, 24, 3), np.uint8)


@pytest.mark.parametrize("strengths", [Augmentation.STRONG, TURNED])
def test_the_trainings_layers_vary_and_a_seed_decides_how(
    photos: ImageArray, strengths: Augmentation
) -> None:
    spec = InputSpec(24)
    first = varied(PreviewRequest(1, photos, spec, strengths, 5))
    keras.utils.set_random_seed(5)
    layers = build_augmentation(strengths, spec)
    by_training = layers(photos.astype(np.float32), training=True).numpy()
    assert first.shape == photos.shape
    assert first.dtype == np.uint8
    assert np.abs(first - by_training).max() <= 0.5
    again = varied(PreviewRequest(2, photos, spec, strengths, 5))
    other = varied(PreviewRequest(3, photos, spec, strengths, 6))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_strengths_that_do_nothing_to_such_images_leave_them(photos: ImageArray) -> None:
    on_black = InputSpec(24, polarity=Polarity.LIGHT_ON_DARK)
    same = varied(PreviewRequest(1, photos, on_black, Augmentation(brightness=0.5), 5))
    np.testing.assert_array_equal(same, photos)
