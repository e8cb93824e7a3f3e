"""A button that turns into its opposite, such as Start into Cancel, ends nothing by mistake."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractButton

_PRESSING = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Select)
_KEYS = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
_PASSING = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)


class TurnedGuard(QObject):
    """Keeps what was pressed once from pressing the opposite.

    Space and Enter do nothing on a button that turned while it had the focus, until the focus has
    been elsewhere; neither does the second half of a double click, nor what was pressed before the
    button turned and is let go after it.

    Args:
        button: The button.
    """

    def __init__(self, button: QAbstractButton) -> None:
        super().__init__(button)
        self._button = button
        self._has_turned = False  # since the mouse pressed it last
        self._holds_keys = False
        self._is_let_go = False  # though the mouse may still hold it
        button.installEventFilter(self)

    def turn(self) -> None:
        """The button does something else from now on."""
        self._has_turned = True
        self._holds_keys = self._button.hasFocus()
        if self._button.isDown():
            self._button.setDown(False)  # a button that is not down is not clicked by the release
            self._is_let_go = True

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        is_taken = False
        if isinstance(event, QFocusEvent):
            if event.lostFocus() and event.reason() not in _PASSING:
                self._holds_keys = False
        elif isinstance(event, QKeyEvent):
            is_press = event.type() in _KEYS and event.key() in _PRESSING
            is_taken = self._holds_keys and is_press
        elif event.type() == QEvent.Type.MouseButtonPress:
            self._has_turned = self._is_let_go = False
        elif event.type() == QEvent.Type.MouseMove:
            is_taken = self._is_let_go  # or it would go down once more
        elif event.type() == QEvent.Type.MouseButtonDblClick:
            is_taken = self._has_turned
        if is_taken:
            event.accept()  # else a dialog's default button would be pressed in its place
        return is_taken
