"""The two kinds of buttons that stand in many places: those of a dialog, and those of a bar."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

_ICON_PX = 18


def dialog_button(parent: QWidget, name: str, text: str, tip: str) -> QPushButton:
    """A button of a dialog; Enter presses it only where the dialog says so."""
    button = QPushButton(text, parent)
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button


def icon_button(parent: QWidget, name: str, tip: str, *, side_px: int = _ICON_PX) -> QToolButton:
    """A button that shall have an icon and no text; its tip is what a screen reader says."""
    button = QToolButton(parent)
    button.setObjectName(name)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setIconSize(QSize(side_px, side_px))
    return button
