"""A field for a number that is written without needless zeros."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLocale
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

_DECIMALS = 6


class NumberField(QDoubleSpinBox):
    """A number, stepped through the values that are usual.

    Args:
        usual: The values that the arrows go through, rising; any other may be typed. The first and
            the last one are the bounds.
    """

    def __init__(self, usual: Sequence[float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._usual = tuple(usual)
        self.setDecimals(_DECIMALS)
        self.setRange(self._usual[0], self._usual[-1])

    def textFromValue(self, value: float) -> str:  # noqa: N802 - Qt's name
        locale = self.locale()
        locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)  # as in a QSpinBox
        return locale.toString(value, "g", _DECIMALS)

    def valueFromText(self, text: str) -> float:  # noqa: N802 - Qt's name
        if text == self.specialValueText():
            return self.minimum()
        return self.locale().toDouble(self._bare(text))[0]

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        bare = self._bare(text)
        value, is_number = self.locale().toDouble(bare)
        is_special = text != "" and text == self.specialValueText()
        if is_special or (is_number and self.minimum() <= value <= self.maximum()):
            state = QValidator.State.Acceptable
        elif all(character in "0123456789.,eE-" for character in bare):
            state = QValidator.State.Intermediate
        else:
            state = QValidator.State.Invalid
        return state, text, position

    def stepBy(self, steps: int) -> None:  # noqa: N802 - Qt's name
        value = self.value()
        for _ in range(abs(steps)):
            value = self._next(value) if steps > 0 else self._last(value)
        self.setValue(value)

    def _next(self, value: float) -> float:
        return next((each for each in self._usual if each > value), self._usual[-1])

    def _last(self, value: float) -> float:
        return next((each for each in reversed(self._usual) if each < value), self._usual[0])

    def _bare(self, text: str) -> str:
        """What was typed, without the unit."""
        return text.removesuffix(self.suffix()).strip()
