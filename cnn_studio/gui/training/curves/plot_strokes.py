"""What there is to draw, as strokes: knows the curves, but neither Matplotlib nor a screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from cnn_studio.gui.training.curves.curve_smoothing import smoothed
from cnn_studio.gui.training.curves.curves import (
    Curve,
    Curves,
    Measure,
    NamedCurves,
    Overlay,
    Shown,
    Values,
    main_curve,
)
from cnn_studio.gui.training.curves.plot_axes import axis_of, logarithm, places_on
from cnn_studio.gui.training.curves.plot_choices import Line, PlotChoices, XAxis
from cnn_studio.gui.training.curves.plot_limits import Limits, full_limits
from cnn_studio.gui.training.curves.plot_look import PlotLook
from cnn_studio.gui.training.curves.read_points import ReadPoints

_BATCH_ALPHA, _SMOOTHED_BATCH_ALPHA, _RAW_ALPHA = 0.35, 0.75, 0.25
_GAP_ALPHA = 0.1
_MARKERS = "osD^vPX"
_MANY, _VERY_MANY = 14, 60  # runs that have no signs any more, and those that are thin lines
BEST_MARKER = "o"


@dataclass(frozen=True, eq=False)
class Stroke:
    """A line, and how it is called in the legend.

    Attributes:
        curve: Its points as they stand on the axes.
        colour: "#rrggbb".
        name: In the legend; "" if it is not named there.
        marker: Matplotlib's sign for its points; "" for none.
        width, alpha: Of the line; a width of 0 draws rings about the points and no line.
        is_dashed: Whether the line has gaps.
        kind: What it shows.
        key: Of the run among several; else "".
        raw: What it was before it was smoothed, (n,) float64; None where it was not.
        is_behind: Whether it only stands behind the smoothed line.
    """

    curve: Curve
    colour: str
    name: str = ""
    marker: str = ""
    width: float = 2.0
    alpha: float = 1.0
    is_dashed: bool = False
    kind: Line = Line.TRAINING
    key: str = ""
    raw: Values | None = None
    is_behind: bool = False

    @property
    def is_ring(self) -> bool:
        """Whether it only marks its points."""
        return self.width == 0

    @property
    def is_read(self) -> bool:
        """Whether its values are of epochs, which a cursor reads."""
        return not (self.is_ring or self.is_behind or self.kind is Line.BATCHES)


@dataclass(frozen=True, eq=False)
class Gap:
    """The area between two curves: `x` (n,), and `low` and `high` (n,) float64."""

    x: np.ndarray
    low: np.ndarray
    high: np.ndarray
    colour: str
    alpha: float = _GAP_ALPHA


@dataclass(frozen=True, eq=False)
class PlotStrokes:
    """One of the two plots; `is_log` where its values are logarithms."""

    strokes: tuple[Stroke, ...]
    gap: Gap | None = None
    is_log: bool = False

    @cached_property
    def points(self) -> ReadPoints:
        """What a cursor reads."""
        return ReadPoints(self.strokes)


@dataclass(frozen=True, eq=False)
class Plotted:
    """What is drawn, and over what.

    Attributes:
        plots: The loss, and the accuracy.
        full: The limits that show all of it.
        x: What it is drawn over.
        is_single: Whether it is one run.
    """

    plots: tuple[PlotStrokes, PlotStrokes]
    full: Limits
    x: XAxis
    is_single: bool


def plotted(shown: Shown, look: PlotLook) -> Plotted:
    """What to draw of the loss, and of the accuracy."""
    axis = axis_of(shown, look.choices.x)
    full = full_limits(shown, look.choices)
    if isinstance(shown, Overlay):
        both = tuple(_overlay(shown, which, axis, look.choices) for which in ("loss", "accuracy"))
    else:
        both = tuple(_single(shown, m, axis, look) for m in shown.measures)
    loss, accuracy = both
    if look.choices.is_log:
        loss = _logarithmic(loss)
    return Plotted((loss, accuracy), full, axis, isinstance(shown, Curves))


def at_epoch(curve: Curve, epoch: int) -> float | None:
    """The value at the end of an epoch; None where there is none."""
    found = curve.y[curve.x == epoch]
    return float(found[0]) if found.size and np.isfinite(found[0]) else None


def _single(curves: Curves, measure: Measure, axis: XAxis, look: PlotLook) -> PlotStrokes:
    choices, main = look.choices, main_curve(measure)
    weight = choices.smoothing
    lines = {
        Line.BATCHES: Stroke(
            measure.batches, look.training, look.of_batches, width=1, alpha=_BATCH_ALPHA
        ),
        Line.TRAINING: Stroke(measure.training, look.training, look.of_training),
        Line.VALIDATION: Stroke(measure.validation, look.validation, look.of_validation, "o"),
    }
    strokes: list[Stroke] = []
    front: dict[Line, Curve] = {}
    for kind, line in lines.items():
        if line.curve.is_empty or kind in choices.hidden:
            continue
        placed = replace(line, curve=_placed(line.curve, axis, curves), kind=kind)
        strokes += _smoothed(placed, weight)
        front[kind] = strokes[-1].curve
    main_kind = Line.TRAINING if main is measure.training else Line.VALIDATION
    if Line.BEST not in choices.hidden and main_kind in front:
        colour = look.training if main_kind is Line.TRAINING else look.validation
        at = _placed(_point(main, curves.best_epoch), axis, curves)
        strokes += _best(front[main_kind], at, colour, look.of_best)
    gap = None
    if Line.TRAINING in front and Line.VALIDATION in front:
        gap = _gap(front[Line.TRAINING], front[Line.VALIDATION], look.validation)
    return PlotStrokes(tuple(strokes), gap)


def _overlay(overlay: Overlay, which: str, axis: XAxis, choices: PlotChoices) -> PlotStrokes:
    runs = [run for run in overlay.runs if run.key not in choices.hidden_runs or not run.key]
    strokes: list[Stroke] = []
    rings: list[Stroke] = []
    for run in runs:
        for stroke in _of_run(run, getattr(run.curves, which), axis, choices, len(runs)):
            (rings if stroke.is_ring else strokes).append(stroke)
    # What only stands behind comes first, or it would lie over another run's line.
    strokes.sort(key=lambda stroke: not stroke.is_behind)
    return PlotStrokes((*strokes, *rings))


def _of_run(
    run: NamedCurves, measure: Measure, axis: XAxis, choices: PlotChoices, count: int
) -> Iterator[Stroke]:
    hidden = choices.hidden_of_several
    turn, place = divmod(run.place, len(_MARKERS))
    marker = _MARKERS[(place + turn) % len(_MARKERS)] if count <= _MANY else ""
    width = 2.0 if count <= _MANY else 1.4 if count <= _VERY_MANY else 1.0
    is_alone = measure.validation.is_empty
    has_training = is_alone or Line.TRAINING not in hidden
    has_validation = not is_alone and Line.VALIDATION not in hidden
    main = main_curve(measure)
    for kind, curve, has in (
        (Line.TRAINING, measure.training, has_training),
        (Line.VALIDATION, measure.validation, has_validation),
    ):
        if curve.is_empty or not has:
            continue
        is_dashed = kind is Line.TRAINING
        is_main = curve is main
        stroke = Stroke(
            _placed(curve, axis, run.curves),
            run.colour,
            run.label if is_main or not has_validation else "",
            marker if is_main else "",
            width if is_main else 0.75 * width,
            is_dashed=is_dashed,
            kind=kind,
            key=run.key,
        )
        found = _smoothed(stroke, choices.smoothing)
        yield from found
        if is_main and Line.BEST not in hidden and count <= _MANY:
            at = _placed(_point(main, run.curves.best_epoch), axis, run.curves)
            yield from (replace(s, key=run.key) for s in _best(found[-1].curve, at, run.colour, ""))


def _placed(curve: Curve, axis: XAxis, curves: Curves) -> Curve:
    return curve if axis is XAxis.EPOCH else Curve(places_on(axis, curves, curve.x), curve.y)


def _smoothed(stroke: Stroke, weight: float) -> list[Stroke]:
    """The line as it is; smoothed, where that is wanted, with itself faint behind."""
    if weight <= 0:
        return [stroke]
    front = smoothed(stroke.curve, weight)
    is_batches = stroke.kind is Line.BATCHES
    known = np.isfinite(stroke.curve.y)
    return [
        replace(stroke, name="", marker="", width=1.0, alpha=_RAW_ALPHA, is_behind=True),
        replace(
            stroke,
            curve=front,
            raw=stroke.curve.y if known.all() else stroke.curve.y[known],
            alpha=_SMOOTHED_BATCH_ALPHA if is_batches else stroke.alpha,
        ),
    ]


def _logarithmic(plot: PlotStrokes) -> PlotStrokes:
    strokes = tuple(
        replace(stroke, curve=Curve(stroke.curve.x, logarithm(stroke.curve.y)))
        for stroke in plot.strokes
    )
    gap = plot.gap
    if gap is not None:
        low, high = logarithm(gap.low), logarithm(gap.high)
        known = np.isfinite(low) & np.isfinite(high)
        gap = replace(gap, x=gap.x[known], low=low[known], high=high[known])
    return PlotStrokes(strokes, gap, is_log=True)


def _point(curve: Curve, epoch: int) -> Curve:
    value = at_epoch(curve, epoch)
    return Curve() if value is None else Curve(np.array([float(epoch)]), np.array([value]))


def _best(front: Curve, at: Curve, colour: str, name: str) -> list[Stroke]:
    """A ring about the best epoch, where it is on the line that is drawn."""
    if at.is_empty or front.is_empty:
        return []
    value = float(np.interp(at.x[0], front.x, front.y))
    if not np.isfinite(value):
        return []
    point = Curve(at.x, np.array([value]))
    return [Stroke(point, colour, name, BEST_MARKER, width=0, kind=Line.BEST)]


def _gap(training: Curve, validation: Curve, colour: str) -> Gap | None:
    """What lies between training and validation, where there are both."""
    x, first, second = np.intersect1d(training.x, validation.x, return_indices=True)
    low, high = training.y[first], validation.y[second]
    known = np.isfinite(low) & np.isfinite(high)
    if known.sum() < 2:
        return None
    return Gap(x[known], low[known], high[known], colour)


def lines_of(shown: Shown) -> Sequence[Line]:
    """The kinds of lines that there are of what is shown, hidden or not."""
    every = [shown] if isinstance(shown, Curves) else [run.curves for run in shown.runs]
    measures = [measure for curves in every for measure in curves.measures]
    found = []
    if any(not measure.training.is_empty for measure in measures):
        found.append(Line.TRAINING)
    if any(not measure.validation.is_empty for measure in measures):
        found.append(Line.VALIDATION)
    if isinstance(shown, Curves) and not shown.loss.batches.is_empty:
        found.append(Line.BATCHES)
    if any(curves.best_epoch for curves in every):
        found.append(Line.BEST)
    return found
