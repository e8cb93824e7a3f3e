"""The shared CNN: one network for every dataset."""

from __future__ import annotations

from typing import Any

from cnn_studio.models.tensorflow import keras
from cnn_studio.training.estimate import (
    DENSE_UNITS,
    FIRST_FILTERS,
    KERNEL,
    POOL,
    SECOND_FILTERS,
)
from cnn_studio.vision.preparation import InputSpec

_FIRST_DROPOUT = 0.25
_SECOND_DROPOUT = 0.5


def build_network(input_spec: InputSpec, num_classes: int) -> Any:
    """Build the network with fresh weights.

    Two convolutions, pooling and two dense layers, as in Keras's long-standing MNIST example.

    Args:
        input_spec: Size and channels of the images.
        num_classes: How many classes there are, 2 or more.

    Returns:
        A keras.Model: float32 (batch, size, size, channels) with values 0..255 in, softmax
        probabilities float32 (batch, num_classes) out.
    """
    layers = keras.layers
    image = keras.Input(input_spec.shape, name="image")
    x = layers.Rescaling(1 / 255, name="unit_range")(image)
    x = layers.Conv2D(FIRST_FILTERS, KERNEL, activation="relu", name="edges")(x)
    x = layers.Conv2D(SECOND_FILTERS, KERNEL, activation="relu", name="shapes")(x)
    x = layers.MaxPooling2D(POOL, name="pool")(x)
    x = layers.Dropout(_FIRST_DROPOUT, name="dropout_1")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dense(DENSE_UNITS, activation="relu", name="features")(x)
    x = layers.Dropout(_SECOND_DROPOUT, name="dropout_2")(x)
    probabilities = layers.Dense(num_classes, activation="softmax", name="probabilities")(x)
    return keras.Model(image, probabilities, name="studio_cnn")
