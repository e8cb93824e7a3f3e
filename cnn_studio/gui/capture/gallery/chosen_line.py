"""The line that says which images the gallery shows instead of a class, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from cnn_studio.data.marks import renamed
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.buttons import icon_button
from cnn_studio.gui.widgets.elided_label import ElidedLabel

_ICON_PX = 16


@dataclass(frozen=True)
class Chosen:
    """Images of a dataset that the gallery shows instead of a class.

    Attributes:
        text: What they are, in words.
        names: What they are called, "Class/file.jpg", in their order.
        ranking: What comes first in that order; empty where it is none, then the newest does.
        notes: What stands on a thumbnail, by the name.
    """

    text: str
    names: tuple[str, ...]
    ranking: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)

    def moved(self, moves: Mapping[str, str]) -> Chosen:
        """The same images after files and folders have moved within the dataset."""
        return replace(
            self,
            names=tuple(renamed(name, moves) for name in self.names),
            notes={renamed(name, moves): note for name, note in self.notes.items()},
        )


class ChosenLine(QFrame):
    """Hidden until there is something to say.

    Signals:
        closed: The class is to be shown again.
    """

    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chosenLine")
        self._theme = theme
        self._text = ElidedLabel(self)
        self._text.setObjectName("chosenText")
        self._close = icon_button(
            self, "chosenClose", self.tr("Show the class again (Esc)"), side_px=_ICON_PX
        )
        self._close.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click does not take the keys
        self._close.clicked.connect(self.closed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 0, 8, 0)
        layout.setSpacing(4)
        layout.addWidget(self._text)
        layout.addWidget(self._close)
        layout.addStretch(1)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.hide()

    @property
    def text(self) -> str:
        """What is said; empty if nothing is."""
        return "" if self.isHidden() else self._text.text()

    def say(self, text: str) -> None:
        """Say which images are shown; empty for all of a class."""
        self._text.setText(text)
        self.setVisible(bool(text))

    @Slot()
    def _on_theme_changed(self) -> None:
        self._close.setIcon(self._theme.icon("close", "text_quiet"))
