"""What the config of a .keras file says of its pixels: the layers that scale them first."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

from cnn_studio.models.opening.pixel_signs import PixelSign, sign_of_scaling

_CONFIG = "config.json"
_INNER = frozenset({"Functional", "Sequential"})
_PASSING = frozenset({"InputLayer", "Dropout", "GaussianNoise"})
_MOST_LAYERS = 8
_MOST_DEPTH = 6


def sign_of_keras(content: bytes) -> PixelSign | None:
    """What tells the pixels of a .keras file that `checked_keras` made; None where nothing does."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            config = json.loads(archive.read(_CONFIG))
        return _of_layers(config, 0)
    except (KeyError, TypeError, ValueError, RecursionError, zipfile.BadZipFile):
        return None


def _of_layers(model: Mapping[str, Any], depth: int) -> PixelSign | None:
    if depth > _MOST_DEPTH:
        return None
    scale, offset = np.ones(1), np.zeros(1)
    for layer in model["config"]["layers"][:_MOST_LAYERS]:
        kind, config = layer["class_name"], layer["config"]
        if kind in _INNER:
            return _of_layers(layer, depth + 1)
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
