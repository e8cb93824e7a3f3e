"""Features of images that were never taken: classes, and recordings within them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WIDTH = 1280


@dataclass(frozen=True)
class Described:
    """Images by their features.

    Attributes:
        features: (n, width), float32, 0 to 6.
        labels: The class of each, (n,), int64, in ascending order.
        groups: The recording of each.
    """

    features: NDArray[np.float32]
    labels: NDArray[np.int64]
    groups: tuple[str, ...]


def described(
    counts: tuple[int, ...] = (40, 40, 40), recordings: int = 8, seed: int = 0, width: int = WIDTH
) -> Described:
    """Images of some classes, each recorded in so many parts (0: each image by itself)."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(counts)), counts)
    of = [
        f"{label}-{place % recordings if recordings else place}"
        for label, count in enumerate(counts)
        for place in range(count)
    ]
    ways = {group: random.gamma(0.3, 0.5, width) for group in dict.fromkeys(of)}
    means = random.gamma(0.3, 0.6, (len(counts), width))
    features = means[labels] + np.stack([ways[group] for group in of])
    features += random.gamma(0.3, 0.3, features.shape)
    return Described(np.clip(features, 0, 6).astype(np.float32), labels, tuple(of))
