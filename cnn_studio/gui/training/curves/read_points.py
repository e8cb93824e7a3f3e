"""The points of many lines in one array, so that a cursor reads all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from cnn_studio.gui.training.curves.plot_strokes import Stroke

_EXACT = 1e-6


class ReadPoints:
    """Finds the point of each line that is nearest to a place.

    Args:
        strokes: Lines whose values are of epochs; those without a point are passed over.
    """

    def __init__(self, strokes: Sequence[Stroke]) -> None:
        self.strokes = [stroke for stroke in strokes if stroke.is_read and stroke.curve.x.size]
        self._lengths = np.array([stroke.curve.x.size for stroke in self.strokes], np.int64)
        self._starts = np.concatenate(([0], np.cumsum(self._lengths)[:-1])).astype(np.int64)
        # How far a line reaches beyond its last point: as far as its points are apart.
        self._reach = np.array(
            [
                np.diff(x).max() if x.size > 1 else abs(x[0])
                for x in (stroke.curve.x for stroke in self.strokes)
            ],
            np.float64,
        )
        if self.strokes:
            self._x = np.concatenate([stroke.curve.x for stroke in self.strokes])

    def nearest(self, x: float, *, is_exact: bool) -> list[tuple[Stroke, int]]:
        """Each line that is there, and which of its points is nearest.

        Args:
            x: The place.
            is_exact: Whether only a point that stands just there counts.
        """
        if not self.strokes:
            return []
        distance = np.abs(self._x - x)
        if is_exact:
            points = np.flatnonzero(distance < _EXACT)
            lines = np.searchsorted(self._starts, points, side="right") - 1
        else:
            least = np.minimum.reduceat(distance, self._starts)
            is_least: NDArray[np.bool_] = distance == np.repeat(least, self._lengths)
            points = np.flatnonzero(is_least)
            lines = np.searchsorted(self._starts, points, side="right") - 1
            is_there = least[lines] <= self._reach[lines]
            points, lines = points[is_there], lines[is_there]
        lines, first = np.unique(lines, return_index=True)
        points = points[first] - self._starts[lines]
        return [
            (self.strokes[line], point)
            for line, point in zip(lines.tolist(), points.tolist(), strict=True)
        ]
