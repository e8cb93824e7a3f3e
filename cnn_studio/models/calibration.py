"""Temperature scaling: probabilities that say how often the model is right.

Source: C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On calibration of modern neural networks",
ICML 2017, section 4.2. One number divides all logits. It is fitted on images that the model did
not learn from, and never changes which class comes first. It is judged by cross-validation on the
same images, and left out where it would do harm.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError
from cnn_studio.models.fields import Fields
from cnn_studio.models.reliability import reliability

LEAST_IMAGES = 20
"""With fewer images a temperature would be a guess."""

_FOLDS = 5
_COLDEST, _HOTTEST = 0.1, 10.0
_SMALLEST = float(np.finfo(np.float32).tiny)
_GOLDEN = (5**0.5 - 1) / 2
_STEPS = 60  # each narrows the search to 0.618 of it

Probabilities = NDArray[np.float32]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Calibration:
    """What puts a model's probabilities right.

    Attributes:
        temperature: What its logits are divided by; above 1 makes it less sure. 1 where none
            made the error smaller on images that it was not fitted on.
        ece_before: Expected calibration error of the probabilities as they came, 0..1.
        ece_after: The same with temperatures, each fifth of the images with the temperature that
            the others ask for.
        count: How many images it was fitted on.

    Raises:
        ModelError: The temperature is not from 0.01 to 100.
    """

    temperature: float
    ece_before: float
    ece_after: float
    count: int

    def __post_init__(self) -> None:
        if not 0.01 <= self.temperature <= 100:
            raise ModelError(f"A temperature must be from 0.01 to 100, not {self.temperature}.")

    @property
    def is_applied(self) -> bool:
        """Whether the probabilities are changed at all."""
        return self.temperature != 1.0

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "temperature": self.temperature,
            "ece_before": self.ece_before,
            "ece_after": self.ece_after,
            "count": self.count,
        }

    @classmethod
    def from_dict(cls, values: object, where: str = "calibration") -> Calibration:
        """Read back what `to_dict` gave.

        Raises:
            ModelError: A field is missing or of another kind.
        """
        fields = Fields(values, where)
        return cls(
            temperature=fields.number("temperature"),
            ece_before=fields.share("ece_before"),
            ece_after=fields.share("ece_after"),
            count=fields.whole("count"),
        )


def calibrated(probabilities: Probabilities, temperature: float) -> Probabilities:
    """Divide the logits by a temperature.

    Args:
        probabilities: As the model gives them, (classes,) or (n, classes), float32, 0..1.
        temperature: Above 0; with 1 they come back as they are.

    Returns:
        Probabilities of the same shape, in the same order, that add up to 1.
    """
    if temperature == 1.0:
        return probabilities
    # The logarithm of a softmax is its logits up to a number that a softmax does not see.
    logits = np.log(np.maximum(probabilities.astype(np.float64), _SMALLEST)) / temperature
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)


def fit_calibration(
    labels: Labels, probabilities: Probabilities, recordings: Sequence[str] = ()
) -> Calibration | None:
    """Find the temperature with which what is true is most probable.

    Args:
        labels: The true class of each image, (n,), int64; images the model did not learn from.
        probabilities: What the model said, (n, classes), float32, 0..1.
        recordings: The recording that each image is from, n of them or none; "" for an image by
            itself. Those of one recording are judged by a temperature from others.

    Returns:
        The calibration; None with fewer than `LEAST_IMAGES` images.
    """
    count = len(labels)
    if count < LEAST_IMAGES:
        return None
    crossed = np.empty_like(probabilities)
    folds = _folds(count, recordings)
    for fold in np.unique(folds):
        inside = folds == fold
        fitted = _temperature(labels[~inside], probabilities[~inside])
        crossed[inside] = calibrated(probabilities[inside], fitted)
    before, after = (reliability(labels, each).ece for each in (probabilities, crossed))
    return Calibration(
        temperature=_temperature(labels, probabilities) if after < before else 1.0,
        ece_before=before,
        ece_after=after,
        count=count,
    )


def _folds(count: int, recordings: Sequence[str]) -> NDArray[np.int64]:
    """The fold of each image, (n,); a recording is in one of them, and they are about as large."""
    groups = [name or str(place) for place, name in enumerate(recordings)]
    sizes = Counter(groups)
    if len(sizes) < 2:  # nothing is known of recordings, or all is one
        return np.arange(count) % _FOLDS
    filled = dict.fromkeys(range(min(_FOLDS, len(sizes))), 0)
    fold_of = {}
    for name, size in sizes.most_common():
        fold_of[name] = min(filled, key=filled.__getitem__)
        filled[fold_of[name]] += size
    return np.array([fold_of[name] for name in groups], np.int64)


def _temperature(labels: Labels, probabilities: Probabilities) -> float:
    """The temperature of the least cross-entropy, which has one minimum; by golden section."""
    logits = np.log(np.maximum(probabilities.astype(np.float64), _SMALLEST))
    targets = _targets(labels, probabilities.shape[1])
    low, high = np.log(1 / _HOTTEST), np.log(1 / _COLDEST)
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    left_loss, right_loss = (_loss(logits, targets, place) for place in (left, right))
    for _ in range(_STEPS):
        if left_loss < right_loss:
            high, right, right_loss = right, left, left_loss
            left = high - _GOLDEN * (high - low)
            left_loss = _loss(logits, targets, left)
        else:
            low, left, left_loss = left, right, right_loss
            right = low + _GOLDEN * (high - low)
            right_loss = _loss(logits, targets, right)
    return round(float(np.exp(-(low + high) / 2)), 6)


def _loss(logits: NDArray[np.float64], targets: NDArray[np.float64], log_scale: float) -> float:
    scaled = logits * np.exp(log_scale)
    scaled -= scaled.max(axis=1, keepdims=True)
    log_sums = np.log(np.exp(scaled).sum(axis=1, keepdims=True))
    return float(-(targets * (scaled - log_sums)).sum(axis=1).mean())


def _targets(labels: Labels, num_classes: int) -> NDArray[np.float64]:
    """What is true, a little short of certain, (n, classes).

    Else a model that is right on all its validation images would be told to be always certain.
    The amount is that of J. Platt, "Probabilistic outputs for support vector machines" (1999):
    (n + 1) / (n + 2).
    """
    doubt = 1 / (len(labels) + 2)
    targets = np.full((len(labels), num_classes), doubt / (num_classes - 1))
    targets[np.arange(len(labels)), labels] = 1 - doubt
    return targets
