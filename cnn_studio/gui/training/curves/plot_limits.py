"""Which part of the curves the two plots show: all of it, or what was zoomed in on."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cnn_studio.gui.training.curves.curves import Curve, Curves, Measure, Shown
from cnn_studio.gui.training.curves.plot_axes import axis_of, places_on
from cnn_studio.gui.training.curves.plot_choices import Line, PlotChoices

LOSS, ACCURACY = 0, 1
Range = tuple[float, float]
_ALL_EPOCHS = 30  # a training of so many epochs has its whole length on the axis from the start
_NICE = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_DEEPEST = 0.002  # the smallest share of an axis that can be zoomed in on
_SMALLEST, _LARGEST = 1e-300, 1e300  # losses that an axis can be drawn for
_BELOW = 0.8  # where a logarithmic axis begins, of the lowest loss


@dataclass(frozen=True)
class Limits:
    """The ends of the axes.

    Attributes:
        epochs: Of both plots; steps or seconds where the lines are drawn over those.
        values: Of the losses, by their logarithm where they are so drawn, and of the accuracies.
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


_PLAIN = PlotChoices()


def full_limits(shown: Shown, choices: PlotChoices = _PLAIN) -> Limits:
    """The limits that show all of the curves that are not hidden."""
    axis = axis_of(shown, choices.x)
    if isinstance(shown, Curves):
        end = places_on(axis, shown, np.array([epoch_limit(shown)]))[0]
        losses = _visible(shown.loss, choices.hidden)
        top = loss_limit(losses)
        values = _log_range([losses], top) if choices.is_log else (0.0, top)
        return Limits((0.0, float(end)), (values, (0.0, 1.0)))
    runs = [run.curves for run in shown.runs if run.key not in choices.hidden_runs]
    runs = runs or [run.curves for run in shown.runs]
    ends = (places_on(axis, run, np.array([float(run.epochs)]))[0] for run in runs)
    end = max((*ends, 1.0))
    measures = [_visible(run.loss, choices.hidden_of_several | {Line.BATCHES}) for run in runs]
    top = _top(high for one in measures for high in _highest((one.training, one.validation)))
    values = _log_range(measures, top) if choices.is_log else (0.0, top)
    return Limits((0.0, float(end)), (values, (0.0, 1.0)))


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


def _visible(measure: Measure, hidden: Iterable[Line]) -> Measure:
    """What of a measure is shown; all of it where that is nothing, or an axis would have no end."""
    hidden = set(hidden)
    is_alone = measure.validation.is_empty or measure.training.is_empty
    shown = Measure(
        Curve() if Line.BATCHES in hidden else measure.batches,
        Curve() if Line.TRAINING in hidden and not is_alone else measure.training,
        Curve() if Line.VALIDATION in hidden and not is_alone else measure.validation,
    )
    is_nothing = shown.batches.is_empty and shown.training.is_empty and shown.validation.is_empty
    return measure if is_nothing else shown


def _log_range(measures: Iterable[Measure], top: float) -> Range:
    curves = [c for m in measures for c in (m.batches, m.training, m.validation) if c.y.size]
    lows = [float(y.min()) for c in curves if (y := c.y[np.isfinite(c.y) & (c.y > 0)]).size]
    high = math.log10(top)
    low = math.log10(_BELOW * max(min(lows), _SMALLEST)) if lows else high - 1
    return min(low, high - 0.1), high


def _highest(curves: Iterable[Curve]) -> list[float]:
    finite = (curve.y[np.isfinite(curve.y)] for curve in curves)
    return [float(y.max()) for y in finite if y.size]


def _top(values: Iterable[float]) -> float:
    return _nice_above(1.05 * min(max(values, default=1.0), _LARGEST))


def _nice_above(value: float) -> float:
    if value < _SMALLEST:
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
