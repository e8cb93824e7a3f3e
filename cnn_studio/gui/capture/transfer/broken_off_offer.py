"""The question about work that was broken off; it stays until it is answered."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from cnn_studio.gui.capture.transfer.broken_off import BrokenOff
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.buttons import dialog_button


class BrokenOffOffer(QFrame):
    """A sentence and what can be done; hidden while there is nothing to ask.

    Signals:
        finish_requested, take_back_requested, keep_requested: The button of that name was pressed.
        asked: There is a question now.
    """

    asked = Signal()
    finish_requested = Signal()
    take_back_requested = Signal()
    keep_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setProperty("kind", "warn")
        self._theme = theme
        self._icon = QLabel(self)
        self._icon.setFixedSize(18, 18)
        self._text = QLabel(self)
        self._text.setObjectName("brokenOffText")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._finish = self._button("finishBrokenOff", "Alt+N", self.finish_requested)
        self._finish.setText(self.tr("Continue"))
        self._finish.setToolTip(self.tr("Continue where it stopped (Alt+N)"))
        self._take_back = self._button("takeBrokenOffBack", "Alt+B", self.take_back_requested)
        self._take_back.setText(self.tr("Take back"))
        self._take_back.setToolTip(
            self.tr("Undo what was done so far: images go to the trash (Alt+B)")
        )
        self._keep = self._button("keepBrokenOff", "Alt+K", self.keep_requested)
        self._keep.setToolTip(self.tr("Keep what is there and do not ask again (Alt+K)"))
        self._keep.setText(self.tr("Keep these"))
        for button in (self._finish, self._take_back, self._keep):
            button.setAccessibleName(button.text())
        self._lay_out()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.hide()

    @property
    def text(self) -> str:
        """The question; empty while there is none."""
        return "" if self.isHidden() else self._text.text()

    def ask(self, broken: BrokenOff) -> None:
        """Ask about this."""
        self._text.setText(broken.question)
        self.setAccessibleName(broken.question)
        keep = self.tr("Keep these") if broken.has_results else self.tr("Forget it")
        keep = broken.keep_text or keep
        self._keep.setText(keep)
        self._keep.setAccessibleName(keep)
        self._finish.setVisible(broken.can_finish)
        self._take_back.setVisible(broken.can_take_back)
        self.show()
        self.asked.emit()

    def key_hints(self) -> list[tuple[str, str]]:
        """The keys that answer the question, and what they do; none while there is none."""
        buttons = (self._finish, self._take_back, self._keep)
        tips = [each.toolTip() for each in buttons if not (self.isHidden() or each.isHidden())]
        return [(tip[tip.rindex("(") + 1 : -1], tip[: tip.rindex("(")].rstrip()) for tip in tips]

    def _button(self, name: str, keys: str, pressed: SignalInstance) -> QPushButton:
        button = dialog_button(self, name, "", "")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click must not take Space from the tab
        button.clicked.connect(pressed)
        key = QShortcut(QKeySequence(keys), self)
        key.setAutoRepeat(False)
        key.activated.connect(button.click)
        return button

    def _lay_out(self) -> None:
        self._finish.setProperty("kind", "primary")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        for button in (self._finish, self._take_back, self._keep):
            row.addWidget(button)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._icon.setPixmap(self._theme.icon("warning", "warn").pixmap(18, 18))
