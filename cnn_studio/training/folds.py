"""Images dealt into folds, each judged by a model that has learned from the others."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]

MOST_FOLDS = 10
"""In so many parts images are dealt at most."""

_MOST_OF_A_CLASS = 0.5


def loosened(
    groups: Sequence[str], labels: Indices, folds: int, most: float = _MOST_OF_A_CLASS
) -> list[str]:
    """Cut up groups that hold most of a class, or no network would learn what that class is.

    Args:
        groups: The group of each image, in the order of the images' names.
        labels: The class of each, (n,), int64.
        folds: Into how many pieces such a group is cut; each has images that follow each other, and
            its share of every class that the group holds.
        most: The share of a class, 0..1, above which a group is cut.
    """
    large = {group for group, _label in holding(groups, labels, most)}
    places: dict[tuple[str, int], list[int]] = {}
    for place, (group, label) in enumerate(zip(groups, labels.tolist(), strict=True)):
        if group in large:
            places.setdefault((group, label), []).append(place)
    cut = list(groups)
    for (group, _label), own in places.items():
        for piece, some in enumerate(np.array_split(own, folds)):
            for place in some.tolist():
                cut[place] = f"{group} {piece}"
    return cut


def holding(groups: Sequence[str], labels: Indices, most: float) -> list[tuple[str, int]]:
    """Which groups hold more than a share of a class, and of which one."""
    sizes = Counter(labels.tolist())
    held = Counter(zip(groups, labels.tolist(), strict=True))
    return [(group, label) for (group, label), n in held.items() if n > most * sizes[label]]


def dealt(labels: Indices, groups: Sequence[str], folds: int, seed: int) -> list[Indices]:
    """Deal images into folds, each with its share of every class as far as groups allow it.

    Returns:
        The places of the images of each fold; every image is in one of them.
    """
    from sklearn.model_selection import StratifiedGroupKFold  # slow to import

    folds = min(folds, int(np.bincount(labels).max()), len(set(groups)))
    folding = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        # That a class has fewer images than there are folds is known, and does no harm.
        warnings.filterwarnings("ignore", "The least populated class", UserWarning)
        parts = [held_back for _others, held_back in folding.split(labels, labels, groups)]
    return [part.astype(np.int64) for part in parts if len(part)]
