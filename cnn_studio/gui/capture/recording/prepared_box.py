"""A place for the prepared image that lets it grow where there is room."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.prepared_view import PreparedView

_LEAST, _MOST = 96, 384


class PreparedBox(QWidget):
    """Holds a PreparedView at the top, so large that each pixel is a whole number of the screen's.

    It asks for the least height only, so that a larger image never keeps the window from shrinking.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = PreparedView(theme, self)
        self._size = _LEAST
        self._most = _MOST
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(_LEAST)
        self.setFixedWidth(_LEAST)

    def set_image_size(self, size: int) -> None:
        """Say how many pixels wide and high the prepared image is."""
        self._size = size
        self._fit()

    def set_most(self, width: int) -> None:
        """Say how wide it may be at most, pixels; the camera's picture comes first."""
        most = max(_LEAST, min(width, _MOST))
        if most != self._most:
            self._most = most
            self._fit()

    def sizeHint(self) -> QSize:
        return QSize(_LEAST, _LEAST)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = max(_LEAST, min(self.height(), self._most))
        whole = room // self._size * self._size
        side = whole if whole >= _LEAST else _LEAST
        self.view.setGeometry(0, 0, side, side)
        self.setFixedWidth(side)
