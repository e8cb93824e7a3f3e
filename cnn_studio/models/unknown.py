"""Images that show none of the classes: how familiar an image is, and where answering ends.

An image is familiar when two things are small: how far it lies from the nearest class, and how
undecided the network is. Where it lies is told by what the network makes of it: its features and
how strongly each filter is moved on average, each of length one. The distance is that of
Mahalanobis with one covariance for all classes (K. Lee et al., "A simple unified framework for
detecting out-of-distribution samples and adversarial attacks", NeurIPS 2018); indecision is the
entropy of the probabilities. What was measured stands in docs/decisions/0015-unknown.md.

Of the pretrained network's features the relative distance is taken, see `discriminants`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError, UsageError
from cnn_studio.models.discriminants import Discriminants
from cnn_studio.models.fields import Fields, floats_as_text
from cnn_studio.models.lite import LiteOutputs

LEAST_IMAGES = 20
"""With fewer images held back a threshold would be a guess."""

ACCEPT = 0.95
"""The share of the images held back that are answered, unless a person chooses otherwise."""

_SHRINKAGE = 0.1  # how much of the covariance is taken to be the same in all directions
_ENTROPY_SHARE = 0.5  # how much the entropy counts beside the distance
_ROUNDING = 1e-9  # 1 - 0.95 is a little more than 1/20
_SMALLEST = float(np.finfo(np.float32).tiny)
_MARGIN_SEEN = 3.0  # in units of `UnknownRule.precision`
_NO_SPREAD = 1e-6
_LEAST_VARIANCE = 1e-9

Array = NDArray[np.float32]

_NO_LEVELS = np.zeros(1, np.float32), np.zeros(1, np.bool_)


@dataclass(frozen=True, eq=False)
class Known:
    """What a model tells of images whose classes are known.

    Attributes:
        labels: The true class of each, (n,), int64.
        probabilities: As the model gives them, (n, classes), float32, not calibrated.
        descriptions: Where they lie, (n, width), float32, as `described` gives them.
    """

    labels: NDArray[np.int64]
    probabilities: Array
    descriptions: Array

    def without(self, label: int | None) -> Known:
        """Those that are not of a class."""
        if label is None:
            return self
        kept = self.labels != label
        return Known(self.labels[kept], self.probabilities[kept], self.descriptions[kept])


@dataclass(frozen=True)
class Effect:
    """What a threshold does to the images held back.

    Attributes:
        answered: The share of them that is answered, 0..1.
        right_of_answered: The share of the answered ones whose class is right, 0..1.
    """

    answered: float
    right_of_answered: float


@dataclass(frozen=True, eq=False)
class UnknownRule:
    """Tells how familiar an image is to a model.

    Attributes:
        means: Where each class lies, (k, width), float32.
        precision: The inverse of the classes' common covariance, (width, width), float32, in such
            a unit that distances spread by 1 over the images held back.
        entropy_weight: What the entropy is multiplied with before it is added to the distance.
        levels: How familiar the images held back are, less `margin`, (n,), float32, ascending.
        right: Whether the class that the model gave each of them is right, (n,), bool.
        margin: How much less familiar new images may be than those held back, 0 or more.
        discriminants: The directions in which places are told, if not as `described` tells them;
            then distances are relative to that from all images.

    Raises:
        ModelError: The arrays do not fit each other, the levels do not ascend, or the margin is
            negative.
    """

    means: Array
    precision: Array
    entropy_weight: float
    levels: Array
    right: NDArray[np.bool_]
    margin: float = 0.0
    discriminants: Discriminants | None = None

    def __post_init__(self) -> None:
        width = self.precision.shape[0]
        if self.discriminants is not None and self.discriminants.centre.shape != (width,):
            raise ModelError("The rule for unknown images has another number of directions.")
        shapes = (self.means.shape[1:], self.precision.shape, self.right.shape)
        if shapes != ((width,), (width, width), self.levels.shape) or not len(self.means):
            raise ModelError(f"The rule for unknown images does not fit together: {shapes}.")
        if not len(self.levels) or bool((np.diff(self.levels) < 0).any()):
            raise ModelError("The levels of the rule for unknown images must ascend.")
        if not self.margin >= 0:
            raise ModelError(
                f"The margin of the rule for unknown images must be 0 or more, not {self.margin}."
            )

    def familiarity(self, probabilities: Array, descriptions: Array) -> Array:
        """How familiar images are, on a scale of its own; the higher the more.

        Args:
            probabilities: As the model gives them, (..., classes), float32, not calibrated.
            descriptions: Where the images lie, (..., width), float32, see `described`.

        Returns:
            (...), float32.
        """
        distances = _distances(descriptions, self.means, self.precision)
        if self.discriminants is not None:
            distances = distances - self.discriminants.distances(descriptions)
        return np.asarray(-distances - self.entropy_weight * _entropies(probabilities), np.float32)

    def score(self, outputs: LiteOutputs) -> float | None:
        """The share of the images held back that are less familiar than this one, 0..1.

        None where the model does not tell what is needed, or tells another number of things.
        """
        if outputs.features is None or outputs.activations is None:
            return None
        description = self.describe(outputs.features, outputs.activations)
        if description is None:
            return None
        familiarity = self.familiarity(outputs.probabilities, description)
        return int((self.levels < familiarity).sum()) / len(self.levels)

    def describe(self, features: Array, activations: Array) -> Array | None:
        """Where images lie, as the rule takes it.

        Args:
            features: What the network makes of them just before it decides, (..., units), float32.
            activations: Their last pictures, (..., height, width, filters), float32.

        Returns:
            (..., width), float32; None where they are of another network.
        """
        if self.discriminants is not None:
            if features.shape[-1] != len(self.discriminants.projection):
                return None
            return self.discriminants.places(unit_length(features))
        description = described(features, activations.mean(axis=(-3, -2)))
        return description if description.shape[-1] == self.means.shape[1] else None

    def threshold(self, accept: float) -> float:
        """The familiarity that an image must exceed to be answered.

        Args:
            accept: The share of the images held back that are answered, 0..1.

        Returns:
            It; minus infinity where all are answered.
        """
        refused = math.ceil((1 - accept - _ROUNDING) * len(self.levels))
        return float(self.levels[refused - 1]) if refused > 0 else -math.inf

    def effect(self, accept: float) -> Effect:
        """What a threshold does to the images held back.

        Args:
            accept: The share of them that is to be answered, 0..1.
        """
        answered = self.levels + np.float32(self.margin) > self.threshold(accept)
        count = int(answered.sum())
        right = int(self.right[answered].sum())
        return Effect(count / len(self.levels), right / count if count else 0.0)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; arrays as `floats_as_text` writes them, row by row."""
        return {
            "means": floats_as_text(self.means),
            "precision": floats_as_text(self.precision),
            "entropy_weight": self.entropy_weight,
            "levels": floats_as_text(self.levels),
            "right": "".join("1" if right else "0" for right in self.right),
            "margin": self.margin,
            "discriminants": (None if self.discriminants is None else self.discriminants.to_dict()),
        }

    @classmethod
    def from_dict(cls, values: object, where: str = "unknown") -> UnknownRule:
        """Read back what `to_dict` gave, trusting nothing.

        Raises:
            ModelError: A field is missing or of another kind.
        """
        fields = Fields(values, where)
        means, precision = fields.floats("means"), fields.floats("precision")
        width = math.isqrt(len(precision))
        if not width or width**2 != len(precision) or len(means) % width:
            raise ModelError(f"{where}: 'means' and 'precision' do not fit together.")
        return cls(
            means=means.reshape(-1, width),
            precision=precision.reshape(width, width),
            entropy_weight=fields.number("entropy_weight"),
            levels=fields.floats("levels"),
            right=np.array([mark == "1" for mark in fields.text("right")], np.bool_),
            margin=fields.optional_number("margin") or 0.0,
            discriminants=(
                fields.part("discriminants", Discriminants.from_dict)
                if fields.has("discriminants")
                else None
            ),
        )


