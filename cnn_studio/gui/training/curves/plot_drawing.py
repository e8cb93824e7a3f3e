"""Draws the two plots with Matplotlib's Agg, away from the window's thread.

Only this module knows Matplotlib. Importing it takes most of a second, so only the plot's thread
does. What seldom changes (axes, ticks, words) is drawn once and kept as a picture; an update draws
the lines onto it, which holds the interpreter for about 5 ms instead of 60.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.ticker import (
    FixedLocator,
    FuncFormatter,
    MaxNLocator,
    MultipleLocator,
    NullLocator,
    ScalarFormatter,
)
from matplotlib.transforms import Bbox, IdentityTransform
from PySide6.QtGui import QImage

from cnn_studio.gui.training.curves.curves import Curve, Shown, thinned, within
from cnn_studio.gui.training.curves.plot_axes import log_ticks, time_unit, value_label
from cnn_studio.gui.training.curves.plot_choices import Line, XAxis
from cnn_studio.gui.training.curves.plot_limits import LOSS, Limits, Range
from cnn_studio.gui.training.curves.plot_look import PlotLook, PlotPicture
from cnn_studio.gui.training.curves.plot_strokes import Gap, Plotted, Stroke, plotted
from cnn_studio.untrusted_text import shown

_DPI = 72  # one point is one pixel then, so sizes below are the screen's
_LEFT, _RIGHT, _TOP, _BOTTOM, _BETWEEN = 48, 16, 28, 44, 56
_LEGEND_PX, _HEADING_PX = 12, 24  # what a picture that names its lines, or its run, has above
_MANY = 60  # from so many lines on they are drawn without an artist each
_EDGE_PX = 6  # what a sign at the end of an axis may stand out
_LOW_PX, _LOW_BOTTOM = 200, 24  # a low picture does without the word under the axes
_LEGEND_TOP, _LEGEND_GAP = 14, 8
_LEGEND_SHARE = 0.8  # of a plot's height that a legend in it may take
_COLUMN_PX = 2  # a thinned curve has a low and a high point each so many pixels
_MARKER_PX, _RING_PX = 6, 12
_LONGEST_NAME = 28
_IDENTITY = IdentityTransform()
_STEPS = [1, 2, 5, 10]  # so that the upper end has a line


@dataclass(frozen=True)
class _Entry:
    """A line of the legend."""

    name: str
    colour: str
    marker: str
    width: float
    alpha: float
    is_dashed: bool


@dataclass(frozen=True)
class _Frame:
    """Everything that the kept picture depends on."""

    look: PlotLook
    limits: Limits
    legend: tuple[_Entry, ...]
    x: XAxis
    is_log: bool

    @property
    def top(self) -> int:
        """Pixels above the axes."""
        heading = _HEADING_PX if self.look.heading else 0
        return _TOP + heading + (_LEGEND_PX if self.look.has_legend else 0)


class PlotDrawing:
    """Draws curves; keeps what is the same from one picture to the next."""

    def __init__(self) -> None:
        # One figure, changed in place: one that is thrown away is 5,000 objects in circles, and
        # those are collected on the window's thread.
        self._figure = Figure()
        self._canvas: Any = FigureCanvasAgg(self._figure)  # Matplotlib leaves its types open
        self._axes = [self._figure.add_axes((0, 0, 1, 1)) for _plot in ("loss", "accuracy")]
        self._frame: _Frame | None = None
        self._ground: Any = None

    def draw(self, shown: Shown, look: PlotLook, zoom: Limits | None = None) -> PlotPicture:
        """Draw both plots.

        Args:
            shown: What to draw.
            look: Size, colours and words.
            zoom: What part of it; None for all.

        Returns:
            The picture, and where the axes are on it.
        """
        columns = max(1, round(look.width * look.pixel_ratio / 2 / _COLUMN_PX))
        what = plotted(shown, look)
        frame = _frame(what, look, zoom)
        if frame != self._frame:
            self._frame = None  # in case this one cannot be drawn
            self._draw_ground(frame)
            self._frame = frame
        ends = frame.limits.epochs
        self._canvas.restore_region(self._ground)
        for axes, plot in zip(self._axes, what.plots, strict=True):
            box = axes.get_window_extent()
            wide = box if zoom is not None else box.padded(_EDGE_PX * look.pixel_ratio)
            for artist in _area(plot.gap):
                _add(axes, artist, box)
            if len(plot.strokes) > _MANY:
                renderer = self._canvas.get_renderer()
                _draw_many(renderer, axes, plot.strokes, ends, columns)
                continue
            for stroke in plot.strokes:
                is_batches = stroke.kind is Line.BATCHES or stroke.is_behind
                _add(axes, _line(stroke, look, ends, columns), box if is_batches else wide)
        boxes = tuple(axes.get_position().bounds for axes in self._axes)
        return PlotPicture(_image(self._canvas, look.pixel_ratio), boxes, frame.limits, what)

    def _draw_ground(self, frame: _Frame) -> None:
        look, figure = frame.look, self._figure
        within_axes = [legend for axes in self._axes if (legend := axes.get_legend()) is not None]
        for words in (*figure.texts, *figure.legends, *within_axes):
            words.remove()
        figure.set_dpi(_DPI * look.pixel_ratio)
        figure.set_size_inches(look.width / _DPI, look.height / _DPI)
        figure.set_facecolor(look.surface)
        family = _known_family(look.font_family)
        width = (look.width - _LEFT - _RIGHT - _BETWEEN) / 2
        bottom = _BOTTOM if look.height >= _LOW_PX else _LOW_BOTTOM
        height = max(1, look.height - frame.top - bottom)
        for number, (axes, title) in enumerate(
            zip(self._axes, (look.loss, look.accuracy), strict=True)
        ):
            left = _LEFT + number * (width + _BETWEEN)
            axes.set_position(
                (
                    left / look.width,
                    bottom / look.height,
                    max(1.0, width) / look.width,
                    height / look.height,
                )
            )
            last_title = _furnish(axes, title, _under_axes(frame), look, family)
            axes.set_xlim(*frame.limits.epochs)
            axes.set_ylim(*frame.limits.values[number])
            _set_x_ticks(axes, frame, max(2, min(10, int(width // 48))))
            _set_y_ticks(axes, frame, number, max(2, min(5, height // 32)))
        if look.heading:
            figure.text(
                _LEFT / look.width, 1 - 8 / look.height,
                _shortened(look.heading, 4 * _LONGEST_NAME), va="top",
                color=look.text, fontsize=13, family=family,
            )  # fmt: skip
        if look.has_legend:
            # By itself a title is measured by what last drew it, perhaps at another resolution.
            title_end = last_title.get_window_extent(self._canvas.get_renderer()).x1
            _add_legend(self._axes[0], title_end, frame, family)
        self._canvas.draw()
        self._ground = self._canvas.copy_from_bbox(figure.bbox)


def _frame(what: Plotted, look: PlotLook, zoom: Limits | None) -> _Frame:
    legend = _legend(what.plots[0].strokes) if look.has_legend else ()
    return _Frame(look, zoom or what.full, legend, what.x, look.choices.is_log)


def _draw_many(
    renderer: Any, axes: Axes, strokes: Sequence[Stroke], ends: Range, columns: int
) -> None:
    """Draw many lines without making an artist of each.

    That takes a fifth of the time, and leaves nothing behind: artists refer to each other in
    circles, and those are collected on the window's thread.
    """
    pixel = renderer.points_to_pixels(1.0)
    matrix = axes.transData.get_matrix()  # both axes are linear
    gc = renderer.new_gc()
    gc.set_clip_rectangle(axes.get_window_extent())
    gc.set_joinstyle("round")
    for stroke in strokes:
        if stroke.is_ring:
            continue
        curve = thinned(within(_finite(stroke.curve), ends), columns)
        points = np.column_stack((curve.x, curve.y)) @ matrix[:2, :2].T + matrix[:2, 2]
        gc.set_foreground(to_rgba(stroke.colour, stroke.alpha), isRGBA=True)
        gc.set_linewidth(max(1.0, stroke.width) * pixel)
        gc.set_dashes(0, [3.7 * pixel, 1.6 * pixel] if stroke.is_dashed else None)
        renderer.draw_path(gc, Path(points), _IDENTITY)
    gc.restore()


def _add(axes: Axes, artist: Line2D | Polygon, box: Bbox) -> None:
    """Draw onto the kept picture, within a box, so that no line runs over a word beside it."""
    axes.add_artist(artist)
    artist.set_clip_path(None)
    artist.set_clip_box(box)
    axes.draw_artist(artist)
    artist.remove()


def _unit(frame: _Frame) -> float:
    return time_unit(frame.limits.epochs[1] - frame.limits.epochs[0])


def _under_axes(frame: _Frame) -> str:
    look = frame.look
    if frame.x is XAxis.EPOCH:
        return look.epoch
    if frame.x is XAxis.STEP:
        return look.step
    unit = {1.0: 0, 60.0: 1}.get(_unit(frame), 2)
    return look.time.format(unit=look.units[unit])


def _set_x_ticks(axes: Axes, frame: _Frame, most: int) -> None:
    if frame.x is XAxis.TIME:
        unit = _unit(frame)
        first, last = (end / unit for end in frame.limits.epochs)
        ticks = MaxNLocator(nbins=most, steps=[1, 2, 3, 5, 10]).tick_values(first, last)
        step = ticks[1] - ticks[0]
        axes.xaxis.set_major_locator(MultipleLocator(step * unit))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _n: f"{x / unit:.6g}"))
        return
    axes.xaxis.set_major_locator(MaxNLocator(nbins=most, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _n: f"{x:,.0f}"))


def _set_y_ticks(axes: Axes, frame: _Frame, plot: int, most: int) -> None:
    if plot != LOSS or not frame.is_log:
        axes.yaxis.set_major_locator(MaxNLocator(nbins=most, steps=_STEPS))
        axes.yaxis.set_major_formatter(ScalarFormatter())
        return
    axes.yaxis.set_major_locator(FixedLocator(_log_places(frame.limits.values[LOSS], most)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _n: value_label(10**y)))


def _log_places(ends: Range, most: int) -> list[float]:
    """Round losses within the ends; deep in, where there are none of one place, of more."""
    ticks = log_ticks(*ends, most)
    if len(ticks) >= 2:
        return ticks
    low, high = (10**end for end in ends)
    values = MaxNLocator(nbins=most, steps=_STEPS).tick_values(low, high)
    return [float(np.log10(value)) for value in values if low <= value <= high]


def _line(stroke: Stroke, look: PlotLook, ends: Range, columns: int) -> Line2D:
    known = _finite(stroke.curve)
    shown = thinned(within(known, ends), columns)
    # A single epoch is a point, or it could not be seen; a thousand points would be a band.
    is_point = known.x.size == 1 and stroke.width >= 2
    has_points = is_point or (bool(stroke.marker) and shown.x.size <= columns / 6)
    line = Line2D(shown.x, shown.y, color=stroke.colour, alpha=stroke.alpha)
    _style(line, stroke, look, (stroke.marker or "o") if has_points else "")
    return line


def _style(line: Line2D, stroke: Stroke | _Entry, look: PlotLook, marker: str) -> None:
    line.set(linewidth=stroke.width, linestyle="--" if stroke.is_dashed else "-", marker=marker)
    line.set_solid_joinstyle("round")
    if stroke.width == 0:
        line.set(linestyle="", markersize=_RING_PX, markerfacecolor="none", markeredgewidth=2)
        line.set_markeredgecolor(stroke.colour)
    else:
        line.set(markersize=_MARKER_PX, markeredgecolor=look.surface)


def _area(gap: Gap | None) -> list[Polygon]:
    if gap is None:
        return []
    x = np.concatenate((gap.x, gap.x[::-1]))
    y = np.concatenate((gap.low, gap.high[::-1]))
    corners = np.column_stack((x, y))
    return [Polygon(corners, facecolor=gap.colour, alpha=gap.alpha, linewidth=0)]


def _finite(curve: Curve) -> Curve:
    known = np.isfinite(curve.y)
    return curve if known.all() else Curve(curve.x[known], curve.y[known])


def _furnish(axes: Axes, title: str, below: str, look: PlotLook, family: str) -> Text:
    """Give axes their words and lines; returns the title."""
    axes.set_facecolor(look.surface)
    heading = axes.set_title(
        title, loc="left", pad=9, color=look.text, fontsize=13, fontweight="bold", family=family
    )
    below = below if look.height >= _LOW_PX else ""
    axes.set_xlabel(below, color=look.text_quiet, fontsize=11, labelpad=4, family=family)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(look.line)
    axes.grid(visible=True, axis="y", color=look.line, linewidth=1)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, pad=6, colors=look.text_quiet, labelsize=11, labelfontfamily=family)
    return heading


def _legend(strokes: Sequence[Stroke]) -> tuple[_Entry, ...]:
    """Lines first, and the faint one that is drawn below them last."""
    named = sorted((stroke for stroke in strokes if stroke.name), key=lambda s: -s.alpha)
    return tuple(
        _Entry(_shortened(s.name), s.colour, s.marker, s.width, s.alpha, s.is_dashed) for s in named
    )


def _shortened(name: str, longest: int = _LONGEST_NAME) -> str:
    words = shown(name)
    if len(words) > longest:
        words = f"{words[: longest - 1]}\N{HORIZONTAL ELLIPSIS}"
    # Between two dollars Matplotlib reads a formula, and what begins with "_" it does not list.
    words = words.replace("$", r"\$")
    return f" {words}" if words.startswith("_") else words


def _add_legend(axes: Axes, title_end: float, frame: _Frame, family: str) -> None:
    """Name the lines beside the last title; with less said, or inside a plot, if it is narrow."""
    look, ratio = frame.look, frame.look.pixel_ratio
    handles = []
    for entry in frame.legend:
        line = Line2D([], [], color=entry.colour, alpha=entry.alpha, label=entry.name)
        _style(line, entry, look, entry.marker)
        if entry.width == 0:
            line.set(markersize=9, markeredgewidth=1.5)
        handles.append(line)
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
    above = _LEGEND_TOP + (_HEADING_PX if look.heading else 0)
    corner = (1 - _RIGHT / look.width, 1 - above / look.height)
    # What is left out first is what needs no name most: each batch, then the ring.
    strong = [h for h in handles if (h.get_alpha() or 1) == 1]
    for entries in (handles, strong, [h for h in strong if h.get_linestyle() != "None"]):
        legend = axes.figure.legend(
            handles=entries, ncols=max(1, len(entries)), loc="upper right",
            bbox_to_anchor=corner, **style,
        )  # fmt: skip
        if legend.get_window_extent().x0 > title_end + _LEGEND_GAP * ratio:
            return
        legend.remove()
    inside = axes.legend(handles=entries, loc="upper right", **style)
    room = _LEGEND_SHARE * axes.get_window_extent().height
    if inside.get_window_extent().height > room:
        inside.remove()  # the table of runs shows the colours too


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
