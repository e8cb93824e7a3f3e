"""The keys of the capture tab: Space held, Enter, Esc, 1 to 9, and Shift with 1 to 9 held."""

from __future__ import annotations

import sys
from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QWidget
from shiboken6 import isValid

from cnn_studio.gui.capture.recording.space_use import (
    CONTROLS,
    SpaceUse,
    is_editor,
    is_field,
    is_typed_into,
    space_use,
)
from cnn_studio.gui.key_repeat import KeyRepeat
from cnn_studio.gui.pictures.large_view import LargeView

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_REPEAT_GAP_MS, _LATE_MS = 60, 30
_XKB_KEY_0, _WINDOWS_KEY_0 = 9, 0x30
_MAC_DIGITS = {18: 1, 19: 2, 20: 3, 21: 4, 23: 5, 22: 6, 26: 7, 28: 8, 25: 9}
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


class HoldKeys(QObject):
    """Takes keys before the widget that has the focus gets them, by one rule.

    Space records and Enter shoots, unless text is being typed, thumbnails are selected, or a
    control that was reached with Tab has the keys: it is pressed by Space and Enter, since that is
    how a keyboard does it. An empty field lets Space through. Menus and other windows of the area's
    widgets keep all keys. `space_changed` says whenever Space comes to do something else.

    Args:
        area: The tab.
        hold_button: The button that records.
        has_selection: Whether thumbnails are selected; call `refresh` when that changes.

    Signals:
        hold_began, hold_ended: Space went down, and up again or out of reach.
        class_hold_began(int): Shift and 1 to 9 went down; hold_ended follows.
        shot_requested: Enter.
        look_requested: Space or Enter, while thumbnails are selected.
        end_requested: Esc.
        number_pressed(int): 1 to 9.
        space_changed(SpaceUse): What Space does now; digits may go elsewhere, too.
        focus_lost: What had the keys is hidden or disabled, and nobody has chosen what has them
            now.
    """

    hold_began = Signal()
    hold_ended = Signal()
    class_hold_began = Signal(int)
    end_requested = Signal()
    shot_requested = Signal()
    look_requested = Signal()
    number_pressed = Signal(int)
    space_changed = Signal(object)
    focus_lost = Signal()

    def __init__(
        self,
        area: QWidget,
        hold_button: QAbstractButton,
        has_selection: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(area)
        self._area = area
        self._window: QWidget | None = None
        self._hold_button = hold_button
        self._has_selection = has_selection
        self._said = (SpaceUse.RECORD, True)
        self._held = False
        self._held_number = 0  # of the class that Shift and a number record; 0 for Space
        # X11 repeats a held key as releases and presses, and Qt tells them from real ones only if
        # both have arrived. So a release counts once no press has followed it.
        self._release = QTimer(self, interval=_REPEAT_GAP_MS, singleShot=True)
        self._release.timeout.connect(self._on_release_timeout)
        self._since_release = QElapsedTimer()
        for widget in (area, *area.findChildren(QWidget)):
            if not isinstance(widget, LargeView):  # it covers the tab, and has keys of its own
                widget.installEventFilter(self)
        for field in area.findChildren(QLineEdit):
            field.textChanged.connect(self.refresh)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_application_focus_changed)
            repeat = application.findChild(KeyRepeat)  # it keeps the repeats to itself
            if repeat is not None:
                repeat.repeated.connect(self._release.stop)

    @property
    def space_use(self) -> SpaceUse:
        """What Space does now."""
        return space_use(self._focused, self._hold_button, self._has_selection)

    @property
    def are_digits_typed(self) -> bool:
        """Whether a digit goes into a text."""
        return is_field(self._focused)

    @property
    def takes_digits(self) -> bool:
        """Whether a digit acts here: it is not typed, and no control outside the area has it."""
        focused = self._focused
        return focused is None or (self._is_inside(focused) and not is_field(focused))

    def key_hints(self) -> list[tuple[str, str]]:
        """The keys that the tab takes, and what they do."""
        return [
            (self.tr("Space"), self.tr("Record into the chosen class while held")),
            (self.tr("Enter"), self.tr("Keep the frame on the screen")),
            (self.tr("Shift+1 to 9"), self.tr("Record into the class of this number while held")),
            (self.tr("1 to 9"), self.tr("Choose a class, or move the selected images to it")),
            (self.tr("Esc"), self.tr("Go back to recording, from any field, button or selection")),
        ]

    def watch_window(self) -> None:
        """Hear Esc also from what stands around the area; the area is in its window now."""
        window = self._area.window()
        if window is not self._window and window is not self._area:
            if self._window is not None:
                self._window.removeEventFilter(self)
            self._window = window
            window.installEventFilter(self)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Say what Space does, if that has changed, or where digits go."""
        now = (self.space_use, self.takes_digits)
        if now != self._said:
            self._said = now
            self.space_changed.emit(now[0])

    @property
    def _focused(self) -> QWidget | None:
        return self._area.window().focusWidget()

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
        # A widget passes on the keys that it has no use for, up to the window.
        if not self._is_of_area(watched, event):
            return False
        if event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            return self._take_shift_press(event)
        if event.modifiers() not in _PLAIN:
            return False
        key = event.key()
        focused = watched if isinstance(watched, QLineEdit) else self._focused
        if key == Qt.Key.Key_Escape:
            if is_editor(focused):
                return False
            self.end_requested.emit()
            return True
        if key == Qt.Key.Key_Space and self._held:
            self._release.stop()
            return True  # it is no blank, though a field has got the keys meanwhile
        if is_field(focused):
            is_free = isinstance(focused, QLineEdit) and not is_typed_into(focused)
            return is_free and key == Qt.Key.Key_Space and self._take_space(event)
        if Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            self.number_pressed.emit(int(key) - int(Qt.Key.Key_0))
            return True
        if watched is not self._hold_button and isinstance(watched, CONTROLS):
            return self._press_itself(watched, event)
        if key == Qt.Key.Key_Space:
            return self._take_space(event)
        if key in _ENTER:
            self._take_enter(event)
            return True
        return False

    def _is_of_area(self, watched: QObject, event: QKeyEvent) -> bool:
        """Whether a press is for the tab: not for another window, nor for the header's controls."""
        if watched is self._window:
            is_alone = self._focused is None or event.key() == Qt.Key.Key_Escape
            return is_alone and self._area.isVisible()
        return not isinstance(watched, QWidget) or watched.window() is self._area.window()

    def _take_space(self, event: QKeyEvent) -> bool:
        if self._has_selection():
            if not event.isAutoRepeat():
                self.look_requested.emit()
            return True
        self._release.stop()
        if not event.isAutoRepeat() and not self._held:
            self._held = True
            self.hold_began.emit()
        return True

    def _take_enter(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat():
            return
        if self._has_selection():
            self.look_requested.emit()
        else:
            self.shot_requested.emit()

    def _take_shift_press(self, event: QKeyEvent) -> bool:
        number = digit_of(event)
        if not number or is_field(self._focused):
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
            self._since_release.start()
            self._release.start()
        return True

    @Slot()
    def _on_release_timeout(self) -> None:
        if self._since_release.isValid() and (
            self._since_release.elapsed() > _REPEAT_GAP_MS + _LATE_MS
        ):
            # The window was busy meanwhile: a press may have come that it is yet to hear of.
            self._since_release.invalidate()
            self._release.start()
            return
        self.let_go()

    @Slot(QWidget, QWidget)
    def _on_application_focus_changed(self, old: QWidget | None, now: QWidget | None) -> None:
        if not isValid(self._area):  # the tab goes, and what has the keys with it
            return
        inside = self._is_inside(now)
        if not inside or is_field(now):
            self.let_go()
        # Qt hands the keys of what is hidden or disabled to whatever comes next, as Tab would, or
        # to nothing at all.
        was_inside = self._is_inside(old) and self._area.isVisible()
        if was_inside and (self._focused is None or (inside and not _can_have_keys(old))):
            self.focus_lost.emit()
        self.refresh()

    def _is_inside(self, widget: QWidget | None) -> bool:
        return widget is not None and (widget is self._area or self._area.isAncestorOf(widget))


def _can_have_keys(widget: QWidget | None) -> bool:
    return widget is not None and widget.isVisible() and widget.isEnabled()


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
