"""How well a model does on a set of images, in all and class by class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError
from cnn_studio.models.fields import Fields
from cnn_studio.models.intervals import Interval, f1_interval, wilson

_SMALLEST_PROBABILITY = 1e-7  # what Keras's own cross-entropy clips to


@dataclass(frozen=True)
class ClassScores:
    """One class: precision, recall and F1 (0..1), and how many images really are of it."""

    precision: float
    recall: float
    f1: float
    count: int


@dataclass(frozen=True)
class ClassIntervals:
    """The 95 % intervals of one class's precision, recall and F1."""

    precision: Interval
    recall: Interval
    f1: Interval


@dataclass(frozen=True)
class Scores:
    """How well a model does on a set of images.

    Attributes:
        accuracy: The share of images whose most probable class is right, 0..1.
        count: How many images were scored.
        classes: The class names, in the order of rows and columns.
        confusion: Image counts; rows are the true class, columns the predicted one.
        per_class: One entry a class, in the same order.
        loss: Mean cross-entropy, where it was measured.

    Raises:
        ModelError: The tables do not fit the classes.
    """

    accuracy: float
    count: int
    classes: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    per_class: tuple[ClassScores, ...]
    loss: float | None = None

    def __post_init__(self) -> None:
        size = len(self.classes)
        if [len(row) for row in self.confusion] != [size] * size or len(self.per_class) != size:
            raise ModelError(
                f"The scores must have one row and column for each of {size} classes, "
                f"not {len(self.confusion)} rows and {len(self.per_class)} class scores."
            )

    @property
    def hits(self) -> int:
        """How many images were recognised."""
        return sum(row[place] for place, row in enumerate(self.confusion))

    @property
    def interval(self) -> Interval:
        """The 95 % interval of the accuracy."""
        return wilson(self.hits, self.count)

    def worst_confusions(self, most: int) -> list[tuple[int, int]]:
        """The cells (true, predicted) with the most images that were taken for another class.

        Args:
            most: How many at most.

        Returns:
            The worst first; of equal ones, those of the first classes.
        """
        wrong = [
            (-count, true, said)
            for true, counts in enumerate(self.confusion)
            for said, count in enumerate(counts)
            if true != said and count
        ]
        return [(true, said) for _count, true, said in sorted(wrong)[:most]]

    @property
    def class_intervals(self) -> tuple[ClassIntervals, ...]:
        """The 95 % intervals of each class, in the order of the classes."""
        return tuple(self._intervals_of(place) for place in range(len(self.classes)))

    @property
    def shares(self) -> tuple[tuple[float, ...], ...]:
        """The confusion as shares of the images of each true class; 0 where there are none."""
        return tuple(tuple(count / max(1, sum(row)) for count in row) for row in self.confusion)

    def _intervals_of(self, place: int) -> ClassIntervals:
        right = self.confusion[place][place]
        really = sum(self.confusion[place])
        called = sum(row[place] for row in self.confusion)
        return ClassIntervals(
            precision=wilson(right, called),
            recall=wilson(right, really),
            f1=f1_interval(right, really + called - 2 * right),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "accuracy": self.accuracy,
            "loss": self.loss,
            "count": self.count,
            "classes": list(self.classes),
            "confusion": [list(row) for row in self.confusion],
            "per_class": [asdict(scores) for scores in self.per_class],
        }

    @classmethod
    def from_dict(cls, values: object, where: str = "scores") -> Scores:
        """Read back what `to_dict` gave.

        Raises:
            ModelError: A field is missing or of another kind.
        """
        fields = Fields(values, where)
        return cls(
            accuracy=fields.share("accuracy"),
            count=fields.whole("count"),
            classes=fields.texts("classes"),
            confusion=tuple(_row(row, where) for row in fields.items("confusion")),
            per_class=tuple(_class_scores(item, where) for item in fields.items("per_class")),
            loss=fields.optional_number("loss"),
        )


def score(
    labels: NDArray[np.int64], probabilities: NDArray[np.float32], classes: Sequence[str]
) -> Scores:
    """Compare what a model said with what is true.

    Args:
        labels: The true class of each image, (n,), int64, indices into `classes`; n is 1 or more.
        probabilities: What the model said, (n, classes), float32, 0..1.
        classes: The class names in the model's order.

    Returns:
        The scores. A class that never occurs, or is never predicted, has 0 where a share is
        undefined.
    """
    # Imported here because it takes a second, and the window only reads scores.
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

    predicted = probabilities.argmax(axis=1)
    indices = np.arange(len(classes))
    confusion = confusion_matrix(labels, predicted, labels=indices)
    columns = precision_recall_fscore_support(labels, predicted, labels=indices, zero_division=0)
    of_truth = probabilities[np.arange(len(labels)), labels]
    losses = -np.log(np.clip(of_truth, _SMALLEST_PROBABILITY, 1.0))
    return Scores(
        accuracy=float(np.mean(predicted == labels)),
        count=len(labels),
        classes=tuple(classes),
        confusion=tuple(tuple(int(count) for count in row) for row in confusion),
        per_class=tuple(
            ClassScores(float(precision), float(recall), float(f1), int(count))
            for precision, recall, f1, count in zip(*columns, strict=True)
        ),
        loss=float(losses.mean()),
    )


def score_counts(confusion: NDArray[np.int64], classes: Sequence[str]) -> Scores:
    """The scores of images that were counted one by one; needs no time, unlike `score`.

    Args:
        confusion: Image counts, (classes, classes), int64; rows are the true class, columns what
            the model said.
        classes: The class names in the model's order.
    """
    right, really, called = confusion.diagonal(), confusion.sum(axis=1), confusion.sum(axis=0)
    count = int(confusion.sum())
    precision, recall = right / np.maximum(called, 1), right / np.maximum(really, 1)
    f1 = 2 * right / np.maximum(really + called, 1)
    return Scores(
        accuracy=float(right.sum() / max(count, 1)),
        count=count,
        classes=tuple(classes),
        confusion=tuple(tuple(int(cell) for cell in row) for row in confusion),
        per_class=tuple(
            ClassScores(float(p), float(r), float(f), int(n))
            for p, r, f, n in zip(precision, recall, f1, really, strict=True)
        ),
    )


def _row(values: object, where: str) -> tuple[int, ...]:
    row = Fields({"row": values}, f"{where}, confusion").items("row")
    if not all(isinstance(count, int) and count >= 0 for count in row):
        raise ModelError(f"{where}: the confusion must hold whole numbers, not {row}.")
    return tuple(row)


def _class_scores(values: object, where: str) -> ClassScores:
    fields = Fields(values, f"{where}, class scores")
    return ClassScores(
        precision=fields.share("precision"),
        recall=fields.share("recall"),
        f1=fields.share("f1"),
        count=fields.whole("count"),
    )