def described(features: Array, filter_means: Array) -> Array:
    """Where images lie: both parts of length one, one after the other.

    Args:
        features: What the network makes of them just before it decides, (..., units), float32.
        filter_means: The mean of each filter over its last picture, (..., filters), float32.

    Returns:
        (..., units + filters), float32.
    """
    return np.concatenate([unit_length(features), unit_length(filter_means)], axis=-1)


def is_unknown(score: float | None, accept: float) -> bool:
    """Whether an image is too little familiar to be answered; never where that is not measured."""
    return score is not None and score < 1 - accept - _ROUNDING


def checked_accept(accept: float) -> float:
    """See to it that a share is one.

    Raises:
        UsageError: It is not from 0 to 1.
    """
    if not 0 <= accept <= 1:
        raise UsageError(f"The share to answer must be 0 to 1, not {accept}.")
    return float(accept)


def fit_unknown(
    train: Known,
    held_back: Known,
    background: int | None = None,
    seen: float = 0.0,
    train_now: Known | None = None,
) -> UnknownRule | None:
    """Learn how familiar images of the classes are.

    Args:
        train: Images that the model learned from; they tell where the classes lie.
        held_back: Images that it did not learn from; they tell what is usual.
        background: The class of pictures that show none of the others, which is no help here.
        seen: The share of the images held back that come from recordings the model learned from,
            0..1. They look much like what it knows, so new pictures must be given a margin.
        train_now: What the model tells of the same images as `train` after it has learned from
            all; None where it has not. Then they tell where the classes lie now, and how far from
            there is usual is known from before.

    Returns:
        The rule; None with fewer than `LEAST_IMAGES` images on either side.
    """
    train, held_back = train.without(background), held_back.without(background)
    train_now = train if train_now is None else train_now.without(background)
    if min(len(train.labels), len(held_back.labels)) < LEAST_IMAGES:
        return None
    means, precision = _classes(train)
    unit = _weight(_distances(held_back.descriptions, means, precision))
    precision *= unit
    entropy_weight = _ENTROPY_SHARE * _weight(_entropies(held_back.probabilities))
    bare = UnknownRule(means, precision, entropy_weight, *_NO_LEVELS)
    margin = _MARGIN_SEEN * seen
    levels = bare.familiarity(held_back.probabilities, held_back.descriptions) - np.float32(margin)
    right = held_back.probabilities.argmax(axis=1) == held_back.labels
    order = np.argsort(levels, kind="stable")
    if train_now is not train:
        means, precision = _classes(train_now)
        precision *= unit
    return UnknownRule(means, precision, entropy_weight, levels[order], right[order], margin)


