"""Quarter turns: exact, evenly drawn, and the same again with one seed."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from cnn_studio.models.tensorflow import keras, tf
from cnn_studio.training.augmentation import build_augmentation
from cnn_studio.training.strengths import Augmentation, Flip, Turns
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import InputSpec, Polarity

PHOTO = np.random.default_rng(0).integers(0, 256, (24, 24, 3)).astype(np.float32)
TURNED = [np.rot90(PHOTO, quarter) for quarter in range(4)]
MIRRORED = [np.fliplr(one) for one in TURNED]


def drawn(strengths: Augmentation, count: int = 800) -> list[bytes]:
    layers = build_augmentation(strengths, InputSpec(24))
    step = tf.function(
        lambda images: layers(images, training=True),
        input_signature=[tf.TensorSpec((None, 24, 24, 3), tf.float32)],
    )
    images = [*step(np.stack([PHOTO] * (count - 5))), *step(np.stack([PHOTO] * 5))]
    return [image.numpy().tobytes() for image in images]


@pytest.mark.parametrize(
    ("strengths", "expected"),
    [
        (Augmentation(turns=Turns.QUARTER), TURNED),
        (Augmentation(turns=Turns.ALL), [*TURNED, *MIRRORED]),
        (Augmentation(Flip.SIDEWAYS, Turns.QUARTER), [*TURNED, *MIRRORED]),
    ],
)
def test_each_way_comes_equally_often_and_no_pixel_changes(
    strengths: Augmentation, expected: list[ImageArray]
) -> None:
    keras.utils.set_random_seed(3)
    counts = Counter(drawn(strengths))
    assert set(counts) == {np.ascontiguousarray(one).tobytes() for one in expected}
    fair = 800 / len(expected)
    assert all(0.6 * fair < count < 1.4 * fair for count in counts.values())


def test_one_seed_draws_the_same_turns_and_another_does_not() -> None:
    orders = []
    for seed in (1, 1, 2):
        keras.utils.set_random_seed(seed)
        orders.append(drawn(Augmentation(turns=Turns.ALL), 40))
    assert orders[0] == orders[1]
    assert orders[0] != orders[2]


def test_the_state_of_the_draw_is_a_variable_that_can_be_put_back() -> None:
    layers = build_augmentation(Augmentation(turns=Turns.ALL), InputSpec(24))
    batch = np.stack([PHOTO] * 16)
    state = [variable.numpy() for variable in layers.variables]
    first = layers(batch, training=True).numpy()
    second = layers(batch, training=True).numpy()
    assert not np.array_equal(first, second)
    for variable, value in zip(layers.variables, state, strict=True):
        variable.assign(value)
    np.testing.assert_array_equal(layers(batch, training=True), first)


def test_images_are_turned_in_a_training_only() -> None:
    layers = build_augmentation(Augmentation(turns=Turns.ALL), InputSpec(24))
    batch = np.stack([PHOTO] * 16)
    np.testing.assert_array_equal(layers(batch, training=False), batch)


def test_grey_images_on_a_black_ground_are_turned_as_well() -> None:
    keras.utils.set_random_seed(1)
    spec = InputSpec(28, 1, polarity=Polarity.LIGHT_ON_DARK)
    garment = np.zeros((28, 28, 1), np.float32)
    garment[6:12, 10:18] = 200
    layers = build_augmentation(Augmentation(turns=Turns.QUARTER), spec)
    turned = layers(np.stack([garment] * 32), training=True).numpy()
    assert len({image.tobytes() for image in turned}) == 4
    assert (turned.sum(axis=(1, 2, 3)) == garment.sum()).all()
