"""Writes LiteRT files layer by layer, without TensorFlow and its converter.

Source: the schema of LiteRT, https://github.com/google-ai-edge/LiteRT (schema.fbs); ai-edge-litert
brings it as Python classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

_IDENTIFIER = b"TFL3"
_SCHEMA_VERSION = 3
_LAST_OLD_CODE = 127  # what the field of before 2020 can hold
_START_BYTES = 1 << 24


class Activation(Enum):
    """What follows a layer within the same operator."""

    NONE = "NONE"
    RELU6 = "RELU6"


@dataclass(frozen=True)
class Tensor:
    """A place in the graph that numbers flow through: its number there, and its shape."""

    number: int
    shape: tuple[int, ...]


class LiteGraph:
    """A graph of float32 operators for a batch of one image.

    Args:
        shape: Of the image, (height, width, channels).
    """

    def __init__(self, shape: tuple[int, int, int]) -> None:
        from ai_edge_litert import schema_py_generated as schema  # takes a fifth of a second

        self._schema: Any = schema
        self._model = schema.ModelT()
        self._model.version = _SCHEMA_VERSION
        self._model.description = "CNN Studio"
        self._model.buffers = [schema.BufferT()]  # the first one is empty by agreement
        self._model.operatorCodes = []
        self._graph = schema.SubGraphT()
        self._graph.tensors = []
        self._graph.operators = []
        self._model.subgraphs = [self._graph]
        self._code_places: dict[str, int] = {}
        self.image = self._tensor("image", (1, *shape))
        self._graph.inputs = [self.image.number]

    def scale(self, x: Tensor, factor: float, offset: float) -> Tensor:
        """Every number times a factor, plus an offset."""
        multiplied = self._binary("MUL", x, self._weights("factor", _single(factor)), x.shape)
        return self._binary("ADD", multiplied, self._weights("offset", _single(offset)), x.shape)

    def convolve(
        self, name: str, x: Tensor, kernel: Array, bias: Array, stride: int, then: Activation
    ) -> Tensor:
        """A convolution; the border is padded as TensorFlow's "same" does.

        Args:
            name: What the operator's weights are called.
            x: (1, height, width, in).
            kernel: (out, height, width, in), float32.
            bias: (out,), float32.
            stride: In both directions.
            then: What follows.
        """
        options = self._schema.Conv2DOptionsT()
        return self._slid("CONV_2D", options, name, x, (kernel, bias), stride, then, len(bias))

    def convolve_by_channel(
        self, name: str, x: Tensor, kernel: Array, bias: Array, stride: int, then: Activation
    ) -> Tensor:
        """A depthwise convolution; see `convolve`. The kernel is (1, height, width, channels)."""
        options = self._schema.DepthwiseConv2DOptionsT()
        options.depthMultiplier = 1
        weights = kernel, bias
        return self._slid("DEPTHWISE_CONV_2D", options, name, x, weights, stride, then, len(bias))

    def add(self, x: Tensor, y: Tensor) -> Tensor:
        """The sum of two pictures of one shape."""
        return self._binary("ADD", x, y, x.shape)

    def mean_over_picture(self, name: str, x: Tensor) -> Tensor:
        """The mean of each channel: (1, height, width, channels) to (1, channels)."""
        options = self._schema.ReducerOptionsT()
        options.keepDims = False
        axes = self._constant("axes", np.array([1, 2], np.int32), self._schema.TensorType.INT32)
        return self._operator("MEAN", [x, axes], name, (1, x.shape[3]), "ReducerOptions", options)

    def dense(self, name: str, x: Tensor, weights: Array, bias: Array) -> Tensor:
        """A dense layer: (1, in) to (1, out), with weights (out, in) and a bias (out,), float32."""
        options = self._schema.FullyConnectedOptionsT()
        inputs = [
            x,
            self._weights(f"{name}/weights", weights),
            self._weights(f"{name}/bias", bias),
        ]
        kind = "FullyConnectedOptions"
        return self._operator("FULLY_CONNECTED", inputs, name, (1, len(bias)), kind, options)

    def softmax(self, name: str, x: Tensor) -> Tensor:
        """Probabilities of logits (1, classes)."""
        options = self._schema.SoftmaxOptionsT()
        options.beta = 1.0
        return self._operator("SOFTMAX", [x], name, x.shape, "SoftmaxOptions", options)

    def file(self, outputs: Sequence[Tensor]) -> bytes:
        """The content of a .tflite file that gives these outputs in this order."""
        import flatbuffers

        self._graph.outputs = [output.number for output in outputs]
        builder = flatbuffers.Builder(_START_BYTES)
        builder.Finish(self._model.Pack(builder), _IDENTIFIER)
        return bytes(builder.Output())

    def _slid(
        self,
        code: str,
        options: Any,
        name: str,
        x: Tensor,
        weights: tuple[Array, Array],
        stride: int,
        then: Activation,
        channels: int,
    ) -> Tensor:
        options.padding = self._schema.Padding.SAME
        options.strideH = options.strideW = stride
        options.dilationHFactor = options.dilationWFactor = 1
        options.fusedActivationFunction = getattr(self._schema.ActivationFunctionType, then.value)
        kernel, bias = weights
        inputs = [
            x,
            self._weights(f"{name}/kernel", kernel),
            self._weights(f"{name}/bias", bias),
        ]
        sides = [-(-side // stride) for side in x.shape[1:3]]
        kind = type(options).__name__.removesuffix("T")
        return self._operator(code, inputs, name, (1, *sides, channels), kind, options)

    def _binary(self, code: str, x: Tensor, y: Tensor, shape: tuple[int, ...]) -> Tensor:
        kind = {"ADD": "AddOptions", "MUL": "MulOptions"}[code]
        options = getattr(self._schema, f"{kind}T")()
        return self._operator(code, [x, y], code.lower(), shape, kind, options)

    def _operator(
        self,
        code: str,
        inputs: Sequence[Tensor],
        name: str,
        shape: tuple[int, ...],
        options_kind: str,
        options: Any,
    ) -> Tensor:
        operator = self._schema.OperatorT()
        operator.opcodeIndex = self._place_of_code(code)
        operator.inputs = [each.number for each in inputs]
        operator.builtinOptionsType = getattr(self._schema.BuiltinOptions, options_kind)
        operator.builtinOptions = options
        output = self._tensor(name, shape)
        operator.outputs = [output.number]
        self._graph.operators.append(operator)
        return output

    def _place_of_code(self, code: str) -> int:
        if code not in self._code_places:
            number = getattr(self._schema.BuiltinOperator, code)
            entry = self._schema.OperatorCodeT()
            entry.builtinCode = number
            entry.deprecatedBuiltinCode = min(number, _LAST_OLD_CODE)
            entry.version = 1
            self._code_places[code] = len(self._model.operatorCodes)
            self._model.operatorCodes.append(entry)
        return self._code_places[code]

    def _weights(self, name: str, values: Array) -> Tensor:
        return self._constant(name, values.astype("<f4"), self._schema.TensorType.FLOAT32)

    def _constant(self, name: str, values: NDArray[Any], kind: int) -> Tensor:
        buffer = self._schema.BufferT()
        buffer.data = np.frombuffer(np.ascontiguousarray(values).tobytes(), np.uint8)
        self._model.buffers.append(buffer)
        place = len(self._model.buffers) - 1
        return self._tensor(name, values.shape, kind, place)

    def _tensor(self, name: str, shape: tuple[int, ...], kind: int = 0, buffer: int = 0) -> Tensor:
        tensor = self._schema.TensorT()
        tensor.name = name.encode()
        tensor.shape = list(shape)
        tensor.type = kind  # 0 is FLOAT32
        tensor.buffer = buffer
        self._graph.tensors.append(tensor)
        return Tensor(len(self._graph.tensors) - 1, shape)


def _single(number: float) -> Array:
    return np.full((1, 1, 1, 1), number, np.float32)
