"""A small panel over a button in which what is chosen holds at once, without a modal box."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QFrame, QLabel, QWidget


class OptionsPanel(QFrame):
    """A heading, fields with their names, and switches; who extends it says what they are.

    Signals:
        changed: Something else was chosen.
    """

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popover")

    def open_above(self, anchor: QWidget) -> None:
        """Show the panel over a widget, its right edge on the widget's."""
        self.adjustSize()
        corner = anchor.mapToGlobal(QPoint(anchor.width() - self.width(), -self.height() - 4))
        self.move(corner)
        self.show()
        field = self.focusProxy()
        if field is not None:
            field.setFocus()
