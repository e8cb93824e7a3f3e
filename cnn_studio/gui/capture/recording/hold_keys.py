"""The keys of the capture tab: Space held, Enter, Esc, 1 to 9, and Shift with 1 to 9 held."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from cnn_studio.gui.key_repeat import KeyRepeat

_TEXT_FIELDS = (QLineEdit, QPlainTextEdit)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_REPEAT_GAP_MS = 60
_XKB_KEY_0, _WINDOWS_KEY_0 = 9, 0x30
_MAC_DIGITS = {18: 1, 19: 2, 20: 3, 21: 4, 23: 5, 22: 6, 26: 7, 28: 8, 25: 9}
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


class HoldKeys(QObject):
    """Takes keys before the widget that has the focus gets them.

    Text fields keep all their keys, and widgets in `keep_space` keep Space. A button or chooser
    that was reached with Tab keeps Space and Enter, since that is how a keyboard presses it. Menus
    and other windows of the area's widgets keep all keys.

    Signals:
        hold_began, hold_ended: Space went down, and up again or out of reach.
        class_hold_began(int): Shift and 1 to 9 went down; hold_ended follows.
        shot_requested: Enter.
        end_requested: Esc.
        number_pressed(int): 1 to 9.
    """

    hold_began = Signal()
    hold_ended = Signal()
    class_hold_began = Signal(int)
    end_requested = Signal()
    shot_requested = Signal()
    number_pressed = Signal(int)

    def __init__(
        self, area: QWidget, hold_button: QAbstractButton, keep_space: Sequence[QWidget] = ()
    ) -> None:
        super().__init__(area)
        self._keep_space = tuple(keep_space)
        self._area = area
        self._hold_button = hold_button
        self._held = False
        self._held_number = 0  # of the class that Shift and a number record; 0 for Space
        # X11 repeats a held key as releases and presses, and Qt tells them from real ones only if
        # both have arrived. So a release counts once no press has followed it.
        self._release = QTimer(self, interval=_REPEAT_GAP_MS, singleShot=True)
        self._release.timeout.connect(self.let_go)
        for widget in (area, *area.findChildren(QWidget)):
            if not isinstance(widget, _TEXT_FIELDS):
                widget.installEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_application_focus_changed)
            repeat = application.findChild(KeyRepeat)  # it keeps the repeats to itself
            if repeat is not None:
                repeat.repeated.connect(self._release.stop)

    @property
    def is_held(self) -> bool:
        """Whether a key that records is down, as far as is known."""
        return self._held

    @Slot()
    def let_go(self) -> None:
        """End the hold, if there is one."""
        self._release.stop()
        if self._held:
            self._held = False
            self._held_number = 0
            self.hold_ended.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._take_press(watched, event)
        if kind == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
            return self._take_release(event)
        if kind == QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
            # A menu takes the keyboard, and with it the release of Space.
            if event.reason() == Qt.FocusReason.PopupFocusReason:
                self.let_go()
        elif kind == QEvent.Type.WindowDeactivate:
            self.let_go()
        return False

    def _take_press(self, watched: QObject, event: QKeyEvent) -> bool:
        # A text field passes on the keys that it has no use for, such as Enter.
        if event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            return self._take_shift_press(event)
        if event.modifiers() not in _PLAIN or isinstance(QApplication.focusWidget(), _TEXT_FIELDS):
            return False
        if isinstance(watched, QWidget) and watched.window() is not self._area.window():
            return False
        key = event.key()
        if Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            self.number_pressed.emit(int(key) - int(Qt.Key.Key_0))
            return True
        if watched is not self._hold_button and isinstance(watched, (QAbstractButton, QComboBox)):
            return self._press_itself(watched, event)
        if key == Qt.Key.Key_Space:
            if watched in self._keep_space:
                return False
            self._release.stop()
            if not event.isAutoRepeat() and not self._held:
                self._held = True
                self.hold_began.emit()
            return True
        if key in _ENTER:
            if not event.isAutoRepeat():
                self.shot_requested.emit()
            return True
        if key == Qt.Key.Key_Escape:
            self.end_requested.emit()
        return False

    def _take_shift_press(self, event: QKeyEvent) -> bool:
        number = digit_of(event)
        if not number or isinstance(QApplication.focusWidget(), _TEXT_FIELDS):
            return False
        self._release.stop()
        if not event.isAutoRepeat() and not self._held:
            self._held = True
            self._held_number = number
            self.class_hold_began.emit(number)
        return True

    def _press_itself(self, widget: QAbstractButton | QComboBox, event: QKeyEvent) -> bool:
        if event.key() not in _ENTER:
            return False  # Space is known to them
        if isinstance(widget, QComboBox):
            widget.showPopup()
        else:
            widget.click()
        return True

    def _take_release(self, event: QKeyEvent) -> bool:
        is_number = self._held_number and digit_of(event) == self._held_number
        is_space = event.key() == Qt.Key.Key_Space and not self._held_number
        if not self._held or not (is_number or is_space):
            return False
        if not event.isAutoRepeat():
            self._release.start()
        return True

    @Slot(QWidget, QWidget)
    def _on_application_focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        inside = now is not None and (now is self._area or self._area.isAncestorOf(now))
        if not inside or isinstance(now, _TEXT_FIELDS):
            self.let_go()


def digit_of(event: QKeyEvent) -> int:
    """Which of the keys 1 to 9 above the letters it is, whatever it writes with Shift; else 0."""
    key = int(event.key())
    if Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
        return key - int(Qt.Key.Key_0)
    if sys.platform == "darwin":
        return _MAC_DIGITS.get(event.nativeVirtualKey(), 0)
    if sys.platform == "win32":
        place = event.nativeVirtualKey() - _WINDOWS_KEY_0
    else:
        place = event.nativeScanCode() - _XKB_KEY_0  # X11 and Wayland count the keys alike
    return place if 1 <= place <= 9 else 0
