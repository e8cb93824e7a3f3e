"""Curves, matrix and reliability diagram as SVG, drawn by hand: sharp in print, and small."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cnn_studio.models.reliability import Reliability
from cnn_studio.models.runs import EpochRecord
from cnn_studio.models.scores import Scores
from cnn_studio.untrusted_text import html_text

TRAINING, VALIDATION = "#2563EB", "#D97706"
_TEXT, _QUIET, _LINE, _GROUND = "#1B1F24", "#5B6470", "#DDE1E7", "#F0F2F5"
_WIDTH, _HEIGHT = 440, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 20, 12, 40
_TICKS = 5
_FONT = "system-ui, sans-serif"
_LONGEST_NAME = 18
_MOST_MARKERS = 40

_Points = Sequence[tuple[float, float]]


def curves(
    records: Sequence[EpochRecord], value: str, top: float | None, label: str, best_epoch: int
) -> str:
    """One measure over the epochs.

    Args:
        records: The epochs.
        value: "loss" or "accuracy"; what was validated is beside it as "val_…".
        top: Where the axis ends; None takes the highest value.
        label: What a screen reader says.
        best_epoch: Is marked by a line; 0 for none.
    """
    training = [(float(record.epoch), float(getattr(record, value))) for record in records]
    validation = [
        (float(record.epoch), float(number))
        for record in records
        if (number := getattr(record, f"val_{value}")) is not None
    ]
    training, validation = _finite(training), _finite(validation)
    highest = max((y for _x, y in (*training, *validation)), default=1.0)
    plot = _Plot(1, max(2, len(records)), top or _nice_above(highest))
    parts = [plot.grid("epoch")]
    if best_epoch:
        parts.append(plot.mark(best_epoch))
    parts.append(plot.line(training, TRAINING, dots=len(training) == 1))
    parts.append(plot.line(validation, VALIDATION, dots=len(validation) <= _MOST_MARKERS))
    return _svg(_WIDTH, _HEIGHT, label, parts)


def diagram(measured: Reliability) -> str:
    """How often the model was right, by how sure it was; the diagonal is an honest model."""
    plot = _Plot(0, 1, 1.0)
    parts = [plot.grid("probability of the answer", shares=True)]
    for each in measured.bins:
        if not each.count:
            continue
        left, right = plot.x(each.low) + 1, plot.x(each.high) - 1
        y = plot.y(each.accuracy)
        tip = f"{each.count:,} images, {each.confidence:.1%} sure, {each.accuracy:.1%} right"
        parts.append(
            f'<rect x="{left:.1f}" y="{y:.1f}" width="{right - left:.1f}" '
            f'height="{plot.y(0) - y:.1f}" fill="{TRAINING}" fill-opacity="0.75">'
            f"<title>{html_text(tip)}</title></rect>"
        )
    parts.append(
        f'<line x1="{plot.x(0):.1f}" y1="{plot.y(0):.1f}" x2="{plot.x(1):.1f}" '
        f'y2="{plot.y(1):.1f}" stroke="{_QUIET}" stroke-dasharray="4 4"/>'
    )
    return _svg(_WIDTH, _HEIGHT, "Reliability diagram", parts)


def matrix(scores: Scores) -> str:
    """The confusion matrix: rows are the true classes, columns what the model said."""
    count = len(scores.classes)
    width, height = (64, 30) if count <= 10 else (30, 22)
    longest = max(min(len(name), _LONGEST_NAME) for name in scores.classes) * 7 + 12
    left, top = longest + 20, (longest if count > 6 else 28) + 18
    parts = []
    for place, name in enumerate(scores.classes):
        text = html_text(_shortened(name))
        x, y = left + place * width + width / 2, top + place * height + height / 2
        parts.append(_text(left - 8, y + 4, text, "end"))
        if count > 6:
            parts.append(
                f'<g transform="translate({x + 4:.1f} {top - 6}) rotate(-90)">'
                f"{_text(0, 0, text, 'start')}</g>"
            )
        else:
            parts.append(_text(x, top - 8, text, "middle"))
    for row, (numbers, shares) in enumerate(zip(scores.confusion, scores.shares, strict=True)):
        for column, (number, share) in enumerate(zip(numbers, shares, strict=True)):
            x, y = left + column * width, top + row * height
            fill, word = _shade(share, is_right=row == column)
            tip = (
                f"{scores.classes[row]} taken for {scores.classes[column]}: {number:,}, {share:.1%}"
            )
            parts.append(
                f'<rect x="{x}" y="{y}" width="{width - 2}" height="{height - 2}" rx="2" '
                f'fill="{fill}"><title>{html_text(tip)}</title></rect>'
            )
            if number:
                parts.append(
                    _text(x + width / 2 - 1, y + height / 2 + 3, f"{number}", "middle", word)
                )
    wide, high = left + count * width, top + count * height
    parts.append(_text(left + count * width / 2, 10, "predicted", "middle", _QUIET))
    parts.append(
        f'<g transform="translate(10 {top + count * height / 2:.1f}) rotate(-90)">'
        f"{_text(0, 0, 'true', 'middle', _QUIET)}</g>"
    )
    return _svg(wide, high, "Confusion matrix", parts)


class _Plot:
    """Axes: from values to places on the picture."""

    def __init__(self, first: float, last: float, top: float) -> None:
        self._first, self._last, self._top = first, last, top

    def x(self, value: float) -> float:
        share = (value - self._first) / (self._last - self._first)
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        return _HEIGHT - _BOTTOM - min(1.0, value / self._top) * (_HEIGHT - _TOP - _BOTTOM)

    def grid(self, title: str, *, shares: bool = False) -> str:
        parts = []
        for step in range(_TICKS + 1):
            value = self._top * step / _TICKS
            y = self.y(value)
            text = f"{value:.0%}".replace("%", " %") if self._top == 1.0 else f"{value:.3g}"
            parts.append(
                f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH - _RIGHT}" y2="{y:.1f}" '
                f'stroke="{_LINE}"/>'
            )
            parts.append(_text(_LEFT - 6, y + 4, text, "end", _QUIET))
        for value in _ticks(self._first, self._last, whole=not shares):
            text = f"{value:.0%}".replace("%", " %") if shares else f"{value:.0f}"
            parts.append(_text(self.x(value), _HEIGHT - _BOTTOM + 16, text, "middle", _QUIET))
        middle = (_LEFT + _WIDTH - _RIGHT) / 2
        parts.append(_text(middle, _HEIGHT - 6, title, "middle", _QUIET))
        return "".join(parts)

    def mark(self, value: float) -> str:
        x = self.x(value)
        return (
            f'<line x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{self.y(0):.1f}" '
            f'stroke="{_QUIET}" stroke-dasharray="2 3"><title>best epoch</title></line>'
        )

    def line(self, points: _Points, colour: str, *, dots: bool) -> str:
        places = [(self.x(x), self.y(y)) for x, y in points]
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        circles = "".join(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>' for x, y in places
        )
        return (
            f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2" '
            f'stroke-linejoin="round"/>' + (circles if dots else "")
        )


def _svg(width: float, height: float, label: str, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" style="max-width:{width:.0f}px" role="img" '
        f'aria-label="{html_text(label)}" font-size="11" font-family="{_FONT}">'
        f"{''.join(parts)}</svg>"
    )


def _text(x: float, y: float, text: str, anchor: str, colour: str = _TEXT) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{text}</text>'


def _finite(points: _Points) -> list[tuple[float, float]]:
    return [(x, y) for x, y in points if math.isfinite(y)]


def _ticks(first: float, last: float, *, whole: bool) -> list[float]:
    if not whole:
        return [first + (last - first) * step / _TICKS for step in range(_TICKS + 1)]
    step = max(1, math.ceil((last - first) / 8))
    return [float(value) for value in range(int(first), int(last) + 1, step)]


def _nice_above(value: float) -> float:
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(
        n * power for n in (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0) if n * power >= value
    )


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"


def _shade(share: float, *, is_right: bool) -> tuple[str, str]:
    """The ground of a cell and the colour of its number."""
    if share == 0:
        return _GROUND, _QUIET
    hue = TRAINING if is_right else VALIDATION
    opacity = 0.12 + 0.8 * share
    mixed = [round(int(hue[n : n + 2], 16) * opacity + 255 * (1 - opacity)) for n in (1, 3, 5)]
    luma = 0.299 * mixed[0] + 0.587 * mixed[1] + 0.114 * mixed[2]
    return "#{:02X}{:02X}{:02X}".format(*mixed), _TEXT if luma > 140 else "#FFFFFF"
