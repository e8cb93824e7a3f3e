"""A button under which the rest unfolds, for those who want to see it."""

from __future__ import annotations

from PySide6.QtCore import QSettings, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from cnn_studio.gui.theme import Theme

_GAP_PX = 8


class Fold(QWidget):
    """Remembers whether it is open.

    Args:
        theme: Draws the sign on the button.
        settings: Where it is remembered, under `name`.
        name: Of the setting.
        keys: Open and close it.
        inside: What it holds, in a few words, for the tooltip.

    Attributes:
        content: What is folded away; give it widgets as children and `add` them.

    Signals:
        unfolded: The person wants to see the content, which needs room.
    """

    unfolded = Signal()

    def __init__(
        self,
        theme: Theme,
        settings: QSettings,
        name: str,
        keys: str,
        inside: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._settings, self._name, self._inside = theme, settings, name, inside
        self.button = QPushButton(self.tr("More"), self)
        self.button.setProperty("kind", "quiet")
        self.button.setCheckable(True)
        self.button.setShortcut(QKeySequence(keys))
        self.content = QWidget(self)
        self._inner = QVBoxLayout(self.content)
        self._inner.setContentsMargins(0, 0, 0, 0)
        self._inner.setSpacing(_GAP_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP_PX)
        column.addWidget(self.button)
        column.addWidget(self.content)
        self.button.toggled.connect(self._on_button_toggled)
        theme.changed.connect(self._show_sign)
        is_open = bool(settings.value(name, False, type=bool))
        self.button.setChecked(is_open)
        self._show_state()

    @property
    def is_open(self) -> bool:
        """Whether the content is shown."""
        return self.button.isChecked()

    def add(self, *widgets: QWidget) -> None:
        """Put widgets under those that are there."""
        for widget in widgets:
            self._inner.addWidget(widget)

    def _show_state(self) -> None:
        self.content.setVisible(self.is_open)
        text = self.tr("Less") if self.is_open else self.tr("More")
        keys = self.button.shortcut()
        self.button.setText(text)
        self.button.setShortcut(keys)  # a new text takes it away
        does = self.tr("Fold this away") if self.is_open else self._inside
        shown = keys.toString(QKeySequence.SequenceFormat.NativeText)
        self.button.setToolTip(f"{does} ({shown})")
        self._show_sign()

    @Slot()
    def _on_button_toggled(self) -> None:
        self._settings.setValue(self._name, self.is_open)
        self._show_state()
        if self.is_open:
            self.unfolded.emit()

    @Slot()
    def _show_sign(self) -> None:
        sign = "chevron-up" if self.is_open else "chevron-down"
        self.button.setIcon(self._theme.icon(sign, "text_quiet"))
