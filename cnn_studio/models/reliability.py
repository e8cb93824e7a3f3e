"""Whether a model is as often right as it says: reliability and expected calibration error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 15
"""As many as in Guo et al. (2017)."""


@dataclass(frozen=True)
class ReliabilityBin:
    """The images whose most probable class has a probability above `low`, up to `high`.

    Attributes:
        low, high: The ends, 0..1; the first bin has 0 in it.
        count: How many images.
        confidence: The mean of their highest probability; 0 without images.
        accuracy: The share of them that is right; 0 without images.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Reliability:
    """A reliability diagram in numbers.

    Source: C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On calibration of modern neural
    networks", ICML 2017, equations 2, 3 and 5.

    Attributes:
        bins: Of equal width, from 0 to 1.
        ece: The expected calibration error, 0..1: how far confidence and accuracy are apart, as
            the mean over all images.
    """

    bins: tuple[ReliabilityBin, ...]
    ece: float


def reliability(labels: NDArray[np.int64], probabilities: NDArray[np.float32]) -> Reliability:
    """Compare how sure a model was with how often it was right.

    Args:
        labels: The true class of each image, (n,), int64.
        probabilities: What the model said, (n, classes), float32, 0..1.
    """
    confidences = probabilities.max(axis=1).astype(np.float64)
    is_right = probabilities.argmax(axis=1) == labels
    places = bins_of(probabilities)
    bins = []
    for place in range(BINS):
        inside = places == place
        count = int(inside.sum())
        bins.append(
            ReliabilityBin(
                low=place / BINS,
                high=(place + 1) / BINS,
                count=count,
                confidence=float(confidences[inside].mean()) if count else 0.0,
                accuracy=float(is_right[inside].mean()) if count else 0.0,
            )
        )
    total = max(1, len(labels))
    ece = sum(each.count * abs(each.accuracy - each.confidence) for each in bins) / total
    return Reliability(tuple(bins), float(ece))


def bins_of(probabilities: NDArray[np.float32]) -> NDArray[np.int64]:
    """Which bin each image falls into, (n,), int64."""
    confidences = probabilities.max(axis=1).astype(np.float64)
    return np.asarray(np.clip(np.ceil(confidences * BINS) - 1, 0, BINS - 1), np.int64)
