"""A classifier that was learned in no time: from features to an answer and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cnn_studio.instant.streaming_lda import Fitted
from cnn_studio.models.intervals import wilson
from cnn_studio.models.unknown import (
    ACCEPT,
    LEAST_IMAGES,
    UnknownRule,
    is_unknown,
    relative_rule,
    unit_length,
)
from cnn_studio.prediction.classifier import Prediction

Array = NDArray[np.float32]
Indices = NDArray[np.int64]

_USUAL_TEMPERATURE = 60.0  # where the covariance is even; found on objects and satellite photos
_LOG_SPREAD = 0.5  # how far, in natural logarithms, it is usually from there
_TEMPERATURES = np.geomspace(0.5, 1000.0, 80)
_MOST_LOGIT = 60.0  # that an image lies beyond this is sure enough
_ENOUGH = 0.9  # of the 95 % interval of recall and of precision, the lower end
_MIXED = 0.05  # of a pair of classes, the share that is taken for the other


@dataclass(frozen=True)
class MixUp:
    """Two classes that are taken for each other.

    Attributes:
        one: The class that is taken for the other more often.
        other: The other one.
        wrong: How many images of either are taken for the other.
        images: How many images were judged of both.
    """

    one: str
    other: str
    wrong: int
    images: int


@dataclass(frozen=True, eq=False)
class HeldBack:
    """What was said of each image by statistics that did not know it.

    Attributes:
        classes: The classes.
        labels: The class of each image, (n,), int64.
        logits: How well it fits each class, (n, classes), float64; very small for those that were
            not known then.
        distances: How far it is from the nearest class, relative to all images, (n,), float64.
        recordings: Of how many recordings or single photos the images of each class are.
    """

    classes: tuple[str, ...]
    labels: Indices
    logits: NDArray[np.float64]
    distances: NDArray[np.float64]
    recordings: tuple[int, ...] = ()
    confusion: Indices = field(init=False)

    def __post_init__(self) -> None:
        count = len(self.classes)
        table = np.zeros((count, count), np.int64)
        np.add.at(table, (self.labels, self.logits.argmax(axis=1)), 1)
        object.__setattr__(self, "confusion", table)

    def temperature(self) -> float:
        """What logits are divided by so that probabilities say how often it is right.

        As long as there are few images, it stays near what is usual.
        """
        of_label = np.arange(len(self.labels)), self.labels
        best, least = _USUAL_TEMPERATURE, np.inf
        for temperature in _TEMPERATURES:
            logs = np.log(np.maximum(_softmax(self.logits / temperature)[of_label], 1e-26))
            away = np.log(temperature / _USUAL_TEMPERATURE) / _LOG_SPREAD
            loss = -float(logs.sum()) + 0.5 * away**2
            if loss < least:
                best, least = float(temperature), loss
        return best

    @cached_property
    def mix_ups(self) -> tuple[MixUp, ...]:
        """Pairs of classes that are taken for each other too often, the worst first."""
        wrong = self.confusion + self.confusion.T
        judged = self.confusion.sum(axis=1)
        found = []
        for one, other in zip(*np.nonzero(np.tril(wrong, -1) > 1), strict=True):
            count, images = int(wrong[one, other]), int(judged[one] + judged[other])
            if count >= _MIXED * images:
                is_one = self.confusion[one, other] >= self.confusion[other, one]
                pair = (one, other) if is_one else (other, one)
                first, second = (self.classes[place] for place in pair)
                found.append(MixUp(first, second, count, images))
        return tuple(sorted(found, key=lambda pair: -pair.wrong / pair.images))

    @cached_property
    def enough(self) -> frozenset[str]:
        """Classes that are told apart well, as far as images of several recordings can say."""
        right = self.confusion.diagonal()
        judged, named = self.confusion.sum(axis=1), self.confusion.sum(axis=0)
        return frozenset(
            name
            for place, name in enumerate(self.classes)
            if self.recordings[place] > 1
            and min(
                wilson(int(right[place]), int(count)).low for count in (judged[place], named[place])
            )
            >= _ENOUGH
        )


@dataclass(frozen=True, eq=False)
class InstantModel:
    """Says which class an image shows, and whether it shows any.

    Attributes:
        classes: The classes that have images.
        images: How many images it has learned from.
        fitted: Where the classes lie.
        held_back: What is known of how right it is; None where nothing could be held back yet.
        background: The class of pictures that show none of the others; empty for none.
        accept: The share of the images held back that are answered, 0..1.
    """

    classes: tuple[str, ...]
    images: int
    fitted: Fitted
    held_back: HeldBack | None = None
    background: str = ""
    accept: float = ACCEPT
    temperature: float = field(init=False)
    unknown: UnknownRule | None = field(init=False)

    def __post_init__(self) -> None:
        held = self.held_back
        temperature = _USUAL_TEMPERATURE if held is None else held.temperature()
        object.__setattr__(self, "temperature", temperature)
        object.__setattr__(self, "unknown", self._rule(held, temperature))

    def probabilities(self, units: Array) -> Array:
        """The probability of each class, (n, classes), float32, calibrated on what was held back.

        Args:
            units: Features of length one, (n, 1280), float32.
        """
        places = self.fitted.discriminants.places(np.asarray(units, np.float32))
        return _softmax(self.fitted.logits(places) / self.temperature).astype(np.float32)

    def scores(self, units: Array) -> Array | None:
        """How familiar images are: the share of those held back that are less so, (n,), 0..1.

        None with fewer than `LEAST_IMAGES` held back.

        Args:
            units: Features of length one, (n, 1280), float32.
        """
        rule = self.unknown
        if rule is None or rule.discriminants is None:
            return None
        units = np.asarray(units, np.float32)
        familiarity = rule.familiarity(self.probabilities(units), rule.discriminants.places(units))
        below = np.searchsorted(rule.levels, familiarity, side="left")
        return np.asarray(below / len(rule.levels), np.float32)

    def unknowns(self, units: Array) -> NDArray[np.bool_]:
        """Which images likely show none of the classes, (n,)."""
        scores = self.scores(units)
        if scores is None:
            return np.zeros(len(units), np.bool_)
        return np.array([is_unknown(float(score), self.accept) for score in scores], np.bool_)

    def predict(
        self, features: Array, preparation_ms: float = 0.0, inference_ms: float = 0.0
    ) -> Prediction:
        """What is said of one image with features (1280,), float32, of any length."""
        units = unit_length(features)[np.newaxis]
        scores = self.scores(units)
        score = None if scores is None else float(scores[0])
        probabilities = self.probabilities(units)[0]
        top = self.classes[int(probabilities.argmax())]
        return Prediction(
            classes=self.classes,
            probabilities=probabilities,
            preparation_ms=preparation_ms,
            inference_ms=inference_ms,
            score=score,
            unknown=is_unknown(score, self.accept) or top == self.background,
        )

    def _rule(self, held: HeldBack | None, temperature: float) -> UnknownRule | None:
        if held is None or len(held.labels) < LEAST_IMAGES:
            return None
        found = self.fitted.discriminants, self.fitted.means
        probabilities = _softmax(held.logits / temperature).astype(np.float32)
        return relative_rule(found, held.distances, probabilities, held.labels)


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    raised = np.exp(np.maximum(logits - logits.max(axis=-1, keepdims=True), -_MOST_LOGIT))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))
