"""How the live answer is shown: the panel under the row's last button."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLineEdit, QWidget

from cnn_studio.gui.prediction.live.live_settings import ALL_ROWS, ROW_CHOICES, LiveSettings
from cnn_studio.gui.widgets.options_panel import OptionsPanel
from cnn_studio.prediction.smoothing import LONGEST_HALF_LIFE_S

_TEXT_MARGIN_PX = 6


class LiveOptionsPanel(OptionsPanel):
    """Opens over its button; what is chosen holds at once, and for the next time.

    Args:
        settings: Where it is kept.
        why_silent: Why classes cannot be spoken here; empty if they can.
        parent: Whose panel it is.
    """

    def __init__(self, settings: LiveSettings, why_silent: str, parent: QWidget) -> None:
        super().__init__(parent)
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
        self._half_life.valueChanged.connect(self.on_changed)
        self._rows = QComboBox(self)
        self._rows.setObjectName("rowsChooser")
        self._rows.setAccessibleName(self.tr("Classes shown"))
        self._rows.setToolTip(self.tr("How many classes are shown with a bar"))
        for count in ROW_CHOICES:
            text = self.tr("All") if count == ALL_ROWS else self.tr("The first {n}")
            self._rows.addItem(text.format(n=count), count)
        self._rows.setCurrentIndex(ROW_CHOICES.index(settings.rows))
        self._rows.activated.connect(self.on_changed)
        self._large = self.make_switch("largeSwitch", self.tr("Large text"), settings.is_large)
        self._sound = self.make_switch(
            "soundSwitch", self.tr("A sound when it changes"), settings.sounds
        )
        self._speech = self.make_switch("speechSwitch", self.tr("Speak the class"), settings.speaks)
        if why_silent:
            self._speech.setEnabled(False)
            self._speech.setText(self.tr("Speak the class: not possible here"))
            self._speech.setToolTip(why_silent)
        self.lay_out(
            self.tr("Live answer"),
            {self.tr("Smoothing"): self._half_life, self.tr("Classes shown"): self._rows},
            (self._large, self._sound, self._speech),
        )

    def keep(self) -> None:
        self._settings.half_life_s = round(self._half_life.value(), 2)
        self._settings.rows = self._rows.currentData()
        self._settings.is_large = self._large.isChecked()
        self._settings.sounds = self._sound.isChecked()
        self._settings.speaks = self._speech.isChecked()
