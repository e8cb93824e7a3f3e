"""From places on the widget to epochs and values on the picture of the curves, and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF

from cnn_studio.gui.training.curves.curves import Values
from cnn_studio.gui.training.curves.plot_axes import stops_on
from cnn_studio.gui.training.curves.plot_choices import XAxis
from cnn_studio.gui.training.curves.plot_look import PlotPicture

_MOST_STOPS = 400


@dataclass(frozen=True)
class PlotPlace:
    """A picture as it is stretched over a widget of some size."""

    picture: PlotPicture
    size: QSizeF

    def box(self, plot: int) -> QRectF:
        """Where a plot is on the widget."""
        left, bottom, width, height = self.picture.axes[plot]
        across, down = self.size.width(), self.size.height()
        return QRectF(left * across, (1 - bottom - height) * down, width * across, height * down)

    def plot_at(self, place: QPointF) -> int | None:
        """Which plot is there, its edges and what is below and above it included."""
        for plot in range(len(self.picture.axes)):
            box = self.box(plot)
            if box.left() - 4 <= place.x() <= box.right() + 4:
                return plot
        return None

    def value_at(self, plot: int, place: QPointF) -> tuple[float, float]:
        """The epoch and the value at a place, within the plot."""
        box = self.box(plot)
        across = min(1.0, max(0.0, (place.x() - box.left()) / max(1.0, box.width())))
        up = min(1.0, max(0.0, (box.bottom() - place.y()) / max(1.0, box.height())))
        limits = self.picture.limits
        (first, last), (low, high) = limits.epochs, limits.values[plot]
        return first + across * (last - first), low + up * (high - low)

    def place_of(self, plot: int, epoch: float, value: float) -> QPointF:
        """Where an epoch and a value are on the widget."""
        box, limits = self.box(plot), self.picture.limits
        (first, last), (low, high) = limits.epochs, limits.values[plot]
        return QPointF(
            box.left() + (epoch - first) / (last - first) * box.width(),
            box.bottom() - (value - low) / (high - low) * box.height(),
        )


def stops_of(picture: PlotPicture) -> Values:
    """Where a cursor can stand on a picture, (n,) float64: each epoch, or each point of a line."""
    low, high = picture.limits.epochs
    if picture.plotted.x is XAxis.EPOCH:
        return np.arange(round(low), round(high) + 1, dtype=np.float64)
    strokes = [s for plot in picture.plotted.plots for s in plot.strokes if s.is_read]
    return stops_on([s.curve.x for s in strokes], (low, high), _MOST_STOPS)
