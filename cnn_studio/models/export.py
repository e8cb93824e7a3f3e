"""model.keras and model.tflite, written from the same weights. Needs TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.models.bundle import KERAS_FILE, LITE_FILE
from cnn_studio.models.tensorflow import keras, tf
from cnn_studio.models.whole_files import write_whole
from cnn_studio.vision.images import write_atomically

_PROBE_BYTES = 64
_SEED = 20_231

Array = NDArray[np.float32]


@dataclass(frozen=True)
class _Place:
    """Where a weight stands in the file, and what the converter has multiplied it with."""

    start: int
    factor: np.float32


class LiteForm:
    """A network's LiteRT form, whose weights can be filled in at any time.

    A conversion takes a second or more. It is made here once, before the training, with numbers by
    which each weight's place in the file is known again; at the end, or when a person presses
    Stop, only the trained numbers are put into these places. Where a place is not found, the
    conversion is made at the end as usual.

    Args:
        network: A keras.Model with one image input; its weights are neither used nor changed.
    """

    def __init__(self, network: Any) -> None:
        random = np.random.default_rng(_SEED)
        marks = [
            random.standard_normal(tuple(variable.shape), np.float32)
            for variable in network.trainable_variables
        ]
        # The converter folds a Rescaling layer into the convolution that follows it.
        factors = [np.float32(1)] + [
            np.float32(layer.scale)
            for layer in network.layers
            if isinstance(layer, keras.layers.Rescaling)
        ]
        self._content = _convert(network, marks)
        self._places = [_place_of(mark, factors, self._content) for mark in marks]

    @property
    def is_fillable(self) -> bool:
        """Whether the place of every weight is known."""
        return all(place is not None for place in self._places)

    def filled(self, network: Any) -> bytes:
        """The LiteRT form with the weights that the network has now."""
        weights = [variable.numpy() for variable in network.trainable_variables]
        content = bytearray(self._content)
        for place, weight in zip(self._places, weights, strict=True):
            if place is None:
                return _convert(network, weights)
            data = _as_stored(weight * place.factor)
            content[place.start : place.start + len(data)] = data
        return bytes(content)


def write_models(network: Any, lite_form: LiteForm, folder: Path) -> None:
    """Write model.keras and model.tflite, each whole or not at all.

    Args:
        network: The trained keras.Model.
        lite_form: Made from the same network.
        folder: The run's folder.

    Raises:
        OSError: The disk is full, or the folder cannot be written to.
    """
    write_whole(folder / KERAS_FILE, ".keras", network.save)
    write_atomically(folder / LITE_FILE, lite_form.filled(network))


def _convert(network: Any, weights: Sequence[Array]) -> bytes:
    """Convert to LiteRT, builtin operations only, for a batch of one image."""
    # As constants: from a function that reads Keras's variables, TensorFlow 2.21 writes a file
    # of 6 KB without the weights.
    constants = [tf.constant(weight) for weight in weights]
    state = [tf.constant(variable.numpy()) for variable in network.non_trainable_variables]

    def probabilities(image: Any) -> Any:
        return network.stateless_call(constants, state, image, training=False)[0]

    image = tf.TensorSpec((1, *network.input_shape[1:]), tf.float32, name="image")
    function = tf.function(probabilities).get_concrete_function(image)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function])
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    return bytes(converter.convert())


def _as_stored(weight: Array) -> bytes:
    """A weight as LiteRT lays it out: the output channel comes first, not last."""
    stored = np.moveaxis(weight, -1, 0) if weight.ndim > 1 else weight
    return np.ascontiguousarray(stored, "<f4").tobytes()


def _place_of(mark: Array, factors: Sequence[np.float32], content: bytes) -> _Place | None:
    """Where a weight stands in the file; None if that is not certain."""
    for factor in factors:
        data = _as_stored(mark * factor)
        probe = data[:_PROBE_BYTES]
        start = content.find(probe)
        is_unique = start >= 0 and content.find(probe, start + 1) < 0
        if is_unique and content[start : start + len(data)] == data:
            return _Place(start, factor)
    return None
