"""What a training makes smaller: cross-entropy, with smoothed labels or weighted classes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.models.tensorflow import keras, tf


class Objective:
    """Tells the loss of each image of a batch.

    Args:
        num_classes: How many classes there are.
        label_smoothing: How much of the certainty is taken from the labels, 0 to 0.5.
        class_weights: How much an image of each class counts, (classes,), float32; None counts
            all alike.
    """

    def __init__(
        self,
        num_classes: int,
        label_smoothing: float = 0.0,
        class_weights: NDArray[np.float32] | None = None,
    ) -> None:
        self._num_classes = num_classes
        self._label_smoothing = label_smoothing
        self._class_weights = class_weights

    def __call__(self, labels: Any, probabilities: Any) -> tuple[Any, Any]:
        """Compare with the truth.

        Args:
            labels: (batch,), int64.
            probabilities: (batch, classes), float32.

        Returns:
            The plain cross-entropy of each image, which is shown and compares with validation, and
            what is to become smaller; float32 (batch,).
        """
        losses = keras.losses.sparse_categorical_crossentropy(labels, probabilities)
        objectives = losses
        if self._label_smoothing:
            objectives = keras.losses.categorical_crossentropy(
                tf.one_hot(labels, self._num_classes),
                probabilities,
                label_smoothing=self._label_smoothing,
            )
        if self._class_weights is not None:
            objectives = objectives * tf.gather(tf.constant(self._class_weights), labels)
        return losses, objectives
