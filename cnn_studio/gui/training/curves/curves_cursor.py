"""What lies over the curves under the mouse: the values at a place, and the band of a drag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from cnn_studio.gui.figures import whole
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training.curves.curves import thinned
from cnn_studio.gui.training.curves.curves_place import PlotPlace
from cnn_studio.gui.training.curves.curves_reading import (
    BothReadings,
    CurveReading,
    named_in_words,
    nearest_first,
    place_in_words,
)
from cnn_studio.gui.training.curves.plot_look import PlotLook
from cnn_studio.untrusted_text import shown

_ROW_PX, _MARGIN_PX, _SWATCH_PX, _SPOT_PX = 17, 8, 8, 4
_NAME_MOST_PX = 180
_WIDE_PX = 340  # a plot that has room for a box beside the one under the mouse
_FONT_PX = 12
_BAND_ALPHA = 0.12
_MOST_SPOTS = 40
_tr = partial(QCoreApplication.translate, "Training")


@dataclass(frozen=True)
class Pointed:
    """Where the cursor stands.

    Attributes:
        x: On the axis of epochs, steps or seconds.
        plot: LOSS or ACCURACY.
        y: How high the mouse is on the plot's axis; None for the keyboard.
    """

    x: float
    plot: int
    y: float | None = None


@dataclass(frozen=True)
class _Row:
    name: str
    figure: str
    colour: str
    is_dashed: bool
    is_nearest: bool


def paint_cursors(
    painter: QPainter,
    theme: Theme,
    place: PlotPlace,
    look: PlotLook,
    at: Pointed,
    both: BothReadings,
) -> None:
    """Paint the values at a place over both plots.

    Args:
        painter: Of the widget.
        theme: The colours.
        place: Where the picture is.
        look: Its words.
        at: Where the cursor is; a narrow plot has a card of values only under the mouse.
        both: What the curves of either plot are there.
    """
    first, last = place.picture.limits.epochs
    if not first <= at.x <= last:
        return
    plotted = place.picture.plotted
    title = place_in_words(plotted, look, at.x)
    for plot, found in enumerate(both):
        box = place.box(plot)
        if not found:
            continue
        is_here = plot == at.plot
        near = nearest_first(found, at.y) if is_here and at.y is not None else list(found)
        has_nearest = is_here and at.y is not None and not plotted.is_single
        nearest = near[0] if has_nearest else None
        if nearest is not None and len(found) > 1:
            _paint_highlight(painter, place, plot, nearest)
        _paint_line(painter, theme, place, plot, near[:_MOST_SPOTS], at.x)
        if is_here or box.width() >= _WIDE_PX:
            most = _rows_that_fit(place.size.height())
            chosen = set(found if len(found) <= most else near[: most - 1])
            # As the lines lie over each other, whichever were chosen.
            listed = [one for one in found if one in chosen]
            rows = [
                _Row(
                    named_in_words(one, plotted, look), one.figure, one.stroke.colour,
                    one.stroke.is_dashed, one is nearest,
                )
                for one in listed
            ]  # fmt: skip
            left_out = len(found) - len(listed)
            x = place.place_of(plot, at.x, 0).x()
            painter.save()
            _paint_card(painter, theme, box, x, (title, left_out), rows)
            painter.restore()


def paint_drag(painter: QPainter, theme: Theme, plot: QRectF, band: QRectF) -> None:
    """Paint what is being chosen to be zoomed in on, as far as it lies on its plot."""
    colour = theme.color("accent")
    painter.setPen(QPen(colour, 1))
    colour.setAlphaF(_BAND_ALPHA)
    painter.setBrush(colour)
    painter.drawRect(band.intersected(plot))


def _rows_that_fit(height: float) -> int:
    return max(2, int((height - 8 - 2 * _MARGIN_PX) // _ROW_PX) - 1)


def _paint_highlight(painter: QPainter, place: PlotPlace, plot: int, reading: CurveReading) -> None:
    """Draw the nearest line thick, so that it is found among many."""
    box = place.box(plot)
    curve = thinned(reading.stroke.curve, max(1, round(box.width())))
    points = [place.place_of(plot, x, y) for x, y in zip(curve.x, curve.y, strict=True) if y == y]
    painter.save()
    painter.setClipRect(box)
    painter.setPen(QPen(QColor(reading.stroke.colour), 3.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF(points))
    painter.restore()


def _paint_line(
    painter: QPainter,
    theme: Theme,
    place: PlotPlace,
    plot: int,
    found: Sequence[CurveReading],
    x: float,
) -> None:
    """Paint a line at the place, and a spot on each curve."""
    box = place.box(plot)
    across = place.place_of(plot, x, 0).x()
    painter.setPen(QPen(theme.color("line_strong"), 1))
    painter.drawLine(QPointF(across, box.top()), QPointF(across, box.bottom()))
    for one in found:
        spot = place.place_of(plot, one.x, one.y)
        if box.adjusted(-1, -1, 1, 1).contains(spot):
            painter.setPen(QPen(theme.color("surface"), 2))
            painter.setBrush(QColor(one.stroke.colour))
            painter.drawEllipse(spot, _SPOT_PX, _SPOT_PX)


def _paint_card(
    painter: QPainter,
    theme: Theme,
    plot: QRectF,
    x: float,
    about: tuple[str, int],
    rows: Sequence[_Row],
) -> None:
    title, left_out = about
    plain, bold = QFont(painter.font()), QFont(painter.font())
    for font in (plain, bold):
        font.setPixelSize(_FONT_PX)
    bold.setBold(True)
    metrics = QFontMetricsF(bold)
    most_px = min(_NAME_MOST_PX, round(plot.width() * 0.5))
    names = [
        metrics.elidedText(shown(row.name), Qt.TextElideMode.ElideRight, most_px) for row in rows
    ]
    names_px = max(map(metrics.horizontalAdvance, names))
    figures_px = max(metrics.horizontalAdvance(row.figure) for row in rows)
    rest = _tr("and {count} more").format(count=whole(left_out)) if left_out else ""
    wide = max(
        _SWATCH_PX + 6 + names_px + 12 + figures_px,
        metrics.horizontalAdvance(title),
        metrics.horizontalAdvance(rest),
    )
    lines = len(rows) + 1 + bool(left_out)
    box = QRectF(x + 10, plot.top(), wide + 2 * _MARGIN_PX, lines * _ROW_PX + 2 * _MARGIN_PX - 4)
    if box.right() > plot.right() + _MARGIN_PX:
        box.moveRight(x - 10)
    box.moveLeft(max(box.left(), 4.0))
    box.moveTop(max(4.0, min(box.top(), plot.bottom() - box.height())))
    painter.setPen(QPen(theme.color("line"), 1))
    painter.setBrush(theme.color("surface"))
    painter.drawRoundedRect(box, 6, 6)
    row = QRectF(box.left() + _MARGIN_PX, box.top() + _MARGIN_PX - 2, wide, _ROW_PX)
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.setFont(plain)
    painter.setPen(theme.color("text_quiet"))
    painter.drawText(row, middle, title)
    for each, name in zip(rows, names, strict=True):
        row.translate(0, _ROW_PX)
        _paint_swatch(painter, row, each)
        painter.setFont(bold if each.is_nearest else plain)
        painter.setPen(theme.color("text"))
        painter.drawText(row.adjusted(_SWATCH_PX + 6, 0, 0, 0), middle, name)
        painter.drawText(row, middle | Qt.AlignmentFlag.AlignRight, each.figure)
    if rest:
        row.translate(0, _ROW_PX)
        painter.setFont(plain)
        painter.setPen(theme.color("text_quiet"))
        painter.drawText(row, middle, rest)


def _paint_swatch(painter: QPainter, row: QRectF, of: _Row) -> None:
    swatch = QRectF(row.left(), row.center().y() - _SWATCH_PX / 2, _SWATCH_PX, _SWATCH_PX)
    if of.is_dashed:
        painter.setPen(QPen(QColor(of.colour), 2, Qt.PenStyle.DotLine))
        middle = row.center().y()
        painter.drawLine(QPointF(swatch.left(), middle), QPointF(swatch.right(), middle))
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(of.colour))
    painter.drawEllipse(swatch)
