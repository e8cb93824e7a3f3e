"""Small .h5 files as Keras 1 and 2 wrote them, and what they say, computed without Keras."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Weights = Mapping[str, Mapping[str, Array]]
"""Of each outermost layer, by the names in the file, "Conv1/kernel:0"."""

_INITIALIZER = {"class_name": "GlorotUniform", "config": {"seed": None}}
_CONV = {
    "data_format": "channels_last",
    "dilation_rate": [1, 1],
    "groups": 1,
    "kernel_initializer": _INITIALIZER,
    "bias_initializer": {"class_name": "Zeros", "config": {}},
    "kernel_regularizer": {"class_name": "L2", "config": {"l2": 1e-4}},
    "activity_regularizer": None,
    "kernel_constraint": None,
}


def write_h5(
    path: Path,
    config: object,
    weights: Weights,
    version: str = "2.4.0",
    backend: str = "tensorflow",
) -> Path:
    """Write a file as `model.save("x.h5")` did; without a config as `model.save_weights` did."""
    with h5py.File(path, "w") as file:
        root = file
        if config is not None:
            file.attrs["model_config"] = json.dumps(config).encode("utf-8")
            file.attrs["keras_version"] = version.encode("utf-8")
            file.attrs["backend"] = backend.encode("utf-8")
            root = file.create_group("model_weights")
        root.attrs["layer_names"] = [name.encode("utf-8") for name in weights]
        root.attrs["keras_version"] = version.encode("utf-8")
        root.attrs["backend"] = backend.encode("utf-8")
        for layer, arrays in weights.items():
            group = root.create_group(layer)
            group.attrs["weight_names"] = [name.encode("utf-8") for name in arrays]
            for name, array in arrays.items():
                group.create_dataset(name, data=array.astype(np.float32))
    return path


def layer(kind: str, name: str, *takes: str, **config: Any) -> dict[str, Any]:
    """A layer as Keras 2 wrote it; what it takes stands there in a Functional network alone."""
    options = {"name": name, "trainable": True, "dtype": "float32", **config}
    nodes = [[[other, 0, 0, {}] for other in takes]] if takes else []
    return {"class_name": kind, "config": options, "name": name, "inbound_nodes": nodes}


def conv(name: str, *takes: str, depthwise: bool = False, **config: Any) -> dict[str, Any]:
    """A convolution with everything that Keras 2.4 wrote of one, `groups` among it."""
    options = {"kernel_size": [3, 3], "strides": [1, 1], "padding": "same", "activation": "linear"}
    kind = "DepthwiseConv2D" if depthwise else "Conv2D"
    return layer(kind, name, *takes, **{**_CONV, **options, "use_bias": False, **config})


def norm(name: str, *takes: str) -> dict[str, Any]:
    """A batch normalization with its axis as a list."""
    return layer(
        "BatchNormalization",
        name,
        *takes,
        axis=[3],
        momentum=0.999,
        epsilon=0.001,
        center=True,
        scale=True,
        moving_variance_initializer={"class_name": "Ones", "config": {}},
    )


def network(
    kind: str, name: str, layers: Sequence[Mapping[str, Any]], **more: Any
) -> dict[str, Any]:
    """A network, which may be a layer of another one."""
    config = {"name": name, "layers": list(layers), **more}
    return {"class_name": kind, "config": config, "name": name, "inbound_nodes": []}


def dense(name: str, units: int, activation: str, *takes: str, bias: bool = True) -> dict[str, Any]:
    """A dense layer as Keras 2 wrote it."""
    options = {"units": units, "activation": activation, "use_bias": bias}
    return layer("Dense", name, *takes, **options, kernel_initializer=_INITIALIZER)


class Teachable:
    """What Teachable Machine writes, in small: MobileNet's layers, and two dense ones behind it.

    Args:
        with_inputs: As of 2021; before that, the networks within did not say what they take, and
            a Functional one was called Model.
    """

    size = 32

    def __init__(self, *, with_inputs: bool = True) -> None:
        self._is_new = with_inputs
        r = np.random.default_rng(13)
        self.kernels = {
            "Conv1/kernel:0": r.normal(0, 0.4, (3, 3, 3, 4)),
            "block_1_expand/kernel:0": r.normal(0, 0.5, (1, 1, 4, 4)),
            "block_1_depthwise/depthwise_kernel:0": r.normal(0, 0.5, (3, 3, 4, 1)),
        }
        self.norms = {
            name: {
                f"{name}/gamma:0": r.normal(1, 0.2, 4),
                f"{name}/beta:0": r.normal(0, 0.3, 4),
                f"{name}/moving_mean:0": r.normal(0, 0.3, 4),
                f"{name}/moving_variance:0": r.uniform(0.4, 2, 4),
            }
            for name in ("bn_Conv1", "block_1_depthwise_BN")
        }
        self.first = r.normal(0, 0.7, (4, 5)), r.normal(0, 0.3, 5)
        self.last = r.normal(0, 0.8, (5, 3))

    def config(self) -> dict[str, Any]:
        """Sequential of (Sequential of (Functional, pooling)) and (Sequential of two dense)."""
        shape = [None, self.size, self.size, 3]
        image = {"batch_input_shape": shape, "sparse": False, "ragged": False}
        layers = [
            layer("InputLayer", "input_1", **image),
            layer("ZeroPadding2D", "Conv1_pad", "input_1", padding=[[0, 1], [0, 1]]),
            conv("Conv1", "Conv1_pad", filters=4, strides=[2, 2], padding="valid"),
            norm("bn_Conv1", "Conv1"),
            layer("ReLU", "Conv1_relu", "bn_Conv1", max_value=6.0, negative_slope=0.0, threshold=0),
            conv("block_1_expand", "Conv1_relu", filters=4, kernel_size=[1, 1]),
            conv("block_1_depthwise", "block_1_expand", depthwise=True, depth_multiplier=1),
            norm("block_1_depthwise_BN", "block_1_depthwise"),
            layer("Add", "block_1_add", "Conv1_relu", "block_1_depthwise_BN"),
        ]
        ends = {
            "input_layers": [["input_1", 0, 0]],
            "output_layers": [["block_1_add", 0, 0]],
        }
        inner = network("Functional" if self._is_new else "Model", "model2", layers, **ends)
        pool = layer("GlobalAveragePooling2D", "pool", data_format="channels_last")
        seeing = [inner, pool]
        head = [dense("dense_Dense1", 5, "relu"), dense("dense_Dense2", 3, "softmax", bias=False)]
        if not self._is_new:
            parts = [network("Sequential", "sequential_1", seeing)]
            return network(
                "Sequential", "all", [*parts, network("Sequential", "sequential_3", head)]
            )
        head[0]["config"]["batch_input_shape"] = [None, 4]
        inputs = [layer("InputLayer", f"{name}_input", **image) for name in ("s1", "model2")]
        parts = [
            inputs[0],
            network("Sequential", "sequential_1", [inputs[1], *seeing]),
            network("Sequential", "sequential_3", head),
        ]
        return network("Sequential", "all", parts)

    def weights(self) -> Weights:
        """As Keras ordered them: what can be trained, then the rest."""
        first, *others = self.kernels.items()
        one, two = (list(arrays.items()) for arrays in self.norms.values())
        kernel, bias = self.first
        return {
            "sequential_1": dict([first, *one[:2], *others, *two[:2], *one[2:], *two[2:]]),
            "sequential_3": {
                "dense_Dense1/kernel:0": kernel,
                "dense_Dense1/bias:0": bias,
                "dense_Dense2/kernel:0": self.last,
            },
        }

    def answer(self, image: NDArray[np.uint8]) -> Array:
        """What it says of an image (size, size, 3), whose pixels it takes as -1 to 1."""
        x = image.astype(np.float64) / 127.5 - 1
        x = np.pad(x, ((0, 1), (0, 1), (0, 0)))
        x = convolved(x, self.kernels["Conv1/kernel:0"], step=2)
        x = np.clip(self._normed(x, "bn_Conv1"), 0, 6)
        y = convolved(x, self.kernels["block_1_expand/kernel:0"])
        padded = np.pad(y, ((1, 1), (1, 1), (0, 0)))
        deep = self.kernels["block_1_depthwise/depthwise_kernel:0"][..., 0]
        kernel = deep[:, :, :, None] * np.eye(4)  # each channel for itself
        x = x + self._normed(convolved(padded, kernel), "block_1_depthwise_BN")
        hidden = np.maximum(x.mean(axis=(0, 1)) @ self.first[0] + self.first[1], 0)
        return softmax(hidden @ self.last)

    def _normed(self, x: Array, name: str) -> Array:
        gamma, beta, mean, variance = self.norms[name].values()
        return (x - mean) / np.sqrt(variance + 0.001) * gamma + beta


def convolved(x: Array, kernel: Array, step: int = 1) -> Array:
    """A convolution without padding of (height, width, channels)."""
    rows, columns = kernel.shape[:2]
    windows = np.lib.stride_tricks.sliding_window_view(x, (rows, columns), axis=(0, 1))
    return np.asarray(np.einsum("hwcij,ijcf->hwf", windows[::step, ::step], kernel))


def softmax(x: Array) -> Array:
    """Probabilities."""
    raised = np.exp(x - x.max())
    return np.asarray(raised / raised.sum())
