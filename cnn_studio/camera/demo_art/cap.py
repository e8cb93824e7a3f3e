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
    _Colours((38, 70, 122), (16, 32, 64), (196, 44, 44), (120, 20, 24), (250, 246, 236)),
    _Colours((58, 110, 76), (24, 58, 38), (52, 102, 70), (22, 52, 34), (246, 206, 84)),
    _Colours((222, 208, 180), (160, 142, 110), (122, 78, 46), (72, 42, 24), (150, 46, 40)),
)

_CROWN = outline(
    "M 10 62 C 8 36 24 16 48 15 C 70 14 84 30 86 55 C 76 50 62 49 48 52 C 34 55 20 60 10 62"
)
_BILL = outline(
    "M 36 57 C 50 49 74 47 86 54 C 95 60 100 70 98 79 C 97 83 92 82 88 79"
    " C 74 71 56 69 42 72 C 34 72 30 63 36 57"
)


def draw(variant: int) -> ImageArray:
    """The sprite of one of the `VARIANTS`; see `Canvas.sprite`."""
    colours = VARIANTS[variant]
    canvas = Canvas()
    inside = outline("M 10 61 C 20 70 34 72 44 70 L 60 54 L 30 52")
    canvas.fill(inside, (40, 36, 34), to=(18, 16, 16), volume=2)
    canvas.fill(_CROWN, colours.crown, to=colours.dark, angle=60, volume=12, grain=0.35)
    for seam in (
        "M 48 15 C 34 24 26 40 26 58",
        "M 48 15 C 60 24 68 36 70 50",
        "M 48 15 C 78 20 82 36 84 52",
        "M 48 15 C 22 16 14 34 12 60",
    ):
        canvas.stroke(outline(seam), colours.dark, 0.9, within=_CROWN)
        canvas.stroke(
            outline(seam) + 0.9, colours.badge, 0.35, dash=1.2, opacity=0.6, within=_CROWN
        )
    for x, y in ((35, 27), (58, 25), (20, 38), (76, 36)):
        canvas.fill(ellipse(x, y, 1.2, 1.1), colours.dark)
        canvas.stroke(ellipse(x, y, 1.5, 1.4), colours.crown, 0.5, closed=True, volume=1)
    canvas.fill(ellipse(48, 14.5, 3.6, 2.1), colours.crown, volume=2)
    _draw_badge(canvas, colours)
    _draw_bill(canvas, colours)
    return canvas.sprite()


def _draw_badge(canvas: Canvas, colours: _Colours) -> None:
    canvas.fill(ellipse(49, 38, 9.5, 9.5), colours.badge, volume=1.5)
    canvas.stroke(ellipse(49, 38, 8, 8), colours.dark, 0.5, closed=True, dash=1.2)
    canvas.fill(_star(49, 38, 6.5), colours.bill, volume=1)


def _draw_bill(canvas: Canvas, colours: _Colours) -> None:
    shadow = outline("M 34 56 C 50 48 74 46 86 53 L 84 50 C 70 45 50 46 32 54")
    canvas.fill(shadow, colours.dark, opacity=0.6, within=_CROWN)
    under = _BILL + np.array([0.3, 1.8], np.float32)
    canvas.fill(under, colours.bill_dark)
    canvas.fill(_BILL, colours.bill, to=colours.bill_dark, angle=110, volume=5, grain=0.35)
    for inset in range(1, 5):
        row = outline(
            f"M 37 {58 + 2.4 * inset} C 54 {50 + 2.6 * inset} 76 {48 + 3 * inset} "
            f"{90 - inset} {60 + 3.4 * inset}"
        )
        canvas.stroke(row, colours.bill_dark, 0.5, dash=1.1, opacity=0.8, within=_BILL)


def _star(x: float, y: float, radius: float) -> Outline:
    angle = np.arange(10) * np.pi / 5 - np.pi / 2
    reach = np.where(np.arange(10) % 2 == 0, radius, radius * 0.42)
    points = np.stack([x + reach * np.cos(angle), y + reach * np.sin(angle)], axis=1)
    return points.astype(np.float32)
