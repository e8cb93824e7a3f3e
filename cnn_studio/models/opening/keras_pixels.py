"""What the config of a Keras network says of the pixels that it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cnn_studio.models.opening.keras_signs import sign_of_layers
from cnn_studio.models.opening.pixel_signs import SIGNED, PixelSign

_NETWORKS = frozenset({"Sequential", "Functional"})
_CONV_OF_MOBILENET = frozenset({"Conv1", "block_1_expand", "block_1_depthwise"})
_DENSE_OF_TEACHABLE = "dense_Dense"


def pixels_said(config: Mapping[str, Any]) -> PixelSign | None:
    """What a black and a white pixel are for a network, as far as its layers tell.

    Teachable Machine's networks take -1 to 1, as its sample program says. Of others the layers that
    scale first tell; see `sign_of_layers`.

    Args:
        config: As `modern_config` gives it.

    Returns:
        What tells it; None where the layers do not.
    """
    if _is_teachable(config):
        return PixelSign(SIGNED, "Teachable Machine writes such files")
    return sign_of_layers(config)


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
