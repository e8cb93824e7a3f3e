"""Things that are none of the five objects: a mug, a cactus, a pair of scissors, a beach ball."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnn_studio.camera.demo_art.canvas import Canvas, Colour, ellipse, outline
from cnn_studio.vision.images import ImageArray

_WHITE: Colour = (250, 248, 244)


def draw(variant: int) -> ImageArray:
    """The sprite of one of the `VARIANTS`; see `Canvas.sprite`."""
    canvas = Canvas()
    VARIANTS[variant](canvas)
    return canvas.sprite()


def _draw_mug(canvas: Canvas) -> None:
    violet, dark = (142, 84, 176), (84, 44, 112)
    handle = outline("M 70 36 C 92 32 94 66 68 68")
    canvas.stroke(handle, dark, 9, volume=2)
    canvas.stroke(handle, violet, 6, volume=2)
    body = outline("M 18 24 L 22 78 C 24 86 66 86 68 78 L 72 24")
    canvas.fill(body, violet, to=dark, angle=15, volume=5, grain=0.2)
    canvas.fill(ellipse(45, 24, 27, 7), _WHITE, volume=1)
    canvas.fill(ellipse(45, 25, 24, 5.4), (72, 42, 24), to=(112, 70, 40))
    for x, y in ((32, 46), (46, 52), (59, 44), (39, 66), (54, 69)):
        canvas.fill(ellipse(x, y, 4.4, 4.4), _WHITE, within=body)


def _draw_cactus(canvas: Canvas) -> None:
    green, dark = (70, 150, 74), (30, 90, 46)
    arms = ("M 50 52 C 26 54 24 44 24 32", "M 50 44 C 74 46 76 36 76 22")
    for arm in arms:
        canvas.stroke(outline(arm), green, 11, volume=4)
    trunk = outline("M 38 70 L 38 22 C 38 6 62 6 62 22 L 62 70")
    canvas.fill(trunk, green, to=dark, angle=0, volume=5, grain=0.3)
    for x in (44, 50, 56):
        canvas.stroke(outline(f"M {x} 12 L {x} 68"), dark, 0.7, opacity=0.7, within=trunk)
        canvas.stroke(outline(f"M {x} 13 L {x} 68"), _WHITE, 1.4, dash=0.7, within=trunk)
    for x, y in ((24, 30), (76, 20), (50, 10)):
        canvas.fill(ellipse(x, y, 4.5, 3.6), (232, 84, 140), to=(180, 40, 96), volume=1.5)
    pot = outline("M 28 72 L 34 96 L 66 96 L 72 72")
    canvas.fill(pot, (196, 104, 66), to=(130, 62, 36), angle=0, volume=3, grain=0.5)
    canvas.fill(outline("M 25 66 L 75 66 L 75 75 L 25 75"), (210, 118, 78), volume=2, grain=0.4)


def _draw_scissors(canvas: Canvas) -> None:
    teal, dark = (24, 158, 160), (10, 96, 100)
    for blade in ("M 46 56 L 30 4 L 36 2 L 55 52", "M 54 56 L 70 4 L 64 2 L 45 52"):
        canvas.fill(outline(blade), (224, 228, 232), to=(134, 140, 148), volume=1.5)
    for way in (-1, 1):
        canvas.stroke(outline(f"M 50 54 L {50 + way * 14} 68"), dark, 7, volume=2)
        ring = ellipse(50 + way * 21, 80, 14, 15)
        canvas.stroke(ring, dark, 7, closed=True, volume=2)
        canvas.stroke(ring, teal, 5, closed=True, volume=2)
    canvas.fill(ellipse(50, 54, 3, 3), (90, 94, 100), volume=1)


def _draw_ball(canvas: Canvas) -> None:
    ball = ellipse(50, 50, 40, 40)
    canvas.fill(ball, _WHITE)
    colours: tuple[Colour, ...] = ((240, 128, 40), (96, 190, 90), (150, 90, 200))
    for place, colour in enumerate(colours):
        angles = np.radians(120 * place + np.linspace(0, 60, 9))
        rim = " ".join(f"L {50 + 44 * np.cos(a):.2f} {50 + 44 * np.sin(a):.2f}" for a in angles)
        canvas.fill(outline(f"M 44 42 {rim}"), colour, within=ball)
    canvas.fill(ellipse(44, 42, 6, 6), _WHITE, volume=1)
    canvas.fill(ball, (20, 20, 30), opacity=0.06, volume=14)
    canvas.fill(ellipse(33, 28, 8, 5), (255, 255, 255), opacity=0.5)


VARIANTS: tuple[Callable[[Canvas], None], ...] = (
    _draw_mug,
    _draw_cactus,
    _draw_scissors,
    _draw_ball,
)
