"""Features that look like those of the pretrained network, without the network."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnn_studio.models.unknown import unit_length
from cnn_studio.pretrained.efficientnet_lite import FEATURES

Array = NDArray[np.float32]


def class_direction(number: int) -> Array:
    """Where the images of a class lie on average, (1280,), 0 or more."""
    random = np.random.default_rng(1000 + number)
    return np.asarray(random.gamma(0.5, 1.0, FEATURES), np.float32)


def features_like(number: int, count: int, seed: int, spread: float = 1.0) -> Array:
    """Features of images of a class, of length one, (count, 1280)."""
    random = np.random.default_rng(seed)
    noise = random.gamma(0.5, spread, (count, FEATURES)).astype(np.float32)
    return unit_length(class_direction(number) + noise)
