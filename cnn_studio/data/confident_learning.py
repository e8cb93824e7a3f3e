"""Which labels are likely wrong, by what networks say of images that they have not learned from.

Confident learning (Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in
Dataset Labels", 2021). How probable a class is, on average, for the images that are labelled so is
the measure for that class: classes that a network is rarely sure of are not held to the standard
of those that it knows well. As many labels are doubted as images reach the measure of another
class than their own; the worst are those whose own class is the least probable (self-confidence),
here of probabilities that are put on one scale by those measures. Taken so, the first 5 % of the
list held more of 5 % wrong labels than by self-confidence or margin of the bare probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LEAST_MEASURE = 0.5  # of an even chance: a class that is never recognised is no measure


@dataclass(frozen=True)
class DoubtedLabel:
    """An image whose label is doubted.

    Attributes:
        place: The image.
        suggested: The class that is more likely right.
        score: How probable its label is with all classes on one scale, 0 to 1; the lower, the
            worse.
    """

    place: int
    suggested: int
    score: float


def doubted_labels(
    labels: NDArray[np.int64], probabilities: NDArray[np.float64]
) -> list[DoubtedLabel]:
    """Find labels that are likely wrong.

    Args:
        labels: The class of each image, (n,), int64.
        probabilities: What a network that has not learned from an image says of it, (n, classes).

    Returns:
        The doubted ones, the worst first.
    """
    count, num_classes = probabilities.shape
    places = np.arange(count)
    sums = np.bincount(labels, probabilities[places, labels], num_classes)
    measures = sums / np.maximum(np.bincount(labels, minlength=num_classes), 1)
    measures = np.maximum(measures, _LEAST_MEASURE / num_classes)
    confident = np.where(probabilities >= measures, probabilities, -1.0)
    reached_another = (confident.max(axis=1) >= 0) & (confident.argmax(axis=1) != labels)
    scaled = probabilities / measures
    scaled /= scaled.sum(axis=1, keepdims=True)
    suggested, scores = scaled.argmax(axis=1), scaled[places, labels]
    order = np.argsort(scores, kind="stable")
    worst = order[suggested[order] != labels[order]]
    return [
        DoubtedLabel(int(place), int(suggested[place]), float(scores[place]))
        for place in worst[: int(reached_another.sum())]
    ]
