"""Draws the two plots with Matplotlib's Agg, away from the window's thread.

Only this module knows Matplotlib. Importing it takes most of a second, so only the plot's thread
does. What seldom changes (axes, ticks, words) is drawn once and kept as a picture; an update draws
the lines onto it, which holds the interpreter for about 5 ms instead of 60.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator
from PySide6.QtGui import QImage

from cnn_studio.gui.training.curves import Curve, Curves, Measure, thinned
from cnn_studio.gui.training.plot_look import PlotLook, PlotPicture

_DPI = 72  # one point is one pixel then, so sizes below are the screen's
_LEFT, _RIGHT, _TOP, _BOTTOM, _BETWEEN = 48, 16, 40, 44, 56
_LEGEND_TOP, _LEGEND_GAP = 14, 8
_COLUMN_PX = 2  # a thinned curve has a low and a high point each so many pixels
_BATCH_ALPHA = 0.35
_ALL_EPOCHS = 30  # a training of so many epochs has its whole length on the axis from the start
_STEPS = [1, 2, 5, 10]  # so that the upper end has a line
_NICE = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


@dataclass(frozen=True)
class _Frame:
    """Everything that the kept picture depends on."""

    look: PlotLook
    epochs: float
    loss_top: float
    has_batches: bool
    has_validation: bool


class PlotDrawing:
    """Draws curves; keeps what is the same from one picture to the next."""

    def __init__(self) -> None:
        self._frame: _Frame | None = None
        self._canvas: Any = None  # Matplotlib leaves the types of its canvas open
        self._ground: Any = None
        self._axes: list[Axes] = []

    def draw(self, curves: Curves, look: PlotLook) -> PlotPicture:
        """Draw both plots.

        Args:
            curves: What to draw.
            look: Size, colours and words.

        Returns:
            The picture, and where the axes are on it.
        """
        columns = max(1, round(look.width * look.pixel_ratio / 2 / _COLUMN_PX))
        frame = _Frame(
            look,
            epoch_limit(curves),
            loss_limit(curves.loss),
            not curves.loss.batches.is_empty,
            not curves.loss.validation.is_empty,
        )
        if frame != self._frame or self._canvas is None:
            self._canvas = self._draw_ground(frame)
            self._frame = frame
        self._canvas.restore_region(self._ground)
        for axes, measure in zip(self._axes, (curves.loss, curves.accuracy), strict=True):
            for line in _lines(measure, look, columns):
                axes.add_line(line)
                axes.draw_artist(line)
                line.remove()
        boxes = tuple(axes.get_position().bounds for axes in self._axes)
        return PlotPicture(_image(self._canvas, look.pixel_ratio), boxes, frame.epochs)

    def _draw_ground(self, frame: _Frame) -> Any:
        look = frame.look
        figure = Figure(
            figsize=(look.width / _DPI, look.height / _DPI),
            dpi=_DPI * look.pixel_ratio,
            facecolor=look.surface,
        )
        canvas: Any = FigureCanvasAgg(figure)
        family = _known_family(look.font_family)
        width = (look.width - _LEFT - _RIGHT - _BETWEEN) / 2
        height = max(1, look.height - _TOP - _BOTTOM)
        self._axes = []
        for number, (title, top) in enumerate(
            ((look.loss, frame.loss_top), (look.accuracy, 1.0)),
        ):
            left = _LEFT + number * (width + _BETWEEN)
            axes = figure.add_axes(
                (
                    left / look.width,
                    _BOTTOM / look.height,
                    max(1.0, width) / look.width,
                    height / look.height,
                )
            )
            last_title = _furnish(axes, title, look, family)
            axes.set_xlim(0, frame.epochs)
            axes.set_ylim(0, top)
            axes.xaxis.set_major_locator(
                MaxNLocator(nbins=max(2, min(10, int(width // 40))), integer=True)
            )
            axes.yaxis.set_major_locator(
                MaxNLocator(nbins=max(2, min(5, height // 32)), steps=_STEPS)
            )
            self._axes.append(axes)
        _add_legend(self._axes[0], last_title, frame, family)
        canvas.draw()
        self._ground = canvas.copy_from_bbox(figure.bbox)
        return canvas


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
    highest = [
        np.nanmax(curve.y)
        for curve in (measure.training, measure.validation)
        if np.isfinite(curve.y).any()
    ]
    batches = measure.batches.y[np.isfinite(measure.batches.y)]
    if batches.size:
        highest.append(np.percentile(batches, 99))
    top = max((value for value in highest if math.isfinite(value)), default=1.0)
    return _nice_above(1.05 * float(top))


def _nice_above(value: float) -> float:
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step for step in (n * power for n in (*_NICE, 20.0)) if step >= value)


def _lines(measure: Measure, look: PlotLook, columns: int) -> list[Line2D]:
    drawn = []
    if not measure.batches.is_empty:
        curve = thinned(_finite(measure.batches), columns)
        drawn.append(Line2D(curve.x, curve.y, color=look.training, alpha=_BATCH_ALPHA, linewidth=1))
    for curve, colour, marker in (
        (measure.training, look.training, ""),
        (measure.validation, look.validation, "o"),
    ):
        if curve.is_empty:
            continue
        shown = thinned(_finite(curve), columns)
        # A single epoch is a point, or it could not be seen; a thousand points would be a band.
        is_point = shown.x.size == 1
        has_points = is_point or (bool(marker) and shown.x.size <= columns / 6)
        line = Line2D(shown.x, shown.y, color=colour, linewidth=2, solid_joinstyle="round")
        line.set_marker("o" if has_points else "")
        line.set_markersize(6)
        line.set_markeredgecolor(look.surface)
        line.set_clip_on(False)
        drawn.append(line)
    return drawn


def _finite(curve: Curve) -> Curve:
    known = np.isfinite(curve.y)
    return curve if known.all() else Curve(curve.x[known], curve.y[known])


def _furnish(axes: Axes, title: str, look: PlotLook, family: str) -> Text:
    """Give axes their words and lines; returns the title."""
    axes.set_facecolor(look.surface)
    heading = axes.set_title(
        title, loc="left", pad=14, color=look.text, fontsize=13, fontweight="bold", family=family
    )
    axes.set_xlabel(look.epoch, color=look.text_quiet, fontsize=11, labelpad=4, family=family)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(look.line)
    axes.grid(visible=True, axis="y", color=look.line, linewidth=1)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, pad=6, colors=look.text_quiet, labelsize=11, labelfontfamily=family)
    return heading


def _add_legend(axes: Axes, title: Text, frame: _Frame, family: str) -> None:
    """Name the lines beside the last title; with less said, or inside a plot, if it is narrow."""
    look = frame.look
    training = Line2D([], [], color=look.training, linewidth=2, label=look.of_training)
    validation = Line2D([], [], color=look.validation, linewidth=2, label=look.of_validation)
    validation.set(marker="o", markersize=6, markeredgecolor=look.surface)
    batches = Line2D([], [], color=look.training, linewidth=1, label=look.of_batches)
    batches.set_alpha(_BATCH_ALPHA)
    epochs = [training, validation] if frame.has_validation else [training]
    style = {
        "borderaxespad": 0,
        "borderpad": 0,
        "frameon": False,
        "handlelength": 1.6,
        "handletextpad": 0.5,
        "columnspacing": 1.4,
        "labelcolor": look.text_quiet,
        "prop": font_manager.FontProperties(family=family, size=11),
    }
    corner = (1 - _RIGHT / look.width, 1 - _LEGEND_TOP / look.height)
    title_end = title.get_window_extent().x1
    for entries in ([*epochs, batches], epochs) if frame.has_batches else (epochs,):
        legend = title.figure.legend(
            handles=entries, ncols=len(entries), loc="upper right", bbox_to_anchor=corner, **style
        )
        if legend.get_window_extent().x0 > title_end + _LEGEND_GAP * look.pixel_ratio:
            return
        legend.remove()
    axes.legend(handles=epochs, loc="upper right", **style)


def _known_family(family: str) -> str:
    """The window's own font where Matplotlib can find it, else the one that it brings along."""
    try:
        font_manager.findfont(family, fallback_to_default=False)
    except ValueError:
        return "DejaVu Sans"
    return family


def _image(canvas: Any, pixel_ratio: float) -> QImage:
    pixels = np.asarray(canvas.buffer_rgba())
    height, width = pixels.shape[:2]
    source = QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGBA8888)
    image = source.convertToFormat(QImage.Format.Format_RGB32)  # a copy, and the quickest to paint
    image.setDevicePixelRatio(pixel_ratio)
    return image
