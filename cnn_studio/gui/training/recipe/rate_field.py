"""A field for a learning rate."""

from __future__ import annotations

from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QWidget


class RateField(QDoubleSpinBox):
    """A learning rate: written without needless zeros, stepped by half and double."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDecimals(6)
        self.setRange(0.000001, 1.0)

    def textFromValue(self, value: float) -> str:  # noqa: N802 - Qt's name
        return self.locale().toString(value, "g", 6)

    def valueFromText(self, text: str) -> float:  # noqa: N802 - Qt's name
        return self.locale().toDouble(text)[0]

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        value, is_number = self.locale().toDouble(text)
        if is_number and self.minimum() <= value <= self.maximum():
            return QValidator.State.Acceptable, text, position
        is_begun = all(character in "0123456789.,eE-" for character in text)
        return (
            QValidator.State.Intermediate if is_begun else QValidator.State.Invalid,
            text,
            position,
        )

    def stepBy(self, steps: int) -> None:  # noqa: N802 - Qt's name
        self.setValue(self.value() * 2.0**steps)
