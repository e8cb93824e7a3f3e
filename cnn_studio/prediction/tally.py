"""How often a model is right about pictures whose folders say what they show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from cnn_studio.models.intervals import Interval, wilson
from cnn_studio.models.scores import Scores, score_counts
from cnn_studio.prediction.batch import FilePrediction


class Tally:
    """Counts answers as they come. A picture counts if it can be read and its class is known."""

    def __init__(self) -> None:
        self._classes: tuple[str, ...] = ()
        self._confusion = np.zeros((0, 0), np.int64)
        self._refused = np.zeros((0, 0), np.int64)  # of those, what was called unknown
        self._learned = np.zeros((0, 0), np.int64)  # and what the model has learned from

    def add(self, answers: Iterable[FilePrediction]) -> None:
        """Count some more answers of one model; another model begins again."""
        cells: Counter[tuple[tuple[str, ...], str, str, bool, bool]] = Counter()
        for answer in answers:
            prediction, true = answer.prediction, answer.true_class
            if prediction is not None and true is not None:
                flags = prediction.unknown, answer.is_learned
                cells[prediction.classes, true, answer.said, *flags] += 1
        for (classes, true, said, unknown, is_learned), count in cells.items():
            if classes != self._classes:
                self.clear(classes)
            cell = classes.index(true), classes.index(said)
            self._confusion[cell] += count
            if unknown:
                self._refused[cell] += count
            if is_learned:
                self._learned[cell] += count

    def clear(self, classes: tuple[str, ...] = ()) -> None:
        """Forget what was counted."""
        self._classes = classes
        self._confusion = np.zeros((len(classes), len(classes)), np.int64)
        self._refused = np.zeros_like(self._confusion)
        self._learned = np.zeros_like(self._confusion)

    @property
    def count(self) -> int:
        """How many pictures were counted."""
        return int(self._confusion.sum())

    @property
    def unknown(self) -> int:
        """How many of them the model would not name."""
        return int(self._refused.sum())

    @property
    def learned(self) -> int:
        """How many of them the model has learned from, so that its accuracy is optimistic."""
        return int(self._learned.sum())

    @property
    def answered_accuracy(self) -> tuple[float, Interval]:
        """How often the model is right where it names a class, and the 95 % interval of that."""
        answered = self._confusion - self._refused
        hits, count = int(answered.trace()), int(answered.sum())
        return hits / max(count, 1), wilson(hits, count)

    def scores(self) -> Scores | None:
        """How well the model did, what it would not name included; None if nothing was counted."""
        return score_counts(self._confusion, self._classes) if self.count else None

    def scores_without_learned(self) -> Scores | None:
        """The same of the pictures that the model has not learned from; None if there is none."""
        others = self._confusion - self._learned
        return score_counts(others, self._classes) if others.sum() else None
