"""What Space does now: it records, unless it types, shows an image or presses a control."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

CONTROLS = (QAbstractButton, QComboBox)
"""What Space presses or opens by itself, once a person has reached it with Tab."""

_PAGES = (QPlainTextEdit, QTextEdit)


class SpaceUse(StrEnum):
    """What a press of Space does."""

    RECORD = "record"
    TYPE = "type"
    SHOW = "show"
    PRESS = "press"
    OPEN = "open"


def space_use(
    focused: QWidget | None, hold_button: QWidget, has_selection: Callable[[], bool]
) -> SpaceUse:
    """What Space does.

    Args:
        focused: The widget of the window that has the keys; None for none.
        hold_button: The button that records, which Space does not press.
        has_selection: Whether thumbnails are selected.
    """
    if is_typed_into(focused):
        return SpaceUse.TYPE
    if isinstance(focused, CONTROLS) and focused is not hold_button:
        return SpaceUse.OPEN if isinstance(focused, QComboBox) else SpaceUse.PRESS
    return SpaceUse.SHOW if has_selection() else SpaceUse.RECORD


def is_field(widget: QWidget | None) -> bool:
    """Whether letters and digits are typed into it."""
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    if isinstance(widget, (QLineEdit, *_PAGES)):
        return not widget.isReadOnly()
    return isinstance(widget, QAbstractSpinBox)


def is_typed_into(widget: QWidget | None) -> bool:
    """Whether a text is being typed: an empty field of one line lets Space through."""
    if not isinstance(widget, QLineEdit) or is_editor(widget):
        return is_field(widget)
    return is_field(widget) and bool(widget.text().strip())


def is_editor(widget: QWidget | None) -> bool:
    """Whether it edits a row of a list, such as the name of a class."""
    viewport = widget.parentWidget() if widget is not None else None
    return viewport is not None and isinstance(viewport.parentWidget(), QAbstractItemView)
