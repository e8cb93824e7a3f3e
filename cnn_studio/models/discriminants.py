"""The directions in which classes differ: Fisher's linear discriminants of features.

They make the relative distance of Mahalanobis cheap (J. Ren et al., "A simple fix to Mahalanobis
distance for improving near-OOD detection", 2021): the distance from the nearest class, less that
from all images taken as one class. Where the covariance of all images is that within the classes
plus that between their means, both distances agree in every other direction, so that their
difference needs no more numbers than there are classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError
from cnn_studio.models.fields import Fields, floats_as_text

Array = NDArray[np.float32]

MOST_DIRECTIONS = 128

SHRINKAGE = 0.3
"""How much of the covariance is taken to be the same in all directions, unless it is said."""

_LEAST_VARIANCE = 1e-6  # of features of length one; products of single precision are no truer


@dataclass(frozen=True, eq=False)
class Discriminants:
    """The directions.

    Attributes:
        projection: What features of length one are multiplied with, (width, directions), float32.
        centre: Where all images lie on average, (directions,), float32.
        variances: How far all images spread there, (directions,), float32; above 0.

    Raises:
        ModelError: The arrays do not fit each other, or a variance is not above 0.
    """

    projection: Array
    centre: Array
    variances: Array

    def __post_init__(self) -> None:
        directions = self.projection.shape[1:]
        if self.centre.shape != directions or self.variances.shape != directions:
            raise ModelError("The directions of the rule for unknown images do not fit together.")
        if not bool((self.variances > 0).all()):
            raise ModelError("The variances of the rule for unknown images must be above 0.")

    def places(self, unit_features: Array) -> Array:
        """Where images lie, (..., directions), of features of length one, (..., width)."""
        return np.asarray(unit_features @ self.projection, np.float32)

    def distances(self, places: Array) -> NDArray[np.float64]:
        """How far they are from all images taken as one class, (...)."""
        gaps = (places - self.centre).astype(np.float64)
        return np.asarray((gaps**2 / self.variances).sum(axis=-1))

    def scaled(self, unit: float) -> Discriminants:
        """The same with distances, here and from the classes, that are `unit` times as long."""
        root = np.float32(unit**0.5)
        return Discriminants(self.projection * root, self.centre * root, self.variances)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; arrays as `floats_as_text` writes them, row by row."""
        return {
            "projection": floats_as_text(self.projection),
            "centre": floats_as_text(self.centre),
            "variances": floats_as_text(self.variances),
        }

    @classmethod
    def from_dict(cls, values: object, where: str = "discriminants") -> Discriminants:
        """Read back what `to_dict` gave, trusting nothing.

        Raises:
            ModelError: A field is missing or of another kind.
        """
        fields = Fields(values, where)
        projection, centre = fields.floats("projection"), fields.floats("centre")
        if not len(centre) or not len(projection) or len(projection) % len(centre):
            raise ModelError(f"{where}: 'projection' and 'centre' do not fit together.")
        return cls(projection.reshape(-1, len(centre)), centre, fields.floats("variances"))


@dataclass(frozen=True, eq=False)
class ClassSums:
    """What must be known of some images to find the directions. Those of others can be added.

    Attributes:
        counts: Images of each class, (classes,), int64.
        sums: The sums of their features of length one, (classes, width), float64.
        products: The sum of their outer products, (width, width), float32 or float64.
    """

    counts: NDArray[np.int64]
    sums: NDArray[np.float64]
    products: NDArray[np.floating]

    @classmethod
    def of(cls, unit_features: Array, labels: NDArray[np.int64], num_classes: int) -> ClassSums:
        """Of images with features of length one, (n, width), and labels, (n,)."""
        sums = np.zeros((num_classes, unit_features.shape[1]))
        for label in np.unique(labels):
            sums[label] = unit_features[labels == label].sum(axis=0, dtype=np.float64)
        counts = np.bincount(labels, minlength=num_classes)
        return cls(counts, sums, unit_features.T @ unit_features)

    def __add__(self, other: ClassSums) -> ClassSums:
        return ClassSums(
            self.counts + other.counts, self.sums + other.sums, self.products + other.products
        )

    def __sub__(self, other: ClassSums) -> ClassSums:
        return ClassSums(
            self.counts - other.counts, self.sums - other.sums, self.products - other.products
        )


def fit_discriminants(
    known: ClassSums, shrinkage: float = SHRINKAGE
) -> tuple[Discriminants, Array] | None:
    """Find the directions.

    Args:
        known: Of images whose classes are known.
        shrinkage: How much of the covariance is taken to be the same in all directions, 0..1.

    Returns:
        The directions, in which images vary by 1 within their classes, and where each class lies
        there, (classes that have images, directions), float32; None with fewer than two such
        classes.
    """
    # Imported here because it takes a fifth of a second, and the window only reads what was found.
    from scipy.linalg import cholesky, solve_triangular

    has_images = known.counts > 0
    if has_images.sum() < 2:
        return None
    counts, sums = known.counts[has_images], known.sums[has_images]
    total = int(counts.sum())
    means, centre = sums / counts[:, np.newaxis], sums.sum(axis=0) / total
    weighed = means * np.sqrt(counts / total)[:, np.newaxis]
    within = known.products.astype(np.float64) / total - weighed.T @ weighed
    width = len(within)
    even = max(float(np.trace(within)) / width, _LEAST_VARIANCE)
    within *= 1 - shrinkage
    within[np.diag_indices(width)] += shrinkage * even
    root = cholesky(within, lower=True, overwrite_a=True, check_finite=False)
    between = ((means - centre) * np.sqrt(counts / total)[:, np.newaxis]).T
    whitened = solve_triangular(root, between, lower=True, check_finite=False)
    left, lengths, _right = np.linalg.svd(whitened, full_matrices=False)
    directions = min(len(counts) - 1, MOST_DIRECTIONS)
    projection = solve_triangular(
        root, left[:, :directions], lower=True, trans="T", check_finite=False
    )
    found = Discriminants(
        projection.astype(np.float32),
        (centre @ projection).astype(np.float32),
        (1 + lengths[:directions] ** 2).astype(np.float32),
    )
    return found, (means @ projection).astype(np.float32)
