"""A look into a LiteRT file before LiteRT itself is given it: only what image classifiers need.

Read in the trial's process alone, in Python: a damaged file makes an error here and no crash.
"""

from __future__ import annotations

import math
from typing import Any

from cnn_studio.errors import ModelError

MAX_OPERATORS = 5_000
MAX_TENSORS = 20_000
MAX_VALUES = 1 << 26
"""In one tensor."""

_IDENTIFIER = b"TFL3"
_ALLOWED_NAMES = """
ABS ADD AVERAGE_POOL_2D BATCH_MATMUL CAST CONCATENATION CONV_2D DEPTHWISE_CONV_2D
DEPTH_TO_SPACE DEQUANTIZE DIV ELU EXP EXPAND_DIMS FLOOR FULLY_CONNECTED GELU HARD_SWISH
L2_NORMALIZATION L2_POOL_2D LEAKY_RELU LOCAL_RESPONSE_NORMALIZATION LOGISTIC LOG_SOFTMAX
MAXIMUM MAX_POOL_2D MEAN MINIMUM MIRROR_PAD MUL NEG PACK PAD PADV2 POW PRELU QUANTIZE
REDUCE_MAX REDUCE_MIN RELU RELU6 RELU_N1_TO_1 RELU_0_TO_1 RESHAPE RESIZE_BILINEAR
RESIZE_NEAREST_NEIGHBOR RSQRT SHAPE SLICE SOFTMAX SPACE_TO_DEPTH SPLIT SPLIT_V SQRT SQUARE
SQUARED_DIFFERENCE SQUEEZE STRIDED_SLICE SUB SUM TANH TRANSPOSE TRANSPOSE_CONV UNPACK
"""
_ALLOWED = frozenset(_ALLOWED_NAMES.split())


def check_graph(content: bytes) -> None:
    """Refuse a LiteRT file that has more in it than a classifier of images.

    Loops, conditions and operators of one's own are not allowed: whether they end depends on the
    image.

    Raises:
        ModelError: It is too large, or has an operator that is not allowed.
        Exception: Of any kind, where the file is damaged.
    """
    from ai_edge_litert import schema_py_generated as schema

    if content[4:8] != _IDENTIFIER:
        raise ValueError("The identifier of LiteRT files is missing.")
    model = schema.Model.GetRootAs(content, 0)
    if model.SubgraphsLength() != 1:
        raise ModelError(f"It must be one graph, not {model.SubgraphsLength()}.")
    graph = model.Subgraphs(0)
    for what, count, limit in (
        ("operators", graph.OperatorsLength(), MAX_OPERATORS),
        ("tensors", graph.TensorsLength(), MAX_TENSORS),
        ("kinds of operators", model.OperatorCodesLength(), len(_ALLOWED)),
        ("buffers", model.BuffersLength(), MAX_TENSORS * 2),
    ):
        if count > limit:
            raise ModelError(f"It may have up to {limit:,} {what}, not {count:,}.")
    _check_operators(model, schema)
    for place in range(graph.TensorsLength()):
        _check_tensor(graph.Tensors(place))
    for place in range(model.BuffersLength()):
        if model.Buffers(place).Offset() > 1:
            raise ModelError("Its numbers must be within the graph, not behind it.")


def _check_operators(model: Any, schema: Any) -> None:
    names = {code: name for name, code in vars(schema.BuiltinOperator).items()}
    for place in range(model.OperatorCodesLength()):
        operator = model.OperatorCodes(place)
        code = max(operator.BuiltinCode(), operator.DeprecatedBuiltinCode())
        name = str(names.get(code, code))
        if operator.CustomCode():
            name = operator.CustomCode().decode("ascii", "replace")[:40]
        if name not in _ALLOWED:
            raise ModelError(f"It has an operator that no classifier of images needs: {name}.")


def _check_tensor(tensor: Any) -> None:
    sides = [tensor.Shape(axis) for axis in range(min(tensor.ShapeLength(), 9))]
    if len(sides) > 8 or min(sides, default=1) < 0 or math.prod(sides) > MAX_VALUES:
        raise ModelError(f"It has a tensor that is too large: {sides}.")
