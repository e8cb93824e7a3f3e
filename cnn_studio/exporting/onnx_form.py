"""The ONNX form, built operator by operator from the weights: the networks have but plain ones.

Source: the operators of ONNX's own set 17 (https://onnx.ai/onnx/operators/), which every runtime
of the last years knows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
_RELU6_MOST = 6.0
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


@dataclass(frozen=True)
class _Flow:
    """A place between two operators: its name, and whether its channels come first."""

    name: str
    channels_first: bool = False


class _Graph:
    """Follows the layers from the image on, and notes down an operator or two for each.

    Args:
        network: A keras.Model.

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
        self._last = _Flow(self.image)
        known: dict[str, Callable[[Any], None]] = {
            "InputLayer": lambda _layer: None,
            "Dropout": lambda _layer: None,  # does nothing but in a training
            "Rescaling": self._add_rescaling,
            "Conv2D": self._add_convolution,
            "DepthwiseConv2D": self._add_convolution_by_channel,
            "MaxPooling2D": self._add_pooling,
            "GlobalAveragePooling2D": self._add_mean,
            "Flatten": self._add_flatten,
            "Dense": self._add_dense,
        }
        flows = {id(network.inputs[0]): self._last}
        for layer in network.layers:
            kind = type(layer).__name__
            if kind == "Add":
                self._add_sum(layer, [flows[id(each)] for each in layer.input])
            elif kind in known:
                self._last = flows[id(network.inputs[0] if kind == "InputLayer" else layer.input)]
                known[kind](layer)
            else:
                raise ModelError(f"ONNX exports know no layer {kind!r}.")
            if self._last.channels_first and id(layer.output) in self._told:
                self._to_channels_last(self._told[id(layer.output)])
            flows[id(layer.output)] = self._last

    def _add_rescaling(self, layer: Any) -> None:
        self._node("Mul", [self._last.name, self._number(layer, "scale", layer.scale)], layer.name)
        if layer.offset:
            offset = self._number(layer, "offset", layer.offset)
            self._node("Add", [self._last.name, offset], f"{layer.name}_offset")

    def _add_convolution(self, layer: Any) -> None:
        _refuse_unless(layer, layer.groups == 1)
        self._add_sliding(layer, (3, 2, 0, 1), 1)

    def _add_convolution_by_channel(self, layer: Any) -> None:
        _refuse_unless(layer, layer.depth_multiplier == 1)
        self._add_sliding(layer, (2, 3, 0, 1), layer.input.shape[-1])

    def _add_sliding(self, layer: Any, order: tuple[int, ...], group: int) -> None:
        """A convolution whose kernel comes in this order of its axes, in so many groups."""
        _refuse_unless(layer, layer.use_bias and layer.dilation_rate in (1, (1, 1)))
        self._to_channels_first(layer)
        kernel, bias = layer.get_weights()
        weights = [
            self._weight(layer, "kernel", kernel.transpose(order)),
            self._weight(layer, "bias", bias),
        ]
        how = {"strides": layer.strides, "pads": _pads(layer, layer.kernel_size), "group": group}
        self._node("Conv", [self._last.name, *weights], layer.name, **how)
        self._add_activation(layer)

    def _add_pooling(self, layer: Any) -> None:
        _refuse_unless(layer, layer.padding == "valid")
        self._to_channels_first(layer)
        sides = {"kernel_shape": layer.pool_size, "strides": layer.strides}
        self._node("MaxPool", [self._last.name], layer.name, **sides)

    def _add_mean(self, layer: Any) -> None:
        _refuse_unless(layer, layer.data_format == "channels_last" and not layer.keepdims)
        output = self._told.get(id(layer.output), layer.name)
        axes = [2, 3] if self._last.channels_first else [1, 2]
        self._node("ReduceMean", [self._last.name], output, axes=axes, keepdims=0)
        self._last = _Flow(output)

    def _add_sum(self, layer: Any, flows: list[_Flow]) -> None:
        _refuse_unless(layer, len(flows) == 2 and flows[0].channels_first)
        _refuse_unless(layer, flows[1].channels_first)
        self._last = flows[0]
        self._node("Add", [flow.name for flow in flows], layer.name)

    def _add_flatten(self, layer: Any) -> None:
        if self._last.channels_first:  # Keras counts the channels last
            self._to_channels_last(f"{layer.name}_order")
        self._node("Flatten", [self._last.name], layer.name, axis=1)

    def _add_dense(self, layer: Any) -> None:
        _refuse_unless(layer, layer.use_bias and len(layer.input.shape) == 2)
        kernel, bias = layer.get_weights()
        weights = [self._weight(layer, "kernel", kernel), self._weight(layer, "bias", bias)]
        self._node("Gemm", [self._last.name, *weights], f"{layer.name}_sum")
        self._add_activation(layer)

    def _add_activation(self, layer: Any) -> None:
        name = layer.activation.__name__
        output = f"{layer.name}_{name}"
        if not self._last.channels_first:  # else it is turned before it is told
            output = self._told.get(id(layer.output), output)
        operators: dict[str, tuple[str, dict[str, int]]] = {
            "relu": ("Relu", {}),
            "relu6": ("Clip", {}),
            "softmax": ("Softmax", {"axis": 1}),
            "linear": ("Identity", {}),
        }
        _refuse_unless(layer, name in operators)
        operator, attributes = operators[name]
        bounds: list[str] = []
        if operator == "Clip":
            bounds = [self._number(layer, "least", 0.0), self._number(layer, "most", _RELU6_MOST)]
        self._node(operator, [self._last.name, *bounds], output, **attributes)

    def _to_channels_first(self, layer: Any) -> None:
        if not self._last.channels_first:
            self._node("Transpose", [self._last.name], f"{layer.name}_order", perm=[0, 3, 1, 2])
            self._last = _Flow(self._last.name, channels_first=True)

    def _to_channels_last(self, output: str) -> None:
        self._node("Transpose", [self._last.name], output, perm=[0, 2, 3, 1])
        self._last = _Flow(output)

    def _node(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> None:
        """Note down an operator, which leaves the order of the axes as it is."""
        from onnx import helper

        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        self._last = _Flow(output, self._last.channels_first)

    def _number(self, layer: Any, name: str, value: float) -> str:
        return self._weight(layer, name, np.array(value, np.float32))

    def _weight(self, layer: Any, name: str, values: Array) -> str:
        from onnx import numpy_helper

        full = f"{layer.name}_{name}_weights"
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), full))
        return full


def _pads(layer: Any, kernel_size: tuple[int, int]) -> list[int]:
    """How many rows and columns are added at top, left, bottom and right, as Keras adds them."""
    _refuse_unless(layer, layer.padding in ("same", "valid"))
    if layer.padding == "valid":
        return [0, 0, 0, 0]
    sides = zip(layer.input.shape[1:3], kernel_size, layer.strides, strict=True)
    # An odd one comes last: with a stride of two that is the usual case.
    more = [max((-(-side // step) - 1) * step + size - side, 0) for side, size, step in sides]
    return [*(each // 2 for each in more), *(each - each // 2 for each in more)]


def _refuse_unless(layer: Any, is_known: bool) -> None:
    if not is_known:
        kind = type(layer).__name__
        raise ModelError(f"ONNX exports know no layer {kind!r} set up like {layer.name!r}.")
