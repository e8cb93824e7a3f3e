"""What is read off a stream of predictions: calm enough to read, never late for a real change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_studio.prediction.classifier import Prediction

CLEAR_LEAD = 0.05
"""A class this far ahead of the one above it passes it at once."""

REORDER_INTERVAL_S = 0.5
"""Smaller differences change the order this often at most."""

NUMBERS_INTERVAL_S = 0.25
"""A number that changes with every frame cannot be read."""


@dataclass(frozen=True)
class Row:
    """One class of an answer.

    Attributes:
        name: The class.
        share: Its probability now, 0..1: how long the bar is.
        percent: The probability to read, 0..100; on a live picture it follows a little later.
    """

    name: str
    share: float
    percent: int


def rows_of(prediction: Prediction) -> tuple[Row, ...]:
    """The answer about a single picture, the most probable class first."""
    return tuple(Row(name, share, _percent(share)) for name, share in prediction.ranked)


class SteadyAnswer:
    """Turns the predictions of a camera into rows that do not jump.

    Args:
        classes: The class names in the model's order.
    """

    def __init__(self, classes: Sequence[str]) -> None:
        self._classes = tuple(classes)
        self._order: list[int] = []
        self._ordered_s = 0.0
        self._percents: list[int] = []
        self._numbered_s = 0.0

    def update(self, probabilities: NDArray[np.float32], now_s: float) -> tuple[Row, ...]:
        """Take in the newest prediction.

        Args:
            probabilities: One a class in the model's order, (classes,), 0..1.
            now_s: The time in seconds, by any clock that only goes forward.

        Returns:
            A row a class, the most probable first, but for near ties that just changed places.
        """
        shares = [float(share) for share in probabilities]
        order = self._next_order(shares, now_s)
        if order != self._order or now_s - self._numbered_s >= NUMBERS_INTERVAL_S:
            self._percents = [_percent(share) for share in shares]
            self._numbered_s = now_s
        self._order = order
        return tuple(Row(self._classes[i], shares[i], self._percents[i]) for i in order)

    def _next_order(self, shares: list[float], now_s: float) -> list[int]:
        if not self._order or now_s - self._ordered_s >= REORDER_INTERVAL_S:
            self._ordered_s = now_s
            return _sorted_by_percent(self._order or list(range(len(shares))), shares)
        return _with_clear_leads(self._order, shares)


def _percent(share: float) -> int:
    return round(share * 100)


def _sorted_by_percent(order: list[int], shares: list[float]) -> list[int]:
    # Classes that read the same stay where they are, but the first row is truly the first.
    first = max(order, key=lambda index: shares[index])
    return sorted(order, key=lambda index: (index != first, -_percent(shares[index])))


def _with_clear_leads(order: list[int], shares: list[float]) -> list[int]:
    ordered: list[int] = []
    for index in order:
        place = len(ordered)
        while place > 0 and shares[index] > shares[ordered[place - 1]] + CLEAR_LEAD:
            place -= 1
        ordered.insert(place, index)
    return ordered
