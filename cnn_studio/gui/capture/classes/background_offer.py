"""Offers a class for pictures that show none of the others."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QWidget

from cnn_studio.gui.theme import Theme

_ICON = QSize(16, 16)


class BackgroundOffer(QWidget):
    """One quiet line with a cross.

    Signals:
        accepted: The class shall be added.
        declined: The offer shall not be made again.
    """

    accepted = Signal()
    declined = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("backgroundOffer")
        self._theme = theme
        self._add = QPushButton(self.tr("A class for “nothing”"), self)
        self._add.setObjectName("addBackgroundButton")
        self._add.setProperty("kind", "quiet")
        self._add.setToolTip(
            self.tr(
                "Add a class for “nothing”\n"
                "A network calls whatever it sees by one of its classes. With a class of pictures\n"
                "that show none of your things, an unknown thing is called “nothing”."
            )
        )
        self._add.setAccessibleName(self._add.text())
        self._add.setAccessibleDescription(self._add.toolTip())
        self._add.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._add.setIconSize(_ICON)
        self._close = QToolButton(self)
        self._close.setObjectName("declineBackgroundButton")
        self._close.setToolTip(self.tr("Do not offer this again for this dataset"))
        self._close.setAccessibleName(self._close.toolTip())
        self._close.setIconSize(_ICON)
        self._close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._add, 1)
        layout.addWidget(self._close)
        self._add.clicked.connect(self.accepted)
        self._close.clicked.connect(self.declined)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.hide()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._add.setIcon(self._theme.icon("add", "text_quiet"))
        self._close.setIcon(self._theme.icon("close", "text_quiet"))
