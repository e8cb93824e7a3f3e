"""Which labels are likely wrong, by what networks say of images that they have not learned from.

Confident learning (Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in
Dataset Labels", 2021). A label is doubted where another class is as probable as it is, on average,
for the images of that class: classes that the network is rarely sure of are not held to the
standard of those that it knows well. The worst are those whose own class is the least probable,
which is what the paper calls self-confidence.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class DoubtedLabel:
    """An image whose label is doubted.

    Attributes:
        place: The image.
        suggested: The class that is more likely right.
        score: The probability of its label, 0 to 1; the lower, the worse.
    """

    place: int
    suggested: int
    score: float


def doubted_labels(
    labels: NDArray[np.int64], probabilities: NDArray[np.float64]
) -> list[DoubtedLabel]:
    """Find labels that are likely wrong.

    Args:
        labels: The class of each image, (n,), int64; each class has one image at least.
        probabilities: What a network that has not learned from an image says of it, (n, classes).

    Returns:
        The doubted ones, the worst first.
    """
    count, num_classes = probabilities.shape
    places = np.arange(count)
    of_label = probabilities[places, labels]
    sums = np.bincount(labels, of_label, num_classes)
    usual = sums / np.maximum(np.bincount(labels, minlength=num_classes), 1)
    confident = np.where(probabilities >= usual, probabilities, -1.0)
    suggested = confident.argmax(axis=1)
    doubted = (confident.max(axis=1) >= 0) & (suggested != labels)
    order = np.argsort(of_label, kind="stable")
    return [
        DoubtedLabel(int(place), int(suggested[place]), float(of_label[place]))
        for place in order
        if doubted[place]
    ]
