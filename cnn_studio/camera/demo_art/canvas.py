"""A small drawing board: smooth outlines, filled with shaded colour, on a transparent ground.

Measures are hundredths of the board's side, x to the right, y down. Light comes from the upper
left.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.opencv import cv2

SIDE = 512
"""Height and width of a board in pixels."""

Colour = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""
Outline = NDArray[np.float32]
"""Corner points (n, 2) of a polygon, x and y in hundredths of the side."""

_PIXELS = SIDE / 100
_SUBPIXEL_BITS = 4
_CURVE_STEPS = np.linspace(0, 1, 17, dtype=np.float32)[1:, None]
_HIGHLIGHT, _SHADE = 70.0, 0.5  # how far a rounded edge is lit and darkened


def outline(path: str) -> Outline:
    """The points of a path in the manner of SVG: M, L, C and Q with absolute numbers.

    Curves become 16 straight pieces, which no eye sees at this size.
    """
    words = path.replace(",", " ").split()
    points: list[NDArray[np.float32]] = []
    position = 0
    while position < len(words):
        command, count = words[position], {"M": 1, "L": 1, "Q": 2, "C": 3}[words[position]]
        numbers = words[position + 1 : position + 1 + 2 * count]
        controls = np.array(numbers, np.float32).reshape(count, 2)
        points.extend(controls if command in "ML" else _curve(points[-1], controls))
        position += 1 + 2 * count
    return np.array(points, np.float32)


def ellipse(x: float, y: float, x_radius: float, y_radius: float) -> Outline:
    """The points of an ellipse around (x, y)."""
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    circle = np.stack([x + x_radius * np.cos(angle), y + y_radius * np.sin(angle)], axis=1)
    return circle.astype(np.float32)


def rounded(left: float, top: float, right: float, bottom: float, radius: float) -> Outline:
    """The points of a rectangle with round corners."""
    quarter = np.linspace(0, np.pi / 2, 10)
    corners = [
        (right - radius, bottom - radius, 0.0),
        (left + radius, bottom - radius, np.pi / 2),
        (left + radius, top + radius, np.pi),
        (right - radius, top + radius, 3 * np.pi / 2),
    ]
    arcs = [
        np.stack([x + radius * np.cos(quarter + a), y + radius * np.sin(quarter + a)], axis=1)
        for x, y, a in corners
    ]
    return np.concatenate(arcs).astype(np.float32)


class Canvas:
    """A transparent board to draw on, from the back to the front."""

    def __init__(self) -> None:
        # Colour multiplied by alpha, then alpha: what is laid over it needs no division.
        self._pixels = np.zeros((SIDE, SIDE, 4), np.float32)
        self._grain = np.random.default_rng(7).normal(0, 1, (SIDE, SIDE, 1)).astype(np.float32)

    def fill(
        self,
        shape: Outline,
        colour: Colour,
        *,
        to: Colour | None = None,
        angle: float = 90,
        volume: float = 0,
        grain: float = 0,
        opacity: float = 1,
        within: Outline | None = None,
    ) -> None:
        """Fill an outline.

        Args:
            shape: What to fill.
            colour: With which colour.
            to: The colour that it turns into across the shape.
            angle: In which direction it does so: 0 to the right, 90 downwards, in degrees.
            volume: How wide the edges are rounded by light and shade, in hundredths.
            grain: How rough the material is, 0 to 1.
            opacity: 0 to 1.
            within: An outline outside of which nothing is drawn.
        """
        mask = _mask(shape)
        if within is not None:
            mask = _common(mask, _mask(within))
        self._lay(mask, colour, to or colour, angle, volume, grain, opacity)

    def stroke(
        self,
        line: Outline,
        colour: Colour,
        width: float,
        *,
        closed: bool = False,
        dash: float = 0,
        volume: float = 0,
        opacity: float = 1,
        within: Outline | None = None,
    ) -> None:
        """Draw along an outline, `width` wide, in pieces of length `dash` if that is not 0."""
        mask = np.zeros((SIDE, SIDE), np.uint8)
        pieces = [line] if not dash else _dashes(line, dash)
        thickness = max(1, round(width * _PIXELS))
        cv2.polylines(
            mask, [_fixed(p) for p in pieces], closed, 255, thickness, cv2.LINE_AA, _SUBPIXEL_BITS
        )
        if within is not None:
            mask = _common(mask, _mask(within))
        self._lay(mask, colour, colour, 90, volume, 0, opacity)

    def text(self, words: str, x: float, y: float, height: float, colour: Colour) -> None:
        """Write in the middle of (x, y), with letters of a height in hundredths."""
        font, thickness = cv2.FONT_HERSHEY_DUPLEX, max(1, round(height * _PIXELS / 9))
        scale = cv2.getFontScaleFromHeight(font, max(1, round(height * _PIXELS)), thickness)
        (width, _height), _base = cv2.getTextSize(words, font, scale, thickness)
        mask = np.zeros((SIDE, SIDE), np.uint8)
        place = (round(x * _PIXELS - width / 2), round((y + height / 2) * _PIXELS))
        cv2.putText(mask, words, place, font, scale, 255, thickness, cv2.LINE_AA)
        self._lay(mask, colour, colour, 90, 0, 0, 1)

    def sprite(self) -> ImageArray:
        """The drawing: (512, 512, 4) uint8, RGB already multiplied by alpha, then alpha."""
        return np.asarray(np.clip(self._pixels + 0.5, 0, 255), np.uint8)

    def _lay(
        self,
        mask: ImageArray,
        colour: Colour,
        to: Colour,
        angle: float,
        volume: float,
        grain: float,
        opacity: float,
    ) -> None:
        rows, columns = np.nonzero(mask)
        if not rows.size:
            return
        paint = np.asarray([colour], np.float32)
        if to != colour:
            share = _share_of_way(rows, columns, angle)
            paint = paint + share * (np.asarray([to], np.float32) - paint)
        if volume:
            light, shade = _relief(mask, volume)
            paint = paint + _HIGHLIGHT * light[rows, columns, None]
            paint = paint * (1 - _SHADE * shade[rows, columns, None])
        if grain:
            paint = paint * (1 + 0.15 * grain * self._grain[rows, columns])
        alpha = mask[rows, columns, None].astype(np.float32) * (opacity / 255)
        under = self._pixels[rows, columns] * (1 - alpha)
        under[:, :3] += np.clip(paint, 0, 255) * alpha
        under[:, 3:] += 255 * alpha
        self._pixels[rows, columns] = under


def _curve(start: NDArray[np.float32], controls: NDArray[np.float32]) -> NDArray[np.float32]:
    t, s = _CURVE_STEPS, 1 - _CURVE_STEPS
    if len(controls) == 2:
        return np.asarray(s * s * start + 2 * s * t * controls[0] + t * t * controls[1], np.float32)
    first, second, end = controls
    curve = s**3 * start + 3 * s * s * t * first + 3 * s * t * t * second + t**3 * end
    return np.asarray(curve, np.float32)


def _common(mask: ImageArray, other: ImageArray) -> ImageArray:
    return np.asarray(cv2.multiply(mask, other, scale=1 / 255), np.uint8)


def _fixed(shape: Outline) -> NDArray[np.int32]:
    return np.asarray(np.round(shape * (_PIXELS * 2**_SUBPIXEL_BITS)), np.int32)


def _mask(shape: Outline) -> ImageArray:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillPoly(mask, [_fixed(shape)], 255, cv2.LINE_AA, _SUBPIXEL_BITS)
    return mask


def _share_of_way(
    rows: NDArray[np.intp], columns: NDArray[np.intp], angle: float
) -> NDArray[np.float32]:
    """How far each pixel (n,) lies across the shape in a direction: (n, 1), 0 to 1."""
    along = columns * np.cos(np.radians(angle)) + rows * np.sin(np.radians(angle))
    first, last = along.min(), along.max()
    return np.asarray((along - first) / max(last - first, 1), np.float32)[:, None]


def _relief(mask: ImageArray, volume: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How much the rim of a shape is lit and shaded, each (SIDE, SIDE), 0 to 1."""
    reach = volume * _PIXELS
    left, top, width, height = cv2.boundingRect(mask)
    part = np.s_[top : top + height, left : left + width]
    edge = int(2 * reach)
    roomy = cv2.copyMakeBorder(mask[part], edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=0)
    soft = cv2.GaussianBlur(roomy, (0, 0), reach / 2)
    light, shade = np.zeros_like(mask, np.float32), np.zeros_like(mask, np.float32)
    for rim, way in ((light, -1), (shade, 1)):
        y, x = edge + way * round(reach / 2), edge + way * round(reach * 0.3)
        rim[part] = _unit(cv2.subtract(mask[part], soft[y : y + height, x : x + width]))
    return light, shade


def _unit(mask: cv2.typing.MatLike) -> NDArray[np.float32]:
    return np.asarray(mask, np.float32) / np.float32(255)


def _dashes(line: Outline, length: float) -> Sequence[Outline]:
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    along = np.concatenate([[0], np.cumsum(steps)])
    starts = np.arange(0, along[-1] - length / 2, 2 * length)
    spots = np.stack([starts, starts + length / 2, starts + length], axis=1)
    x, y = np.interp(spots, along, line[:, 0]), np.interp(spots, along, line[:, 1])
    return list(np.stack([x, y], axis=2).astype(np.float32))
