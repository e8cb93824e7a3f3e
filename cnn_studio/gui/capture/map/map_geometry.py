"""Where the points of a map are on the screen, and which of them a person means. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

_MARGIN_PX = 24.0
_LEAST_SPAN = 1e-6
_MOST_ZOOM = 200.0

Places = NDArray[np.float32]
Positions = NDArray[np.float64]


@dataclass(frozen=True)
class Viewport:
    """A part of a map on a part of the screen.

    Attributes:
        width, height: Of the screen's part, in pixels.
        x, y: The place on the map that is in its middle.
        scale: Pixels for a unit of the map.
        fitting: The scale at which the whole map is seen.
    """

    width: float
    height: float
    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    fitting: float = 1.0

    @classmethod
    def fitted(cls, places: Places, width: float, height: float) -> Viewport:
        """All of a map, (n, 2), with a margin around it."""
        if not len(places):
            return cls(width, height)
        low, high = places.min(0).astype(float), places.max(0).astype(float)
        spans = np.maximum(high - low, _LEAST_SPAN)
        room = np.maximum(np.array([width, height]) - 2 * _MARGIN_PX, 1.0)
        scale = float((room / spans).min())
        x, y = ((low + high) / 2).tolist()
        return cls(width, height, x, y, scale, scale)

    def on_screen(self, places: Places) -> Positions:
        """Positions (n, 2), in pixels from the upper left corner, of places (n, 2)."""
        middle = np.array([self.width / 2, self.height / 2])
        positions: Positions = (places - np.array([self.x, self.y])) * self.scale + middle
        return positions

    def zoomed(self, factor: float, at_x: float, at_y: float) -> Viewport:
        """Nearer by a factor; what is at a position on the screen stays there."""
        scale = min(max(self.scale * factor, self.fitting / 2), self.fitting * _MOST_ZOOM)
        away_x, away_y = at_x - self.width / 2, at_y - self.height / 2
        step = 1 / self.scale - 1 / scale
        return replace(self, x=self.x + away_x * step, y=self.y + away_y * step, scale=scale)

    def panned(self, by_x: float, by_y: float) -> Viewport:
        """The map moved by so many pixels."""
        return replace(self, x=self.x - by_x / self.scale, y=self.y - by_y / self.scale)

    def resized(self, width: float, height: float) -> Viewport:
        """The same part of the map, as far as it fits, on another part of the screen."""
        grown = min(width / max(self.width, 1.0), height / max(self.height, 1.0))
        grown = grown if self.width and self.height else 1.0
        return replace(
            self,
            width=width,
            height=height,
            scale=self.scale * grown,
            fitting=self.fitting * grown,
        )


def nearest(positions: Positions, x: float, y: float, within: float) -> int | None:
    """The point that is nearest to a position, if it is near enough.

    Args:
        positions: (n, 2), in pixels; NaN for what is hidden.
        x, y: The position, in pixels.
        within: The largest distance, in pixels.
    """
    if not len(positions):
        return None
    distances = np.hypot(positions[:, 0] - x, positions[:, 1] - y)
    distances = np.where(np.isnan(distances), np.inf, distances)
    place = int(distances.argmin())
    return place if distances[place] <= within else None


def inside(positions: Positions, outline: Positions) -> NDArray[np.bool_]:
    """Which points a closed line encloses, by the even-odd rule.

    Args:
        positions: (n, 2); NaN is nowhere.
        outline: The corners of the line, (m, 2); the last is joined to the first.

    Returns:
        (n,), bool.
    """
    enclosed = np.zeros(len(positions), np.bool_)
    if len(outline) < 3:
        return enclosed
    low, high = outline.min(0), outline.max(0)
    near = np.flatnonzero(((positions >= low) & (positions <= high)).all(1))
    x, y = positions[near, 0], positions[near, 1]
    odd = np.zeros(len(near), np.bool_)
    for (from_x, from_y), (to_x, to_y) in zip(
        outline.tolist(), np.roll(outline, -1, 0).tolist(), strict=True
    ):
        if from_y != to_y:
            crosses = (from_y > y) != (to_y > y)
            at = from_x + (y - from_y) * ((to_x - from_x) / (to_y - from_y))
            odd ^= crosses & (x < at)
    enclosed[near] = odd
    return enclosed
