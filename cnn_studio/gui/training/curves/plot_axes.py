"""What stands on the axes: epochs, steps or time below, losses perhaps by their logarithm."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cnn_studio.gui.training.curves.curves import Curves, Shown, Values
from cnn_studio.gui.training.curves.plot_choices import XAxis

_LOG_STEPS = ((1.0,), (1.0, 3.0), (1.0, 2.0, 5.0), (1.0, 2.0, 3.0, 5.0, 7.0))
_MINUTE, _HOUR = 60.0, 3600.0


def curves_in(shown: Shown) -> tuple[Curves, ...]:
    """The curves of each run that is shown."""
    return (shown,) if isinstance(shown, Curves) else tuple(run.curves for run in shown.runs)


def lacking(shown: Shown, x: XAxis) -> int:
    """How many of the runs cannot be drawn over such an axis."""
    if x is XAxis.EPOCH:
        return 0
    drawn = [curves for curves in curves_in(shown) if not curves.is_empty]
    if x is XAxis.STEP:
        return sum(curves.steps_per_epoch <= 0 for curves in drawn)
    return sum(curves.times.is_empty for curves in drawn)


def axis_of(shown: Shown, wanted: XAxis) -> XAxis:
    """The axis that all runs can be drawn over: the one that is wanted, else the epochs."""
    return XAxis.EPOCH if lacking(shown, wanted) else wanted


def places_on(axis: XAxis, curves: Curves, epochs: Values) -> Values:
    """Where epochs are on an axis.

    Args:
        axis: What `axis_of` gives.
        curves: Of the run.
        epochs: (n,) float64; after the last one whose time is known, as fast as that.

    Returns:
        (n,) float64, in epochs, steps or seconds.
    """
    if axis is XAxis.STEP:
        return epochs * curves.steps_per_epoch
    if axis is XAxis.EPOCH or curves.times.is_empty:
        return epochs
    ends = np.concatenate(([0.0], curves.times.x))
    seconds = np.concatenate(([0.0], curves.times.y))
    later = np.maximum(epochs - ends[-1], 0.0)
    slope = (seconds[-1] - seconds[-2]) / (ends[-1] - ends[-2])
    return np.asarray(np.interp(epochs, ends, seconds) + later * slope, np.float64)


def logarithm(y: Values) -> Values:
    """The decimal logarithm; NaN where there is none."""
    return np.log10(y, out=np.full_like(y, np.nan), where=np.isfinite(y) & (y > 0))


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Where an axis from 10 ** low to 10 ** high has its lines: round values, as logarithms."""
    found: list[float] = []
    for steps in _LOG_STEPS:
        powers = range(math.floor(low), math.ceil(high) + 1)
        ticks = [power + math.log10(step) for power in powers for step in steps]
        inside = [tick for tick in ticks if low - 1e-9 <= tick <= high + 1e-9]
        if len(inside) > most and found:
            break
        found = inside
    while len(found) > most > 0:
        found = found[::2]
    return found


def value_label(value: float) -> str:
    """A loss beside a logarithmic axis, with no more places than it needs."""
    if 0.001 <= value < 10_000:
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e")


def time_unit(seconds: float) -> float:
    """In what times up to so many seconds are best written: seconds, minutes or hours."""
    if seconds < 5 * _MINUTE:
        return 1.0
    return _MINUTE if seconds < 5 * _HOUR else _HOUR


def stops_on(lines: Sequence[Values], ends: tuple[float, float], most: int) -> Values:
    """The places within the ends that a cursor can stand on, (n,) float64, ascending.

    Those where a line has a point; where there are too many of them, as many at equal distances.
    """
    low, high = ends
    inside = [x[(x >= low) & (x <= high)] for x in lines]
    if not inside:
        return np.empty(0, np.float64)
    points = np.unique(np.concatenate(inside))
    return points if points.size <= most else np.linspace(low, high, most)
