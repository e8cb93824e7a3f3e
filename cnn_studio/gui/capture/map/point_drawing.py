"""Draws many points as fast as a person moves the mouse. No Qt: pixels as a QImage holds them.

Each point is written over those before it, pixel by pixel, in one go for all points: 50,000 take
about as long as two frames, where a painter takes them one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint32]
_OPAQUE = 0xFF000000


@dataclass(frozen=True)
class Dot:
    """How a point looks; colours are 0xRRGGBB.

    Attributes:
        fill: Its colour.
        ring: The colour of the thin line around it.
    """

    fill: int
    ring: int


def mixed(one: int, other: int, share: float) -> int:
    """A colour between two, 0xRRGGBB, with a share, 0..1, of the other."""
    parts = (
        round((one >> shift & 0xFF) * (1 - share) + (other >> shift & 0xFF) * share) << shift
        for shift in (16, 8, 0)
    )
    return sum(parts)


def draw_points(
    width: int,
    height: int,
    ground: int,
    positions: NDArray[np.float64],
    looks: NDArray[np.int64],
    dots: Sequence[Dot],
    radius: float,
) -> Pixels:
    """An image of points, the later ones over the earlier ones.

    Args:
        width, height: Of the image, in pixels.
        ground: The colour behind them, 0xRRGGBB.
        positions: Their middles, (n, 2), in pixels; those outside, and NaN, are not drawn.
        looks: Which of `dots` each one is, (n,).
        dots: What they can look like.
        radius: Of a point, with its ring, in pixels.

    Returns:
        Pixels (height, width), uint32, 0xAARRGGBB.
    """
    margin = int(np.ceil(radius)) + 1
    row = width + 2 * margin
    pixels = np.full((height + 2 * margin) * row, _OPAQUE | ground, np.uint32)
    reach = margin - 1
    seen = (positions > -reach).all(1) & (positions < np.array([width, height]) + reach - 1).all(1)
    if dots and seen.any():
        middles = np.rint(positions[seen]).astype(np.int64) + margin
        steps, shares = _stencil(radius)
        at = middles[:, 1:] * row + middles[:, :1] + (steps[:, 1] * row + steps[:, 0])
        pixels[at.reshape(-1)] = _palette(dots, shares)[looks[seen]].reshape(-1)
    shown = pixels.reshape(-1, row)[margin : margin + height, margin : margin + width]
    return np.ascontiguousarray(shown)


def _stencil(radius: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The pixels of a point as steps from its middle, (m, 2), and how much of each is its fill."""
    reach = int(np.ceil(radius))
    line = np.arange(-reach, reach + 1)
    steps = np.stack(np.meshgrid(line, line), -1).reshape(-1, 2)
    distances = np.hypot(steps[:, 0], steps[:, 1])
    covered = distances <= radius + 0.25
    return steps[covered], np.clip(radius - 0.5 - distances[covered], 0, 1)


def _palette(dots: Sequence[Dot], shares: NDArray[np.float64]) -> Pixels:
    """The pixels of each kind of point, (dots, m)."""
    rows = [[_OPAQUE | mixed(dot.ring, dot.fill, share) for share in shares] for dot in dots]
    return np.array(rows, np.uint32)
