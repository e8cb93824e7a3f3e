"""The honest figure of a linear layer that learns from every image.

The images are dealt into folds; each is judged by a layer that has learned from the other folds,
and the layer that is handed over learns from all of them at the same time. How strongly weights
are held back is chosen within each fold, by images that neither judge it nor are judged there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.class_names import listed
from cnn_studio.models.discriminants import ClassSums, Discriminants, fit_discriminants
from cnn_studio.models.unknown import LEAST_IMAGES, UnknownRule, relative_rule, unit_length
from cnn_studio.pretrained.efficientnet_lite import LinearLayer
from cnn_studio.training.folds import MOST_FOLDS, dealt, holding, loosened
from cnn_studio.training.linear_layer import (
    WEIGHT_DECAYS,
    LinearLayers,
    Pass,
    Regression,
    probabilities_of,
)

Array = NDArray[np.float32]
Indices = NDArray[np.int64]

_WHOLE_CLASS = 0.9  # the share of a class above which what belongs together is cut up all the same
_TRIAL_ITERATIONS = 12


@dataclass(frozen=True, eq=False)
class Folds:
    """Who is held back when.

    Attributes:
        of: The fold of each image, (n,), int64, from 0.
        count: How many there are; 0 where nothing is held back.
        notes: Sentences about what could not be done as it should.
    """

    of: Indices
    count: int
    notes: tuple[str, ...] = ()

    @classmethod
    def of_parts(cls, parts: Sequence[Indices]) -> Folds:
        """From the places of the images of each fold; every image is in one of them."""
        of = np.zeros(sum(map(len, parts)), np.int64)
        for number, places in enumerate(parts):
            of[places] = number
        return cls(of, len(parts))


def deal(
    labels: Indices, groups: Sequence[str], classes: Sequence[str], share: float, seed: int
) -> Folds:
    """Deal images into folds; what belongs together is in one.

    Args:
        labels: The class of each image, (n,), int64.
        groups: What belongs together, for each image.
        classes: The classes' names, for the notes.
        share: Of the images that a fold holds, 0 to 0.5; with 0 there are none.
        seed: One seed deals in one way.
    """
    if share == 0:
        return Folds(np.zeros(len(labels), np.int64), 0)
    wanted = min(max(2, round(1 / share)), MOST_FOLDS)
    loose = loosened(groups, labels, wanted, _WHOLE_CLASS)
    folds = Folds.of_parts(dealt(labels, loose, wanted, seed))
    return replace(folds, notes=_notes(holding(groups, labels, _WHOLE_CLASS), classes))


@dataclass(frozen=True)
class _Way:
    """How a layer learns: with a weight decay, and from varied copies or not."""

    weight_decay: float
    varied: bool


class CrossValidation:
    """Layers that learn side by side: one a fold, and the one that is handed over.

    Args:
        features: Of all images, (n, 1280), float32.
        labels: Their classes, (n,), int64.
        num_classes: How many classes there are.
        folds: Who is held back when.
        class_weights: How much an image of each class counts, (classes,), float32; None counts
            all alike.
        weight_decay: How strongly large weights are held back; 0 chooses among `WEIGHT_DECAYS`.
        copies: The features of varied copies of all images, (k, n, 1280), float32. A copy is in its
            image's fold, and nothing is judged on copies. Each layer learns from them where that
            helps the images that choose its weight decay.
    """

    def __init__(
        self,
        features: Array,
        labels: Indices,
        num_classes: int,
        folds: Folds,
        class_weights: Array | None = None,
        weight_decay: float = 0.0,
        copies: Array | None = None,
    ) -> None:
        self._count = len(labels)
        self._times = 1 if copies is None else 1 + len(copies)
        self._features = features
        if copies is not None:
            self._features = np.concatenate([features, *copies])
        self._labels = np.tile(labels, self._times)
        self._num_classes = num_classes
        self._folds = folds
        self._counts = np.ones(self._count, np.float32)
        if class_weights is not None:
            self._counts = class_weights[labels]
        decays = (weight_decay,) if weight_decay else WEIGHT_DECAYS
        ways = (True, False) if self._times > 1 else (False,)
        self._tried = [_Way(decay, varied) for varied in ways for decay in decays]
        usual = _Way(weight_decay or WEIGHT_DECAYS[len(WEIGHT_DECAYS) // 2], ways[0])
        self._ways = [usual] * (folds.count + 1)
        self._is_chosen = len(self._tried) == 1 or folds.count < 3
        self._layers: LinearLayers | None = None
        self._logits: Array | None = None

    def choose(self, goes_on: Callable[[], bool]) -> bool:
        """Choose how each layer learns; False if `goes_on` became so."""
        folds, tried = self._folds, self._tried
        if self._is_chosen:
            return True
        judges = [(fold + 1) % folds.count for fold in range(folds.count)]
        regressions = [
            self._regression(way, fold, judge) for fold, judge in enumerate(judges) for way in tried
        ]
        layers = LinearLayers(self._features, self._labels, self._num_classes, regressions)
        last: list[Pass] = []

        def after(done: Pass) -> bool:
            last[:] = [done]
            return goes_on()

        if not layers.learn(_TRIAL_ITERATIONS, after):
            return False
        losses = np.zeros((folds.count, len(tried)))
        for fold, judge in enumerate(judges):
            places = np.flatnonzero(folds.of == judge)
            for place in range(len(tried)):
                logits = last[0].logits[places, fold * len(tried) + place]
                losses[fold, place] = _mean_loss(probabilities_of(logits), self._labels[places])
        best = [*losses.argmin(axis=1), losses.sum(axis=0).argmin()]
        self._ways = [tried[int(place)] for place in best]
        self._is_chosen = True
        return True

    @property
    def weight_decay(self) -> float:
        """That of the layer that is handed over."""
        return self._ways[-1].weight_decay

    @property
    def learns_from_copies(self) -> bool:
        """Whether the layer that is handed over learns from varied copies."""
        return self._ways[-1].varied

    def learn(self, iterations: int, after: Callable[[int, Array, Array | None], bool]) -> bool:
        """Learn, all layers side by side.

        Args:
            iterations: How many at most.
            after: Gets each iteration's number, the probabilities of all images by the layer that
                is handed over, (n, classes), float32, and those by the layers that have not
                learned from them, None where nothing is held back. False ends the learning.

        Returns:
            Whether it came to its end.
        """
        folds = self._folds
        regressions = [self._regression(self._ways[fold], fold) for fold in range(folds.count)]
        regressions.append(self._regression(self._ways[-1]))
        self._layers = LinearLayers(self._features, self._labels, self._num_classes, regressions)

        def judged(done: Pass) -> bool:
            self._logits = done.logits
            learned = probabilities_of(done.logits[: self._count, -1])
            return after(done.number, learned, self.held_back())

        return self._layers.learn(iterations, judged)

    def held_back(self) -> Array | None:
        """The probabilities of each image by the layer that has not learned from it, (n, classes).

        None where nothing is held back, or nothing was learned yet.
        """
        if self._logits is None or not self._folds.count:
            return None
        return probabilities_of(self._logits[np.arange(self._count), self._folds.of])

    def layer(self) -> LinearLayer:
        """The layer that is handed over.

        Raises:
            ValueError: Nothing was learned yet.
        """
        if self._layers is None:
            raise ValueError("Nothing was learned yet.")
        return self._layers.layer(self._folds.count)

    def _regression(self, way: _Way, *without: int) -> Regression:
        """All images but those of some folds, with their copies or without."""
        counts = np.where(np.isin(self._folds.of, without), np.float32(0), self._counts)
        of_copies = counts if way.varied else np.zeros_like(counts)
        weights = np.concatenate([counts, *[of_copies] * (self._times - 1)])
        return Regression(weights, way.weight_decay)


def unknown_rule(
    features: Array,
    labels: Indices,
    folds: Folds,
    held_back: Array,
    background: int | None,
    goes_on: Callable[[], bool] = lambda: True,
) -> UnknownRule | None:
    """Learn how familiar images of the classes are: the levels from folds, the rest from all.

    Args:
        features: Of all images, (n, 1280), float32.
        labels: Their classes, (n,), int64.
        folds: Who is held back when.
        held_back: The probabilities by the layers that have not learned from the images,
            (n, classes), float32.
        background: The class of pictures that show none of the others, which is no help here.
        goes_on: Called between folds.

    Returns:
        The rule; None with fewer than `LEAST_IMAGES` images, where these do not differ, or where
        `goes_on` became False.
    """
    num_classes = held_back.shape[1]
    kept = slice(None) if background is None else labels != background
    units, of, known = features[kept], folds.of[kept], labels[kept]
    if len(known) < LEAST_IMAGES or folds.count < 2:
        return None
    units = unit_length(units)
    parts = [
        ClassSums.of(units[of == fold], known[of == fold], num_classes)
        for fold in range(folds.count)
    ]
    every = parts[0]
    for part in parts[1:]:
        every = every + part
    distances = np.zeros(len(known))
    for fold, part in enumerate(parts):
        found = fit_discriminants(every - part)
        if found is None or not goes_on():
            return None
        places = np.flatnonzero(of == fold)
        distances[places] = _relative_distances(found, units[places])
    fitted = fit_discriminants(every)
    if fitted is None:
        return None
    return relative_rule(fitted, distances, held_back[kept], known)


def _relative_distances(found: tuple[Discriminants, Array], units: Array) -> NDArray[np.float64]:
    directions, means = found
    places = directions.places(units)
    gaps = (places[:, np.newaxis] - means).astype(np.float64)
    nearest: NDArray[np.float64] = (gaps**2).sum(axis=2).min(axis=1)
    return nearest - directions.distances(places)


def _mean_loss(probabilities: Array, labels: Indices) -> float:
    of_label = probabilities[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(of_label, np.finfo(np.float32).tiny)).mean())


def _notes(cut: Sequence[tuple[str, int]], classes: Sequence[str]) -> tuple[str, ...]:
    """That classes were cut up, so that their figures are of images much like those learned from.

    Args:
        cut: Which groups were cut up, and because of which class.
        classes: The classes' names.
    """
    if not cut:
        return ()
    titles = [classes[label] for label in sorted({label for _group, label in cut})]
    verb = "have" if len(titles) > 1 else "has"
    return (
        f"{listed(titles)} {verb} one recording only: each part of it is measured by what the "
        "others look like. Record once more for an honest figure.",
    )
