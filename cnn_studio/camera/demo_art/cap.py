"""A baseball cap, seen from the front and a little from the side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_studio.camera.demo_art.canvas import Canvas, Colour, Outline, ellipse, outline
from cnn_studio.vision.images import ImageArray


@dataclass(frozen=True)
class _Colours:
    crown: Colour
    dark: Colour
    bill: Colour
    bill_dark: Colour
    badge: Colour


VARIANTS = (
    _Colours((42, 86, 176), (20, 44, 104), (36, 72, 150), (16, 34, 84), (250, 246, 236)),
    _Colours((50, 100, 204), (24, 54, 124), (32, 64, 136), (14, 32, 76), (246, 206, 84)),
    _Colours((64, 112, 200), (30, 60, 126), (36, 72, 146), (16, 36, 84), (236, 242, 250)),
)

_CROWN = outline(
    "M 9 68 C 5 44 20 22 44 21 C 66 20 80 36 82 59 C 70 55 56 55 44 58 C 30 61 18 65 9 68"
)
_BILL = outline(
    "M 38 60 C 52 54 70 53 83 57 C 93 61 100 68 99 75 C 99 78 96 79 93 77"
    " C 82 71 66 69 54 71 C 46 72 38 73 35 70 C 33 67 34 62 38 60"
)


def draw(variant: int) -> ImageArray:
    """The sprite of one of the `VARIANTS`; see `Canvas.sprite`."""
    colours = VARIANTS[variant]
    canvas = Canvas()
    inside = outline("M 9 67 C 14 74 26 76 38 72 L 50 58 L 30 58")
    canvas.fill(inside, (40, 36, 34), to=(18, 16, 16), volume=2)
    canvas.fill(_CROWN, colours.crown, to=colours.dark, angle=60, volume=12, grain=0.35)
    for seam in (
        "M 44 21 C 30 28 22 44 22 64",
        "M 44 21 C 56 28 64 40 66 56",
        "M 44 21 C 70 22 79 40 80 59",
        "M 44 21 C 20 22 10 40 11 67",
    ):
        canvas.stroke(outline(seam), colours.dark, 0.9, within=_CROWN)
        canvas.stroke(
            outline(seam) + 0.9, colours.badge, 0.35, dash=1.2, opacity=0.6, within=_CROWN
        )
    for x, y in ((32, 32), (55, 31), (17, 44), (73, 42)):
        canvas.fill(ellipse(x, y, 1.2, 1.1), colours.dark)
        canvas.stroke(ellipse(x, y, 1.5, 1.4), colours.crown, 0.5, closed=True, volume=1)
    canvas.fill(ellipse(44, 20.5, 3.6, 2.1), colours.crown, volume=2)
    _draw_badge(canvas, colours)
    _draw_bill(canvas, colours)
    return canvas.sprite()


def _draw_badge(canvas: Canvas, colours: _Colours) -> None:
    canvas.fill(ellipse(45, 42, 9, 9.5), colours.badge, volume=1.5)
    canvas.stroke(ellipse(45, 42, 7.6, 8), colours.dark, 0.5, closed=True, dash=1.2)
    canvas.fill(_star(45, 42, 6.2), colours.bill, volume=1)


def _draw_bill(canvas: Canvas, colours: _Colours) -> None:
    shadow = outline("M 36 61 C 50 54 70 52 84 57 L 82 52 C 68 49 50 50 34 57")
    canvas.fill(shadow, colours.dark, opacity=0.6, within=_CROWN)
    under = _BILL + np.array([0.3, 1.8], np.float32)
    canvas.fill(under, colours.bill_dark)
    canvas.fill(_BILL, colours.bill, to=colours.bill_dark, angle=75, volume=2.2, grain=0.35)
    for inset in range(4):
        row = outline(
            f"M {38 + inset} {61.5 + 2 * inset} C {53 + inset} {56 + 2.4 * inset}"
            f" {72 + inset} {55 + 2.6 * inset} {85 + inset} {59.5 + 3.2 * inset}"
            f" C {92} {63 + 3 * inset} {95 + inset / 2} {67 + 2 * inset} {97 + inset / 2} 76"
        )
        canvas.stroke(row, colours.bill_dark, 0.5, dash=1.1, opacity=0.8, within=_BILL)


def _star(x: float, y: float, radius: float) -> Outline:
    angle = np.arange(10) * np.pi / 5 - np.pi / 2
    reach = np.where(np.arange(10) % 2 == 0, radius, radius * 0.42)
    points = np.stack([x + reach * np.cos(angle), y + reach * np.sin(angle)], axis=1)
    return points.astype(np.float32)
