"""The tab's one place for messages: a sentence, what to do about it, and details."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cnn_studio.gui.endings import Endings, Until
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.notice import Kind, Notice


class Messages(QWidget):
    """Shows the newest message; takes no room while there is none. See `Notice`."""

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, endings: Endings | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("messages")
        self._on_action: Callable[[], None] | None = None
        self.notice = Notice(theme, self, endings=endings)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.notice)
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
        return self.notice.details

    def say(
        self,
        text: str,
        kind: Kind = Kind.INFO,
        action: str = "",
        on_action: Callable[[], None] | None = None,
        *,
        until: Until,
    ) -> None:
        """Show a sentence, and a button with the text `action` that calls `on_action`.

        It stays until one of `until` comes.
        """
        self._on_action = on_action
        self.notice.show_message(text, kind, action, until=until)
        self.show()

    def report(self, text: str, kind: Kind, lines: Sequence[str], *, until: Until) -> None:
        """Show a sentence, and a button that unfolds the lines."""
        self._on_action = None
        self.notice.show_message(text, kind, until=until, details=lines)
        self.show()

    @Slot()
    def clear(self) -> None:
        """Show nothing."""
        self._on_action = None
        self.notice.hide()
        self.hide()

    @Slot()
    def _on_notice_action_requested(self) -> None:
        on_action = self._on_action
        if on_action is not None:
            self.clear()
            on_action()
