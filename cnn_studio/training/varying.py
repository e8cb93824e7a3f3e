"""A few images varied as a training would vary them, to be looked at."""

from __future__ import annotations

import numpy as np

from cnn_studio.models.tensorflow import keras, tf
from cnn_studio.training.augmentation import build_augmentation
from cnn_studio.training.request import PreviewRequest
from cnn_studio.vision.images import ImageArray


def varied(request: PreviewRequest) -> ImageArray:
    """Vary the images of a request by the training's own layers.

    It may run between two trainings: each of them sets its own seed.

    Returns:
        (n, size, size, channels), uint8.
    """
    keras.utils.set_random_seed(request.seed)
    augmentation = build_augmentation(request.strengths, request.input)
    if augmentation is None:
        return request.pixels
    images = augmentation(tf.cast(request.pixels, tf.float32), training=True).numpy()
    return np.asarray(np.clip(np.rint(images), 0, 255), np.uint8)
