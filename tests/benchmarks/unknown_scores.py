"""Scores that say how familiar an image is to a model, for `unknown.py` to compare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.models.unknown import (
    Known,
    _classes,
    _distances,
    _entropies,
    described,
    fit_unknown,
    unit_length,
)

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Told:
    """What a model tells of some images.

    Attributes:
        labels: The true class of each, (n,), int64; -1 for a stranger.
        probabilities: (n, classes), float32.
        features: What the network makes of them just before it decides, (n, units), float32.
        filter_means: How strongly each filter is moved on average, (n, filters), float32.
    """

    labels: NDArray[np.int64]
    probabilities: Array
    features: Array
    filter_means: Array

    def known(self) -> Known:
        """The same as the studio's rule takes it."""
        where = described(self.features, self.filter_means)
        return Known(self.labels, self.probabilities, where)


@dataclass(frozen=True, eq=False)
class Case:
    """One network: what it tells of the images it learned from, of those held back in training,
    of fresh ones of its classes, and of strangers; and its last layer, (units, classes)."""

    train: Told
    validation: Told
    known: Told
    unknown: Told
    weights: Array
    bias: Array


# Each score is made for a case, and then says how familiar images are; the higher the more.
Score = Callable[[Told], NDArray[Any]]


def highest_probability(case: Case) -> Score:
    """The probability of the first class."""
    return lambda told: told.probabilities.max(axis=1)


def entropy(case: Case) -> Score:
    """How decided the network is."""
    return lambda told: -_entropies(told.probabilities)


def energy(case: Case) -> Score:
    """The logarithm of the sum of the logits' powers (Liu et al., NeurIPS 2020)."""

    def score(told: Told) -> NDArray[Any]:
        logits = told.features @ case.weights + case.bias
        return np.asarray(np.logaddexp.reduce(logits, axis=1))

    return score


def mahalanobis(case: Case) -> Score:
    """The distance to the nearest class among features as they are (Lee et al., NeurIPS 2018)."""
    return _nearest(case, lambda told: told.features)


def mahalanobis_unit(case: Case) -> Score:
    """The same among features of length one."""
    return _nearest(case, lambda told: unit_length(told.features))


def relative_mahalanobis_unit(case: Case) -> Score:
    """The same, less the distance to all classes as one (Ren et al., arXiv:2106.09022)."""
    near = mahalanobis_unit(case)
    far = _nearest(case, lambda told: unit_length(told.features), as_one=True)
    return lambda told: near(told) - far(told)


def fifth_neighbour(case: Case) -> Score:
    """Likeness to the fifth nearest training image, of features of length one (Sun et al. 2022)."""
    learned = unit_length(case.train.features)
    return lambda told: np.partition(unit_length(told.features) @ learned.T, -5, axis=1)[:, -5]


def filters_alone(case: Case) -> Score:
    """The distance to the nearest class by how strongly each filter is moved."""
    return _nearest(case, lambda told: unit_length(told.filter_means))


def features_and_entropy(case: Case) -> Score:
    """Distance among features of length one, and entropy, each spread by 1."""
    distance, decided = mahalanobis_unit(case), entropy(case)
    spreads = [score(case.validation).std() for score in (distance, decided)]
    return lambda told: distance(told) / spreads[0] + decided(told) / spreads[1]


def features_and_filters(case: Case) -> Score:
    """The distance to the nearest class by both."""
    return _nearest(case, lambda told: told.known().descriptions)


def studio(case: Case) -> Score:
    """What the studio uses: the same, and half as much of the entropy."""
    rule = fit_unknown(case.train.known(), case.validation.known())
    if rule is None:
        raise SystemExit("Too few images were held back.")
    return lambda told: rule.familiarity(told.probabilities, told.known().descriptions)


SCORES = (
    highest_probability,
    entropy,
    energy,
    mahalanobis,
    mahalanobis_unit,
    relative_mahalanobis_unit,
    fifth_neighbour,
    filters_alone,
    features_and_entropy,
    features_and_filters,
    studio,
)


def _nearest(case: Case, where: Callable[[Told], Array], as_one: bool = False) -> Score:
    labels = np.zeros_like(case.train.labels) if as_one else case.train.labels
    means, precision = _classes(Known(labels, case.train.probabilities, where(case.train)))
    return lambda told: -_distances(where(told), means, precision)
