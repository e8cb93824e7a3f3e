"""A button that turns into its opposite, such as Start into Cancel, ends nothing by mistake."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication

_PRESSING = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Select)
_KEYS = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
_CLICKS = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)
_PASSING = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)


class TurnedGuard(QObject):
    """Keeps what was pressed once from pressing the opposite.

    Space and Enter do nothing on a button that turned while it had the focus, until the focus has
    been elsewhere; neither does the second half of a double click.

    Args:
        button: The button.
        clock: Seconds that only grow.
    """

    def __init__(
        self, button: QAbstractButton, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(button)
        self._button = button
        self._clock = clock
        self._turned_s: float | None = None
        self._holds_keys = False
        button.installEventFilter(self)

    def turn(self) -> None:
        """The button does something else from now on."""
        self._turned_s = self._clock()
        self._holds_keys = self._button.hasFocus()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent):
            if event.lostFocus() and event.reason() not in _PASSING:
                self._holds_keys = False
            return False
        if isinstance(event, QKeyEvent) and event.type() in _KEYS:
            is_taken = self._holds_keys and event.key() in _PRESSING
        else:
            is_taken = event.type() in _CLICKS and self._is_second_click()
        if is_taken:
            event.accept()  # else a dialog's default button would be pressed in its place
        return is_taken

    def _is_second_click(self) -> bool:
        if self._turned_s is None:
            return False
        return self._clock() - self._turned_s < QApplication.doubleClickInterval() / 1000
