"""The place of the offer to undo or redo: a line, a button and a cross, and no other message."""

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
        undo_requested, redo_requested: The offer was taken.
    """

    undo_requested = Signal()
    redo_requested = Signal()

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
        self._is_redo = False
        self._undo = QPushButton(self)
        self._undo.setObjectName("undoBarButton")
        self._undo.setAutoDefault(False)
        self._close = icon_button(
            self,
            "undoBarClose",
            self.tr("Close this message; undoing still works"),
            side_px=_ICON_PX,
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
        self._set_way(is_redo=False)
        self.hide()

    @property
    def text(self) -> str:
        """What is offered; empty if nothing is."""
        return "" if self.isHidden() else self._text.text()

    @property
    def is_redo(self) -> bool:
        """Whether it offers to do again what was undone."""
        return self._is_redo

    @Slot(str)
    def offer(self, text: str) -> None:
        """Say what was done, and offer to undo it; an older offer goes."""
        self._offer(text, is_redo=False)

    @Slot(str)
    def offer_redo(self, text: str) -> None:
        """Say what was undone, and offer to do it again; an older offer goes."""
        self._offer(text, is_redo=True)

    def _offer(self, text: str, *, is_redo: bool) -> None:
        self._set_way(is_redo=is_redo)
        self._text.setText(text)
        self.setAccessibleName(text)
        self._undo.setAccessibleDescription(text)
        self.show()

    def _set_way(self, *, is_redo: bool) -> None:
        self._is_redo = is_redo
        key = QKeySequence("Ctrl+Shift+Z" if is_redo else "Ctrl+Z")
        native = key.toString(QKeySequence.SequenceFormat.NativeText)
        word = self.tr("Redo") if is_redo else self.tr("Undo")
        self._undo.setText(word)
        self._undo.setAccessibleName(word)
        self._undo.setToolTip(f"{word} ({native})")
        close = self.tr("Close this message; redoing still works") if is_redo else ""
        self._close.setToolTip(close or self.tr("Close this message; undoing still works"))
        self._close.setAccessibleName(self._close.toolTip())
        self._on_theme_changed()

    @Slot()
    def withdraw(self) -> None:
        """Offer nothing any more."""
        self.hide()

    @Slot()
    def _on_undo_clicked(self) -> None:
        self.withdraw()
        (self.redo_requested if self._is_redo else self.undo_requested).emit()

    @Slot()
    def _on_theme_changed(self) -> None:
        icon = self._theme.icon("redo" if self._is_redo else "undo", "text_quiet")
        self._icon.setPixmap(icon.pixmap(QSize(_ICON_PX, _ICON_PX)))
        self._close.setIcon(self._theme.icon("close", "text_quiet"))
