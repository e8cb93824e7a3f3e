"""Images that show none of the classes: how familiar an image is, and where answering ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError, UsageError
from cnn_studio.models.fields import Fields, floats_as_text
from cnn_studio.models.lite import LiteOutputs

LEAST_IMAGES = 20
"""With fewer images held back a threshold would be a guess."""

ACCEPT = 0.95
"""The share of the images held back that are answered, unless a person chooses otherwise."""

_ROUNDING = 1e-9  # 1 - 0.95 is a little more than 1/20


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
    """Tells how familiar an image is to a model; fitted on images that it did not learn from.

    Attributes:
        levels: How familiar the images held back are, (n,), float32, ascending.
        right: Whether the class that the model gave each of them is right, (n,), bool.

    Raises:
        ModelError: There are no levels, they do not ascend, or `right` is of another length.
    """

    levels: NDArray[np.float32]
    right: NDArray[np.bool_]

    def __post_init__(self) -> None:
        ascending = bool((np.diff(self.levels) >= 0).all())
        if len(self.levels) == 0 or len(self.levels) != len(self.right) or not ascending:
            raise ModelError(
                "The levels of familiarity must ascend, each with whether its image was right. "
                f"Received: {len(self.levels)} and {len(self.right)}."
            )

    def familiarity(self, outputs: LiteOutputs) -> float:
        """How familiar an image is, on a scale of its own; the higher the more."""
        return float(outputs.probabilities.max())

    def score(self, outputs: LiteOutputs) -> float:
        """The share of the images held back that are less familiar than this one, 0..1."""
        below = np.count_nonzero(self.levels < np.float32(self.familiarity(outputs)))
        return float(below) / len(self.levels)

    def threshold(self, accept: float) -> float:
        """The familiarity that an image must exceed to be answered.

        Args:
            accept: The share of the images held back that are answered, 0..1.

        Returns:
            It; minus infinity where all are answered.
        """
        refused = int(np.ceil((1 - accept - _ROUNDING) * len(self.levels)))
        return float(self.levels[refused - 1]) if refused > 0 else float("-inf")

    def effect(self, accept: float) -> Effect:
        """What a threshold does to the images held back.

        Args:
            accept: The share of them that is to be answered, 0..1.
        """
        answered = self.levels > self.threshold(accept)
        count = int(answered.sum())
        right = int(self.right[answered].sum())
        return Effect(count / len(self.levels), right / count if count else 0.0)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "levels": floats_as_text(self.levels),
            "right": floats_as_text(self.right.astype(np.float32)),
        }

    @classmethod
    def from_dict(cls, values: object, where: str = "unknown") -> UnknownRule:
        """Read back what `to_dict` gave, trusting nothing.

        Raises:
            ModelError: A field is missing or of another kind.
        """
        fields = Fields(values, where)
        return cls(fields.floats("levels"), fields.floats("right") > 0)


def is_unknown(score: float | None, accept: float) -> bool:
    """Whether an image is too little familiar to be answered; never where that is not measured."""
    return score is not None and score < 1 - accept - _ROUNDING


def checked_accept(accept: float) -> float:
    """See to it that a share is one.

    Raises:
        UsageError: It is not from 0 to 1.
    """
    if not 0 <= accept <= 1:
        raise UsageError(f"The share to answer must be 0 to 1. Received: {accept}.")
    return float(accept)


def fit_unknown(
    labels: NDArray[np.int64], probabilities: NDArray[np.float32]
) -> UnknownRule | None:
    """Learn how familiar images of the classes are.

    Args:
        labels: The true class of each image held back, (n,), int64.
        probabilities: What the model said of it, (n, classes), float32.

    Returns:
        The rule; None with fewer than `LEAST_IMAGES` images.
    """
    if len(labels) < LEAST_IMAGES:
        return None
    levels = probabilities.max(axis=1)
    order = np.argsort(levels, kind="stable")
    right = probabilities.argmax(axis=1) == labels
    return UnknownRule(levels[order], right[order])
