"""LiteRT files of others as TensorFlow's converter writes them; needs TensorFlow.

    python -m tests.models.opening.lite_files FOLDER

Each names the mean colour of an image, or tells dark from light; nothing is trained.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from cnn_studio.models.tensorflow import keras, tf

SIDE = 32
layers = keras.layers


def colours(*before: Any, weight: float = 20.0, ending: str | None = "softmax") -> Any:
    """A network that names the channel with the most, behind some layers."""
    image = keras.Input((SIDE, SIDE, 3), batch_size=1)
    x = image
    for layer in before:
        x = layer(x)
    dense = layers.Dense(3, activation=ending)
    model = keras.Model(image, dense(layers.GlobalAveragePooling2D()(x)))
    dense.set_weights([weight * np.eye(3, dtype=np.float32), np.zeros(3, np.float32)])
    return model


def tones(ending: str | None) -> Any:
    """A network with one output, above 0.5 for what is light; it takes -1..1."""
    image = keras.Input((SIDE, SIDE, 3), batch_size=1)
    dense = layers.Dense(1, activation=ending)
    model = keras.Model(image, dense(layers.GlobalAveragePooling2D()(image)))
    dense.set_weights([np.full((3, 1), 2, np.float32), np.zeros(1, np.float32)])
    return model


def convolved() -> Any:
    """The tutorial's beginning: a scaling that the converter works into a convolution."""
    convolution = layers.Conv2D(3, 1)
    model = colours(layers.Rescaling(1 / 255), convolution, layers.ReLU())
    kernel = np.eye(3, dtype=np.float32)[None, None]
    convolution.set_weights([kernel, np.full(3, -0.3, np.float32)])
    return model


def quantised(model: Any, low: float, high: float, kind: Any) -> bytes:
    """Whole numbers inside; outside as well where a kind is given."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    shape = (1, SIDE, SIDE, 3)
    converter.representative_dataset = lambda: (
        [np.full(shape, value, np.float32)] for value in np.linspace(low, high, 9)
    )
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    if kind is not None:
        converter.inference_input_type = converter.inference_output_type = kind
    return bytes(converter.convert())


def of_function(shape: tuple[int | None, ...], to_usual: Callable[[Any], Any]) -> bytes:
    """A function of an image of another layout, without a softmax."""

    def answer(image: Any) -> Any:
        return 20 * tf.reduce_mean(to_usual(image), axis=(1, 2))

    function = tf.function(answer).get_concrete_function(tf.TensorSpec(shape, tf.float32))
    return bytes(tf.lite.TFLiteConverter.from_concrete_functions([function]).convert())


def main(folder: Path) -> None:
    """Write all of them."""
    folder.mkdir(parents=True, exist_ok=True)

    def plain(model: Any) -> bytes:
        return bytes(tf.lite.TFLiteConverter.from_keras_model(model).convert())

    pool = layers.MaxPooling2D
    files = {
        "silent": plain(colours()),
        "by-255": plain(colours(layers.Rescaling(1 / 255), pool())),
        "by-127": plain(colours(layers.Rescaling(1 / 127.5, -1), pool())),
        "twice": plain(colours(layers.Rescaling(2, -1), pool())),
        "standardised": plain(
            colours(layers.Normalization(mean=[0.5, 0.4, 0.4], variance=[0.04, 0.05, 0.06]), pool())
        ),
        "folded": plain(convolved()),
        "uint8-unit": quantised(colours(), 0, 1, tf.uint8),
        "int8-signed": quantised(colours(), -1, 1, tf.int8),
        "uint8-byte": quantised(colours(weight=0.1), 0, 255, tf.uint8),
        "int8-imagenet": quantised(colours(), -2.118, 2.64, tf.int8),
        "int8-odd": quantised(colours(), -5, 1, tf.int8),
        "rounded-inside": quantised(colours(), -1, 1, None),
        "channels-first": of_function(
            (1, 3, SIDE, SIDE), lambda image: tf.transpose(image, (0, 2, 3, 1))
        ),
        "free-size": of_function((1, None, None, 3), lambda image: image),
        "free-batch": of_function((None, SIDE, SIDE, 3), lambda image: image),
        "oblong": of_function((1, SIDE, 48, 3), lambda image: image),
        "logits": plain(colours(ending=None)),
        "sigmoid": plain(tones("sigmoid")),
        "one-logit": plain(tones(None)),
    }
    for name, content in files.items():
        (folder / f"{name}.tflite").write_bytes(content)
    colours(layers.Rescaling(1 / 127.5, -1)).save(folder / "scaled.keras")
    colours().save(folder / "silent.keras")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
