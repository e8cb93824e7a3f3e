"""The buttons at the foot of a page, or a question in their place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)

from cnn_studio.gui.widgets.buttons import dialog_button
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel

_USUAL, _ASKING = 0, 1


class AskingRow(QStackedWidget):
    """Shows a row of widgets until a question takes their place.

    Args:
        usual: What stands there while there is no question.
    """

    def __init__(self, usual: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("askingRow")
        self._on_yes: Callable[[], None] | None = None
        self._focused: QWidget | None = None  # what had the keyboard before the question
        self._question = WrappedLabel(self)
        self._question.setObjectName("checkupQuestion")
        self._yes = dialog_button(self, "checkupYesButton", "", self.tr("It can be undone"))
        self._no = dialog_button(
            self, "checkupNoButton", self.tr("Cancel"), self.tr("Change nothing (Esc)")
        )
        for button in (self._yes, self._no):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        asking = QWidget(self)
        row = QHBoxLayout(asking)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._question, 1)
        row.addWidget(self._yes)
        row.addWidget(self._no)
        self.addWidget(usual)
        self.addWidget(asking)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._yes.clicked.connect(self._on_yes_clicked)
        self._no.clicked.connect(self.dismiss)

    @property
    def is_asking(self) -> bool:
        """Whether a question is open."""
        return self.currentIndex() == _ASKING

    @property
    def question(self) -> str:
        """The question; empty while there is none."""
        return self._question.text() if self.is_asking else ""

    def ask(self, question: str, yes: str, on_yes: Callable[[], None]) -> None:
        """Ask, and call `on_yes` if the button with the text `yes` is pressed."""
        self._on_yes = on_yes
        self._focused = QApplication.focusWidget()
        self._question.setText(question)
        self._yes.setText(yes.replace("&", "&&"))
        self._yes.setAccessibleName(yes)
        self.setCurrentIndex(_ASKING)
        self._no.setFocus()

    @Slot()
    def dismiss(self) -> None:
        """Show the usual row again; nothing is done."""
        if not self.is_asking:
            return
        self._on_yes = None
        if self._focused is not None:
            self._focused.setFocus()
        self._focused = None
        self.setCurrentIndex(_USUAL)

    @Slot()
    def _on_yes_clicked(self) -> None:
        on_yes = self._on_yes
        self.dismiss()
        if on_yes is not None:
            on_yes()
