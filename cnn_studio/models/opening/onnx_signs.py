"""What an ONNX file says of its pixels and classes: its metadata, and its first operators.

Read in the trial's process alone, without the library onnx, which the studio need not have. The
numbers of the fields are those of onnx.proto.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cnn_studio.models.opening.pixel_signs import (
    PixelSign,
    sign_of_mean,
    sign_of_properties,
    sign_of_scaling,
    sign_of_stored_ends,
    sign_of_weights,
)
from cnn_studio.models.output_kinds import SIGMOID, SOFTMAX

_Numbers = NDArray[np.float64]

_MOST_STEPS = 16
_MOST_WEIGHT_BYTES = 4 << 20
_LONGEST_TEXT = 1 << 20
_PASSING = frozenset(
    {"Cast", "DequantizeLinear", "Identity", "Pad", "Resize", "Transpose", "Upsample"}
)
_SCALING = frozenset({"Add", "Div", "Mul", "Sub"})
_TYPES = {1: "<f4", 2: "u1", 3: "i1", 6: "<i4", 7: "<i8", 10: "<f2", 11: "<f8"}


@dataclass
class _Node:
    kind: str = ""
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    value: memoryview | None = None  # of a Constant
    epsilon: float = 1e-5


class OnnxSigns:
    """A look at a graph.

    Args:
        content: The file.

    Attributes:
        properties: Its metadata.
        other_file: Where its weights are, if they are not in it; else empty.

    Raises:
        ValueError: It is damaged.
    """

    def __init__(self, content: bytes) -> None:
        self.properties: dict[str, str] = {}
        self.other_file = ""
        self._nodes: list[_Node] = []
        self._constants: dict[str, memoryview] = {}
        self._inputs: list[str] = []
        self._outputs: list[str] = []
        for number, value in _fields(memoryview(content)):
            if number == 7 and isinstance(value, memoryview):
                self._read_graph(value)
            elif number == 14 and isinstance(value, memoryview) and len(value) <= _LONGEST_TEXT:
                parts = {n: _text(v) for n, v in _fields(value)}
                self.properties[parts.get(1, "")] = parts.get(2, "")
        self._input = next((n for n in self._inputs if n not in self._constants), "")

    def pixels(self) -> PixelSign | None:
        """What tells the range of its pixels; None where nothing does."""
        return sign_of_properties(self.properties) or self._of_first_steps()

    def ends_in(self) -> str:
        """`SOFTMAX` or `SIGMOID` where that is its last operator; else empty."""
        wanted = self._outputs[0] if self._outputs else ""
        makers = {name: node for node in self._nodes for name in node.outputs}
        for _ in range(_MOST_STEPS):
            node = makers.get(wanted)
            if node is None or not node.inputs:
                return ""
            if node.kind in ("Softmax", "Sigmoid"):
                return SOFTMAX if node.kind == "Softmax" else SIGMOID
            if node.kind not in ("Cast", "Flatten", "Identity", "Reshape", "Squeeze"):
                return ""
            wanted = node.inputs[0]
        return ""

    def _read_graph(self, content: memoryview) -> None:
        for number, value in _fields(content):
            if not isinstance(value, memoryview):
                continue
            if number == 1:
                node = _node(value)
                self._nodes.append(node)
                if node.kind == "Constant" and node.value is not None and node.outputs:
                    self._constants[node.outputs[0]] = node.value
            elif number == 5:
                name = next((_text(v) for n, v in _fields(value) if n == 8), "")
                self._constants[name] = value
                self.other_file = self.other_file or _location(value)
            elif number in (11, 12):
                name = next((_text(v) for n, v in _fields(value) if n == 1), "")
                (self._inputs if number == 11 else self._outputs).append(name)

    def _of_first_steps(self) -> PixelSign | None:
        now, scale, offset = self._input, np.ones(1), np.zeros(1)
        for _ in range(_MOST_STEPS):
            users = [node for node in self._nodes if now in node.inputs and node.kind != "Shape"]
            if len(users) != 1 or not users[0].outputs:
                return None
            node = users[0]
            if node.kind == "Conv":
                weights = self._constant(node.inputs[1]) if len(node.inputs) > 1 else np.zeros(0)
                return sign_of_weights(weights)
            if node.kind == "QuantizeLinear":
                return self._of_rounding(node, scale, offset)
            if node.kind == "BatchNormalization":
                return self._of_batch_normalisation(node)
            if node.kind in _SCALING:
                step = self._scaled(node, now, scale, offset)
                if step is None:
                    return None
                scale, offset = step
                sign = sign_of_scaling(scale, offset)
                if sign is not None:
                    return sign
            elif node.kind not in _PASSING:
                return None
            now = node.outputs[0]
        return None

    def _scaled(
        self, node: _Node, now: str, scale: _Numbers, offset: _Numbers
    ) -> tuple[_Numbers, _Numbers] | None:
        if len(node.inputs) != 2:
            return None
        is_first = node.inputs[0] == now
        number = self._constant(node.inputs[1] if is_first else node.inputs[0])
        if number.size not in (1, 3):
            return None
        if node.kind == "Div":
            return (scale / number, offset / number) if is_first and number.all() else None
        if node.kind == "Mul":
            return scale * number, offset * number
        if node.kind == "Sub" and not is_first:
            return -scale, number - offset
        return scale + 0 * number, offset + (number if node.kind == "Add" else -number)

    def _of_rounding(self, node: _Node, scale: _Numbers, offset: _Numbers) -> PixelSign | None:
        step = self._constant(node.inputs[1]) if len(node.inputs) > 1 else np.zeros(0)
        if step.size != 1:
            return None
        zero, is_signed = 0.0, False
        if len(node.inputs) > 2:
            zero_point = self._constant(node.inputs[2])
            zero = float(zero_point[0]) if zero_point.size == 1 else 0.0
            is_signed = self._type(node.inputs[2]) == 3
        least = -128 if is_signed else 0
        low, high = ((least + end - zero) * step[0] for end in (0, 255))
        return sign_of_stored_ends((low - offset[0]) / scale[0], (high - offset[0]) / scale[0])

    def _of_batch_normalisation(self, node: _Node) -> PixelSign | None:
        if len(node.inputs) < 5:
            return None
        mean, variance = self._constant(node.inputs[3]), self._constant(node.inputs[4])
        if mean.size not in (1, 3) or mean.size != variance.size or (variance < 0).any():
            return None
        spread = np.sqrt(variance + node.epsilon)
        return sign_of_mean(mean, spread, "its first step knows a mean and a spread")

    def _type(self, name: str) -> int:
        content = self._constants.get(name, memoryview(b""))
        return next((v for n, v in _fields(content) if n == 2 and isinstance(v, int)), 0)

    def _constant(self, name: str) -> _Numbers:
        """The numbers of a constant, flat; none where there is no such, or it is large."""
        content = self._constants.get(name)
        if content is None or len(content) > _MOST_WEIGHT_BYTES:
            return np.zeros(0)
        dtype, raw, floats, wholes = 0, memoryview(b""), b"", list[int]()
        for number, value in _fields(content):
            if number == 2 and isinstance(value, int):
                dtype = value
            elif number == 9 and isinstance(value, memoryview):
                raw = value
            elif number == 4:
                floats += (
                    bytes(value) if isinstance(value, memoryview) else struct.pack("<I", value)
                )
            elif number in (5, 7):
                wholes += list(_varints(value)) if isinstance(value, memoryview) else [value]
        if len(raw) and dtype in _TYPES:
            return np.frombuffer(raw, _TYPES[dtype]).astype(np.float64)
        if floats and dtype == 1:
            return np.frombuffer(floats, "<f4").astype(np.float64)
        return np.array(wholes, np.float64)


def _location(content: memoryview) -> str:
    """In which other file the numbers of a tensor are; empty where they are in it."""
    for number, value in _fields(content):
        if number == 13 and isinstance(value, memoryview):
            entry = {n: _text(v) for n, v in _fields(value)}
            if entry.get(1) == "location":
                return entry.get(2, "")
    return ""


def _node(content: memoryview) -> _Node:
    node = _Node()
    for number, value in _fields(content):
        if number == 1:
            node.inputs.append(_text(value))
        elif number == 2:
            node.outputs.append(_text(value))
        elif number == 4:
            node.kind = _text(value)
        elif number == 5 and isinstance(value, memoryview):
            parts: Mapping[int, int | memoryview] = dict(_fields(value))
            name, tensor, real = _text(parts.get(1, 0)), parts.get(5), parts.get(2)
            if name == "value" and isinstance(tensor, memoryview):
                node.value = tensor
            elif name == "epsilon" and isinstance(real, int):
                node.epsilon = float(struct.unpack("<f", struct.pack("<I", real))[0])
    return node


def _text(value: int | memoryview) -> str:
    return bytes(value).decode("utf-8", "replace") if isinstance(value, memoryview) else ""


def _fields(content: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """The fields of a message of protobuf: its numbers and bytes, by the numbers of the fields.

    Raises:
        ValueError: It is damaged.
    """
    place = 0
    while place < len(content):
        key, place = _varint(content, place)
        number, kind = divmod(key, 8)
        if kind == 0:
            value, place = _varint(content, place)
            yield number, value
            continue
        if kind == 2:
            length, place = _varint(content, place)
        elif kind in (1, 5):
            length = 8 if kind == 1 else 4
        else:
            raise ValueError("A field is of no kind that there is.")
        if place + length > len(content):
            raise ValueError("A field is longer than the file.")
        part = content[place : place + length]
        yield number, part if kind == 2 else int.from_bytes(part, "little")
        place += length


def _varints(content: memoryview) -> Iterator[int]:
    place = 0
    while place < len(content):
        value, place = _varint(content, place)
        yield value - (1 << 64) if value >> 63 else value


def _varint(content: memoryview, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(content):
            break
        byte = content[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise ValueError("A number has no end.")
