"""A book: closed, or lying open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_studio.camera.demo_art.canvas import Canvas, Colour, ellipse, outline, rounded
from cnn_studio.vision.images import ImageArray


@dataclass(frozen=True)
class _Look:
    cover: Colour
    dark: Colour
    print: Colour
    title: tuple[str, str]
    is_open: bool = False


VARIANTS = (
    _Look((34, 110, 70), (14, 60, 36), (240, 208, 130), ("THE", "ISLAND")),
    _Look((66, 128, 58), (30, 74, 30), (246, 236, 214), ("ATLAS", "OF BIRDS")),
    _Look((34, 110, 70), (14, 60, 36), (96, 92, 88), ("", ""), is_open=True),
)

_PAPER: Colour = (248, 243, 230)
_PAPER_SHADE: Colour = (206, 196, 174)


def draw(variant: int) -> ImageArray:
    """The sprite of one of the `VARIANTS`; see `Canvas.sprite`."""
    look = VARIANTS[variant]
    canvas = Canvas()
    (_draw_open if look.is_open else _draw_closed)(canvas, look)
    return canvas.sprite()


def _draw_closed(canvas: Canvas, look: _Look) -> None:
    back = rounded(22, 13, 86, 97, 1.5)
    canvas.fill(back, look.dark, volume=1.5)
    block = outline("M 14 6 L 79 6 L 84 12 L 84 95 L 22 95 L 14 88")
    canvas.fill(block, _PAPER, to=_PAPER_SHADE, angle=60)
    for step in np.linspace(0.5, 6, 9):
        edge = outline(
            f"M {77 + step} {5 + step} L {77 + step} {88 + step} L {14 + step} {88 + step}"
        )
        canvas.stroke(edge, (176, 164, 140), 0.25, opacity=0.8, within=block)
    cover = rounded(12, 3, 78, 88, 1.8)
    canvas.fill(cover, look.cover, to=look.dark, angle=70, volume=2, grain=0.35)
    canvas.fill(outline("M 12 3 L 20 3 L 20 88 L 12 88"), look.dark, opacity=0.55, within=cover)
    canvas.stroke(outline("M 20.6 3 L 20.6 88"), (255, 255, 255), 0.5, opacity=0.25)
    canvas.stroke(rounded(25, 9, 73, 82, 1), look.print, 0.8, closed=True)
    canvas.stroke(rounded(26.6, 10.6, 71.4, 80.4, 0.6), look.print, 0.35, closed=True)
    canvas.text(look.title[0], 49, 21, 5.5, look.print)
    canvas.text(look.title[1], 49, 30, 5.5, look.print)
    _draw_emblem(canvas, look)
    canvas.text("M. WINTER", 49, 74, 2.6, look.print)


def _draw_emblem(canvas: Canvas, look: _Look) -> None:
    canvas.stroke(ellipse(49, 52, 12.5, 12.5), look.print, 0.8, closed=True)
    canvas.fill(ellipse(53, 48, 3.4, 3.4), look.print)
    waves = outline("M 37 55 C 42 48 46 62 50 54 C 54 48 58 60 61 54 L 60 60 C 56 66 42 66 38 60")
    canvas.fill(waves, look.print, within=ellipse(49, 52, 11.5, 11.5))


def _draw_open(canvas: Canvas, look: _Look) -> None:
    canvas.fill(rounded(2, 23, 98, 85, 2), look.cover, to=look.dark, volume=2, grain=0.35)
    for layer in range(4, -1, -1):
        drop = 0.7 * layer
        shade = (228 - 6 * layer, 220 - 6 * layer, 200 - 6 * layer)
        for side in (-1, 1):
            canvas.fill(_page(side, drop), shade if layer else _PAPER)
    for side in (-1, 1):
        page = _page(side, 0)
        fold = outline(f"M 50 10 L {50 + side * 15} 10 L {50 + side * 15} 90 L 50 90")
        near, far = ((120, 108, 86), _PAPER) if side > 0 else (_PAPER, (120, 108, 86))
        canvas.fill(fold, near, to=far, angle=0, opacity=0.55, within=page)
        _print_page(canvas, look, side)
    canvas.stroke(outline("M 50 23 L 50 83"), (110, 98, 78), 0.5)
    ribbon = outline("M 50.5 22 C 53 40 50 60 55 90 L 57 87 L 59 91 C 54 60 56 40 52.5 22")
    canvas.fill(ribbon, (190, 36, 44), to=(140, 20, 28), volume=0.8)


def _page(side: int, drop: float) -> np.ndarray:
    def x(distance: float) -> float:
        return 50 + side * distance

    outer = 44 + drop
    return outline(
        f"M {x(0)} 23 C {x(8)} 17 {x(26)} 17 {x(outer)} 21 L {x(outer)} {79 + drop}"
        f" C {x(26)} {75 + drop} {x(8)} {76 + drop} {x(0)} {82 + drop}"
    )


def _print_page(canvas: Canvas, look: _Look, side: int) -> None:
    for line in range(13):
        top = 27 + line * 3.7
        if side < 0 and 3 < line < 9:
            continue
        ends = 40 if line % 5 != 4 else 26
        left, right = (10, 10 + ends - 6) if side < 0 else (58, 58 + ends - 6)
        row = outline(f"M {left} {top} Q {(left + right) / 2} {top - 1.4} {right} {top}")
        canvas.stroke(row, look.print, 0.9, opacity=0.75)
    if side < 0:
        picture = outline("M 12 41 L 42 40 L 42 59 L 12 60")
        canvas.fill(picture, (150, 190, 214), to=(214, 224, 206))
        canvas.fill(
            outline("M 12 60 L 22 46 L 29 54 L 34 49 L 42 59"), (84, 116, 92), within=picture
        )
        canvas.fill(ellipse(36, 45, 2.2, 2.2), (246, 206, 104))
