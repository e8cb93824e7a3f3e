"""How recording goes, kept for the next time, and the panel to choose it in."""

from __future__ import annotations

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QCheckBox, QSpinBox, QWidget

from cnn_studio.data.frame_gate import GateRules
from cnn_studio.gui.capture.recording.recording import (
    LONGEST_DELAY_S,
    LONGEST_DURATION_S,
    RecordingOptions,
)
from cnn_studio.gui.widgets.options_panel import OptionsPanel

_DELAY = "capture/delay_s"
_DURATION = "capture/duration_s"
_TARGET = "capture/stops_at_target"
_TOGGLE = "capture/toggle"
_SAME = "capture/skip_same"
_FLAWED = "capture/skip_flawed"


class RecordOptionsPanel(OptionsPanel):
    """Opens over its button; what is chosen holds at once, and for the next time."""

    def __init__(self, settings: QSettings, parent: QWidget) -> None:
        super().__init__(parent)
        self._settings = settings
        self._delay = self._seconds("delayField", _DELAY, LONGEST_DELAY_S, self.tr("None"))
        self._delay.setToolTip(self.tr("Time to get into place before the first frame"))
        self._duration = self._seconds(
            "durationField", _DURATION, LONGEST_DURATION_S, self.tr("Until stopped")
        )
        self._duration.setToolTip(self.tr("Recording ends by itself after this time"))
        self._target = self._switch(
            "targetSwitch", _TARGET, False, self.tr("Stop at the class's next target")
        )
        self._toggle = self._switch(
            "toggleSwitch", _TOGGLE, False, self.tr("One press begins, the next one ends")
        )
        self._same = self._switch(
            "skipSameSwitch", _SAME, True, self.tr("Skip frames that show nothing new")
        )
        self._same.setToolTip(
            self.tr("Holding still then does not fill the class with copies of one picture")
        )
        self._flawed = self._switch(
            "skipFlawedSwitch", _FLAWED, False, self.tr("Skip blurred, dark and burnt-out frames")
        )
        self.lay_out(
            self.tr("Recording"),
            {self.tr("Start after"): self._delay, self.tr("End after"): self._duration},
            (self._target, self._toggle, self._same, self._flawed),
        )

    @property
    def is_toggle(self) -> bool:
        """Whether a press begins and the next one ends a recording."""
        return self._toggle.isChecked()

    def options(self, frames_per_second: int) -> RecordingOptions:
        """What is chosen."""
        return RecordingOptions(
            frames_per_second,
            self._delay.value(),
            self._duration.value(),
            self._target.isChecked(),
            self._toggle.isChecked(),
            GateRules(self._same.isChecked(), self._flawed.isChecked()),
        )

    def _seconds(self, name: str, key: str, longest_s: int, none: str) -> QSpinBox:
        field = QSpinBox(self)
        field.setObjectName(name)
        field.setRange(0, longest_s)
        field.setSuffix(self.tr(" s"))
        field.setSpecialValueText(none)
        field.setAccessibleName(name)
        field.setValue(min(_whole(self._settings.value(key, 0)), field.maximum()))
        field.valueChanged.connect(self.on_changed)
        return field

    def _switch(self, name: str, key: str, usual: bool, text: str) -> QCheckBox:
        return self.make_switch(name, text, bool(self._settings.value(key, usual, bool)))

    def keep(self) -> None:
        for key, value in (
            (_DELAY, self._delay.value()),
            (_DURATION, self._duration.value()),
            (_TARGET, self._target.isChecked()),
            (_TOGGLE, self._toggle.isChecked()),
            (_SAME, self._same.isChecked()),
            (_FLAWED, self._flawed.isChecked()),
        ):
            self._settings.setValue(key, value)


def _whole(value: object) -> int:
    try:
        return max(0, int(str(value)))
    except ValueError:  # edited by hand
        return 0
