"""Where square tiles stand that fill rows from left to right. Plain arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect


@dataclass(frozen=True)
class TileGrid:
    """A number of square cells in a width.

    Attributes:
        count: How many cells there are.
        width: What they must fit in, pixels; at least one stands in each row.
        least_cell: How wide and high a cell is at least, pixels.
    """

    count: int
    width: int
    least_cell: int

    @property
    def columns(self) -> int:
        """How many cells stand in a row."""
        return max(1, self.width // self.least_cell)

    @property
    def cell(self) -> int:
        """How wide and high a cell is: as wide as fills the row."""
        return max(self.least_cell, self.width // self.columns)

    @property
    def height(self) -> int:
        """How high all rows are together, pixels."""
        return -(-self.count // self.columns) * self.cell

    def rect(self, place: int) -> QRect:
        """Where a cell stands."""
        row, column = divmod(place, self.columns)
        return QRect(column * self.cell, row * self.cell, self.cell, self.cell)

    def place_at(self, point: QPoint) -> int:
        """Which cell is at a point; -1 if none."""
        column, row = point.x() // self.cell, point.y() // self.cell
        place = row * self.columns + column
        inside = 0 <= column < self.columns and 0 <= place < self.count
        return place if inside else -1

    def nearest_place(self, point: QPoint) -> int:
        """Which cell is at a point, or the last one before it in reading order; -1 if none is."""
        column = min(max(point.x() // self.cell, 0), self.columns - 1)
        row = max(point.y() // self.cell, 0)
        return min(row * self.columns + column, self.count - 1)

    def places_in(self, area: QRect) -> list[tuple[int, int]]:
        """Which cells a rectangle touches, as (first, last) of each stretch without a gap."""
        left, right = max(area.left(), 0) // self.cell, area.right() // self.cell
        top, bottom = max(area.top(), 0) // self.cell, area.bottom() // self.cell
        right = min(right, self.columns - 1)
        bottom = min(bottom, (self.count - 1) // self.columns)
        if left > right or top > bottom:
            return []
        if left == 0 and right == self.columns - 1:
            return [(top * self.columns, min((bottom + 1) * self.columns, self.count) - 1)]
        rows = ((row * self.columns) for row in range(top, bottom + 1))
        return [
            (first + left, min(first + right, self.count - 1))
            for first in rows
            if first + left < self.count
        ]
