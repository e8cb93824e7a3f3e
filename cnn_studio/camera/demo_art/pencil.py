"""A pencil with a ferrule and an eraser."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_studio.camera.demo_art.canvas import Canvas, Colour, outline
from cnn_studio.vision.images import ImageArray


@dataclass(frozen=True)
class _Colours:
    light: Colour
    body: Colour
    dark: Colour
    lead: Colour = (52, 52, 58)


VARIANTS = (
    _Colours((255, 214, 92), (246, 186, 34), (206, 138, 16)),
    _Colours((255, 206, 60), (250, 178, 16), (210, 136, 6)),
    _Colours((255, 232, 110), (248, 208, 40), (206, 160, 14)),
)


_SILHOUETTE = outline("M 17 43.5 L 77 43.5 L 99 49.6 L 99 50.4 L 77 56.5 L 17 56.5")


def draw(variant: int) -> ImageArray:
    """The sprite of one of the `VARIANTS`; see `Canvas.sprite`."""
    colours = VARIANTS[variant]
    canvas = Canvas()
    _draw_eraser(canvas)
    for top, bottom, colour in (
        (43.5, 48, colours.light),
        (47.5, 53, colours.body),
        (52.5, 56.5, colours.dark),
    ):
        facet = outline(f"M 17 {top} L 83 {top} L 83 {bottom} L 17 {bottom}")
        canvas.fill(facet, colour, grain=0.1, within=_SILHOUETTE)
    canvas.stroke(outline("M 17 45 L 78 45"), (255, 255, 255), 0.7, opacity=0.55)
    canvas.text("HB 2", 66, 50.3, 2.6, (60, 70, 60))
    _draw_point(canvas, colours)
    return canvas.sprite()


def _draw_eraser(canvas: Canvas) -> None:
    rubber = outline("M 9 44 L 5 44 C 1 44 1 56 5 56 L 9 56")
    canvas.fill(rubber, (244, 152, 160), to=(206, 104, 116), volume=3)
    ferrule = outline("M 8 43 L 18 43 L 18 57 L 8 57")
    canvas.fill(ferrule, (232, 234, 238), to=(128, 132, 140))
    canvas.stroke(outline("M 8 46.5 L 18 46.5"), (255, 255, 255), 1.2, opacity=0.8)
    for x in (9.6, 11.2, 14.8, 16.4):
        canvas.stroke(outline(f"M {x} 43 L {x} 57"), (92, 96, 104), 0.6)


def _draw_point(canvas: Canvas, colours: _Colours) -> None:
    cone = outline(
        "M 77 43.5 Q 81 45.7 77.5 48 Q 82 50.2 77.5 52.7 Q 81 54.6 77 56.5 L 99 50.4 L 99 49.6"
    )
    canvas.fill(cone, (240, 208, 160), to=(196, 150, 100), grain=0.3)
    canvas.stroke(outline("M 80 46 L 94 49.2"), (255, 236, 204), 0.7, opacity=0.8)
    lead = outline("M 91.5 47.6 Q 93 50 91.5 52.4 L 99.3 50.3 L 99.3 49.7")
    canvas.fill(lead, colours.lead, to=(20, 20, 24))
