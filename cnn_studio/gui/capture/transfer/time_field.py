"""A field for a time in a video, as in 1:05.3."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

from cnn_studio.camera.video_reader import clock

_WHOLE = re.compile(r"(?:(\d+):)?(\d+(?:[.,]\d*)?)")
_BEGUN = re.compile(r"[\d:.,]*")
_STEP_S = 0.5
_INSET = 6  # the style sheet's padding does not reach the line edit within


class TimeField(QDoubleSpinBox):
    """Takes minutes and seconds, or seconds alone; its value is in seconds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDecimals(1)
        self.setSingleStep(_STEP_S)
        self.setKeyboardTracking(False)  # half a time is none
        self.lineEdit().setTextMargins(_INSET, 0, 0, 0)

    def textFromValue(self, value: float) -> str:  # noqa: N802 - Qt's name
        return clock(value)

    def valueFromText(self, text: str) -> float:  # noqa: N802 - Qt's name
        found = _WHOLE.fullmatch(text.strip())
        if found is None:
            return self.value()
        return int(found[1] or 0) * 60 + float(found[2].replace(",", "."))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.interpretText()  # it ends the typing, and is not meant for the dialog's button
            self.selectAll()
        else:
            super().keyPressEvent(event)

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        if _WHOLE.fullmatch(text.strip()):
            state = QValidator.State.Acceptable
        elif _BEGUN.fullmatch(text.strip()):
            state = QValidator.State.Intermediate
        else:
            state = QValidator.State.Invalid
        return state, text, place
