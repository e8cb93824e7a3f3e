"""What the curves are at a place on the axis below them: for a card beside the mouse, and words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication

from cnn_studio.gui.figures import whole
from cnn_studio.gui.training.curves.plot_axes import time_unit
from cnn_studio.gui.training.curves.plot_choices import XAxis
from cnn_studio.gui.training.curves.plot_limits import LOSS
from cnn_studio.gui.training.curves.plot_look import PlotLook
from cnn_studio.gui.training.curves.plot_strokes import Plotted, Stroke
from cnn_studio.gui.training.wording import share

_MOST_IN_WORDS = 10
_tr = partial(QCoreApplication.translate, "Training")


@dataclass(frozen=True, eq=False)
class CurveReading:
    """The value of one curve at a place.

    Attributes:
        stroke: The curve.
        x, y: Where the point is on the axes; the logarithm on a logarithmic one.
        value: The loss or the accuracy, smoothed where the line is.
        raw: What it was before it was smoothed; None where it was not.
    """

    stroke: Stroke
    x: float
    y: float
    value: float
    raw: float | None = None

    @property
    def figure(self) -> str:
        """The value, with what it was before it was smoothed in brackets."""
        if self.raw is None:
            return share(self.value)
        return f"{share(self.value)} ({share(self.raw)})"


BothReadings = tuple[list[CurveReading], list[CurveReading]]


def readings(plotted: Plotted, plot: int, x: float) -> list[CurveReading]:
    """What each curve of a plot is at a place, the best value first."""
    strokes = plotted.plots[plot]
    near = strokes.points.nearest(x, is_exact=plotted.x is XAxis.EPOCH)
    found = [
        reading
        for stroke, at in near
        if (reading := _read(stroke, at, is_log=strokes.is_log)) is not None
    ]
    if not plotted.is_single:
        found.sort(key=lambda one: one.value if plot == LOSS else -one.value)
    return found


def nearest_first(found: Sequence[CurveReading], y: float) -> list[CurveReading]:
    """Readings by how far they are from a height on the axis."""
    return sorted(found, key=lambda one: abs(one.y - y))


def place_in_words(plotted: Plotted, look: PlotLook, x: float) -> str:
    """Where the cursor is: "epoch 3", "step 1,200" or "2.5 min"."""
    if plotted.x is XAxis.EPOCH:
        return _tr("epoch {epoch}").format(epoch=whole(round(x)))
    if plotted.x is XAxis.STEP:
        return _tr("step {step}").format(step=whole(round(x)))
    unit = time_unit(plotted.full.epochs[1])
    name = look.units[{1.0: 0, 60.0: 1}.get(unit, 2)]
    return f"{x / unit:.3g} {name}"


def values_in_words(plotted: Plotted, look: PlotLook, x: float, both: BothReadings) -> str:
    """The values at a place, for who cannot see them."""
    lines = []
    for title, found in zip((look.loss, look.accuracy), both, strict=True):
        first = found[:_MOST_IN_WORDS]
        named = [f"{named_in_words(one, plotted, look)} {one.figure}" for one in first]
        if len(found) > len(first):
            rest = whole(len(found) - len(first))
            named.append(_tr("and {count} more").format(count=rest))
        if named:
            head = _tr("{title}, {place}").format(
                title=title, place=place_in_words(plotted, look, x)
            )
            lines.append(f"{head}: {', '.join(named)}")
    return "\n".join(lines)


def named_in_words(reading: CurveReading, plotted: Plotted, look: PlotLook) -> str:
    """What a curve is called; of a run that has two, which of them."""
    name = reading.stroke.name
    if plotted.is_single or name:
        return name
    key = reading.stroke.key
    own = (s.name for plot in plotted.plots for s in plot.strokes if s.key == key and s.name)
    return _tr("{run}, training").format(run=next(own, "")) if key else look.of_training


def _read(stroke: Stroke, at: int, *, is_log: bool) -> CurveReading | None:
    y = float(stroke.curve.y[at])
    if not math.isfinite(y):
        return None
    raw = None if stroke.raw is None else float(stroke.raw[at])
    return CurveReading(stroke, float(stroke.curve.x[at]), y, 10**y if is_log else y, raw)
