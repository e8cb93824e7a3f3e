"""A key for a button that outlasts a change of the button's text, and that its tooltip names."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QPushButton, QToolButton


class ButtonKey(QShortcut):
    """Presses a button, or opens its menu, while the button is shown and enabled.

    The shortcut that a button has by itself is lost with its text, and a tooltip that is set later
    would no longer name it. Two buttons on show may share a key, such as the crosses of two
    messages: then it is the turn of one after the other.

    Args:
        button: What is pressed.
        keys: Such as "Alt+I".
        about: What the sheet of keys says of it where the button has no tooltip yet.
    """

    def __init__(self, button: QAbstractButton, keys: str, about: str = "") -> None:
        super().__init__(QKeySequence(keys), button)
        self.setAutoRepeat(False)
        self.setWhatsThis(about)
        self._button = button
        self._named = ""
        self.activated.connect(self._on_activated)
        self.activatedAmbiguously.connect(self._on_activated)
        button.installEventFilter(self)
        self.set_keys(keys)

    def set_keys(self, keys: str) -> None:
        """Press it by other keys from now on, as where it has become its opposite."""
        tip, before = self._button.toolTip(), self._named
        self.setKey(QKeySequence(keys))
        self._named = f"({self.key().toString(QKeySequence.SequenceFormat.NativeText)})"
        if before and before != self._named:
            self._button.setToolTip(tip.replace(f" {before}", "", 1))
        self._name_key()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTipChange:
            self._name_key()
        return False

    def _name_key(self) -> None:
        """Put the key at the end of the tooltip's first line."""
        first, *more = self._button.toolTip().split("\n")
        if first and not first.endswith(self._named):
            self._button.setToolTip("\n".join([f"{first.rstrip()} {self._named}", *more]))

    @Slot()
    def _on_activated(self) -> None:
        button = self._button
        if isinstance(button, QPushButton | QToolButton) and button.menu() is not None:
            button.showMenu()
        else:
            button.click()
