"""Two parts of the tab with a gap between them that can be moved."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QSplitter, QWidget


class Splitter(QSplitter):
    """Divides its room in a proportion that stays as it grows.

    Args:
        direction: How the parts lie.
        gap_px: What lies between them.
        parent: The widget it stands in.
    """

    def __init__(self, direction: Qt.Orientation, gap_px: int, parent: QWidget) -> None:
        super().__init__(direction, parent)
        self.setHandleWidth(gap_px)
        self.setChildrenCollapsible(False)

    def divide(self, first: QWidget, second: QWidget, sizes: list[int]) -> None:
        """Lay out the two parts, children already, in this proportion."""
        for place, widget in enumerate((first, second)):
            widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            self.setStretchFactor(place, 1)
        self.setSizes(sizes)
