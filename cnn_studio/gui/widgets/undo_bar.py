"""The place of the offer to undo, where no other message comes: a line, a button and a cross."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.button_key import ButtonKey
from cnn_studio.gui.widgets.buttons import icon_button

_ICON_PX = 16


class UndoBar(QFrame):
    """Hidden until there is an offer; it stays until it is used, closed or withdrawn.

    Whoever makes an offer withdraws it once what it offers to undo is no longer the newest change.

    Signals:
        undo_requested: The offer was taken.
    """

    undo_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("undoBar")
        self._theme = theme
        self._icon = QLabel(self)
        self._icon.setFixedSize(_ICON_PX, _ICON_PX)
        self._text = QLabel(self)
        self._text.setObjectName("undoText")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)  # the name of a class may hold anything
        key = QKeySequence(QKeySequence.StandardKey.Undo)
        native = key.toString(QKeySequence.SequenceFormat.NativeText)
        self._undo = QPushButton(self.tr("Undo"), self)
        self._undo.setObjectName("undoBarButton")
        self._undo.setAccessibleName(self._undo.text())
        self._undo.setToolTip(self.tr("Undo ({key})").format(key=native))
        self._undo.setAutoDefault(False)
        self._close = icon_button(
            self, "undoBarClose", self.tr("Close; it can still be undone"), side_px=_ICON_PX
        )
        for button in (self._undo, self._close):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys where they are
        ButtonKey(self._close, "Alt+X")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 8, 4)
        layout.setSpacing(8)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._undo)
        layout.addWidget(self._close)
        self._undo.clicked.connect(self._on_undo_clicked)
        self._close.clicked.connect(self.withdraw)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.hide()

    @property
    def text(self) -> str:
        """What is offered; empty if nothing is."""
        return "" if self.isHidden() else self._text.text()

    def offer(self, text: str) -> None:
        """Say what was done, and offer to undo it; an older offer goes."""
        self._text.setText(text)
        self.setAccessibleName(text)
        self._undo.setAccessibleDescription(text)
        self.show()

    @Slot()
    def withdraw(self) -> None:
        """Offer nothing any more."""
        self.hide()

    @Slot()
    def _on_undo_clicked(self) -> None:
        self.withdraw()
        self.undo_requested.emit()

    @Slot()
    def _on_theme_changed(self) -> None:
        icon = self._theme.icon("undo", "text_quiet")
        self._icon.setPixmap(icon.pixmap(QSize(_ICON_PX, _ICON_PX)))
        self._close.setIcon(self._theme.icon("close", "text_quiet"))
