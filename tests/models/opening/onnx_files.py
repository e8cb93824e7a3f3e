"""Small ONNX networks that name the mean colour of an image, in the forms that people have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Step = tuple[str, Sequence[float]]
"""An operator, and what it does to the three channels."""

Side = int | str | None


def write_onnx(
    path: Path,
    *,
    steps: Sequence[Step] = (),
    ending: str = "Softmax",
    sides: Sequence[Side] = (1, 3, 32, 32),
    properties: Mapping[str, str] | None = None,
    weights: NDArray[np.float32] | None = None,
    dtype: int = TensorProto.FLOAT,
) -> Path:
    """Write a network: the steps, the mean of each channel, its weights, and an ending.

    Args:
        path: Where to.
        steps: What it does with its pixels first.
        ending: Its last operator; "" for none, "Flat" for [1, classes, 1, 1].
        sides: Of its input.
        properties: Metadata.
        weights: (channels, outputs); by itself each channel is a class.
        dtype: Of its input.
    """
    is_first = sides[1] in (1, 3) and sides[-1] not in (1, 3)
    channels = sides[1] if is_first else sides[-1]
    nodes, known, now = [], [], "input"
    if dtype != TensorProto.FLOAT:
        nodes.append(helper.make_node("Cast", [now], ["cast"], to=TensorProto.FLOAT))
        now = "cast"
    shape = (1, -1, 1, 1) if is_first else (1, 1, 1, -1)
    for number, (kind, values) in enumerate(steps):
        if kind == "BatchNormalization":
            mean, variance = np.array(values, np.float32).reshape(2, -1)
            ones, zeros = np.ones_like(mean), np.zeros_like(mean)
            names = [f"{name}{number}" for name in ("scale", "bias", "mean", "variance")]
            parts = zip(names, (ones, zeros, mean, variance), strict=True)
            known += [numpy_helper.from_array(part, name) for name, part in parts]
        else:
            names = [f"constant{number}"]
            constant = np.array(values, np.float32).reshape(shape)
            known.append(numpy_helper.from_array(constant, names[0]))
        nodes.append(helper.make_node(kind, [now, *names], [f"step{number}"]))
        now = f"step{number}"
    if weights is None:
        weights = 20 * np.eye(int(channels), dtype=np.float32)
    axes = np.array([2, 3] if is_first else [1, 2], np.int64)
    known += [numpy_helper.from_array(axes, "axes"), numpy_helper.from_array(weights, "weights")]
    nodes.append(helper.make_node("ReduceMean", [now, "axes"], ["mean"], keepdims=0))
    nodes.append(helper.make_node("MatMul", ["mean", "weights"], ["sums"]))
    given: list[Any] = ["batch", weights.shape[1]]
    if ending == "Flat":
        known.append(numpy_helper.from_array(np.array([1, -1, 1, 1], np.int64), "flat"))
        nodes.append(helper.make_node("Reshape", ["sums", "flat"], ["output"]))
        given = [1, weights.shape[1], 1, 1]
    else:
        nodes.append(helper.make_node(ending or "Identity", ["sums"], ["output"]))
    takes = [helper.make_tensor_value_info("input", dtype, list(sides))]
    gives = [helper.make_tensor_value_info("output", TensorProto.FLOAT, given)]
    graph = helper.make_graph(nodes, "colours", takes, gives, known)
    opset = [helper.make_opsetid("", 18)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=9)
    helper.set_model_props(model, dict(properties or {}))
    onnx.save(model, path)
    return path


def write_custom_vision(path: Path, names: Sequence[str]) -> Path:
    """Write what Custom Vision exports: labels and probabilities by name, pixels in metadata."""
    nodes = [
        helper.make_node("ReduceMean", ["data", "axes"], ["mean"], keepdims=0),
        helper.make_node("MatMul", ["mean", "weights"], ["sums"]),
        helper.make_node("Softmax", ["sums"], ["shares"], axis=1),
        helper.make_node("ArgMax", ["shares"], ["best"], axis=1, keepdims=0),
        helper.make_node(
            "LabelEncoder",
            ["best"],
            ["classLabel"],
            domain="ai.onnx.ml",
            keys_int64s=list(range(len(names))),
            values_strings=list(names),
        ),
        helper.make_node(
            "ZipMap", ["shares"], ["loss"], domain="ai.onnx.ml", classlabels_strings=list(names)
        ),
    ]
    weights = (0.1 * np.eye(3))[::-1].astype(np.float32)  # blue comes first
    known = [
        numpy_helper.from_array(np.array([2, 3], np.int64), "axes"),
        numpy_helper.from_array(np.ascontiguousarray(weights), "weights"),
    ]
    takes = [helper.make_tensor_value_info("data", TensorProto.FLOAT, [None, 3, 64, 64])]
    kind = helper.make_map_type_proto(
        TensorProto.STRING, helper.make_tensor_type_proto(TensorProto.FLOAT, None)
    )
    gives = [
        helper.make_tensor_value_info("classLabel", TensorProto.STRING, [None]),
        helper.make_value_info("loss", helper.make_sequence_type_proto(kind)),
    ]
    graph = helper.make_graph(nodes, "custom_vision", takes, gives, known)
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 2)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=9)
    helper.set_model_props(
        model,
        {"Image.BitmapPixelFormat": "Bgr8", "Image.NominalPixelRange": "NominalRange_0_255"},
    )
    onnx.save(model, path)
    return path
