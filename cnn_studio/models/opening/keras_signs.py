"""What the config of a Keras network says of the pixels that it takes."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np

from cnn_studio.errors import NOT_UNDERSTOOD, StudioError
from cnn_studio.models.opening.pixel_signs import SIGNED, PixelSign, sign_of_scaling
from cnn_studio.untrusted_files import MAX_TEXT_BYTES, json_in
from cnn_studio.untrusted_zips import DAMAGE, open_zip, read_entry

_CONFIG = "config.json"
_NETWORKS = frozenset({"Functional", "Sequential"})
_PASSING_NAMES = """
ActivityRegularization AlphaDropout CenterCrop Cropping2D Dropout GaussianDropout GaussianNoise
InputLayer Resizing SpatialDropout2D ZeroPadding2D
"""
_PASSING = frozenset(_PASSING_NAMES.split())
"""What leaves the numbers of an image as they are, besides Random layers."""

_MOST_LAYERS = 24
_MOST_DEPTH = 6
_CONV_OF_MOBILENET = frozenset({"Conv1", "block_1_expand", "block_1_depthwise"})
_DENSE_OF_TEACHABLE = "dense_Dense"


def sign_of_keras(content: bytes) -> PixelSign | None:
    """What tells the pixels of a .keras file that `checked_keras` made; None where nothing does."""
    try:
        with open_zip(io.BytesIO(content), _CONFIG) as archive:
            text = read_entry(archive, archive.getinfo(_CONFIG), MAX_TEXT_BYTES)
        config = json_in(text, _CONFIG)
    except (StudioError, *DAMAGE):
        return None
    return sign_of_config(config)


def sign_of_config(config: Mapping[str, Any]) -> PixelSign | None:
    """What tells the pixels of a network by its config; None where nothing does.

    Teachable Machine's networks take -1 to 1, as its sample program says. Of others the layers that
    scale first tell, wherever they are: a block of augmentations may come before them.

    Args:
        config: Of a network in the words of today's Keras, as it stands in a .keras file.
    """
    try:
        if _is_teachable(config):
            return PixelSign(SIGNED, "Teachable Machine writes such files")
        return _of_first_layers(islice(_leaves(config), _MOST_LAYERS))
    except NOT_UNDERSTOOD:
        return None


def _of_first_layers(layers: Iterator[Mapping[str, Any]]) -> PixelSign | None:
    scale, offset = np.ones(1), np.zeros(1)
    for layer in layers:
        kind, config = layer["class_name"], layer["config"]
        if kind == "Rescaling":
            factor = np.atleast_1d(np.asarray(config["scale"], np.float64))
            scale = scale * factor
            offset = offset * factor + np.asarray(config["offset"], np.float64)
        elif kind == "Normalization" and config.get("mean") is not None:
            mean = np.ravel(np.asarray(config["mean"], np.float64))
            spread = np.sqrt(np.ravel(np.asarray(config["variance"], np.float64)))
            scale, offset = scale / spread, (offset - mean) / spread
        elif kind in _PASSING or kind.startswith("Random"):
            continue
        else:
            return None
        sign = sign_of_scaling(np.atleast_1d(scale), np.atleast_1d(offset))
        if sign is not None:
            return sign
    return None


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


def _leaves(config: Mapping[str, Any], depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """The layers in the order in which they are called, those of networks within it as well."""
    if depth > _MOST_DEPTH:
        raise RecursionError("Networks within networks without end.")
    for layer in _layers(config):
        if layer["class_name"] in _NETWORKS:
            yield from _leaves(layer, depth + 1)
        else:
            yield layer
