"""Banners that lie over the lower edge of a part of the window, which neither moves nor shrinks."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

_GAP_PX = 8


class LowerEdge(QWidget):
    """As high as the banners that it holds; of no height while all of them are hidden.

    Args:
        parent: What it is drawn over. No layout and no splitter of it may take it in.
        area: What it lies at the lower edge of, within the parent.
        banners: What it holds, from above.

    Signals:
        placed: It lies elsewhere now, or is higher or lower.
    """

    placed = Signal()

    def __init__(self, parent: QWidget, area: QWidget, *banners: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("lowerEdge")
        self._host = parent
        self._area = area
        self._banners = banners
        self._below: LowerEdge | None = None
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP_PX)
        for banner in banners:
            column.addWidget(banner)
            banner.installEventFilter(self)
        area.installEventFilter(self)
        self._place()

    @property
    def area(self) -> QWidget:
        """What it lies at the lower edge of."""
        return self._area

    def stand_over(self, area: QWidget, below: LowerEdge | None) -> None:
        """Lie over a part of the window from now on, above the banners that lie there already."""
        self._area.removeEventFilter(self)
        if self._below is not None:
            self._below.placed.disconnect(self._place)
        self._area, self._below = area, below
        area.installEventFilter(self)
        if below is not None:
            below.placed.connect(self._place)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _CHANGES:
            self._place()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        answer = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return answer

    def _place(self) -> None:
        width = self._area.width()
        self._column.activate()
        height = self._column.heightForWidth(width)
        if height < 0:  # none of the banners breaks its lines
            height = self._column.sizeHint().height()
        if all(banner.isHidden() for banner in self._banners):
            height = 0
        left, bottom = self._foot()
        self.setGeometry(left, bottom - height, width, height)
        self.raise_()
        self.placed.emit()

    def _foot(self) -> tuple[int, int]:
        """Where the area ends, or where the banners begin that lie there already."""
        corner = self._area.mapTo(self._host, QPoint(0, self._area.height()))
        below = self._below
        if below is None or not below.height():
            return corner.x(), corner.y()
        window = self.window()
        edge = self._host.mapFrom(window, below.mapTo(window, QPoint(0, -_GAP_PX)))
        return corner.x(), min(corner.y(), edge.y())


_CHANGES = (
    QEvent.Type.Resize,
    QEvent.Type.Move,
    QEvent.Type.ShowToParent,
    QEvent.Type.HideToParent,
    QEvent.Type.LayoutRequest,
)
