"""A sneaker, from the side."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_studio.camera.demo_art.canvas import Canvas, Colour, ellipse, outline
from cnn_studio.vision.images import ImageArray


@dataclass(frozen=True)
class _Colours:
    upper: Colour
    dark: Colour
    band: Colour
    rubber: Colour = (240, 238, 230)
    laces: Colour = (250, 250, 248)


VARIANTS = (
    _Colours((206, 48, 44), (140, 24, 28), (246, 240, 228)),
    _Colours((216, 40, 52), (150, 20, 34), (44, 48, 60)),
    _Colours((196, 30, 60), (130, 14, 40), (250, 222, 214)),
)

_UPPER = outline(
    "M 7 69 C 5 60 6 48 8 36 C 9 31 14 30 17 34 C 22 41 31 41 37 32 L 44 31"
    " C 52 41 60 48 70 51 C 84 53 96 58 96 70 L 96 72 L 7 72"
)
_SOLE = outline(
    "M 5 68 C 20 70 34 71 48 70 C 64 68 80 67 97 66 C 99 70 99 76 95 79 C 90 82 80 82 70 82"
    " L 16 82 C 8 82 5 80 5 76"
)


def draw(variant: int) -> ImageArray:
    """The sprite of one of the `VARIANTS`; see `Canvas.sprite`."""
    colours = VARIANTS[variant]
    canvas = Canvas()
    _draw_upper(canvas, colours)
    _draw_laces(canvas, colours)
    _draw_sole(canvas, colours)
    return canvas.sprite()


def _draw_upper(canvas: Canvas, colours: _Colours) -> None:
    lining = outline("M 9 36 C 14 29 32 27 40 30 L 36 40 C 28 46 18 44 14 38")
    canvas.fill(lining, (52, 44, 42), to=(24, 20, 20))
    tongue = outline("M 34 38 C 34 28 37 21 44 20 C 49 20 51 24 51 28 L 54 42 L 40 44")
    canvas.fill(tongue, colours.upper, to=colours.dark, volume=4, grain=0.3)
    canvas.fill(_UPPER, colours.upper, to=colours.dark, angle=80, volume=8, grain=0.35)
    heel = outline("M 5 72 C 5 60 6 50 7 43 C 14 47 21 57 23 72")
    canvas.fill(heel, colours.dark, volume=3, within=_UPPER)
    canvas.stroke(outline("M 7 43 C 14 47 21 57 23 72"), colours.band, 0.7, dash=1.4)
    band = outline("M 30 72 C 34 62 42 54 54 50 L 58 54 C 50 58 45 64 43 72")
    canvas.fill(band, colours.band, volume=2, within=_UPPER)
    toe = outline("M 75 73 C 73 62 78 54 86 52 L 98 52 L 98 73")
    canvas.fill(toe, colours.rubber, to=(206, 202, 192), volume=5, within=_UPPER)
    canvas.stroke(
        outline("M 73 73 C 71 61 76 54 83 52"), colours.dark, 0.6, dash=1.3, within=_UPPER
    )
    collar = outline("M 8 36 C 9 31 14 30 17 34 C 22 41 31 41 37 32")
    canvas.stroke(collar, colours.dark, 3, volume=2)
    pull = outline("M 6 33 C 5 28 9 25 11 28 L 12 35 L 8 37")
    canvas.fill(pull, colours.band, volume=2)


def _draw_laces(canvas: Canvas, colours: _Colours) -> None:
    facing = outline("M 38 33 L 45 30 C 53 41 61 48 71 51 L 66 56 C 54 52 45 44 38 33")
    canvas.fill(facing, colours.dark, volume=3)
    for step in range(5):
        x, y = 41.5 + step * 5.6, 37 + step * 4.0
        canvas.fill(ellipse(x, y, 1.1, 1.1), (30, 28, 28))
        lace = outline(f"M {x} {y} Q {x + 3} {y - 6} {x + 6.5} {y - 4.5}")
        canvas.stroke(lace, (90, 88, 86), 2.4, opacity=0.5)
        canvas.stroke(lace, colours.laces, 1.9, volume=1.4)
    for loop in ("M 46 31 C 38 20 30 26 44 33", "M 46 31 C 50 18 60 20 48 32"):
        canvas.stroke(outline(loop), colours.laces, 1.5, volume=1.2)


def _draw_sole(canvas: Canvas, colours: _Colours) -> None:
    canvas.fill(_SOLE, colours.rubber, to=(196, 192, 182), volume=5)
    line = outline("M 5 74 C 30 76 70 75 98 72")
    canvas.stroke(line, colours.upper, 1.4, within=_SOLE)
    for x in range(9, 92, 4):
        notch = outline(f"M {x} 83 L {x + 0.5} 79.8 L {x + 1.7} 79.8 L {x + 2.2} 83")
        canvas.fill(notch, (116, 110, 102), within=_SOLE)