def relative_rule(
    fitted: tuple[Discriminants, Array],
    distances: NDArray[np.float64],
    probabilities: Array,
    labels: NDArray[np.int64],
) -> UnknownRule | None:
    """The rule of a pretrained network.

    Args:
        fitted: The directions of all images, and where each class lies there; see
            `fit_discriminants`.
        distances: The relative distance of each image by directions of others, (n,), float64.
        probabilities: What a model says of each that has not learned from it, (n, classes),
            float32, not calibrated.
        labels: The true class of each, (n,), int64.

    Returns:
        The rule; None where all images are equally far, so that nothing is unusual.
    """
    directions, means = fitted
    unit = _weight(distances)
    if unit == 0:
        return None
    entropies = _entropies(probabilities)
    entropy_weight = _ENTROPY_SHARE * _weight(entropies)
    levels = np.asarray(-unit * distances - entropy_weight * entropies, np.float32)
    order = np.argsort(levels, kind="stable")
    right = probabilities.argmax(axis=1) == labels
    # Distances grow with the square of the directions' length.
    scaled, root = directions.scaled(unit), np.float32(unit**0.5)
    return UnknownRule(
        means * root,
        np.eye(means.shape[1], dtype=np.float32),
        entropy_weight,
        levels[order],
        right[order],
        discriminants=scaled,
    )


def _classes(known: Known) -> tuple[Array, Array]:
    """Where each class lies, (k, width), and their common precision, (width, width)."""
    places = known.descriptions.astype(np.float64)
    labels, classes = np.unique(known.labels, return_inverse=True)
    means = np.stack([places[classes == number].mean(axis=0) for number in range(len(labels))])
    gaps = places - means[classes]
    covariance = gaps.T @ gaps / len(gaps)
    width = len(covariance)
    even = max(float(np.trace(covariance)) / width, _LEAST_VARIANCE) * np.eye(width)
    precision = np.linalg.inv((1 - _SHRINKAGE) * covariance + _SHRINKAGE * even)
    return means.astype(np.float32), precision.astype(np.float32)


def unit_length(numbers: Array) -> Array:
    """Numbers of length one along the last axis; where all are 0 they stay so."""
    lengths = np.linalg.norm(numbers, axis=-1, keepdims=True)
    return np.asarray(numbers / np.maximum(lengths, _SMALLEST), np.float32)


def _distances(descriptions: Array, means: Array, precision: Array) -> NDArray[np.float64]:
    """How far images are from the nearest class, (...)."""
    gaps = (descriptions[..., np.newaxis, :] - means).astype(np.float64)
    return np.asarray(((gaps @ precision) * gaps).sum(axis=-1).min(axis=-1))


def _entropies(probabilities: Array) -> NDArray[np.float64]:
    """How undecided the model is, (...), of probabilities (..., classes)."""
    logarithms = np.log(np.maximum(probabilities, _SMALLEST, dtype=np.float64))
    return np.asarray(-(probabilities * logarithms).sum(axis=-1))


def _weight(values: NDArray[np.float64]) -> float:
    """With which values spread by 1; 0 where they do not spread."""
    spread = float(values.std())
    return 1 / spread if spread > _NO_SPREAD else 0.0
