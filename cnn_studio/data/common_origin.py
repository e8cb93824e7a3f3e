"""Photos that seem to come from one place and hour, though nobody recorded them in one go.

One desk, one afternoon, one object are no near duplicates, but a network that learns to see from
few photos learns them by heart, and is then measured on what it knows. What tells it: when and by
which camera a photo was taken, names that count on, and how alike photos look to a network that
has learned to see.

Photos are linked within their class only, the surest links first. A link that would make a group
of more than half of a class is not made: of an afternoon that is a whole class, stretches remain.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.chains import Chains
from cnn_studio.data.photo_series import Link, Vectors

MOST_OF_A_CLASS = 0.5
LEAST_LIKENESS = 0.85
"""From this cosine of two images' features on they seem to be of one origin; see decision 23."""

_NEIGHBOURS = 16
_ROWS_AT_ONCE = 256
_FEW = 2000
_SHORT_SIZE = 192  # of the vectors that are compared first, where there are many
_RARE = 0.95
_SEED = 1

Places = NDArray[np.int64]


class Directions:
    """Where the features of images point, whatever their lengths are.

    Args:
        features: (n, size), float32; a row that is not finite, or all 0, is of no image.
    """

    def __init__(self, features: Vectors) -> None:
        self._features = features
        self._scales = np.zeros((len(features), 1), np.float32)
        for start in range(0, len(features), _FEW):
            part = slice(start, start + _FEW)
            lengths = np.linalg.norm(features[part], axis=1, keepdims=True)
            is_there = np.isfinite(lengths) & (lengths > 0)
            np.divide(1.0, lengths, out=self._scales[part], where=is_there)

    def unit_vectors(self, places: Places | Sequence[int]) -> Vectors:
        """The features of some images at length 1 (m, size), float32; zeros where one has none."""
        scales = self._scales[places]
        vectors: Vectors = self._features[np.asarray(places, np.int64)]
        vectors[scales[:, 0] == 0] = 0
        vectors *= scales
        return vectors

    def cosines(self, pairs: Places) -> Vectors:
        """The cosines (m,), float32, of pairs of images (m, 2) that have features."""
        ones, others = pairs.T
        products = np.einsum("nd,nd->n", self._features[ones], self._features[others])
        cosines: Vectors = products * self._scales[ones, 0] * self._scales[others, 0]
        return cosines

    def shortened(self, places: Places) -> tuple[Vectors, float]:
        """Unit vectors of some images, on the axes that say most where there are many.

        Returns:
            The vectors, and how much less than a cosine their products are, with few exceptions.
        """
        if len(places) <= _FEW:
            return self.unit_vectors(places), 0.0
        short = np.empty((len(places), _SHORT_SIZE), np.float32)
        for start in range(0, len(places), _FEW):
            part = slice(start, start + _FEW)
            short[part] = self.unit_vectors(places[part]) @ self._axes
        lost = 1.0 - np.einsum("nd,nd->n", short, short)
        return short, float(np.quantile(lost, _RARE))

    @cached_property
    def _axes(self) -> Vectors:
        """The axes (size, 192) that say most, nearly: one step of the power method."""
        random = np.random.default_rng(_SEED)
        sample = self.unit_vectors(random.permutation(len(self._features))[:_FEW])
        start = random.standard_normal((sample.shape[1], _SHORT_SIZE)).astype(np.float32)
        return np.linalg.qr(sample.T @ (sample @ start))[0]


def links_in_features(
    directions: Directions,
    classes: Sequence[str],
    least: float = LEAST_LIKENESS,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[Link]:
    """Images of one class whose features are alike, the most alike first.

    Args:
        directions: Of the features of n images.
        classes: The class of each image.
        least: The cosine from which on two are alike.
        cancelled: Called often; once it returns True, what was found so far is returned.

    Returns:
        Places of two images each; of an image and the most alike sixteen at most.
    """
    members: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(classes):
        members[name].append(place)
    found = [
        _pairs(directions, np.array(places, np.int64), least, cancelled)
        for places in members.values()
    ]
    if not found:
        return []
    pairs = np.concatenate([some for some, _cosines in found])
    order = np.argsort(-np.concatenate([cosines for _some, cosines in found]), kind="stable")
    return [(one, other) for one, other in pairs[order].tolist()]


def joined_by_links(
    groups: Sequence[str], classes: Sequence[str], links: Iterable[Link]
) -> list[str]:
    """Groups that grow together by links, as long as none comes to hold more than half of a class.

    Args:
        groups: The group of each image.
        classes: The class of each image.
        links: Places of two images, the surest first.

    Returns:
        The group of each image: the name that was the first in `groups` of those that it joins.
    """
    names = list(dict.fromkeys(groups))
    number = {name: n for n, name in enumerate(names)}
    numbers = [number[name] for name in groups]
    most = {name: MOST_OF_A_CLASS * count for name, count in Counter(classes).items()}
    held = [Counter[str]() for _name in names]
    for group, class_name in zip(numbers, classes, strict=True):
        held[group][class_name] += 1
    chains = Chains(len(names))
    for one, other in links:
        low, high = sorted((chains.head(numbers[one]), chains.head(numbers[other])))
        if low == high:
            continue
        both = held[low] + held[high]
        if all(count <= most[name] for name, count in both.items()):
            chains.link(low, high)
            held[low] = both
    return [names[chains.head(n)] for n in numbers]


def _pairs(
    directions: Directions, places: Places, least: float, cancelled: Callable[[], bool]
) -> tuple[Places, Vectors]:
    """The places of images of a class that are alike (m, 2), and their cosines (m,)."""
    short, lost = directions.shortened(places)
    pairs, cosines = [np.empty((0, 2), np.int64)], [np.empty(0, np.float32)]
    for start in range(0, len(places), _ROWS_AT_ONCE):
        if cancelled():
            break
        products = short[start : start + _ROWS_AT_ONCE] @ short[start:].T
        products[:, : len(products)][np.tri(len(products), dtype=np.bool_)] = -1.0
        ones, others = _nearest(products, least - lost)
        near = np.stack([places[start + ones], places[start + others]], 1)
        exact = directions.cosines(near)
        pairs.append(near[exact >= least])
        cosines.append(exact[exact >= least])
    return np.concatenate(pairs), np.concatenate(cosines)


def _nearest(products: Vectors, least: float) -> tuple[Places, Places]:
    """Rows and columns of what reaches `least`; of each row the greatest sixteen at most."""
    ones, others = np.nonzero(products >= least)
    order = np.lexsort((-products[ones, others], ones))
    ones, others = ones[order], others[order]
    rank = np.arange(len(ones)) - np.searchsorted(ones, ones)
    return ones[rank < _NEIGHBOURS], others[rank < _NEIGHBOURS]
