"""An inline message: a sentence, perhaps one thing to do about it or details, and a cross."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.endings import Endings, Until
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.button_key import ButtonKey
from cnn_studio.untrusted_text import shown_lines


class Kind(StrEnum):
    """How much a message matters."""

    INFO = "info"
    GOOD = "good"
    WARN = "warn"
    ERROR = "error"


_ICONS = {
    Kind.INFO: ("info", "accent"),
    Kind.GOOD: ("check", "good"),
    Kind.WARN: ("warning", "warn"),
    Kind.ERROR: ("error", "record"),
}


_DETAILS_HEIGHT, _GAP_PX = 200, 4


class Notice(QFrame):
    """Hidden until `show_message`; lies over the lower edge of what it speaks of, see `LowerEdge`.

    Args:
        theme: Where colours and icons come from.
        parent: What it stands in.
        endings: What ends messages; a dialog, whose messages end with it, has none.

    Signals:
        action_requested: The button beside the sentence was pressed, and it is not about details.
        closed: The message is over: the cross was pressed, or what it stayed for has come.
    """

    action_requested = Signal()
    closed = Signal()

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, endings: Endings | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._theme = theme
        self._endings = endings
        self._until = Until.REPLACED
        self._kind = Kind.INFO
        self._lines: tuple[str, ...] = ()
        self._details: _Details | None = None  # made when it is first wanted
        self._icon = QLabel(self)
        self._icon.setFixedSize(18, 18)
        self._text = QLabel(self)
        self._text.setObjectName("noticeText")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)  # names of files may hold anything
        self._action = QPushButton(self)
        self._action.setObjectName("noticeAction")
        self._action.clicked.connect(self._on_action_clicked)
        self._close = QToolButton(self)
        self._close.setObjectName("noticeClose")
        self._close.setToolTip(self.tr("Close this message"))
        self._close.setAccessibleName(self.tr("Close this message"))
        self._close.setIconSize(QSize(16, 16))
        self._close.clicked.connect(self._end)
        ButtonKey(self._action, "Alt+A", self.tr("Do what a message suggests"))
        ButtonKey(self._close, "Alt+X")
        if endings is not None:
            endings.came.connect(self._on_endings_came)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 6, 6)
        layout.setSpacing(8)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._action)
        layout.addWidget(self._close)
        theme.changed.connect(self._on_theme_changed)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence on show."""
        return self._text.text()

    @property
    def details(self) -> str:
        """The lines that lie open beside the sentence; empty while they are hidden."""
        is_open = self._details is not None and self._details.isVisible()
        return "\n".join(self._lines) if is_open else ""

    def show_message(
        self,
        text: str,
        kind: Kind = Kind.INFO,
        action: str = "",
        *,
        until: Until,
        details: Sequence[str] = (),
    ) -> None:
        """Show a sentence.

        Args:
            text: The sentence.
            kind: How much it matters.
            action: The text of a button, none if empty.
            until: What ends it; a message that is true for as long as its cause lasts names that.
            details: Lines that a button unfolds, where there is no action.

        Raises:
            ValueError: Nobody would say here that it is over.
        """
        self._hide_details()
        self._lines = tuple(details)
        action = action or (self.tr("Show details") if details else "")
        if until and self._endings is None:
            raise ValueError(f"A message in a dialog ends with it or with the next: {until}.")
        self._until = until
        self._kind = kind
        text = shown_lines(text)
        self._text.setText(text)
        self.setAccessibleName(text)
        self._action.setText(action)
        self._action.setToolTip(action)
        self._action.setAccessibleName(action)
        self._action.setVisible(bool(action))
        self.setProperty("kind", str(kind))
        self.style().unpolish(self)
        self.style().polish(self)
        self._on_theme_changed()
        self.show()

    @Slot()
    def _on_action_clicked(self) -> None:
        if not self._lines:
            self.action_requested.emit()
            return
        if self._details is None:
            self._details = _Details(self)
        self._details.text.setPlainText("\n".join(self._lines))
        self._details.open_at(self)

    def _hide_details(self) -> None:
        if self._details is not None:
            self._details.hide()

    @Slot()
    def _end(self) -> None:
        self._hide_details()
        self.hide()
        self.closed.emit()

    @Slot(object)
    def _on_endings_came(self, came: Until) -> None:
        if came & self._until and not self.isHidden():
            self._end()

    @Slot()
    def _on_theme_changed(self) -> None:
        name, token = _ICONS[self._kind]
        self._icon.setPixmap(self._theme.icon(name, token).pixmap(18, 18))
        self._close.setIcon(self._theme.icon("close", "text_quiet"))


class _Details(QFrame):
    """Many lines beside the sentence, until a click elsewhere or Esc."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popover")
        self.text = QPlainTextEdit(self)
        self.text.setObjectName("messageDetails")
        self.text.setAccessibleName(self.tr("Details"))
        self.text.setToolTip(self.tr("What the message sums up, line by line"))
        self.text.setReadOnly(True)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.text)

    def open_at(self, anchor: QWidget) -> None:
        """Show the lines above a widget, as wide as it is; below it where there is more room."""
        self.resize(anchor.width(), _DETAILS_HEIGHT)
        screen = anchor.screen().availableGeometry()
        above = anchor.mapToGlobal(QPoint(0, -_DETAILS_HEIGHT - _GAP_PX))
        below = anchor.mapToGlobal(QPoint(0, anchor.height() + _GAP_PX))
        self.move(above if above.y() >= screen.top() else below)
        self.show()
        self.text.setFocus()
