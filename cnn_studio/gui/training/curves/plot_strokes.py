"""What there is to draw, as strokes: knows the curves, but neither Matplotlib nor a screen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_studio.gui.training.curves.curves import Curve, Curves, Measure, Overlay, Shown, main_curve
from cnn_studio.gui.training.curves.plot_look import PlotLook

_BATCH_ALPHA = 0.35
_GAP_ALPHA = 0.1
_MARKERS = "osD^vPX"
BEST_MARKER = "o"


@dataclass(frozen=True)
class Stroke:
    """A line, and how it is called in the legend.

    Attributes:
        curve: Its points.
        colour: "#rrggbb".
        name: In the legend; "" if it is not named there.
        marker: Matplotlib's sign for its points; "" for none.
        width, alpha: Of the line; a width of 0 draws rings about the points and no line.
        is_dashed: Whether the line has gaps.
    """

    curve: Curve
    colour: str
    name: str = ""
    marker: str = ""
    width: float = 2.0
    alpha: float = 1.0
    is_dashed: bool = False

    @property
    def is_ring(self) -> bool:
        """Whether it only marks its points."""
        return self.width == 0


@dataclass(frozen=True)
class Gap:
    """The area between two curves: `x` (n,), and `low` and `high` (n,) float64."""

    x: np.ndarray
    low: np.ndarray
    high: np.ndarray
    colour: str
    alpha: float = _GAP_ALPHA


@dataclass(frozen=True)
class PlotStrokes:
    """One of the two plots."""

    strokes: tuple[Stroke, ...]
    gap: Gap | None = None


def strokes_of(shown: Shown, look: PlotLook) -> tuple[PlotStrokes, PlotStrokes]:
    """What to draw of the loss, and of the accuracy."""
    if isinstance(shown, Overlay):
        return _overlay(shown, "loss"), _overlay(shown, "accuracy")
    return _single(shown, shown.loss, look), _single(shown, shown.accuracy, look)


def at_epoch(curve: Curve, epoch: int) -> float | None:
    """The value at the end of an epoch; None where there is none."""
    found = curve.y[curve.x == epoch]
    return float(found[0]) if found.size and np.isfinite(found[0]) else None


def _single(curves: Curves, measure: Measure, look: PlotLook) -> PlotStrokes:
    strokes = []
    if not measure.batches.is_empty:
        strokes.append(
            Stroke(measure.batches, look.training, look.of_batches, width=1, alpha=_BATCH_ALPHA)
        )
    for curve, colour, name, marker in (
        (measure.training, look.training, look.of_training, ""),
        (measure.validation, look.validation, look.of_validation, "o"),
    ):
        if not curve.is_empty:
            strokes.append(Stroke(curve, colour, name, marker))
    main = main_curve(measure)
    colour = look.training if main is measure.training else look.validation
    strokes += _best(main, curves.best_epoch, colour, look.of_best)
    return PlotStrokes(tuple(strokes), _gap(measure, look.validation))


def _overlay(overlay: Overlay, which: str) -> PlotStrokes:
    strokes, rings = [], []
    for run in overlay.runs:
        measure: Measure = getattr(run.curves, which)
        main = main_curve(measure)
        if main.is_empty:
            continue
        marker = _MARKERS[run.place % len(_MARKERS)]
        is_dashed = measure.validation.is_empty
        strokes.append(Stroke(main, run.colour, run.name, marker, is_dashed=is_dashed))
        rings += _best(main, run.curves.best_epoch, run.colour, "")
    return PlotStrokes((*strokes, *rings))


def _best(curve: Curve, epoch: int, colour: str, name: str) -> list[Stroke]:
    value = at_epoch(curve, epoch)
    if value is None:
        return []
    point = Curve(np.array([float(epoch)]), np.array([value]))
    return [Stroke(point, colour, name, BEST_MARKER, width=0)]


def _gap(measure: Measure, colour: str) -> Gap | None:
    """What lies between training and validation, where there are both."""
    x, training, validation = np.intersect1d(
        measure.training.x, measure.validation.x, return_indices=True
    )
    low, high = measure.training.y[training], measure.validation.y[validation]
    known = np.isfinite(low) & np.isfinite(high)
    if known.sum() < 2:
        return None
    return Gap(x[known], low[known], high[known], colour)
