"""A small panel over a button in which what is chosen holds at once, without a modal box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QFormLayout, QFrame, QLabel, QWidget


class OptionsPanel(QFrame):
    """A heading, named fields, and switches below them; what extends it says which.

    Signals:
        changed: Something else was chosen, and is kept.
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
        self._first.setFocus()

    def make_switch(self, name: str, text: str, is_on: bool) -> QCheckBox:
        """A switch of this panel."""
        switch = QCheckBox(text, self)
        switch.setObjectName(name)
        switch.setToolTip(text)
        switch.setAccessibleName(text)
        switch.setChecked(is_on)
        switch.toggled.connect(self.on_changed)
        return switch

    def lay_out(
        self, title: str, fields: Mapping[str, QWidget], switches: Sequence[QCheckBox]
    ) -> None:
        """Put everything into its place; the first of the fields has the focus at first."""
        self._first = next(iter(fields.values()))
        heading = QLabel(title, self)
        heading.setProperty("role", "title")
        form = QFormLayout(self)
        form.setContentsMargins(16, 16, 16, 16)
        form.setSpacing(8)
        form.setHorizontalSpacing(16)
        form.addRow(heading)
        for name, field in fields.items():
            label = QLabel(name, self)
            label.setMinimumHeight(field.sizeHint().height())  # else it stands above the middle
            label.setBuddy(field)
            form.addRow(label, field)
        for switch in switches:
            form.addRow(switch)

    def keep(self) -> None:
        """Remember what is chosen."""
        raise NotImplementedError

    @Slot()
    def on_changed(self) -> None:
        """A field or a switch was moved."""
        self.keep()
        self.changed.emit()
