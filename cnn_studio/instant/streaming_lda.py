"""Linear discriminant analysis that learns and forgets one image at a time.

Class means and one covariance that all classes share say everything that is needed (T. Hayes and
C. Kanan, "Lifelong machine learning with deep streaming linear discriminant analysis", CVPR
Workshops 2020). They follow from sums over the images, to which an image is added, and from which
it is taken away again without a trace: features are rounded to a grid so coarse that no sum of
them is ever rounded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_studio.models.discriminants import ClassSums, Discriminants, fit_discriminants
from cnn_studio.pretrained.efficientnet_lite import FEATURES

Array = NDArray[np.float32]

_GRID = (
    2.0**16
)  # products are on a grid of 2**-32, and sums of 2**20 images have no more than 53 bits
_IMAGES_OF_EVEN = 640
_LEAST_SHRINKAGE = 0.3


class StreamingLda:
    """The sums of features, by class. For one thread at a time."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._sums: dict[str, NDArray[np.float64]] = {}
        self._products = np.zeros((FEATURES, FEATURES))

    def learn(self, class_name: str, units: NDArray[np.floating]) -> None:
        """Add images of a class with features of length one, (n, 1280)."""
        self._add(class_name, units, 1)

    def forget(self, class_name: str, units: NDArray[np.floating]) -> None:
        """Take away images of a class that were learned; then all is as if they never had been."""
        self._add(class_name, units, -1)

    def sums(self, classes: tuple[str, ...]) -> ClassSums:
        """What is known of these classes, which must be all that have images."""
        nothing = np.zeros(FEATURES)
        return ClassSums(
            np.array([self._counts.get(name, 0) for name in classes], np.int64),
            np.stack([self._sums.get(name, nothing) for name in classes]),
            self._products.copy(),
        )

    def _add(self, class_name: str, units: NDArray[np.floating], sign: int) -> None:
        on_grid = np.rint(units.astype(np.float64) * _GRID) / _GRID
        self._counts[class_name] = self._counts.get(class_name, 0) + sign * len(on_grid)
        known = self._sums.get(class_name, np.zeros(FEATURES))
        self._sums[class_name] = known + sign * on_grid.sum(axis=0)
        self._products += sign * (on_grid.T @ on_grid)


@dataclass(frozen=True, eq=False)
class Fitted:
    """Where classes lie in the directions in which they differ.

    Attributes:
        labels: Which classes have images, (k,), int64, ascending.
        discriminants: The directions.
        means: Where each of them lies there, (k, directions), float32.
    """

    labels: NDArray[np.int64]
    discriminants: Discriminants
    means: Array

    def logits(self, places: Array) -> NDArray[np.float64]:
        """How well images fit each class, (n, k), of where they lie, (n, directions).

        Half the squared distance, negative: all classes are taken to be equally frequent, and none
        to spread more than another.
        """
        gaps = (places[:, np.newaxis] - self.means).astype(np.float64)
        return np.asarray(-0.5 * (gaps**2).sum(axis=2))


def fit(known: ClassSums) -> Fitted | None:
    """Find the directions; None with fewer than two classes that have images.

    The fewer images there are, the more their covariance is taken to be the same in all directions:
    as if `_IMAGES_OF_EVEN` more had said so. Measured on objects and satellite photos, 3 to 30 a
    class, that is as right as logistic regression, where a fixed share is up to 1.4 points behind.
    """
    images = int(known.counts.sum())
    shrinkage = max(_LEAST_SHRINKAGE, _IMAGES_OF_EVEN / (_IMAGES_OF_EVEN + images))
    found = fit_discriminants(known, shrinkage)
    return None if found is None else Fitted(np.flatnonzero(known.counts > 0), *found)
