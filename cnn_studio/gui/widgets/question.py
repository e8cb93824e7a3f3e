"""A question before what cannot be overlooked: what would happen, and a button for each answer."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from cnn_studio.untrusted_text import shown_lines


class Question(QMessageBox):
    """Asks over a window; Enter and Esc change nothing. Open it with `open()`.

    Args:
        name: What the window is called, for tests and styles.
        text: The question; it names how much is at stake.
        details: What becomes of it.
        yes: What the button that acts says; `&` before its letter makes that its key.
        no: What the button that changes nothing says.
        parent: The window it is about.

    Signals:
        confirmed: The button that acts was pressed.
    """

    confirmed = Signal()

    def __init__(
        self, name: str, text: str, details: str, yes: str, no: str, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setIcon(QMessageBox.Icon.Question)
        self.setTextFormat(Qt.TextFormat.PlainText)  # the name of a class may hold anything
        details = shown_lines(details)
        self.setInformativeText(details)
        self._yes = self.addButton(yes, QMessageBox.ButtonRole.DestructiveRole)
        stay = self.addButton(no, QMessageBox.ButtonRole.RejectRole)
        for button, button_name in ((self._yes, "yes"), (stay, "no")):
            button.setObjectName(f"{name}-{button_name}")
            button.setAccessibleName(button.text().replace("&", ""))
            button.setToolTip(details)
        self.set_question(text)
        self.setDefaultButton(stay)
        self.setEscapeButton(stay)
        self.finished.connect(self._on_finished)

    def set_question(self, text: str) -> None:
        """Say the question otherwise, as when more is known of how much is at stake."""
        text = shown_lines(text)
        self.setText(text)
        for button in self.buttons():
            button.setAccessibleDescription(f"{text} {self.informativeText()}")

    @Slot()
    def _on_finished(self) -> None:
        if self.clickedButton() is self._yes:
            self.confirmed.emit()
        self.deleteLater()
