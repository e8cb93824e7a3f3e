"""A key that is held down acts once: it repeats only where it types, moves or zooms."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QWindow
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

_PRESSES = (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
_Key = Qt.Key
_MOVING = frozenset(
    {
        *(_Key.Key_Left, _Key.Key_Right, _Key.Key_Up, _Key.Key_Down),
        *(_Key.Key_Home, _Key.Key_End, _Key.Key_PageUp, _Key.Key_PageDown),
        *(_Key.Key_Tab, _Key.Key_Backtab),
        *(_Key.Key_Plus, _Key.Key_Minus, _Key.Key_Equal),  # they zoom
    }
)
_NEW_LINE = frozenset({_Key.Key_Return, _Key.Key_Enter})
_ERASING = frozenset({_Key.Key_Backspace, _Key.Key_Delete})
_Keys = QKeySequence.StandardKey
_EDITING = (_Keys.Undo, _Keys.Redo, _Keys.Paste, _Keys.DeleteStartOfWord, _Keys.DeleteEndOfWord)
_CONTROL, _ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
_NO_TYPING = _CONTROL | _ALT | Qt.KeyboardModifier.MetaModifier
_ALT_GR = _CONTROL | _ALT  # as Windows has it
_LINES = (QLineEdit, QAbstractSpinBox)
_PAGES = (QPlainTextEdit, QTextEdit)


class KeyRepeat(QObject):
    """Takes the repeats of a held key before anything hears of them, in every window.

    Shortcuts repeat unless each is made not to, those of buttons always do, and Enter on a button
    or in a dialog too. So they are stopped where all of them pass: at the window that the system
    sends them to. A key held through the opening of a dialog does not answer it either.

    X11 repeats a held key as releases and presses of the same moment, and Qt marks them as repeats
    only if it finds both at once, which is seldom. Nobody presses a key in the very millisecond in
    which it came up, so that gives the others away.

    Signals:
        repeated: A key is still held; for those who take what was let go for good after a while.
    """

    repeated = Signal()

    def __init__(self, application: QGuiApplication) -> None:
        super().__init__(application)
        self._released: tuple[int, int] = (0, 0)  # which key, and when, in the system's time
        application.focusWindowChanged.connect(self._on_application_focus_window_changed)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.KeyRelease:
            self._released = (event.key(), event.timestamp())
        if event.type() not in _PRESSES or not self._is_repeat(event):
            return False
        self.repeated.emit()
        if may_repeat(event, _receiver()):
            return False
        event.accept()  # else Qt goes on to look for a shortcut
        return True

    def _is_repeat(self, event: QKeyEvent) -> bool:
        came_up = self._released == (event.key(), event.timestamp())
        return event.isAutoRepeat() or (came_up and event.timestamp() > 0)

    @Slot(QWindow)
    def _on_application_focus_window_changed(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)


def may_repeat(event: QKeyEvent, receiver: QWidget | None) -> bool:
    """Whether a held key only moves, zooms or types.

    Args:
        event: The key.
        receiver: Where it would go.
    """
    if event.key() in _MOVING:
        return True
    return _is_typed_into(receiver) and _types(event, isinstance(receiver, _PAGES))


def _is_typed_into(widget: QWidget | None) -> bool:
    return isinstance(widget, (*_LINES, *_PAGES)) and not widget.isReadOnly()


def _types(event: QKeyEvent, into_lines: bool) -> bool:
    if any(event.matches(keys) for keys in _EDITING):
        return True
    if event.modifiers() & _NO_TYPING not in (Qt.KeyboardModifier.NoModifier, _ALT_GR):
        return False
    if event.key() in _NEW_LINE:  # in a field of one line it does what the field is for
        return into_lines
    return event.key() in _ERASING or (bool(event.text()) and event.text().isprintable())


def _receiver() -> QWidget | None:
    popup = QApplication.activePopupWidget()
    return popup.focusWidget() or popup if popup is not None else QApplication.focusWidget()
