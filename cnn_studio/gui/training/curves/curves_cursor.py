"""What lies over the curves under the mouse: the values at an epoch, and the band of a drag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from cnn_studio.gui.figures import whole
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training.curves.curves import Curves, Shown
from cnn_studio.gui.training.curves.curves_place import PlotPlace
from cnn_studio.gui.training.curves.plot_look import PlotLook
from cnn_studio.gui.training.curves.plot_strokes import Stroke, at_epoch, strokes_of
from cnn_studio.gui.training.wording import share
from cnn_studio.untrusted_text import shown

_ROW_PX, _MARGIN_PX, _SWATCH_PX, _SPOT_PX = 17, 8, 8, 4
_NAME_MOST_PX = 150
_WIDE_PX = 340  # a plot that has room for a box beside the one under the mouse
_FONT_PX = 12
_BAND_ALPHA = 0.12
_tr = partial(QCoreApplication.translate, "Training")


@dataclass(frozen=True)
class Reading:
    """The value of one curve at an epoch."""

    name: str
    colour: str
    value: float


def readings(shown: Shown, look: PlotLook, epoch: int) -> tuple[list[Reading], list[Reading]]:
    """What the curves of the loss, and those of the accuracy, are at the end of an epoch."""
    loss, accuracy = strokes_of(shown, look)
    is_single = isinstance(shown, Curves)
    return (
        _read(loss.strokes, epoch, is_single=is_single),
        _read(accuracy.strokes, epoch, is_single=is_single),
    )


def values_in_words(shown: Shown, look: PlotLook, epoch: int) -> str:
    """The values at the end of an epoch, for who cannot see them."""
    lines = []
    titles = (look.loss, look.accuracy)
    for title, values in zip(titles, readings(shown, look, epoch), strict=True):
        head = _tr("{title}, epoch {epoch}").format(title=title, epoch=whole(epoch))
        named = ", ".join(f"{value.name} {share(value.value)}" for value in values)
        if named:
            lines.append(f"{head}: {named}")
    return "\n".join(lines)


def paint_cursors(
    painter: QPainter,
    theme: Theme,
    place: PlotPlace,
    drawn: tuple[Shown, PlotLook],
    epoch: int,
    plot_under_mouse: int,
) -> None:
    """Paint the values at an epoch over both plots.

    Args:
        painter: Of the widget.
        theme: The colours.
        place: Where the picture is.
        drawn: The curves on it, and how they look.
        epoch: Which one.
        plot_under_mouse: LOSS or ACCURACY; a narrow plot has a box of values only there.
    """
    first, last = place.picture.limits.epochs
    if not first <= epoch <= last:
        return
    title = _tr("epoch {epoch}").format(epoch=whole(epoch))
    for plot, values in enumerate(readings(*drawn, epoch)):
        if values:
            spots = [place.place_of(plot, epoch, value.value) for value in values]
            is_under_mouse = plot == plot_under_mouse
            box = place.box(plot)
            _paint_cursor(painter, theme, box, spots, title, values, is_under_mouse=is_under_mouse)


def paint_drag(painter: QPainter, theme: Theme, plot: QRectF, band: QRectF) -> None:
    """Paint what is being chosen to be zoomed in on, as far as it lies on its plot."""
    colour = theme.color("accent")
    painter.setPen(QPen(colour, 1))
    colour.setAlphaF(_BAND_ALPHA)
    painter.setBrush(colour)
    painter.drawRect(band.intersected(plot))


def _read(strokes: Sequence[Stroke], epoch: int, *, is_single: bool) -> list[Reading]:
    found = []
    for stroke in strokes:
        value = at_epoch(stroke.curve, epoch)
        # The batches have points at whole epochs too, which are not those of an epoch.
        is_epochs = not is_single or stroke.alpha == 1
        if value is not None and is_epochs and not stroke.is_ring:
            found.append(Reading(stroke.name, stroke.colour, value))
    return found


def _paint_cursor(
    painter: QPainter,
    theme: Theme,
    plot: QRectF,
    spots: Sequence[QPointF],
    title: str,
    values: Sequence[Reading],
    *,
    is_under_mouse: bool,
) -> None:
    """Paint a line at an epoch, a spot on each curve, and a box with the values beside it.

    Args:
        painter: Of the widget.
        theme: The colours.
        plot: Where the plot is.
        spots: Where each value is; the line stands in the first.
        title: Says which epoch it is.
        values: One a spot.
        is_under_mouse: Whether the mouse is on this plot; a narrow one has a box only then.
    """
    x = spots[0].x()
    painter.setPen(QPen(theme.color("line_strong"), 1))
    painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
    for spot, value in zip(spots, values, strict=True):
        if plot.adjusted(-1, -1, 1, 1).contains(spot):
            painter.setPen(QPen(theme.color("surface"), 2))
            painter.setBrush(QColor(value.colour))
            painter.drawEllipse(spot, _SPOT_PX, _SPOT_PX)
    if is_under_mouse or plot.width() >= _WIDE_PX:
        _paint_box(painter, theme, plot, x, title, values)


def _paint_box(
    painter: QPainter,
    theme: Theme,
    plot: QRectF,
    x: float,
    title: str,
    values: Sequence[Reading],
) -> None:
    font = QFont(painter.font())
    font.setPixelSize(_FONT_PX)
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    most_px = min(_NAME_MOST_PX, round(plot.width() * 0.4))
    names = [
        metrics.elidedText(shown(value.name), Qt.TextElideMode.ElideRight, most_px)
        for value in values
    ]
    figures = [share(value.value) for value in values]
    names_px = max(map(metrics.horizontalAdvance, names))
    figures_px = max(map(metrics.horizontalAdvance, figures))
    width = (
        max(_SWATCH_PX + 6 + names_px + 12 + figures_px, metrics.horizontalAdvance(title))
        + 2 * _MARGIN_PX
    )
    box = QRectF(x + 10, plot.top(), width, (len(values) + 1) * _ROW_PX + 2 * _MARGIN_PX - 4)
    if box.right() > plot.right() + _MARGIN_PX:
        box.moveRight(x - 10)
    box.moveLeft(max(box.left(), 4.0))
    box.moveTop(max(4.0, min(box.top(), plot.bottom() - box.height())))
    painter.setPen(QPen(theme.color("line"), 1))
    painter.setBrush(theme.color("surface"))
    painter.drawRoundedRect(box, 6, 6)
    row = QRectF(
        box.left() + _MARGIN_PX, box.top() + _MARGIN_PX - 2, width - 2 * _MARGIN_PX, _ROW_PX
    )
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.setPen(theme.color("text_quiet"))
    painter.drawText(row, middle, title)
    for value, name, figure in zip(values, names, figures, strict=True):
        row.translate(0, _ROW_PX)
        swatch = QRectF(row.left(), row.center().y() - _SWATCH_PX / 2, _SWATCH_PX, _SWATCH_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(value.colour))
        painter.drawEllipse(swatch)
        painter.setPen(theme.color("text"))
        painter.drawText(row.adjusted(_SWATCH_PX + 6, 0, 0, 0), middle, name)
        painter.drawText(row, middle | Qt.AlignmentFlag.AlignRight, figure)
