"""A menu of colours for a class: eight that everybody can tell apart, and any other."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QColorDialog, QMenu, QWidget

from cnn_studio.gui.theme import CLASS_COLOURS, Theme

_SIDES = (16, 32)  # on screens of scale 1 and 2


class ColourChoice(QMenu):
    """Asks for a colour.

    Signals:
        chosen(str): A colour, "#RRGGBB"; empty for the usual one.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("colourMenu")
        self._theme = theme
        self._colour = CLASS_COLOURS[0]
        names = (
            self.tr("Orange"),
            self.tr("Sky blue"),
            self.tr("Green"),
            self.tr("Yellow"),
            self.tr("Blue"),
            self.tr("Vermilion"),
            self.tr("Purple"),
            self.tr("Grey"),
        )
        self._swatches = [self.addAction(name) for name in names]
        for action, colour in zip(self._swatches, CLASS_COLOURS, strict=True):
            action.triggered.connect(partial(self._choose, colour))
        self.addSeparator()
        self._usual = self.addAction(self.tr("Usual colour"))
        self._usual.triggered.connect(partial(self._choose, ""))
        self._other = self.addAction(self.tr("Other colour …"))
        self._other.triggered.connect(self._on_other_triggered)

    def show_colour(self, colour: str, *, is_own: bool) -> None:
        """Say which colour the class has, and whether a person chose it."""
        self._colour = colour.upper()
        mark = self._theme.color("text")
        for action, swatch in zip(self._swatches, CLASS_COLOURS, strict=True):
            ring = mark if swatch.upper() == self._colour else None
            action.setIcon(swatch_icon(swatch, ring))
        is_other = self._colour not in CLASS_COLOURS
        self._other.setIcon(swatch_icon(colour, mark) if is_other else QIcon())
        self._usual.setEnabled(is_own)

    def _choose(self, colour: str) -> None:
        self.chosen.emit(colour)

    @Slot()
    def _on_other_triggered(self) -> None:
        dialog = QColorDialog(QColor(self._colour), self.parentWidget())
        dialog.setObjectName("colourDialog")
        dialog.setWindowTitle(self.tr("Colour of the class"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(self._on_dialog_color_selected)
        dialog.open()

    @Slot(QColor)
    def _on_dialog_color_selected(self, colour: QColor) -> None:
        self.chosen.emit(colour.name().upper())


def swatch_icon(colour: str, ring: QColor | None = None) -> QIcon:
    """A small square of a colour, within a ring if it is the present one."""
    icon = QIcon()
    for side in _SIDES:
        pixmap = QPixmap(QSize(side, side))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(side / 16, side / 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(QRectF(3, 3, 10, 10), 3, 3)
        if ring is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ring, 1.5))
            painter.drawRoundedRect(QRectF(1, 1, 14, 14), 4, 4)
        painter.end()
        icon.addPixmap(pixmap)
    return icon
