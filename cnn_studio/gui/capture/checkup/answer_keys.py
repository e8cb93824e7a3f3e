"""The keys that answer in the checkup: numbers, Enter, Space, S, Backspace and Undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
MOST_NUMBERS = 9


def number_keys(classes: Sequence[str], in_question: Sequence[str]) -> dict[str, int]:
    """The number keys of the classes in a question.

    Each has the number that it has everywhere, its place among the dataset's classes. One that has
    none there, since it is not among the first nine, gets one that is not needed in this question.

    Args:
        classes: Those of the dataset, in order.
        in_question: Those that may be answered with; beyond the ninth they have no key.
    """
    usual = {name: number for number, name in enumerate(classes[:MOST_NUMBERS], 1)}
    keys = {name: usual[name] for name in in_question if name in usual}
    free = iter(n for n in range(1, MOST_NUMBERS + 1) if n not in keys.values())
    found = {name: keys.get(name) or next(free, 0) for name in in_question}
    return {name: key for name, key in found.items() if key}


class AnswerKeys(QObject):
    """Takes keys before the list that has the focus looks for rows that begin with them.

    One that is held down comes only once, see `KeyRepeat`.

    Signals:
        number_pressed(int): 1 to 9.
        enter_pressed: Enter, while no button has the focus; one that has is pressed by it.
        skip_pressed, back_pressed: S and Backspace.
        look_pressed: Space, while no button has the focus.
        undo_pressed: Ctrl+Z, or what the system has for it.
    """

    number_pressed = Signal(int)
    enter_pressed = Signal()
    skip_pressed = Signal()
    back_pressed = Signal()
    look_pressed = Signal()
    undo_pressed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.watch(window)  # what a button has no use for arrives there

    def watch(self, *widgets: QWidget) -> None:
        """Take the keys of a widget that has a use of its own for them."""
        for widget in widgets:
            widget.installEventFilter(self)

    def key_hints(self) -> list[tuple[str, str]]:
        """The keys that it takes itself, and what they do."""
        return [
            (self.tr("1 to 9"), self.tr("Answer with the class of this number")),
            (self.tr("Enter"), self.tr("Do what is suggested")),
            (self.tr("Space"), self.tr("Look at the images")),
            (self.tr("S"), self.tr("Skip")),
            (self.tr("Backspace"), self.tr("Back")),
            (self.tr("Ctrl+Z"), self.tr("Take the last answer back")),
        ]

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        answer = self._meaning(event)
        if answer is not None:
            answer()
        return answer is not None

    def _meaning(self, event: QKeyEvent) -> Callable[[], None] | None:
        key = event.key()
        if event.matches(QKeySequence.StandardKey.Undo):
            return self.undo_pressed.emit
        if event.modifiers() not in _PLAIN:
            return None
        if Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            return partial(self.number_pressed.emit, int(key) - int(Qt.Key.Key_0))
        focused = QApplication.focusWidget()
        button = focused if isinstance(focused, QAbstractButton) else None
        if key in _ENTER:
            return button.click if button else self.enter_pressed.emit
        if key == Qt.Key.Key_Space:
            return None if button else self.look_pressed.emit
        if key == Qt.Key.Key_S:
            return self.skip_pressed.emit
        return self.back_pressed.emit if key == Qt.Key.Key_Backspace else None
