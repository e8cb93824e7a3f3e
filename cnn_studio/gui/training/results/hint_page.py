"""What stands in the results where there is nothing to show yet: why, and what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from cnn_studio.gui.widgets.button_key import ButtonKey
from cnn_studio.gui.widgets.turned_guard import TurnedGuard

_STEPS = 1000
_KEYS, _STOP_KEYS = "Alt+G", "Alt+Shift+G"


class HintPage(QWidget):
    """A title, a sentence, a bar of progress and a button; it gets along with little room.

    Signals:
        action_requested: The button was pressed.
    """

    action_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("hintPage")
        self._title = QLabel(self)
        self._title.setProperty("role", "title")
        self._text = QLabel(self)
        self._text.setProperty("role", "quiet")
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
        self._bar = QProgressBar(self)
        self._bar.setObjectName("hintProgress")
        self._bar.setAccessibleName(self.tr("Progress"))
        self._bar.setTextVisible(False)
        self._bar.setRange(0, _STEPS)
        self._action = QPushButton(self)
        self._action.setObjectName("hintAction")
        self._action.setProperty("kind", "primary")
        self._action.clicked.connect(self.action_requested)
        self._turned = TurnedGuard(self._action)
        self._key = ButtonKey(self._action, _KEYS, self.tr("Get what a result still needs"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addStretch(1)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        layout.addWidget(self._bar)
        layout.addWidget(self._action, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        self.set_content("", "")

    @property
    def title(self) -> str:
        """What is on show."""
        return self._title.text()

    def set_content(
        self, title: str, text: str, action: str = "", share: float | None = None
    ) -> None:
        """Say what is missing.

        Args:
            title: In a few words.
            text: A sentence; none if empty.
            action: What the button says; no button if empty.
            share: How far the work is, 0 to 1; None for no bar.
        """
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        if action != self._action.text():
            self._action.setText(action)
            self._turned.turn()
        self._action.setToolTip(action or self.tr("Take the next step"))
        self._action.setAccessibleName(action or self.tr("Take the next step"))
        self._key.set_keys(_KEYS if share is None else _STOP_KEYS)
        self._action.setVisible(bool(action))
        self._bar.setVisible(share is not None)
        self._bar.setValue(round((share or 0.0) * _STEPS))
