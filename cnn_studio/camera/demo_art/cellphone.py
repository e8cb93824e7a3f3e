"""A cellphone: its screen, or its back with the cameras."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_studio.camera.demo_art.canvas import Canvas, Colour, ellipse, outline, rounded
from cnn_studio.vision.images import ImageArray


@dataclass(frozen=True)
class _Look:
    frame: Colour
    top: Colour
    bottom: Colour
    face: str  # icons, clock or back


VARIANTS = (
    _Look((38, 40, 44), (24, 30, 52), (66, 40, 84), "icons"),
    _Look((70, 70, 76), (26, 20, 44), (168, 78, 104), "clock"),
    _Look((58, 62, 70), (74, 76, 80), (34, 36, 40), "back"),
)

_ICONS: tuple[Colour, ...] = (
    (52, 199, 89), (255, 149, 0), (255, 255, 255), (255, 59, 48), (90, 200, 250),
    (255, 204, 0), (175, 82, 222), (0, 122, 255), (60, 60, 67), (255, 45, 85),
)  # fmt: skip

_BODY = rounded(27, 4, 73, 96, 7.5)
_SCREEN = rounded(29.5, 6.5, 70.5, 93.5, 5.5)


def draw(variant: int) -> ImageArray:
    """The sprite of one of the `VARIANTS`; see `Canvas.sprite`."""
    look = VARIANTS[variant]
    canvas = Canvas()
    for top, bottom in ((22, 31), (34, 43)):
        canvas.fill(rounded(25.8, top, 28, bottom, 0.8), look.frame, volume=0.8)
    canvas.fill(rounded(72, 26, 74.2, 38, 0.8), look.frame, volume=0.8)
    if look.face == "back":
        _draw_back(canvas, look)
        return canvas.sprite()
    canvas.fill(_BODY, look.frame, volume=1.6)
    canvas.fill(rounded(28.2, 5.2, 71.8, 94.8, 6.6), (8, 8, 10))
    canvas.fill(_SCREEN, look.top, to=look.bottom, angle=75)
    (_draw_icons if look.face == "icons" else _draw_clock)(canvas)
    canvas.fill(rounded(44, 8.5, 56, 11.6, 1.5), (6, 6, 8))
    canvas.fill(ellipse(54.2, 10, 0.8, 0.8), (40, 50, 90))
    canvas.fill(rounded(42, 91, 58, 92, 0.5), (255, 255, 255), opacity=0.9)
    glare = outline("M 56 4 L 75 4 L 75 54 L 36 97 L 25 97")
    canvas.fill(glare, (255, 255, 255), opacity=0.09, within=_SCREEN)
    return canvas.sprite()


def _draw_icons(canvas: Canvas) -> None:
    canvas.text("9:41", 36, 10, 2, (255, 255, 255))
    canvas.fill(rounded(62, 9, 67, 11.2, 0.6), (255, 255, 255))
    for row in range(5):
        for column in range(4):
            left, top = 32.2 + column * 9.3, 16 + row * 11.4
            colour = _ICONS[(row * 4 + column * 3) % len(_ICONS)]
            canvas.fill(rounded(left, top, left + 7.4, top + 7.4, 1.8), colour, volume=0.8)
            mark = (255, 255, 255) if sum(colour) < 600 else (90, 90, 100)
            canvas.fill(ellipse(left + 3.7, top + 3.7, 1.8, 1.8), mark, opacity=0.85)
    canvas.fill(rounded(31, 78.5, 69, 89.5, 3.4), (255, 255, 255), opacity=0.3)
    for column in range(4):
        left = 32.2 + column * 9.3
        canvas.fill(rounded(left, 80.3, left + 7.4, 87.7, 1.8), _ICONS[column * 2], volume=0.8)


def _draw_clock(canvas: Canvas) -> None:
    hills = outline("M 26 74 C 36 60 44 66 52 72 C 60 58 66 60 76 70 L 76 98 L 26 98")
    canvas.fill(ellipse(58, 60, 8, 8), (250, 190, 150), within=_SCREEN)
    canvas.fill(hills, (70, 44, 84), to=(24, 18, 44), within=_SCREEN)
    canvas.text("10:08", 50, 27, 8, (255, 255, 255))
    canvas.text("Sunday 22", 50, 17.5, 2.4, (235, 235, 240))
    for top in (38, 48):
        canvas.fill(rounded(32, top, 68, top + 8, 2.2), (255, 255, 255), opacity=0.75)
        canvas.fill(rounded(34, top + 1.8, 38.4, top + 6.2, 1), (0, 122, 255))
        canvas.fill(rounded(40.5, top + 2, 56, top + 3.2, 0.5), (90, 90, 96))
        canvas.fill(rounded(40.5, top + 4.6, 64, top + 5.6, 0.5), (140, 140, 146))


def _draw_back(canvas: Canvas, look: _Look) -> None:
    canvas.fill(_BODY, look.top, to=look.bottom, angle=70, volume=2.2)
    canvas.fill(
        outline("M 50 3 L 75 3 L 75 40 L 25 84 L 25 60"), (255, 255, 255), opacity=0.1, within=_BODY
    )
    canvas.fill(rounded(30.5, 7.5, 53, 32, 5), look.frame, to=(34, 36, 42), volume=1.6)
    for x, y in ((36.5, 14), (36.5, 25.5), (47, 19.8)):
        canvas.fill(ellipse(x, y, 4.6, 4.6), (150, 154, 162), volume=1)
        canvas.fill(ellipse(x, y, 3.9, 3.9), (10, 10, 14))
        canvas.fill(ellipse(x, y, 2.5, 2.5), (24, 34, 66), to=(70, 40, 96))
        canvas.fill(ellipse(x - 1, y - 1, 0.8, 0.8), (230, 236, 255))
    canvas.fill(ellipse(47, 11.2, 1.5, 1.5), (255, 244, 214), volume=0.5)
    canvas.fill(ellipse(50, 54, 4.5, 4.5), (200, 204, 212), volume=0.8, opacity=0.6)
