"""What the numbers that a network gives mean, and how they become probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError

Numbers = NDArray[np.float32]

_SUM_TOLERANCE = 0.05
_STEPS, _STEP_TOLERANCE = 256, 1e-3  # a quantised softmax gives 256ths
SOFTMAX, SIGMOID = "softmax", "sigmoid"


class OutputKind(StrEnum):
    """What a network's last numbers are. Ours give probabilities; others need a last step."""

    PROBABILITIES = "probabilities"
    """One for each class; together they are 1."""
    LOGITS = "logits"
    """One for each class, without an end: a softmax makes them probabilities."""
    SIGMOIDS = "sigmoids"
    """One from 0 to 1 for each class by itself; divided by their sum they are shares."""
    SIGMOID = "sigmoid"
    """A single one from 0 to 1: how probable the second of two classes is."""
    SIGMOID_LOGIT = "sigmoid-logit"
    """A single one without an end, of which a sigmoid makes that."""

    @property
    def is_single(self) -> bool:
        """Whether one number stands for two classes."""
        return self in (OutputKind.SIGMOID, OutputKind.SIGMOID_LOGIT)

    @property
    def in_words(self) -> str:
        """What the studio does with them, in a sentence; empty where that is nothing."""
        return {
            "probabilities": "",
            "logits": "It gives numbers without an end; a softmax makes them probabilities.",
            "sigmoids": (
                "It gives each class a number from 0 to 1 by itself; they are divided by their sum."
            ),
            "sigmoid": "Its one number is how probable the second class is.",
            "sigmoid-logit": (
                "Its one number, through a sigmoid, is how probable the second class is."
            ),
        }[self.value]

    def probabilities(self, given: Numbers) -> Numbers:
        """Make probabilities of what a network gave.

        Args:
            given: Its numbers for one image, (outputs,), float32.

        Returns:
            (classes,), float32, 0..1.
        """
        if self is OutputKind.PROBABILITIES:
            return given
        if self is OutputKind.LOGITS:
            raised = np.exp(given - given.max())
            return np.asarray(raised / raised.sum(), np.float32)
        if self is OutputKind.SIGMOIDS:
            total = float(given.sum())
            return given / total if total > 0 else np.full_like(given, 1 / len(given))
        second = float(given[0])
        if self is OutputKind.SIGMOID_LOGIT:
            second = float(np.exp(-np.logaddexp(0.0, -second)))
        return np.array([1 - second, second], np.float32)


def kind_of_outputs(given: Sequence[Numbers], ends_in: str) -> OutputKind:
    """What the numbers of a network are, by what it gave for some images.

    Args:
        given: Its numbers for each image, (outputs,), float32.
        ends_in: `SOFTMAX` or `SIGMOID` where its last operator is that one; else empty.

    Raises:
        ModelError: They are no numbers, or say nothing of any class.
    """
    rows = np.stack(given)
    if not np.isfinite(rows).all():
        raise ModelError(
            "It does not give a probability for each class: for some images it gives no numbers."
        )
    is_within = bool(rows.min() >= -_SUM_TOLERANCE and rows.max() <= 1 + _SUM_TOLERANCE)
    if rows.shape[1] == 1:
        # What has no end would hardly lie within 0..1 for a black, a white and a noisy image.
        is_share = is_within and ends_in != SOFTMAX
        return OutputKind.SIGMOID if is_share else OutputKind.SIGMOID_LOGIT
    if is_within and ends_in == SIGMOID:  # by chance their sum may be 1 for all images
        return OutputKind.SIGMOIDS
    sums = rows.sum(axis=1)
    is_softmax = ends_in == SOFTMAX and sums.max() <= 2  # over the classes, however it is rounded
    is_one = all(
        abs(total - 1) <= sum_tolerance(row) for row, total in zip(rows, sums, strict=True)
    )
    if is_within and (is_softmax or is_one):
        return OutputKind.PROBABILITIES
    return OutputKind.LOGITS


def sum_tolerance(row: Numbers) -> float:
    """By how much the sum of one image's probabilities, (classes,), may differ from 1.

    Where they are rounded to a 256th, as quantised outputs are, each adds to that.
    """
    steps = row * _STEPS
    is_rounded = bool(np.abs(steps - np.rint(steps)).max(initial=0) <= _STEP_TOLERANCE)
    return _SUM_TOLERANCE + (min(1.0, row.size / (2 * _STEPS)) if is_rounded else 0.0)
