"""What lies behind the object: wood, paper, cloth, a wall, a desk, a room out of focus."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cnn_studio.camera.demo_art.canvas import Colour
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.opencv import cv2

HEIGHT, WIDTH = 600, 800
"""Larger than a frame, so that a scene can move across it. In pixels."""

_Plane = NDArray[np.float32]


@cache
def ground(index: int) -> ImageArray:
    """One of the `GROUND_COUNT` grounds, painted when it is first asked for.

    Returns:
        Pixels (600, 800, 3), uint8, RGB; shared, so only to be read.
    """
    paint, colour = _GROUNDS[index]
    return paint(np.random.default_rng(100 + index), colour)


def _wood(rng: np.random.Generator, colour: Colour) -> ImageArray:
    warp = _smooth(rng, 90) * 14 + _smooth(rng, 30) * 3
    rows = np.arange(HEIGHT, dtype=np.float32)[:, None]
    stretched = cv2.resize(rng.normal(0, 1, (HEIGHT, 16)).astype(np.float32), (WIDTH, HEIGHT))
    rings = np.sin((rows + warp * 4) * 0.16) * 0.5 + 0.6 * stretched
    shade = 1 + 0.075 * rings + 0.05 * _smooth(rng, 120)
    plank = 150
    for board in range(HEIGHT // plank):
        shade[board * plank : (board + 1) * plank] *= rng.uniform(0.9, 1.08)
    shade[::plank] *= 0.55
    shade[1::plank] *= 0.75
    return _painted(shade, colour)


def _paper(rng: np.random.Generator, colour: Colour) -> ImageArray:
    shade = (
        1 + 0.012 * rng.normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32) + 0.03 * _smooth(rng, 60)
    )
    sheet = _painted(shade, colour)
    for y in range(40, HEIGHT, 44):
        cv2.line(sheet, (0, y), (WIDTH, y + 6), (150, 178, 208), 1, cv2.LINE_AA)
    cv2.line(sheet, (90, 0), (82, HEIGHT), (220, 140, 140), 2, cv2.LINE_AA)
    return sheet


def _cloth(rng: np.random.Generator, colour: Colour) -> ImageArray:
    x = np.arange(WIDTH, dtype=np.float32)[None, :]
    y = np.arange(HEIGHT, dtype=np.float32)[:, None]
    weave = np.sin(x * 1.6) * np.sin(y * 1.6)
    stripes = (np.sin(x * 0.1) > 0.75) * -0.16 + (np.sin(y * 0.1) > 0.75) * -0.12
    folds = 0.07 * _smooth(rng, 130)
    return _painted(np.asarray(1 + 0.08 * weave + stripes + folds, np.float32), colour)


def _wall(rng: np.random.Generator, colour: Colour) -> ImageArray:
    relief = cv2.Sobel(_smooth(rng, 6) + 0.5 * _smooth(rng, 3), cv2.CV_32F, 1, 1)
    shade = 1 + 0.09 * np.tanh(relief * 0.5) + 0.05 * _smooth(rng, 160)
    return _painted(np.asarray(shade, np.float32), colour)


def _desk(rng: np.random.Generator, colour: Colour) -> ImageArray:
    """A smooth desk with a few things at its edge, out of focus."""
    desk = _painted(1 + 0.03 * _smooth(rng, 140), colour)
    for _thing in range(5):
        x, y = int(rng.integers(0, WIDTH)), int(rng.choice([20, 60, HEIGHT - 40]))
        size = (int(rng.integers(40, 110)), int(rng.integers(25, 70)))
        turn = float(rng.uniform(-40, 40))
        cv2.ellipse(desk, (x, y), size, turn, 0, 360, _some_colour(rng), -1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(desk, (0, 0), 9), np.uint8)


def _room(rng: np.random.Generator, colour: Colour) -> ImageArray:
    """A room far behind the object: patches of colour, and lights as round spots."""
    room = _painted(1 + 0.2 * _smooth(rng, 150), colour)
    for _patch in range(9):
        left, top = int(rng.integers(-60, WIDTH)), int(rng.integers(-60, HEIGHT))
        right, bottom = left + int(rng.integers(60, 260)), top + int(rng.integers(60, 320))
        cv2.rectangle(room, (left, top), (right, bottom), _some_colour(rng), -1)
    room = np.asarray(cv2.GaussianBlur(room, (0, 0), 28), np.uint8)
    for _light in range(10):
        spot = room.copy()
        centre = (int(rng.integers(0, WIDTH)), int(rng.integers(0, HEIGHT)))
        cv2.circle(spot, centre, int(rng.integers(14, 40)), (255, 236, 200), -1, cv2.LINE_AA)
        room = np.asarray(cv2.addWeighted(room, 0.75, spot, 0.25, 0), np.uint8)
    return np.asarray(cv2.GaussianBlur(room, (0, 0), 3), np.uint8)


def _smooth(rng: np.random.Generator, grain: int) -> _Plane:
    """Soft random hills, some `grain` pixels wide, about -1.5 to 1.5."""
    coarse = rng.normal(0, 1, (HEIGHT // grain + 3, WIDTH // grain + 3)).astype(np.float32)
    return np.asarray(
        cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC), np.float32
    )


def _painted(shade: _Plane, colour: Colour) -> ImageArray:
    return np.clip(shade[..., None] * np.array(colour, np.float32), 0, 255).astype(np.uint8)


def _some_colour(rng: np.random.Generator) -> Colour:
    """Of things in a room: mostly muted."""
    grey = rng.integers(60, 200)
    red, green, blue = (int(value) for value in grey + rng.integers(-28, 29, 3))
    return red, green, blue


_GROUNDS: tuple[tuple[Callable[[np.random.Generator, Colour], ImageArray], Colour], ...] = (
    (_wood, (164, 138, 114)),
    (_paper, (232, 230, 224)),
    (_wall, (190, 194, 196)),
    (_desk, (206, 200, 192)),
    (_cloth, (150, 156, 164)),
    (_room, (128, 124, 120)),
    (_wood, (108, 92, 80)),
    (_wall, (164, 172, 164)),
    (_desk, (116, 120, 126)),
    (_cloth, (178, 170, 160)),
    (_room, (152, 156, 162)),
    (_wall, (204, 194, 184)),
)
GROUND_COUNT = len(_GROUNDS)
