"""How familiar images are to a network, measured at the end of a training."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.sessions import recording_of, recordings_of
from cnn_studio.models.tensorflow import keras, tf
from cnn_studio.models.unknown import (
    LEAST_IMAGES,
    Known,
    UnknownRule,
    described,
    fit_unknown,
)
from cnn_studio.training.pipeline import as_tensors, gather
from cnn_studio.training.training_data import TrainingData

_MOST = 2000  # images of either side; more cost time and change little
_PIXELS_AFTER_STOP = 200 * 64**2  # whoever pressed Stop waits for it
_LEAST_AFTER_STOP = 2 * LEAST_IMAGES


class Familiarity:
    """What a network makes of images of either side, and what is usual for it.

    Args:
        network: The keras.Model, with the weights that were measured.
        data: What it learned from, and what was held back.
        batch_size: Images a step.
        background: The class of pictures that show none of the others, if there is one.
        is_whole: Whether the training came to its end; after a stop fewer images are asked about.
    """

    def __init__(
        self,
        network: Any,
        data: TrainingData,
        batch_size: int,
        background: int | None,
        is_whole: bool,
    ) -> None:
        self._network = network
        self._data = data
        self._batch_size = batch_size
        self._background = background
        size = data.images.pixels.shape[1]
        after_stop = max(_LEAST_AFTER_STOP, _PIXELS_AFTER_STOP // size**2)
        most = _MOST if is_whole else min(_MOST, after_stop)
        self._trained_on = _evenly(data.split.train, most)
        self._sides: tuple[Known, Known] | None = None
        if len(data.split.validation) >= LEAST_IMAGES:
            held_back = _evenly(data.split.validation, most)
            self._sides = self._ask(self._trained_on), self._ask(held_back)

    def rule(self, *, has_learned_on: bool) -> UnknownRule | None:
        """Learn what is usual; None where too little was held back.

        Args:
            has_learned_on: Whether the network has learned on since it was measured.
        """
        if self._sides is None:
            return None
        now = self._ask(self._trained_on) if has_learned_on else None
        return fit_unknown(*self._sides, self._background, _seen(self._data), now)

    def _ask(self, members: NDArray[np.int64]) -> Known:
        network, layers = self._network, keras.layers
        features = network.get_layer("features").output
        filter_means = layers.GlobalAveragePooling2D()(network.get_layer("pool").output)
        telling = keras.Model(network.inputs[0], [network.outputs[0], features, filter_means])
        pixels, told = as_tensors(self._data.images)[0], []
        for start in range(0, len(members), self._batch_size):
            batch = gather(pixels, members[start : start + self._batch_size])
            told.append(telling(tf.cast(batch, tf.float32), training=False))
        probabilities, *parts = (np.concatenate(batches) for batches in zip(*told, strict=True))
        return Known(self._data.images.labels[members], probabilities, described(*parts))


def _seen(data: TrainingData) -> float:
    """The share of the images held back that come from recordings that were learned from, 0..1."""
    learned = recordings_of(data.names[place] for place in data.split.train) - {""}
    held_back = [recording_of(data.names[place]) for place in data.split.validation]
    return sum(recording in learned for recording in held_back) / len(held_back)


def _evenly(members: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    if len(members) <= most:
        return members
    return members[np.linspace(0, len(members) - 1, most).astype(np.int64)]
