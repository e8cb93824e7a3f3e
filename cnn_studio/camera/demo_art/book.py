"""A closed book, its pages to the lower right."""

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


VARIANTS = (
    _Look((40, 142, 84), (22, 92, 52), (240, 208, 130), ("THE", "ISLAND")),
    _Look((96, 158, 62), (54, 108, 34), (246, 236, 214), ("ATLAS", "OF BIRDS")),
    _Look((62, 150, 62), (30, 100, 34), (250, 226, 150), ("NIGHT", "SKIES")),
)

_PAPER: Colour = (248, 243, 230)
_PAPER_SHADE: Colour = (206, 196, 174)


def draw(variant: int) -> ImageArray:
    """The sprite of one of the `VARIANTS`; see `Canvas.sprite`."""
    look = VARIANTS[variant]
    canvas = Canvas()
    _draw_pages(canvas, look)
    _draw_cover(canvas, look)
    _draw_emblem(canvas, look)
    return canvas.sprite()


def _draw_pages(canvas: Canvas, look: _Look) -> None:
    back = rounded(22, 13, 86, 97, 1.5)
    canvas.fill(back, look.dark, volume=1.5)
    block = outline("M 14 6 L 79 6 L 84 12 L 84 95 L 22 95 L 14 88")
    canvas.fill(block, _PAPER, to=_PAPER_SHADE, angle=60)
    for step in np.linspace(0.5, 6, 9):
        edge = outline(
            f"M {77 + step} {5 + step} L {77 + step} {88 + step} L {14 + step} {88 + step}"
        )
        canvas.stroke(edge, (176, 164, 140), 0.25, opacity=0.8, within=block)


def _draw_cover(canvas: Canvas, look: _Look) -> None:
    cover = rounded(12, 3, 78, 88, 1.8)
    canvas.fill(cover, look.cover, to=look.dark, angle=70, volume=2, grain=0.35)
    canvas.fill(outline("M 12 3 L 20 3 L 20 88 L 12 88"), look.dark, opacity=0.55, within=cover)
    canvas.stroke(outline("M 20.6 3 L 20.6 88"), (255, 255, 255), 0.5, opacity=0.25)
    canvas.stroke(rounded(25, 9, 73, 82, 1), look.print, 0.8, closed=True)
    canvas.stroke(rounded(26.6, 10.6, 71.4, 80.4, 0.6), look.print, 0.35, closed=True)
    canvas.text(look.title[0], 49, 21, 5.5, look.print)
    canvas.text(look.title[1], 49, 30, 5.5, look.print)
    canvas.text("M. WINTER", 49, 74, 2.6, look.print)


def _draw_emblem(canvas: Canvas, look: _Look) -> None:
    canvas.stroke(ellipse(49, 52, 12.5, 12.5), look.print, 0.8, closed=True)
    canvas.fill(ellipse(53, 48, 3.4, 3.4), look.print)
    waves = outline("M 37 55 C 42 48 46 62 50 54 C 54 48 58 60 61 54 L 60 60 C 56 66 42 66 38 60")
    canvas.fill(waves, look.print, within=ellipse(49, 52, 11.5, 11.5))
