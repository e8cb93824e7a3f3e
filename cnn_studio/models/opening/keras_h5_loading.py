"""An HDF5 file of Keras built and converted, in the trial's process alone. Needs TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError
from cnn_studio.models.export import lite_content
from cnn_studio.models.model_files import read_model
from cnn_studio.models.opening.keras_config import check_config
from cnn_studio.models.opening.keras_h5 import KerasH5, Stored, read_config
from cnn_studio.models.opening.keras_old_config import modern_config
from cnn_studio.models.opening.keras_signs import sign_of_config
from cnn_studio.models.opening.pixel_signs import PixelSign
from cnn_studio.models.tensorflow import keras

_SHOWN = 80
_OLD_ENDS = {
    "W": "kernel",
    "b": "bias",
    "gamma": "gamma",
    "beta": "beta",
    "running_mean": "moving_mean",
    "running_std": "moving_variance",  # so called, but Keras 1 kept the variance there
}
_SAME = {"depthwise_kernel": "kernel"}  # as Keras 2 called it, and 3 does in a SeparableConv2D
_KINDS_NAMES = """
kernel bias gamma beta moving_mean moving_variance pointwise_kernel alpha mean variance count
"""
_KINDS = frozenset(_KINDS_NAMES.split())


@dataclass(frozen=True, eq=False)
class OldNetwork:
    """What an .h5 file holds, once all of it but the numbers is read.

    Attributes:
        config: The network's, in today's words, looked through.
        weights: Those of each layer, by the layer's name.
    """

    config: dict[str, Any]
    weights: Mapping[str, Sequence[Stored]]


def read_network(stored: KerasH5, architecture: Path | None) -> OldNetwork:
    """Read what an open .h5 file says of its network.

    Args:
        stored: The file.
        architecture: A JSON file with the network's config, for a file of weights alone.

    Raises:
        ModelError: It is damaged, or holds what is not opened.
    """
    config, version = stored.config(), stored.version
    if config is None and architecture is not None:
        config = read_config(read_model(architecture))
        version = version or str(config.get("keras_version") or "")
    names = stored.layers()
    if config is None:
        raise ModelError(
            "It holds weights without their network. Save the whole network (model.save), or "
            "put its model.to_json() beside it, in a file of the same name that ends in .json."
        )
    written = modern_config(config, version)
    check_config(written)
    return OldNetwork(written, {name: stored.weights_of(name) for name in names})


def convert_network(found: OldNetwork, target: Path) -> PixelSign | None:
    """Build a network of allowed layers, and write its LiteRT form.

    Args:
        found: The network, whose file is still open.
        target: Where the LiteRT form shall stand.

    Returns:
        What a black and a white pixel are, where the layers say so; else None.

    Raises:
        ModelError: It cannot be built or converted, or its weights do not fit.
    """
    keras.backend.clear_session()
    said = sign_of_config(found.config)
    network = _built(found.config)  # which empties the config
    _fill(network, found.weights)
    inputs, outputs = network.inputs, network.outputs
    sides = tuple(inputs[0].shape[1:])
    if len(inputs) != 1 or len(outputs) != 1 or len(sides) != 3 or None in sides:
        raise ModelError("It must take one image of a fixed size, and give one answer.")
    try:
        content = lite_content(network)
    except MemoryError:
        raise
    except Exception as error:
        raise ModelError(
            f"TensorFlow cannot convert it to LiteRT ({type(error).__name__}). Ask its maker for a "
            ".tflite or .onnx file."
        ) from error
    target.write_bytes(content)
    return said


def _built(config: dict[str, Any]) -> Any:
    try:
        network = keras.saving.deserialize_keras_object(config, safe_mode=True)
        if not network.built or not network.inputs:
            raise ValueError("It does not say what it takes.")
    except MemoryError:
        raise
    except Exception as error:
        raise ModelError(f"Keras cannot build it ({type(error).__name__}).") from error
    return network


def _fill(network: Any, weights: Mapping[str, Sequence[Stored]]) -> None:
    """Put the weights of the file into the layers.

    Raises:
        ModelError: A layer lacks weights, or they are not of its shape.
    """
    for layer in network.layers:
        if not layer.weights:
            continue
        if layer.name not in weights:
            raise ModelError(f"It is damaged: the layer {layer.name[:_SHOWN]} has no weights.")
        for variable, weight in _pairs(layer, weights[layer.name]):
            if tuple(variable.shape) != tuple(weight.dataset.shape):
                raise ModelError(
                    f"The weight {weight.name[:_SHOWN]} does not fit its layer. Its shape "
                    f"must be {tuple(variable.shape)}, not {tuple(weight.dataset.shape)}."
                )
            variable.assign(_read(weight))
    for layer in _leaves(network):
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()


def _read(weight: Stored) -> NDArray[np.float32]:
    try:
        return weight.read()
    except OSError as error:
        raise ModelError(f"It is damaged: {weight.name[:_SHOWN]} cannot be read.") from error


def _leaves(network: Any) -> list[Any]:
    found = []
    for layer in network.layers:
        found += _leaves(layer) if isinstance(layer, keras.Model) else [layer]
    return found


def _pairs(layer: Any, weights: Sequence[Stored]) -> list[tuple[Any, Stored]]:
    """Which weight of the file belongs to which of a layer, or of the layers in a network.

    By their names where these tell; else in the order in which Keras writes them, which is what can
    be trained and then the rest.

    Raises:
        ModelError: It cannot be told.
    """
    is_network = isinstance(layer, keras.Model)
    parts = 2 if is_network else 1
    called = {
        id(variable): f"{leaf.name}/{variable.name}"
        for leaf in (_leaves(layer) if is_network else [layer])
        for variable in leaf.weights
    }
    wanted = [_ends(called[id(variable)], parts) for variable in layer.weights]
    given: dict[str, list[Stored]] = {}
    for weight in weights:
        given.setdefault(_ends(weight.name, parts), []).append(weight)
    if len(set(wanted)) == len(wanted) and all(len(given.get(name, ())) == 1 for name in wanted):
        return [
            (variable, given[name][0]) for variable, name in zip(layer.weights, wanted, strict=True)
        ]
    in_order = [*layer.trainable_weights, *layer.non_trainable_weights]
    ours = [_ends(called[id(variable)], 1) for variable in in_order]
    its = [_ends(weight.name, 1) for weight in weights]
    if len(ours) != len(its) or any(
        one != other and other in _KINDS for one, other in zip(ours, its, strict=True)
    ):
        raise ModelError(
            f"The weights of {layer.name[:_SHOWN]} are not those of its layers. There must be "
            f"{len(ours)}, not {len(its)}. Ask its maker for a .tflite file."
        )
    return list(zip(in_order, weights, strict=True))


def _ends(path: str, parts: int) -> str:
    """The last parts of a weight's name, "Conv1/kernel", as Keras calls them today."""
    *before, last = path.split(":")[0].split("/")
    for old, new in _OLD_ENDS.items():  # Keras 1 wrote "dense_1_W"
        if last.endswith(f"_{old}") and last not in _KINDS:
            layer = last.removesuffix(f"_{old}")
            before, last = [*before[:-1], layer], new
            break
    last = _SAME.get(last, last)
    return "/".join([*before, last][-parts:])
