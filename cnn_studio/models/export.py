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
from cnn_studio.whole_files import write_atomically, write_whole

Array = NDArray[np.float32]

INNER_LAYERS = ("features", "pool", "last_picture")
"""What the LiteRT form tells besides the probabilities: what the network makes of an image just
before it decides, (128,) or (1280,), and its last picture, (height, width, 64) or (height, width,
1280), which each of the two networks calls by a name of its own. They cost no time."""

_PROBE = 16  # numbers by which a weight is found in the file
_LARGE = 100_000  # numbers in a weight that is marked by one value
_LARGE_MARK = np.float32(0.7310586)
_SEED = 20_231


@dataclass(frozen=True)
class _Place:
    """Where a weight stands in the file, and what the converter has multiplied it with."""

    start: int
    factor: np.float32


class LiteForm:
    """A network's LiteRT form, whose weights can be filled in at any time.

    A conversion takes from a second to minutes and up to 18 times the weights' memory. It is made
    here once, before the training, with marks by which each weight's place in the file is known
    again; at the end, or when a person presses Stop, only the trained numbers are put into these
    places. A large weight is marked by a single value, which costs the converter nothing. Where a
    place is not found, the conversion is made at the end as usual.

    Args:
        network: A keras.Model with one image input; its weights are neither used nor changed.
    """

    def __init__(self, network: Any) -> None:
        random = np.random.default_rng(_SEED)
        marks = [_mark(tuple(variable.shape), random) for variable in network.trainable_variables]
        # The converter folds a Rescaling layer into the convolution that follows it.
        factors = [np.float32(1)] + [
            np.float32(layer.scale)
            for layer in network.layers
            if isinstance(layer, keras.layers.Rescaling)
        ]
        self._content = bytearray(_convert(network, marks))
        self._places = [_place_of(mark, factors, self._content) for mark in marks]

    def filled(self, network: Any) -> bytes | bytearray:
        """The LiteRT form with the weights that the network has now; valid until the next call."""
        weights = [variable.numpy() for variable in network.trainable_variables]
        for place, weight in zip(self._places, weights, strict=True):
            if place is None:
                return _convert(network, weights)
            stored = _as_stored(weight)
            target = np.frombuffer(self._content, "<f4", stored.size, place.start)
            np.multiply(stored, place.factor, out=target.reshape(stored.shape))
        return self._content


def lite_content(network: Any) -> bytes:
    """The LiteRT form of any network, with the weights that it has and its first answer alone."""
    weights = [variable.numpy() for variable in network.trainable_variables]
    return _convert(network, weights, inner_layers=())


def write_models(network: Any, lite_form: LiteForm, folder: Path) -> None:
    """Write model.keras and model.tflite, each whole or not at all.

    Args:
        network: The trained keras.Model.
        lite_form: Made from the same network.
        folder: The run's folder.

    Raises:
        OSError: The disk is full, or the folder cannot be written to.
    """
    write_whole(folder / KERAS_FILE, network.save, ".keras")
    write_atomically(folder / LITE_FILE, lite_form.filled(network))


def _convert(
    network: Any, weights: Sequence[Array], inner_layers: Sequence[str] = INNER_LAYERS
) -> bytes:
    """Convert to LiteRT, builtin operations only, for a batch of one image.

    Its outputs are the probabilities, and then those of `inner_layers` that the network has.
    """
    layers = {layer.name: layer for layer in network.layers}
    inner = [layers[name].output for name in inner_layers if name in layers]
    telling = keras.Model(network.inputs[0], [network.outputs[0], *inner])
    state = [variable.numpy() for variable in network.non_trainable_variables]

    def answer(image: Any) -> Any:
        # As constants: from a function that reads Keras's variables, TensorFlow 2.21 writes a
        # file of 6 KB without the weights.
        constants = [_constant(weight) for weight in weights]
        return tf.nest.flatten(telling.stateless_call(constants, state, image, training=False)[0])

    image = tf.TensorSpec((1, *network.input_shape[1:]), tf.float32, name="image")
    function = tf.function(answer).get_concrete_function(image)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function])
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    return bytes(converter.convert())


def _constant(weight: Array) -> Any:
    if _is_one_value(weight):
        return tf.constant(weight.flat[0], shape=weight.shape)
    return tf.constant(weight)


def _mark(shape: tuple[int, ...], random: np.random.Generator) -> Array:
    """Numbers that no other weight has; for a large weight one number that takes no memory."""
    if np.prod(shape) > _LARGE:
        return np.broadcast_to(_LARGE_MARK, shape)
    return random.standard_normal(shape, np.float32)


def _is_one_value(weight: Array) -> bool:
    return weight.size > 1 and not any(weight.strides)


def _as_stored(weight: Array) -> Array:
    """A weight as LiteRT lays it out: the output channel comes first, not last."""
    return np.moveaxis(weight, -1, 0) if weight.ndim > 1 else weight


def _place_of(mark: Array, factors: Sequence[np.float32], content: bytearray) -> _Place | None:
    """Where a weight stands in the file; None if that is not certain."""
    stored = _as_stored(mark)
    for factor in factors:
        probe = (stored.flat[:_PROBE] * factor).astype("<f4").tobytes()
        start = content.find(probe)
        if start < 0 or start + 4 * mark.size > len(content):
            continue
        found = np.frombuffer(content, "<f4", mark.size, start).reshape(stored.shape)
        expected = (stored.flat[0] if _is_one_value(mark) else stored) * factor
        is_unique = content.find(probe, start + 4 * mark.size) < 0
        if is_unique and bool((found == expected).all()):
            return _Place(start, factor)
    return None
