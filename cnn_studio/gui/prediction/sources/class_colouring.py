"""Which colour stands for which class where answers are painted over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter

from cnn_studio.data.catalog import Dataset
from cnn_studio.gui.class_colours import class_colours, usual_colour
from cnn_studio.gui.theme import Theme
from cnn_studio.models.bundle import Bundle

_DARK, _LIGHT = QColor("#14171B"), QColor("#FFFFFF")


def colours_of(bundle: Bundle, datasets: Iterable[Dataset]) -> dict[str, str]:
    """The colour of each class of a model: its dataset's where that is known, else the usual ones.

    Returns:
        Colours as "#RRGGBB", by class.
    """
    for dataset in datasets:
        if dataset.name == bundle.dataset:
            return class_colours(dataset.card, bundle.classes)
    return {name: usual_colour(place) for place, name in enumerate(bundle.classes)}


class ClassColouring:
    """Paints in the colours of classes; what is unknown is grey and hatched.

    Args:
        theme: Where the grey comes from.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._colours: dict[str, str] = {}

    def add(self, colours: Mapping[str, str]) -> None:
        """Learn the colours of a model's classes; those of earlier models stay known."""
        self._colours.update(colours)

    def colour_of(self, class_name: str | None) -> QColor:
        """The colour of a class, or of None: unknown."""
        colour = None if class_name is None else self._colours.get(class_name)
        return self._theme.color("line_strong") if colour is None else QColor(colour)

    def ink_on(self, class_name: str | None) -> QColor:
        """The colour that can be read on the class's."""
        if class_name is None:
            return self._theme.color("text")
        return _LIGHT if _luminance(self.colour_of(class_name)) < 0.18 else _DARK

    def fill(self, painter: QPainter, place: QRectF, class_name: str | None) -> None:
        """Fill a rectangle in the colour of a class."""
        painter.fillRect(place, self.colour_of(class_name))
        if class_name is None:
            pattern = Qt.BrushStyle.BDiagPattern
            painter.fillRect(place, QBrush(self._theme.color("text_quiet"), pattern))


def _luminance(colour: QColor) -> float:
    """How light a colour is, 0..1, as WCAG 2.1 counts it ("relative luminance")."""
    linear = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
