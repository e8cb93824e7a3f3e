"""A button that acts for as long as it is held down."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QMouseEvent
from PySide6.QtWidgets import QPushButton


class HoldButton(QPushButton):
    """Tells when the left mouse button goes down on it and when it comes up, wherever that is.

    `pressed` and `released` of QPushButton would not do: they come again and again while the mouse
    leaves and enters the button, and each would be a recording of its own.

    Signals:
        hold_began, hold_ended
    """

    hold_began = Signal()
    hold_ended = Signal()

    _held = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self._held:
            self._held = True
            self.hold_began.emit()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.let_go()
        event.accept()

    def hideEvent(self, event: QHideEvent) -> None:
        self.let_go()
        super().hideEvent(event)

    def let_go(self) -> None:
        """End the hold, if there is one."""
        if self._held:
            self._held = False
            self.hold_ended.emit()
