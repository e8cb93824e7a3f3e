"""How frames are taken from a video, kept for the next time, and the widgets to choose it with."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from cnn_studio.data.frame_gate import GateRules
from cnn_studio.gui.capture.recording.recording import RATES
from cnn_studio.gui.capture.transfer.video_part import VideoPart
from cnn_studio.video_import import DEFAULT_RATE, FrameChoice

_RATE = "capture/video_rate"
_SAME = "capture/video_skip_same"
_FLAWED = "capture/video_skip_flawed"
_EVERY = 0


class VideoOptions(QObject):
    """Makes the widgets and reads them.

    Signals:
        changed: Something else was chosen.

    Attributes:
        rate: How many frames per second.
        same: Whether frames that show nothing new are passed over.
        flawed: Whether blurred, dark and burnt-out ones are.
    """

    changed = Signal()

    def __init__(self, settings: QSettings, parent: QWidget) -> None:
        super().__init__(parent)
        self._settings = settings
        self.rate = QComboBox(parent)
        self.rate.setObjectName("videoRateChooser")
        self.rate.setAccessibleName(self.tr("Frames per second"))
        self.rate.setToolTip(self.tr("How many frames are taken of each second"))
        for rate in RATES:
            self.rate.addItem(self.tr("{rate} a second").format(rate=rate), rate)
        self.rate.addItem(self.tr("Every frame"), _EVERY)
        kept = str(settings.value(_RATE, round(DEFAULT_RATE)))
        place = self.rate.findData(int(kept)) if kept.isdecimal() else -1
        self.rate.setCurrentIndex(max(place, 0))
        self.same = self._switch(
            "videoSkipSameSwitch", _SAME, True, self.tr("Skip frames that show nothing new")
        )
        self.flawed = self._switch(
            "videoSkipFlawedSwitch",
            _FLAWED,
            False,
            self.tr("Skip blurred, dark and burnt-out frames"),
        )
        self.rate.currentIndexChanged.connect(self._on_changed)
        for switch in (self.same, self.flawed):
            switch.toggled.connect(self._on_changed)

    def choice(self, part: VideoPart) -> FrameChoice:
        """What is chosen, for a part of a video."""
        return FrameChoice(
            part.from_ms / 1000,
            None if part.reaches_end else part.to_ms / 1000,
            self.rate.currentData() or None,
            GateRules(self.same.isChecked(), self.flawed.isChecked()),
        )

    def _switch(self, name: str, key: str, usual: bool, text: str) -> QCheckBox:
        parent = self.parent()
        switch = QCheckBox(text, parent if isinstance(parent, QWidget) else None)
        switch.setObjectName(name)
        switch.setToolTip(text)
        switch.setAccessibleName(text)
        switch.setChecked(bool(self._settings.value(key, usual, bool)))
        return switch

    @Slot()
    def _on_changed(self) -> None:
        self._settings.setValue(_RATE, self.rate.currentData())
        self._settings.setValue(_SAME, self.same.isChecked())
        self._settings.setValue(_FLAWED, self.flawed.isChecked())
        self.changed.emit()
