"""EfficientNet-Lite0 as a LiteRT file.

M. Tan and Q. Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", ICML
2019, in the Lite variant of 2020: no squeeze-and-excitation, ReLU6 in place of swish, and stem and
head of fixed width. Each batch normalisation is folded into the convolution before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cnn_studio.pretrained.lite_graph import Activation, LiteGraph, Tensor
from cnn_studio.pretrained.weights import Weights, read_weights

FEATURES = 1280
"""How many features an image has."""

MOST = 6.0
"""How large a feature is at most: each is the mean of a picture that a ReLU6 has made."""

BACKBONE_WEIGHTS = 3_371_008
"""How many numbers the backbone has learned on ImageNet, batch normalisation not folded."""

CLASSIFIER = "classifier"
"""What the dense layer is called in the file; its weights are `classifier/weights`."""

PIXEL_MEAN, PIXEL_SPREAD = 127.0, 128.0
"""Pixels enter less the mean, divided by the spread."""

_EPSILON = 1e-3  # of every batch normalisation
_GREY_CHANNELS = 1

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Layer:
    """One convolution of the backbone, batch normalisation folded in.

    Attributes:
        name: What it is called in the file, such as "block_03/expand".
        kernel: (out, height, width, in), float32; (1, height, width, channels) by channel.
        bias: (out,), float32.
        stride: In both directions.
        by_channel: Whether each channel is convolved by itself.
        activation: What follows.
        begins: Whether its input is what is added again at the end of its block.
        ends: Whether that is added after it.
    """

    name: str
    kernel: Array
    bias: Array
    stride: int = 1
    by_channel: bool = False
    activation: Activation = Activation.RELU6
    begins: bool = False
    ends: bool = False


@dataclass(frozen=True)
class _Stage:
    blocks: int
    stride: int
    expands: bool = True


_STAGES = (
    _Stage(1, 1, expands=False),
    _Stage(2, 2),
    _Stage(2, 2),
    _Stage(3, 2),
    _Stage(3, 1),
    _Stage(4, 2),
    _Stage(1, 1),
)


@dataclass(frozen=True, eq=False)
class LinearLayer:
    """A dense layer on the features.

    Attributes:
        weights: (classes, features), float32.
        bias: (classes,), float32.
    """

    weights: Array
    bias: Array


@cache
def backbone_layers(channels: int) -> tuple[Layer, ...]:
    """The backbone's convolutions in order, read once and kept: 14 MB.

    Args:
        channels: 3 for RGB; 1 for grey, which is what RGB of three equal channels gives.

    Raises:
        ModelError: The weights are missing or damaged.
    """
    weights = read_weights()
    stem = _folded(weights, "_conv_stem", "_bn0", "stem", stride=2)
    if channels == _GREY_CHANNELS:
        kernel = stem.kernel.sum(axis=3, keepdims=True)
        stem = Layer(stem.name, kernel, stem.bias, stem.stride)
    head = _folded(weights, "_conv_head", "_bn1", "head")
    return (stem, *_blocks(weights), head)


def imagenet_classifier() -> LinearLayer:
    """The layer that tells ImageNet's 1,000 classes, in their usual order; the studio keeps none.

    Raises:
        ModelError: The weights are missing or damaged.
    """
    weights = read_weights()
    return LinearLayer(
        np.asarray(weights["_fc.weight"], np.float32), np.asarray(weights["_fc.bias"], np.float32)
    )


def lite_file(size: int, channels: int, classifier: LinearLayer | None = None) -> bytes:
    """The content of a LiteRT file.

    Args:
        size: Height and width of the image in pixels.
        channels: 3 for RGB, 1 for grey.
        classifier: What follows the features; None ends with them.

    Returns:
        A graph that takes one image, float32 (1, size, size, channels) with values 0..255, and
        gives probabilities (1, classes), where there is a classifier, features (1, 1280) and the
        last picture (1, height, width, 1280), float32.

    Raises:
        ModelError: The weights are missing or damaged.
    """
    graph = LiteGraph((size, size, channels))
    x = graph.scale(graph.image, 1 / PIXEL_SPREAD, -PIXEL_MEAN / PIXEL_SPREAD)
    before: Tensor | None = None
    for layer in backbone_layers(channels):
        before = x if layer.begins else before
        convolve = graph.convolve_by_channel if layer.by_channel else graph.convolve
        x = convolve(layer.name, x, layer.kernel, layer.bias, layer.stride, layer.activation)
        if layer.ends and before is not None:
            x = graph.add(x, before)
    features = graph.mean_over_picture("features", x)
    if classifier is None:
        return graph.file([features, x])
    logits = graph.dense(CLASSIFIER, features, classifier.weights, classifier.bias)
    return graph.file([graph.softmax("probabilities", logits), features, x])


def _blocks(weights: Weights) -> Iterator[Layer]:
    number = 0
    for stage in _STAGES:
        for place in range(stage.blocks):
            yield from _block(weights, number, stage.stride if place == 0 else 1, stage.expands)
            number += 1


def _block(weights: Weights, number: int, stride: int, expands: bool) -> Iterator[Layer]:
    """An inverted residual block: wider, by channel, and narrower again."""
    there, here = f"_blocks.{number}.", f"block_{number:02d}"
    narrow = weights[f"{there}_project_conv.weight"].shape[0]
    first = "_expand_conv" if expands else "_depthwise_conv"
    wide_in = weights[f"{there}{first}.weight"].shape[1 if expands else 0]
    is_residual = expands and stride == 1 and wide_in == narrow
    if expands:
        name = f"{here}/expand"
        yield _folded(weights, f"{there}_expand_conv", f"{there}_bn0", name, begins=is_residual)
    yield _folded(
        weights,
        f"{there}_depthwise_conv",
        f"{there}_bn1",
        f"{here}/by_channel",
        stride=stride,
        by_channel=True,
    )
    yield _folded(
        weights,
        f"{there}_project_conv",
        f"{there}_bn2",
        f"{here}/project",
        activation=Activation.NONE,
        ends=is_residual,
    )


def _folded(
    weights: Weights,
    convolution: str,
    normalisation: str,
    name: str,
    *,
    stride: int = 1,
    by_channel: bool = False,
    activation: Activation = Activation.RELU6,
    begins: bool = False,
    ends: bool = False,
) -> Layer:
    gamma, beta, mean, variance = (
        np.asarray(weights[f"{normalisation}.{part}"], np.float32)
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    factor = gamma / np.sqrt(variance + np.float32(_EPSILON))
    kernel = np.asarray(weights[f"{convolution}.weight"], np.float32)
    kernel = kernel * factor[:, np.newaxis, np.newaxis, np.newaxis]
    # From (out, in, height, width) as PyTorch has it; by channel `in` is 1.
    order = (1, 2, 3, 0) if by_channel else (0, 2, 3, 1)
    kernel = np.ascontiguousarray(kernel.transpose(order))
    bias = beta - mean * factor
    return Layer(name, kernel, bias, stride, by_channel, activation, begins, ends)
