"""Which part of the curves the two plots show: all of it, or what was zoomed in on."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cnn_studio.gui.training.curves.curves import Curve, Curves, Measure, Shown, main_curve

LOSS, ACCURACY = 0, 1
Range = tuple[float, float]
_ALL_EPOCHS = 30  # a training of so many epochs has its whole length on the axis from the start
_NICE = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_DEEPEST = 0.002  # the smallest share of an axis that can be zoomed in on


@dataclass(frozen=True)
class Limits:
    """The ends of the axes.

    Attributes:
        epochs: Of both plots.
        values: Of the losses, and of the accuracies.
    """

    epochs: Range
    values: tuple[Range, Range]

    def about(self, plot: int, place: tuple[float, float], factor: float, full: Limits) -> Limits:
        """The limits with `factor` times the range about a place, which stays where it is.

        Args:
            plot: LOSS or ACCURACY; the other plot keeps its values and shares the epochs.
            place: An epoch and a value.
            factor: Below 1 to see more of less.
            full: What there is to see at most.
        """
        epochs = _about(self.epochs, place[0], factor, full.epochs)
        return self._with(
            plot, epochs, _about(self.values[plot], place[1], factor, full.values[plot])
        )

    def cut(self, plot: int, epochs: Range, values: Range, full: Limits) -> Limits:
        """The limits that show a rectangle of a plot."""
        return self._with(plot, _inside(epochs, full.epochs), _inside(values, full.values[plot]))

    def _with(self, plot: int, epochs: Range, values: Range) -> Limits:
        both = list(self.values)
        both[plot] = values
        return Limits(epochs, (both[LOSS], both[ACCURACY]))


def full_limits(shown: Shown) -> Limits:
    """The limits that show all of the curves."""
    if isinstance(shown, Curves):
        return Limits((0.0, epoch_limit(shown)), ((0.0, loss_limit(shown.loss)), (0.0, 1.0)))
    losses = [main_curve(run.curves.loss) for run in shown.runs]
    return Limits((0.0, float(max(1, shown.epochs))), ((0.0, _top(_highest(losses))), (0.0, 1.0)))


def epoch_limit(curves: Curves) -> float:
    """Where the axis of epochs ends; a long training's axis grows with it."""
    if curves.epochs <= _ALL_EPOCHS:
        return max(1, curves.epochs)
    ends = [
        curve.x[-1] for curve in (curves.loss.batches, curves.loss.training) if not curve.is_empty
    ]
    return min(curves.epochs, max(_ALL_EPOCHS, _nice_above(1.1 * max(ends, default=0.0))))


def loss_limit(measure: Measure) -> float:
    """Where the axis of losses ends: above all epochs and all but a few wild batches."""
    highest = _highest((measure.training, measure.validation))
    batches = measure.batches.y[np.isfinite(measure.batches.y)]
    if batches.size:
        highest.append(float(np.percentile(batches, 99)))
    return _top(highest)


def _highest(curves: Iterable[Curve]) -> list[float]:
    return [float(np.nanmax(curve.y)) for curve in curves if np.isfinite(curve.y).any()]


def _top(values: Iterable[float]) -> float:
    return _nice_above(1.05 * max((v for v in values if math.isfinite(v)), default=1.0))


def _nice_above(value: float) -> float:
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step for step in (n * power for n in (*_NICE, 20.0)) if step >= value)


def _about(now: Range, place: float, factor: float, full: Range) -> Range:
    return _inside((place - (place - now[0]) * factor, place + (now[1] - place) * factor), full)


def _inside(wanted: Range, full: Range) -> Range:
    """The wanted range, no smaller than can be drawn, moved and cut to lie in the full one."""
    low, high = min(wanted), max(wanted)
    length = min(full[1] - full[0], max(high - low, _DEEPEST * (full[1] - full[0])))
    middle = (low + high) / 2
    low = min(max(middle - length / 2, full[0]), full[1] - length)
    return low, low + length
