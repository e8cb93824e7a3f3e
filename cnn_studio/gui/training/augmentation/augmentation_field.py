"""Chooses how strongly training images are varied: by name, or kind by kind in a dialog."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from cnn_studio.gui.training.augmentation.augmentation_dialog import AugmentationDialog
from cnn_studio.training.strengths import Augmentation

_OWN = "own"


class AugmentationField(QComboBox):
    """Off, light and strong, and a person's own strengths.

    Signals:
        strengths_changed: Others are asked for.
        dialog_opened(AugmentationDialog): Strengths of one's own are asked for.
    """

    strengths_changed = Signal()
    dialog_opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("augmentationField")
        self._strengths = Augmentation.OFF
        for name, text in (
            ("off", self.tr("Off")),
            ("light", self.tr("Light")),
            ("strong", self.tr("Strong")),
            (_OWN, self.tr("Own …")),
        ):
            self.addItem(text, name)
        self.currentIndexChanged.connect(self._on_index_changed)
        self.activated.connect(self._on_activated)

    @property
    def strengths(self) -> Augmentation:
        """What is asked for."""
        return self._strengths

    @Slot(object)
    def set_strengths(self, strengths: Augmentation) -> None:
        """Show other strengths, by their name if they have one."""
        self._strengths = strengths
        with QSignalBlocker(self):
            self.setCurrentIndex(self.findData(strengths.name or _OWN))
        self.strengths_changed.emit()

    @Slot()
    def _on_index_changed(self) -> None:
        name = self.currentData()
        if name != _OWN:
            self._strengths = Augmentation.from_plain(name)
            self.strengths_changed.emit()

    @Slot()
    def _on_activated(self) -> None:
        if self.currentData() == _OWN:
            dialog = AugmentationDialog(self._strengths, self)
            dialog.strengths_given.connect(self.set_strengths)
            dialog.rejected.connect(self._on_dialog_rejected)
            dialog.open()
            self.dialog_opened.emit(dialog)

    @Slot()
    def _on_dialog_rejected(self) -> None:
        self.set_strengths(self._strengths)
