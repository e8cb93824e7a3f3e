"""The tab's one place for messages: a sentence, what to do about it, and the details below."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.notice import Kind, Notice

_DETAILS_HEIGHT = 120


class Messages(QWidget):
    """Shows the newest message; takes no room while there is none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messages")
        self._on_action: Callable[[], None] | None = None
        self.notice = Notice(theme, self)
        self._details = QPlainTextEdit(self)
        self._details.setObjectName("messageDetails")
        self._details.setAccessibleName(self.tr("Details"))
        self._details.setToolTip(self.tr("What was left out, and why"))
        self._details.setReadOnly(True)
        self._details.setFixedHeight(_DETAILS_HEIGHT)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.notice)
        layout.addWidget(self._details)
        self.notice.action_requested.connect(self._on_notice_action_requested)
        self.notice.closed.connect(self.clear)
        self.clear()

    @property
    def text(self) -> str:
        """The sentence on show; empty if there is none."""
        return "" if self.isHidden() else self.notice.text

    @property
    def details(self) -> str:
        """The lines below the sentence; empty while they are hidden."""
        return "" if self._details.isHidden() else self._details.toPlainText()

    def say(
        self,
        text: str,
        kind: Kind = Kind.INFO,
        action: str = "",
        on_action: Callable[[], None] | None = None,
    ) -> None:
        """Show a sentence, and a button with the text `action` that calls `on_action`."""
        self._details.hide()
        self._on_action = on_action
        self.notice.show_message(text, kind, action)
        self.show()

    def report(self, text: str, kind: Kind, lines: Sequence[str]) -> None:
        """Show a sentence, and a button that unfolds the lines."""
        if not lines:
            self.say(text, kind)
            return
        self._details.setPlainText("\n".join(lines))
        self.say(text, kind, self.tr("Show details"), self._unfold)

    @Slot()
    def clear(self) -> None:
        """Show nothing."""
        self._on_action = None
        self._details.hide()
        self.notice.hide()
        self.hide()

    def _unfold(self) -> None:
        self._details.show()

    @Slot()
    def _on_notice_action_requested(self) -> None:
        on_action = self._on_action
        if on_action == self._unfold:
            self._details.setVisible(not self._details.isVisible())
        elif on_action is not None:
            self.clear()
            on_action()
