"""The ONNX form, built operator by operator from the weights: the network has ten plain ones.

Source: the operators of ONNX's own set 17 (https://onnx.ai/onnx/operators/), which every runtime
of the last years knows.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError
from cnn_studio.exporting.formats import OUTPUTS
from cnn_studio.models.bundle import BUNDLE_FILE, Bundle, description_text

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto

_OPERATORS, _FILE_VERSION = 17, 8
_MOST_BYTES = 2_000_000_000  # what a protobuf message can hold
_MISSING = (
    "Exports to ONNX need the packages onnx and onnxruntime. Install them with: "
    "pip install 'cnn-studio[onnx]'"
)
Array = NDArray[Any]


def write_onnx(network: Any, path: Path, bundle: Bundle) -> None:
    """Write a .onnx file with its description in it.

    It takes images as the other forms do, float32 (batch, size, size, channels).

    Args:
        network: As `tensorflow_forms.open_network` gives it.
        path: The file.
        bundle: Its description.

    Raises:
        ModelError: The package onnx is missing, the network has a layer of another kind, or it is
            too large for a file of this kind.
        OSError: The disk is full, or the folder cannot be written to.
    """
    try:
        from onnx import checker, helper
    except ImportError as error:
        raise ModelError(_MISSING) from error
    if 4 * network.count_params() > _MOST_BYTES:
        raise ModelError("An ONNX file holds up to 2 GB. Train with a smaller image size.")
    model = _built(network)
    helper.set_model_props(model, {BUNDLE_FILE: description_text(bundle)})
    checker.check_model(model)
    path.write_bytes(model.SerializeToString())


def _built(network: Any) -> ModelProto:
    from onnx import TensorProto, helper

    graph = _Graph(network)
    shapes = {graph.image: network.input_shape, **graph.outputs}
    infos = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", *shape[1:]])
        for name, shape in shapes.items()
    ]
    made = helper.make_graph(graph.nodes, network.name, infos[:1], infos[1:], graph.weights)
    operators = [helper.make_opsetid("", _OPERATORS)]
    return helper.make_model(
        made, producer_name="cnn-studio", opset_imports=operators, ir_version=_FILE_VERSION
    )


class _Graph:
    """Follows the layers from the image on, and notes down an operator or two for each.

    Args:
        network: A keras.Model whose layers form a chain.

    Attributes:
        image: The name of the input, and `outputs` the names of the outputs with their shapes.
        nodes: The operators in order, and `weights` what they work with.

    Raises:
        ModelError: A layer is of a kind that is not known here.
    """

    def __init__(self, network: Any) -> None:
        self.image = "image"
        self.outputs = {
            name: output.shape for name, output in zip(OUTPUTS, network.outputs, strict=False)
        }
        self.nodes: list[NodeProto] = []
        self.weights: list[TensorProto] = []
        told = zip(self.outputs, network.outputs, strict=True)
        self._told = {id(output): name for name, output in told}
        self._last = self.image
        self._channels_first = False
        known: dict[str, Callable[[Any], None]] = {
            "InputLayer": lambda _layer: None,
            "Dropout": lambda _layer: None,  # does nothing but in a training
            "Rescaling": self._add_rescaling,
            "Conv2D": self._add_convolution,
            "MaxPooling2D": self._add_pooling,
            "Flatten": self._add_flatten,
            "Dense": self._add_dense,
        }
        for layer in network.layers:
            add = known.get(type(layer).__name__)
            if add is None:
                raise ModelError(f"ONNX exports know no layer {type(layer).__name__!r}.")
            add(layer)
            if self._channels_first and id(layer.output) in self._told:
                self._to_channels_last(self._told[id(layer.output)])

    def _add_rescaling(self, layer: Any) -> None:
        scale = self._weight(layer, "scale", np.array(layer.scale, np.float32))
        self._node("Mul", [self._last, scale], layer.name)
        if layer.offset:
            offset = self._weight(layer, "offset", np.array(layer.offset, np.float32))
            self._node("Add", [self._last, offset], f"{layer.name}_offset")

    def _add_convolution(self, layer: Any) -> None:
        _refuse_unless(layer, layer.padding == "valid" and layer.dilation_rate == (1, 1))
        _refuse_unless(layer, layer.groups == 1 and layer.use_bias)
        self._to_channels_first(layer)
        kernel, bias = layer.get_weights()
        weights = [
            self._weight(layer, "kernel", kernel.transpose(3, 2, 0, 1)),
            self._weight(layer, "bias", bias),
        ]
        self._node("Conv", [self._last, *weights], layer.name, strides=layer.strides)
        self._add_activation(layer)

    def _add_pooling(self, layer: Any) -> None:
        _refuse_unless(layer, layer.padding == "valid")
        self._to_channels_first(layer)
        sides = {"kernel_shape": layer.pool_size, "strides": layer.strides}
        self._node("MaxPool", [self._last], layer.name, **sides)

    def _add_flatten(self, layer: Any) -> None:
        if self._channels_first:  # Keras counts the channels last
            self._to_channels_last(f"{layer.name}_order")
        self._node("Flatten", [self._last], layer.name, axis=1)

    def _add_dense(self, layer: Any) -> None:
        _refuse_unless(layer, layer.use_bias and len(layer.input.shape) == 2)
        kernel, bias = layer.get_weights()
        weights = [self._weight(layer, "kernel", kernel), self._weight(layer, "bias", bias)]
        self._node("Gemm", [self._last, *weights], f"{layer.name}_sum")
        self._add_activation(layer)

    def _add_activation(self, layer: Any) -> None:
        name = layer.activation.__name__
        output = self._told.get(id(layer.output), f"{layer.name}_{name}")
        operators: dict[str, tuple[str, dict[str, int]]] = {
            "relu": ("Relu", {}),
            "softmax": ("Softmax", {"axis": 1}),
            "linear": ("Identity", {}),
        }
        _refuse_unless(layer, name in operators)
        operator, attributes = operators[name]
        self._node(operator, [self._last], output, **attributes)

    def _to_channels_first(self, layer: Any) -> None:
        if not self._channels_first:
            self._node("Transpose", [self._last], f"{layer.name}_order", perm=[0, 3, 1, 2])
            self._channels_first = True

    def _to_channels_last(self, output: str) -> None:
        self._node("Transpose", [self._last], output, perm=[0, 2, 3, 1])
        self._channels_first = False

    def _node(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> None:
        from onnx import helper

        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        self._last = output

    def _weight(self, layer: Any, name: str, values: Array) -> str:
        from onnx import numpy_helper

        full = f"{layer.name}_{name}_weights"
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), full))
        return full


def _refuse_unless(layer: Any, is_known: bool) -> None:
    if not is_known:
        kind = type(layer).__name__
        raise ModelError(f"ONNX exports know no layer {kind!r} set up like {layer.name!r}.")
