"""What the config of a Keras network says of the pixels that it takes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cnn_studio.models.pixel_values import OUR_RANGE

_SIGNED = (-1.0, 1.0)
_NETWORKS = frozenset({"Sequential", "Functional"})
_SCALES = (1 / 255, 1 / 256, 1 / 127.5, 1 / 128, 1 / 127)
_CONV_OF_MOBILENET = frozenset({"Conv1", "block_1_expand", "block_1_depthwise"})
_DENSE_OF_TEACHABLE = "dense_Dense"
_WITHOUT_EFFECT = frozenset({"Activation", "InputLayer", "Resizing", "CenterCrop", "Cropping2D"})


def pixels_said(config: Mapping[str, Any]) -> tuple[float, float] | None:
    """What a black and a white pixel are for a network, as far as its layers tell.

    Teachable Machine's networks take -1 to 1, as its sample program says. A network whose first
    layer divides by 255 or 127.5 takes pixels as they are.

    Args:
        config: As `modern_config` gives it.

    Returns:
        The two values; None where the layers do not tell.
    """
    if _is_teachable(config):
        return _SIGNED
    first = next(
        (layer for layer in _leaves(config) if layer["class_name"] not in _WITHOUT_EFFECT), None
    )
    if first is None or first["class_name"] != "Rescaling":
        return None
    scale = first["config"].get("scale")
    is_known = isinstance(scale, float) and any(
        math.isclose(scale, known, rel_tol=1e-3) for known in _SCALES
    )
    return OUR_RANGE if is_known else None


def _is_teachable(config: Mapping[str, Any]) -> bool:
    """Whether it is a network of Teachable Machine: a MobileNet, and dense layers behind it."""
    parts = [layer for layer in _layers(config) if layer["class_name"] != "InputLayer"]
    if len(parts) != 2 or any(part["class_name"] not in _NETWORKS for part in parts):
        return False
    seeing, deciding = ([str(leaf["config"].get("name")) for leaf in _leaves(p)] for p in parts)
    decides = [name for name in deciding if name.startswith(_DENSE_OF_TEACHABLE)]
    return bool(decides) and set(seeing) >= _CONV_OF_MOBILENET


def _layers(config: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    layers: Sequence[Mapping[str, Any]] = config["config"]["layers"]
    return layers


def _leaves(config: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The layers in the order in which they are called, those of networks within it as well."""
    for layer in _layers(config):
        if layer["class_name"] in _NETWORKS:
            yield from _leaves(layer)
        else:
            yield layer
