"""Fields under their names, two side by side."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QSpinBox, QVBoxLayout, QWidget

_FIELD_PX = 32
_NARROWEST_PX = 96
_TEXT_MARGIN_PX = 6


class FieldGrid(QGridLayout):
    """Gives every field its name and its explanation, for the eye, the mouse and a reader."""

    def __init__(self) -> None:
        super().__init__()
        self.setContentsMargins(0, 0, 0, 0)
        self.setHorizontalSpacing(16)
        self.setVerticalSpacing(12)
        self.setColumnStretch(0, 1)
        self.setColumnStretch(1, 1)
        self._cells: dict[QWidget, QWidget] = {}  # a field, and what holds it and its name

    def add(self, field: QWidget, text: str, tip: str) -> None:
        """Add a field in the next place.

        Args:
            field: Takes a value.
            text: What the value is called.
            tip: What it does, in plain words.
        """
        cell = QWidget(field.parentWidget())
        label = QLabel(text, cell)
        label.setProperty("role", "quiet")
        label.setBuddy(field)
        label.setToolTip(tip)
        field.setToolTip(tip)
        field.setAccessibleName(text)
        field.setAccessibleDescription(tip)
        # Two fields stand side by side, so a field may not ask for the width of its largest value.
        field.setMinimumWidth(_NARROWEST_PX)
        field.setFixedHeight(_FIELD_PX)
        for edit in field.findChildren(QLineEdit):
            edit.setTextMargins(_TEXT_MARGIN_PX, 0, 0, 0)  # a spin box heeds no padding there
        pair = QVBoxLayout(cell)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.setSpacing(4)
        pair.addWidget(label)
        pair.addWidget(field)
        self.addWidget(cell, *divmod(len(self._cells), 2))
        self._cells[field] = cell

    def show_only(self, shown: Collection[QWidget]) -> None:
        """Show these of its fields, one after the other, and hide the others."""
        for cell in self._cells.values():
            self.removeWidget(cell)
        place = 0
        for field, cell in self._cells.items():
            cell.setVisible(field in shown)
            if field in shown:
                self.addWidget(cell, *divmod(place, 2))
                place += 1


def whole_field(name: str, low: int, high: int, value: int, parent: QWidget) -> QSpinBox:
    """A field for a whole number.

    Args:
        name: Its objectName.
        low: The least, and `high` the largest it takes.
        value: What stands in it at first.
        parent: The widget it stands in.
    """
    field = QSpinBox(parent)
    field.setObjectName(name)
    field.setRange(low, high)
    field.setValue(value)
    return field
