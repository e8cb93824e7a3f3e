"""A chooser that ends a long text in an ellipsis, where Qt's own cuts through letters."""

# ruff: noqa: N802 - the overridden names are Qt's
from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent, QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QToolTip

from cnn_studio.gui.widgets.elided_label import first_that_fits

SHORTER_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""The text of an entry in fewer letters, or several such, the shortest last: a list of str."""

_ICON_GAP_PX = 4  # between an icon and the text, as Qt draws it


class ElidedChooser(QComboBox):
    """A QComboBox for narrow places; its list is as wide as its longest entry."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self._shown(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            option = QStyleOptionComboBox()
            self.initStyleOption(option)
            whole = self.currentText() if self._shown(option) != self.currentText() else ""
            tip = "\n".join(filter(None, (whole, self.toolTip())))
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)

    def showPopup(self) -> None:
        self.view().setMinimumWidth(max(self.width(), self.view().sizeHintForColumn(0) + 24))
        super().showPopup()

    def _shown(self, option: QStyleOptionComboBox) -> str:
        """As much of the chosen text as there is room for."""
        control, field = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(control, option, field, self).width() - 2
        if not option.currentIcon.isNull():
            room -= option.iconSize.width() + _ICON_GAP_PX
        texts = (self.currentText(), *(self.currentData(SHORTER_ROLE) or ()))
        return first_that_fits(texts, self.fontMetrics(), room)
