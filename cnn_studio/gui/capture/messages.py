"""The tab's one place for messages: a sentence, what to do about it, and details below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from cnn_studio.gui.endings import Endings, Until
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.notice import Kind, Notice

_DETAILS_HEIGHT = 200


class Messages(QWidget):
    """Shows the newest message; takes no room while there is none. See `Notice`."""

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, endings: Endings | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("messages")
        self._on_action: Callable[[], None] | None = None
        self.notice = Notice(theme, self, endings=endings)
        self._details = _Details(self)
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
        return "" if self._details.isHidden() else self._details.text.toPlainText()

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
        self._details.hide()
        self._on_action = on_action
        self.notice.show_message(text, kind, action, until=until)
        self.show()

    def report(self, text: str, kind: Kind, lines: Sequence[str], *, until: Until) -> None:
        """Show a sentence, and a button that unfolds the lines."""
        self._details.text.setPlainText("\n".join(lines))
        self.say(text, kind, self.tr("Show details") if lines else "", until=until)

    @Slot()
    def clear(self) -> None:
        """Show nothing."""
        self._on_action = None
        self._details.hide()
        self.notice.hide()
        self.hide()

    @Slot()
    def _on_notice_action_requested(self) -> None:
        on_action = self._on_action
        if on_action is None:
            self._details.open_below(self.notice)
        else:
            self.clear()
            on_action()


class _Details(QFrame):
    """Many lines over what lies below the sentence, until a click elsewhere or Esc."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popover")
        self.text = QPlainTextEdit(self)
        self.text.setObjectName("messageDetails")
        self.text.setAccessibleName(self.tr("Details"))
        self.text.setToolTip(self.tr("What was left out, and why"))
        self.text.setReadOnly(True)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.text)

    def open_below(self, anchor: QWidget) -> None:
        """Show the lines under a widget, as wide as it is."""
        self.resize(anchor.width(), _DETAILS_HEIGHT)
        self.move(anchor.mapToGlobal(QPoint(0, anchor.height() + 4)))
        self.show()
        self.text.setFocus()
