"""The curves of a training as numbers, and what of them a plot can show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cnn_studio.models.runs import EpochRecord

Values = NDArray[np.float64]
_FIRST_CAPACITY = 1024
_LONGEST_EPOCH_S = 1e9  # some thirty years: no clock has told that


def _nothing() -> Values:
    return np.empty(0, np.float64)


@dataclass(frozen=True)
class Curve:
    """Points (n,) float64: `x` in epochs, ascending; `y` is a loss or an accuracy, may be NaN."""

    x: Values = field(default_factory=_nothing)
    y: Values = field(default_factory=_nothing)

    @property
    def is_empty(self) -> bool:
        """Whether there is no point."""
        return self.x.size == 0


@dataclass(frozen=True)
class Measure:
    """One of the two plots: each batch, the training of each epoch, and its validation."""

    batches: Curve = Curve()
    training: Curve = Curve()
    validation: Curve = Curve()


@dataclass(frozen=True)
class Curves:
    """What is drawn of one training; x runs from 0 to `epochs`, an epoch ends at its number.

    Attributes:
        epochs: Where it ends, or is to end.
        loss, accuracy: The two plots.
        best_epoch: The one whose weights are kept; 0 while there is none.
        steps_per_epoch: How many steps each epoch has; 0 where that is not known.
        times: Seconds of training, `y`, at the end of each epoch; empty where they are not known.
    """

    epochs: int
    loss: Measure = Measure()
    accuracy: Measure = Measure()
    best_epoch: int = 0
    steps_per_epoch: int = 0
    times: Curve = Curve()

    @property
    def measures(self) -> tuple[Measure, Measure]:
        """The two plots, the loss first."""
        return self.loss, self.accuracy

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return self.loss.batches.is_empty and self.loss.training.is_empty


@dataclass(frozen=True)
class NamedCurves:
    """The curves of one of several runs.

    Attributes:
        name: What the run is called.
        colour: "#rrggbb".
        place: Which of the markers it has, from 0.
        curves: The run's own.
        key: What tells it from others of the same name.
        short: What it is called beside the others, where a part of the name is common to all.
    """

    name: str
    colour: str
    place: int
    curves: Curves
    key: str = ""
    short: str = ""

    @property
    def label(self) -> str:
        """What it is called beside the others."""
        return self.short or self.name


@dataclass(frozen=True)
class Overlay:
    """Several runs over each other."""

    runs: tuple[NamedCurves, ...]

    @property
    def epochs(self) -> int:
        """Where the longest run ends."""
        return max((run.curves.epochs for run in self.runs), default=0)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return all(run.curves.is_empty for run in self.runs)


Shown = Curves | Overlay


def main_curve(measure: Measure) -> Curve:
    """The curve that stands for a run: its validation, or its training where it has none."""
    return measure.training if measure.validation.is_empty else measure.validation


class GrowingCurve:
    """A curve that is added to.

    What `curve` gives stays as it was and costs no copy, so another thread may draw it.
    """

    def __init__(self) -> None:
        self._points = np.empty((2, _FIRST_CAPACITY), np.float64)
        self._count = 0

    def extend(self, x: Iterable[float], y: Iterable[float]) -> None:
        """Add points at the end."""
        added = np.array([list(x), list(y)], np.float64)
        count = self._count + added.shape[1]
        if count > self._points.shape[1]:
            # The old array is left to whoever still draws it.
            grown = np.empty((2, 2 * count), np.float64)
            grown[:, : self._count] = self._points[:, : self._count]
            self._points = grown
        self._points[:, self._count : count] = added
        self._count = count

    def curve(self) -> Curve:
        """The points so far."""
        return Curve(self._points[0, : self._count], self._points[1, : self._count])


def curves_of_history(
    records: Iterable[EpochRecord],
    batches: tuple[Curve, Curve] = (Curve(), Curve()),
    steps_per_epoch: int = 0,
) -> Curves:
    """The curves of a run on disk.

    Args:
        records: Its epochs.
        batches: The losses and the accuracies of single batches; none where they were not kept.
        steps_per_epoch: How many steps each epoch has; 0 where that is not known.
    """
    rows = list(records)
    epochs = np.array([row.epoch for row in rows], np.float64)

    def curve(values: list[float | None]) -> Curve:
        y = np.array([np.nan if value is None else value for value in values], np.float64)
        known = ~np.isnan(y)
        return Curve(epochs[known], y[known])

    return Curves(
        rows[-1].epoch if rows else 0,
        Measure(
            batches=batches[0],
            training=curve([row.loss for row in rows]),
            validation=curve([row.val_loss for row in rows]),
        ),
        Measure(
            batches=batches[1],
            training=curve([row.accuracy for row in rows]),
            validation=curve([row.val_accuracy for row in rows]),
        ),
        best_epoch(rows),
        steps_per_epoch,
        times_of(rows),
    )


def times_of(records: Sequence[EpochRecord]) -> Curve:
    """Seconds of training at the end of each epoch; empty where an epoch's time is not known."""
    seconds = np.array([record.seconds for record in records], np.float64)
    if not ((seconds > 0) & (seconds < _LONGEST_EPOCH_S)).all():
        return Curve()
    return Curve(np.array([record.epoch for record in records], np.float64), np.cumsum(seconds))


def best_epoch(records: Iterable[EpochRecord]) -> int:
    """The epoch whose weights are kept; 0 if there is none."""
    return max((record.epoch for record in records if record.best), default=0)


def within(curve: Curve, ends: tuple[float, float]) -> Curve:
    """The part of a curve between two places, with a neighbour on each side to lead a line to.

    Args:
        curve: Points with ascending x.
        ends: The two places, ascending.
    """
    first = max(0, int(np.searchsorted(curve.x, ends[0], "left")) - 1)
    after = int(np.searchsorted(curve.x, ends[1], "right")) + 1
    return Curve(curve.x[first:after], curve.y[first:after])


def thinned(curve: Curve, columns: int) -> Curve:
    """The curve with at most two points a column: its lowest and its highest, in their order.

    Drawn `columns` wide it looks the same, peaks included, and costs no more however long it is.

    Args:
        curve: Points with ascending x.
        columns: How many columns of pixels it is drawn on, 1 or more.

    Returns:
        The curve itself if it is short enough; else some of its points, the first and last among
        them. Columns that hold NaN only are left out.
    """
    x, y = curve.x, curve.y
    if x.size <= 2 * columns:
        return curve
    edges = np.linspace(x[0], x[-1], columns, endpoint=False)
    starts = np.unique(np.searchsorted(x, edges))
    lengths = np.diff(starts, append=x.size)
    column = np.repeat(np.arange(starts.size), lengths)
    lowest = np.repeat(np.fmin.reduceat(y, starts), lengths)
    highest = np.repeat(np.fmax.reduceat(y, starts), lengths)
    kept = np.unique(
        np.concatenate(
            (
                [0, x.size - 1],
                _first_of_each(y == lowest, column),
                _first_of_each(y == highest, column),
            )
        )
    )
    return Curve(x[kept], y[kept])


def _first_of_each(chosen: NDArray[np.bool_], column: NDArray[np.intp]) -> NDArray[np.intp]:
    """The first index that is chosen in each column; `column` is ascending."""
    indices = np.flatnonzero(chosen)
    _, first = np.unique(column[indices], return_index=True)
    return indices[first]
