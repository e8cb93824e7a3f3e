"""What a LiteRT file says of its pixels: TFLite Metadata, quantisation, and its first operators.

Read in the trial's process alone. Source of the metadata: metadata_schema.fbs of TensorFlow Lite
Support, whose tables are walked by the numbers of their fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.models.opening.pixel_signs import (
    SIGNED,
    PixelSign,
    sign_of_quantisation,
    sign_of_scaling,
    sign_of_stored_ends,
    sign_of_weights,
)
from cnn_studio.models.output_kinds import SIGMOID, SOFTMAX
from cnn_studio.models.pixel_values import PixelRange, Quantisation

_METADATA = b"TFLITE_METADATA"
_SUBGRAPHS, _INPUTS, _PROCESS_UNITS = 3, 2, 4
_OPTIONS_TYPE, _OPTIONS, _NORMALISATION = 0, 1, 1
_MEAN, _SPREAD = 0, 1
_MOST_STEPS = 12
_PASSING = frozenset({"CAST", "DEQUANTIZE", "PAD", "PADV2", "TRANSPOSE", "RESIZE_BILINEAR"})
_SCALING = frozenset({"ADD", "DIV", "MUL", "SUB"})
_WEIGHING = frozenset({"CONV_2D", "DEPTHWISE_CONV_2D"})
_TYPES = {0: np.float32, 1: np.float16, 2: np.int32, 3: np.uint8, 9: np.int8}
_TEACHABLE = (b"sequential_1_input", b"dense_Dense1")

_Numbers = NDArray[np.float64]


class LiteSigns:
    """A look at a graph that `check_graph` has passed.

    Args:
        content: The file.

    Raises:
        Exception: Of any kind, where the file is damaged.
    """

    def __init__(self, content: bytes) -> None:
        from ai_edge_litert import schema_py_generated as schema

        self._model = schema.Model.GetRootAs(content, 0)
        self._graph = self._model.Subgraphs(0)
        codes = {code: name for name, code in vars(schema.BuiltinOperator).items()}
        self._kinds = [
            str(codes.get(max(code.BuiltinCode(), code.DeprecatedBuiltinCode()), ""))
            for code in map(self._model.OperatorCodes, range(self._model.OperatorCodesLength()))
        ]
        operators = map(self._graph.Operators, range(self._graph.OperatorsLength()))
        self._operators = [(self._kinds[op.OpcodeIndex()], op) for op in operators]

    def pixels(self) -> PixelSign | None:
        """What tells the range of its pixels; None where nothing does."""
        return (
            self._of_metadata()
            or self._of_teachable_machine()
            or self._of_input()
            or self._of_first_steps()
        )

    def ends_in(self) -> str:
        """`SOFTMAX` or `SIGMOID` where that is its last operator; else empty."""
        wanted = self._graph.Outputs(0)
        for _ in range(_MOST_STEPS):
            for kind, op in self._operators:
                if wanted not in _numbers_of(op.OutputsAsNumpy()):
                    continue
                if kind in ("SOFTMAX", "LOGISTIC"):
                    return SOFTMAX if kind == "SOFTMAX" else SIGMOID
                if kind not in ("QUANTIZE", "DEQUANTIZE", "RESHAPE", "SQUEEZE", "CAST"):
                    return ""
                wanted = op.Inputs(0)
                break
        return ""

    def _of_metadata(self) -> PixelSign | None:
        for place in range(self._model.MetadataLength()):
            entry = self._model.Metadata(place)
            if entry.Name() == _METADATA:
                content = self._model.Buffers(entry.Buffer()).DataAsNumpy()
                if isinstance(content, np.ndarray):
                    return _of_normalisation(content.tobytes())
        return None

    def _of_teachable_machine(self) -> PixelSign | None:
        first, weights = _TEACHABLE
        names = [self._graph.Tensors(n).Name() or b"" for n in range(self._graph.TensorsLength())]
        name = self._graph.Tensors(self._graph.Inputs(0)).Name() or b""
        is_real = self._graph.Tensors(self._graph.Inputs(0)).Type() == 0
        if is_real and first in name and any(weights in other for other in names):
            return PixelSign(SIGNED, "Teachable Machine writes such files")
        return None

    def _of_input(self) -> PixelSign | None:
        kind = self._quantisation(self._graph.Inputs(0))
        return None if kind is None or kind.is_real else sign_of_quantisation(kind)

    def _of_first_steps(self) -> PixelSign | None:
        now = self._graph.Inputs(0)
        scale, offset = np.ones(1), np.zeros(1)
        for _ in range(_MOST_STEPS):
            users = [
                step for step in self._operators if now in _numbers_of(step[1].InputsAsNumpy())
            ]
            if len(users) != 1:
                return None
            kind, op = users[0]
            if kind in _WEIGHING:
                return sign_of_weights(self._constant(op.Inputs(1), most=1 << 20))
            if kind == "QUANTIZE":
                stored = self._quantisation(op.Outputs(0))
                if stored is None or stored.is_real or not stored.scale:
                    return None
                low, high = stored.pixel_range().low[0], stored.pixel_range().high[0]
                return sign_of_stored_ends(
                    (low - offset[0]) / scale[0], (high - offset[0]) / scale[0]
                )
            if kind in _SCALING:
                step = self._scaled(kind, op, now, scale, offset)
                if step is None:
                    return None
                scale, offset = step
                sign = sign_of_scaling(scale, offset)
                if sign is not None:
                    return sign
            elif kind not in _PASSING:
                return None
            now = op.Outputs(0)
        return None

    def _scaled(
        self, kind: str, op: Any, now: int, scale: _Numbers, offset: _Numbers
    ) -> tuple[_Numbers, _Numbers] | None:
        first, second = op.Inputs(0), op.Inputs(1)
        number = self._constant(second if first == now else first)
        if number.size not in (1, 3) or (kind == "DIV" and (first != now or not number.all())):
            return None
        if kind == "SUB" and first != now:
            return -scale, number - offset
        return {
            "MUL": lambda: (scale * number, offset * number),
            "DIV": lambda: (scale / number, offset / number),
            "ADD": lambda: (scale + 0 * number, offset + number),
            "SUB": lambda: (scale + 0 * number, offset - number),
        }[kind]()

    def _constant(self, tensor_number: int, most: int = 64) -> _Numbers:
        """The real numbers of a constant, flat; none where there is no such, or it is larger."""
        tensor = self._graph.Tensors(tensor_number)
        buffer = self._model.Buffers(tensor.Buffer())
        dtype = _TYPES.get(tensor.Type())
        if dtype is None or not 0 < buffer.DataLength() <= most * 4:
            return np.zeros(0)
        stored = np.frombuffer(buffer.DataAsNumpy().tobytes(), dtype).astype(np.float64)
        how = tensor.Quantization()
        if how is not None and how.ScaleLength() == 1:
            zero = how.ZeroPoint(0) if how.ZeroPointLength() else 0
            return np.asarray((stored - zero) * how.Scale(0), np.float64)
        return np.zeros(0) if how is not None and how.ScaleLength() else stored

    def _quantisation(self, tensor_number: int) -> Quantisation | None:
        tensor = self._graph.Tensors(tensor_number)
        dtype = _TYPES.get(tensor.Type())
        if dtype not in (np.float32, np.uint8, np.int8):
            return None
        how = tensor.Quantization()
        if how is None or not how.ScaleLength():
            return Quantisation(np.dtype(dtype))
        zero = how.ZeroPoint(0) if how.ZeroPointLength() else 0
        return Quantisation(np.dtype(dtype), float(how.Scale(0)), int(zero))


def _numbers_of(tensors: Any) -> list[int]:
    # An operator without any gives 0 in their place.
    return [int(n) for n in tensors] if isinstance(tensors, np.ndarray) else []


def _of_normalisation(content: bytes) -> PixelSign | None:
    """The NormalizationOptions of the first input in TFLite Metadata."""
    root = _Table.root(content)
    for graph in root.tables(_SUBGRAPHS):
        for tensor in graph.tables(_INPUTS):
            for unit in tensor.tables(_PROCESS_UNITS):
                if unit.byte(_OPTIONS_TYPE) != _NORMALISATION:
                    continue
                for options in unit.table(_OPTIONS):
                    mean, spread = options.floats(_MEAN), options.floats(_SPREAD)
                    if len(mean) in (1, 3) and len(spread) in (1, 3) and all(spread):
                        pixels = PixelRange.normalised(mean, spread, 255.0)
                        return PixelSign(pixels, "its metadata say so")
            return None
    return None


class _Table:
    """A flatbuffer's table, whose fields are taken by their numbers."""

    def __init__(self, table: Any) -> None:
        self._table = table

    @classmethod
    def root(cls, content: bytes) -> _Table:
        from flatbuffers import encode, number_types, table

        place = encode.Get(number_types.UOffsetTFlags.packer_type, content, 0)
        return cls(table.Table(content, place))

    def byte(self, field: int) -> int:
        from flatbuffers import number_types

        place = self._place(field)
        return int(self._table.Get(number_types.Uint8Flags, place)) if place else 0

    def table(self, field: int) -> Iterator[_Table]:
        from flatbuffers import table

        place = self._place(field)
        if place:
            yield _Table(table.Table(self._table.Bytes, self._table.Indirect(place)))

    def tables(self, field: int) -> Iterator[_Table]:
        from flatbuffers import table

        offset = self._offset(field)
        if offset:
            begin = self._table.Vector(offset)
            for number in range(min(self._table.VectorLen(offset), 16)):
                place = self._table.Indirect(begin + 4 * number)
                yield _Table(table.Table(self._table.Bytes, place))

    def floats(self, field: int) -> list[float]:
        from flatbuffers import number_types

        offset = self._offset(field)
        if not offset:
            return []
        begin = self._table.Vector(offset)
        count = min(self._table.VectorLen(offset), 16)
        flags = number_types.Float32Flags
        return [float(self._table.Get(flags, begin + 4 * n)) for n in range(count)]

    def _offset(self, field: int) -> int:
        return int(self._table.Offset(4 + 2 * field))

    def _place(self, field: int) -> int:
        offset = self._offset(field)
        return offset + int(self._table.Pos) if offset else 0
