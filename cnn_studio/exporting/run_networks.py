"""A run's network as a keras.Model: what differs between the two networks in exports is here.

A run of the shared CNN has a model.keras. That of the pretrained network has none, so its layers
are built from the backbone, and its linear layer is read from model.tflite. Needs TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError
from cnn_studio.exporting import tensorflow_forms
from cnn_studio.models.bundle import KERAS_FILE, LITE_FILE, Bundle
from cnn_studio.models.lite import LiteModel
from cnn_studio.models.model_files import read_model
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.opening.network_content import refusal_of_content
from cnn_studio.models.opening.network_file import Network, open_network
from cnn_studio.models.runs import Run
from cnn_studio.models.tensorflow import keras
from cnn_studio.pretrained.efficientnet_lite import (
    CLASSIFIER,
    FEATURES,
    PIXEL_MEAN,
    PIXEL_SPREAD,
    Layer,
    LinearLayer,
    backbone_layers,
)
from cnn_studio.pretrained.lite_graph import Activation
from cnn_studio.vision.preparation import InputSpec

Array = NDArray[np.float32]

LAST_PICTURE = "last_picture"
"""The layer that the pretrained network's features are the mean of; see `INNER_LAYERS`."""


def network_of_run(run: Run) -> Any:
    """A run's network.

    Returns:
        A keras.Model whose outputs are those of `OUTPUTS`.

    Raises:
        ModelError: The run has no model, or one that is not what its description says.
    """
    if run.bundle is None or run.problem is not None:
        raise ModelError(run.problem or f"{run.name} has no model.")
    return _WAYS[run.bundle.network](run, run.bundle)


def pretrained_network(input_spec: InputSpec, classifier: LinearLayer) -> Any:
    """The pretrained network in plain Keras layers.

    Args:
        input_spec: Size and channels of the images.
        classifier: What it has learned from a dataset.

    Returns:
        A keras.Model: float32 (batch, size, size, channels) with values 0..255 in; probabilities
        (batch, classes), features (batch, 1280) and the last picture out.

    Raises:
        ModelError: The backbone's weights are missing or damaged.
    """
    layers = keras.layers
    image = keras.Input(input_spec.shape, name=tensorflow_forms.IMAGE)
    scaling = {"scale": 1 / PIXEL_SPREAD, "offset": -PIXEL_MEAN / PIXEL_SPREAD}
    x = layers.Rescaling(**scaling, name="pixel_range")(image)
    before = x
    *convolutions, head = backbone_layers(input_spec.channels)
    for layer in convolutions:
        before = x if layer.begins else before
        x = _convolved(layer, _plain(layer.name), x)
        if layer.ends:
            x = layers.Add(name=f"{_plain(layer.name)}_sum")([x, before])
    picture = _convolved(head, LAST_PICTURE, x)
    features = layers.GlobalAveragePooling2D(name="features")(picture)
    dense = layers.Dense(len(classifier.bias), activation="softmax", name="probabilities")
    probabilities = dense(features)
    dense.set_weights([classifier.weights.T, classifier.bias])
    return keras.Model(image, [probabilities, features, picture], name="studio_pretrained")


def _convolved(layer: Layer, name: str, x: Any) -> Any:
    common = {
        "strides": layer.stride,
        "padding": "same",
        "activation": "relu6" if layer.activation is Activation.RELU6 else None,
        "name": name,
    }
    sides = layer.kernel.shape[1:3]
    if layer.by_channel:
        made = keras.layers.DepthwiseConv2D(sides, **common)
    else:
        made = keras.layers.Conv2D(len(layer.bias), sides, **common)
    y = made(x)
    made.set_weights([layer.kernel.transpose(1, 2, 3, 0), layer.bias])
    return y


def _plain(name: str) -> str:
    """A layer's name in the file as Keras takes it."""
    return name.replace("/", "_")


def _loaded(run: Run, _bundle: Bundle) -> Any:
    path = run.folder / KERAS_FILE
    if not path.is_file():
        raise ModelError(f"{run.name} cannot be exported, because {KERAS_FILE} is missing.")
    try:
        return tensorflow_forms.open_network(path)
    except (OSError, ValueError, TypeError, KeyError, IndexError) as error:
        refusal = refusal_of_content(read_model(path), path.suffix)
        raise ModelError(f"{path} {refusal}") from error


def _built(run: Run, bundle: Bundle) -> Any:
    model = open_network(run.folder, bundle)
    classes = len(bundle.classes)
    shapes = {"weights": (classes, FEATURES), "bias": (classes,)}
    found = {part: _read(model, f"{CLASSIFIER}/{part}", shape) for part, shape in shapes.items()}
    weights, bias = found["weights"], found["bias"]
    if weights is None or bias is None or model.input_shape != bundle.input.shape:
        raise ModelError(
            f"{run.name} cannot be exported, because the {LITE_FILE} in it is no pretrained "
            f"network with a linear layer for {classes} classes."
        )
    return pretrained_network(bundle.input, LinearLayer(weights, bias))


def _read(model: Network, name: str, shape: tuple[int, ...]) -> Array | None:
    """Weights of a file by their name; None where they are not what is expected."""
    values = model.weights(name) if isinstance(model, LiteModel) else None
    is_right = values is not None and values.shape == shape and bool(np.isfinite(values).all())
    return values if is_right else None


_WAYS: dict[NetworkKind, Callable[[Run, Bundle], Any]] = {
    NetworkKind.CNN: _loaded,
    NetworkKind.PRETRAINED: _built,
}
