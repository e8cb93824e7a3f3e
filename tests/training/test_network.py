"""The shared CNN and its estimate; and images varied within bounds."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_studio.models.tensorflow import keras
from cnn_studio.training.augmentation import build_augmentation
from cnn_studio.training.estimate import count_weights, training_bytes
from cnn_studio.training.network import build_network
from cnn_studio.training.recipe import Augmentation
from cnn_studio.vision.preparation import Fit, InputSpec, Polarity

GARMENTS = InputSpec(28, 1, Fit.LETTERBOX, Polarity.LIGHT_ON_DARK)


def test_the_network_has_the_weights_of_the_design() -> None:
    network = build_network(GARMENTS, 10)
    assert network.count_params() == 1_199_882
    kinds = [type(layer).__name__ for layer in network.layers[1:]]
    assert kinds == [
        *("Rescaling", "Conv2D", "Conv2D", "MaxPooling2D", "Dropout"),
        *("Flatten", "Dense", "Dropout", "Dense"),
    ]


@pytest.mark.parametrize(
    ("size", "channels", "num_classes"), [(28, 1, 10), (64, 3, 5), (16, 3, 2), (33, 1, 7)]
)
def test_the_estimate_is_the_networks_own_count(size: int, channels: int, num_classes: int) -> None:
    input_spec = InputSpec(size, channels)
    network = build_network(input_spec, num_classes)
    assert count_weights(input_spec, num_classes) == network.count_params()


def test_larger_images_and_batches_need_more_memory() -> None:
    small = training_bytes(InputSpec(64, 3), 5, 32)
    assert small < training_bytes(InputSpec(64, 3), 5, 64) < training_bytes(InputSpec(96, 3), 5, 64)


def test_no_augmentation_is_none() -> None:
    assert build_augmentation(Augmentation.OFF, GARMENTS) is None


@pytest.mark.parametrize("strength", [Augmentation.LIGHT, Augmentation.STRONG])
def test_augmentation_varies_images_and_stays_in_range(strength: Augmentation) -> None:
    keras.utils.set_random_seed(1)
    photo = np.random.default_rng(0).integers(0, 256, (32, 32, 3)).astype(np.float32)
    augmentation = build_augmentation(strength, InputSpec(32, 3))
    varied = augmentation(np.stack([photo] * 8), training=True).numpy()
    assert varied.shape == (8, 32, 32, 3)
    assert varied.min() >= 0
    assert varied.max() <= 255
    assert len({image.tobytes() for image in varied}) == 8


def test_a_garment_is_never_turned_upside_down_and_keeps_its_black_ground() -> None:
    keras.utils.set_random_seed(1)
    garment = np.zeros((28, 28, 1), np.float32)
    garment[6:12, 10:18] = 200
    augmentation = build_augmentation(Augmentation.STRONG, GARMENTS)
    varied = augmentation(np.stack([garment] * 32), training=True).numpy()[..., 0]
    rows = np.arange(28)
    centres = [(image.sum(axis=1) * rows).sum() / image.sum() for image in varied]
    assert max(centres) < 14
    assert np.median(varied[:, 0]) < 40
