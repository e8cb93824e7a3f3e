"""The forms that TensorFlow writes: Keras, SavedModel and three of LiteRT."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cnn_studio.exporting.formats import OUTPUTS, ExportFormat
from cnn_studio.models.bundle import BUNDLE_FILE, Bundle, description_text
from cnn_studio.models.description import (
    SAVED_MODEL_PLACE,
    append_members,
)
from cnn_studio.models.export import INNER_LAYERS
from cnn_studio.models.quiet import silenced_stderr
from cnn_studio.models.tensorflow import keras, tf
from cnn_studio.vision.images import ImageArray

IMAGE = "image"


def open_network(path: Path) -> Any:
    """Load a model.keras, which runs no code that the file may hold.

    Returns:
        A keras.Model whose outputs are those of `OUTPUTS`, as far as the network has such layers.

    Raises:
        ValueError, OSError: The file is missing, damaged, or holds code.
    """
    network = keras.models.load_model(path, compile=False, safe_mode=True)
    layers = {layer.name: layer for layer in network.layers}
    inner = [layers[name].output for name in INNER_LAYERS if name in layers]
    return keras.Model(network.inputs[0], [network.outputs[0], *inner], name="studio_cnn")


def write_keras(network: Any, path: Path, bundle: Bundle) -> None:
    """Write a .keras file with its description in it.

    Raises:
        OSError: The disk is full, or the folder cannot be written to.
    """
    network.save(path)
    append_members(path, {BUNDLE_FILE: description_text(bundle)})


def write_saved_model(network: Any, folder: Path, bundle: Bundle) -> None:
    """Write the folder of a SavedModel, with named inputs and outputs and its description.

    Raises:
        OSError: The disk is full, or the folder cannot be written to.
    """
    images = tf.TensorSpec((None, *network.input_shape[1:]), tf.float32, name=IMAGE)
    serve = tf.function(lambda image: _by_name(network(image, training=False)), [images])
    # Keras's own export keeps every weight twice.
    module = tf.Module()
    module.weights = [variable.value for variable in network.variables]
    module.serve = serve
    with silenced_stderr():
        tf.saved_model.save(module, str(folder), signatures={"serving_default": serve})
    place = folder / SAVED_MODEL_PLACE
    place.parent.mkdir(exist_ok=True)
    place.write_text(description_text(bundle), encoding="utf-8")


def write_lite(
    network: Any,
    path: Path,
    form: ExportFormat,
    calibration: ImageArray | None = None,
) -> None:
    """Write a .tflite file for one image at a time, without a description.

    Args:
        network: As `open_network` gives it.
        path: The file.
        form: TFLITE, TFLITE_DYNAMIC or TFLITE_INT8.
        calibration: For TFLITE_INT8: images that show how large each number within the network
            becomes, (n, size, size, channels), uint8.

    Raises:
        OSError: The disk is full, or the folder cannot be written to.
    """
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [_with_constants(network).get_concrete_function()], tf.Module()
    )
    operations = tf.lite.OpsSet.TFLITE_BUILTINS
    if form.is_rounded:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if calibration is not None:
        operations = tf.lite.OpsSet.TFLITE_BUILTINS_INT8
        converter.representative_dataset = lambda: _one_by_one(calibration)
    converter.target_spec.supported_ops = [operations]
    with silenced_stderr():
        content = converter.convert()
    path.write_bytes(_in_order(content, tuple(_by_name(network.outputs))))


def _with_constants(network: Any) -> Any:
    """A function of one image; see `models.export` on why its weights are constants."""
    weights = [variable.numpy() for variable in network.trainable_variables]
    state = [variable.numpy() for variable in network.non_trainable_variables]

    def answer(image: Any) -> dict[str, Any]:
        constants = [tf.constant(weight) for weight in weights]
        return _by_name(network.stateless_call(constants, state, image, training=False)[0])

    image = tf.TensorSpec((1, *network.input_shape[1:]), tf.float32, name=IMAGE)
    return tf.function(answer, [image])


def _by_name(outputs: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(OUTPUTS, outputs, strict=False))


def _one_by_one(images: ImageArray) -> Iterator[list[Any]]:
    for image in images:
        yield [image[None].astype(np.float32)]


def _in_order(content: bytes, names: Sequence[str]) -> bytearray:
    """Put the outputs in this order, and name them and the input: the converter sorts them by name.

    Who asks for outputs by number gets the probabilities first, and who asks by name needs no
    number.
    """
    from tensorflow.lite.tools import flatbuffer_utils

    model = flatbuffer_utils.convert_bytearray_to_object(bytearray(content))
    graph = model.subgraphs[0]
    places = {each.name.decode(): each.tensorIndex for each in model.signatureDefs[0].outputs}
    graph.outputs = [places[name] for name in names]
    for name in names:
        graph.tensors[places[name]].name = name.encode()
    graph.tensors[graph.inputs[0]].name = IMAGE.encode()
    return bytearray(flatbuffer_utils.convert_object_to_bytearray(model))
