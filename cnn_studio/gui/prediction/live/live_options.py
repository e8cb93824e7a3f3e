"""How the live answer is shown: the panel under the row's last button."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QLabel,
    QLineEdit,
    QWidget,
)

from cnn_studio.gui.prediction.live.live_settings import ALL_ROWS, ROW_CHOICES, LiveSettings
from cnn_studio.prediction.smoothing import LONGEST_HALF_LIFE_S

_TEXT_MARGIN_PX = 6


class LiveOptionsPanel(QFrame):
    """Opens over its button; what is chosen holds at once, and for the next time.

    Args:
        settings: Where it is kept.
        why_silent: Why classes cannot be spoken here; empty if they can.
        parent: Whose panel it is.

    Signals:
        changed: Something else was chosen.
    """

    changed = Signal()

    def __init__(self, settings: LiveSettings, why_silent: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popover")
        self._settings = settings
        self._half_life = QDoubleSpinBox(self)
        self._half_life.setObjectName("halfLifeField")
        self._half_life.setRange(0.0, LONGEST_HALF_LIFE_S)
        self._half_life.setSingleStep(0.05)
        self._half_life.setSuffix(self.tr(" s"))
        self._half_life.setSpecialValueText(self.tr("Off"))
        self._half_life.setValue(settings.half_life_s)
        for edit in self._half_life.findChildren(QLineEdit):
            edit.setTextMargins(_TEXT_MARGIN_PX, 0, 0, 0)  # a spin box heeds no padding there
        self._half_life.setAccessibleName(self.tr("Smoothing"))
        self._half_life.setToolTip(
            self.tr("After this time an older frame counts half: more is calmer, less is quicker")
        )
        self._half_life.valueChanged.connect(self._on_changed)
        self._rows = QComboBox(self)
        self._rows.setObjectName("rowsChooser")
        self._rows.setAccessibleName(self.tr("Classes shown"))
        self._rows.setToolTip(self.tr("How many classes are shown with a bar"))
        for count in ROW_CHOICES:
            text = self.tr("All") if count == ALL_ROWS else self.tr("The first {n}")
            self._rows.addItem(text.format(n=count), count)
        self._rows.setCurrentIndex(ROW_CHOICES.index(settings.rows))
        self._rows.activated.connect(self._on_changed)
        self._large = self._switch("largeSwitch", self.tr("Large text"), settings.is_large)
        self._sound = self._switch(
            "soundSwitch", self.tr("A sound when it changes"), settings.sounds
        )
        self._speech = self._switch("speechSwitch", self.tr("Speak the class"), settings.speaks)
        if why_silent:
            self._speech.setEnabled(False)
            self._speech.setText(self.tr("Speak the class: not possible here"))
            self._speech.setToolTip(why_silent)
        self._lay_out()

    def open_above(self, anchor: QWidget) -> None:
        """Show the panel over a widget, its right edge on the widget's."""
        self.adjustSize()
        corner = anchor.mapToGlobal(QPoint(anchor.width() - self.width(), -self.height() - 4))
        self.move(corner)
        self.show()
        self._half_life.setFocus()

    def _lay_out(self) -> None:
        heading = QLabel(self.tr("Live answer"), self)
        heading.setProperty("role", "title")
        form = QFormLayout(self)
        form.setContentsMargins(16, 16, 16, 16)
        form.setSpacing(8)
        form.setHorizontalSpacing(16)
        form.addRow(heading)
        fields: tuple[tuple[str, QWidget], ...] = (
            (self.tr("Smoothing"), self._half_life),
            (self.tr("Classes shown"), self._rows),
        )
        for text, field in fields:
            label = QLabel(text, self)
            label.setMinimumHeight(field.sizeHint().height())  # else it stands above the middle
            label.setBuddy(field)
            form.addRow(label, field)
        for switch in (self._large, self._sound, self._speech):
            form.addRow(switch)

    def _switch(self, name: str, text: str, is_on: bool) -> QCheckBox:
        switch = QCheckBox(text, self)
        switch.setObjectName(name)
        switch.setToolTip(text)
        switch.setAccessibleName(text)
        switch.setChecked(is_on)
        switch.toggled.connect(self._on_changed)
        return switch

    @Slot()
    def _on_changed(self) -> None:
        self._settings.half_life_s = round(self._half_life.value(), 2)
        self._settings.rows = self._rows.currentData()
        self._settings.is_large = self._large.isChecked()
        self._settings.sounds = self._sound.isChecked()
        self._settings.speaks = self._speech.isChecked()
        self.changed.emit()
