"""A field for a learning rate."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from cnn_studio.gui.training.recipe.number_field import NumberField

_LOWEST, _HIGHEST = 0.000001, 1.0


class RateField(NumberField):
    """A learning rate, stepped by half and double."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__((_LOWEST, _HIGHEST), parent)

    def stepBy(self, steps: int) -> None:  # noqa: N802 - Qt's name
        self.setValue(self.value() * 2.0**steps)
