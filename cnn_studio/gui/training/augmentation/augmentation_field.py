"""Chooses how strongly training images are varied: by name, or kind by kind in a dialog."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from cnn_studio.data.cards import Orientation
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.augmentation.augmentation_dialog import AugmentationDialog
from cnn_studio.training.strengths import NAMED, Augmentation

_OWN = "own"


class AugmentationField(QComboBox):
    """Strengths that have a name, which follow the dataset's card, and a person's own.

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
        self._orientation = Orientation.UP
        for name in NAMED:
            self.addItem(wording.augmentation_title(name), name)
        self.addItem(self.tr("Own …"), _OWN)
        self._show_tips()
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
            self.setCurrentIndex(self.findData(strengths.name_for(self._orientation) or _OWN))
        self.strengths_changed.emit()

    def set_orientation(self, orientation: Orientation) -> None:
        """Take over whether the images have an up; what has a name follows it."""
        name = self._strengths.name_for(self._orientation)
        self._orientation = orientation
        self._show_tips()
        suited = self._strengths if name is None else Augmentation.suited(name, orientation)
        self.set_strengths(suited)

    def _show_tips(self) -> None:
        for place, name in enumerate(NAMED):
            tip = wording.augmentation_summary(name, self._orientation)
            self.setItemData(place, tip, Qt.ItemDataRole.ToolTipRole)

    @Slot()
    def _on_index_changed(self) -> None:
        name = self.currentData()
        if name != _OWN:
            self._strengths = Augmentation.suited(name, self._orientation)
            self.strengths_changed.emit()

    @Slot()
    def _on_activated(self) -> None:
        if self.currentData() == _OWN:
            dialog = AugmentationDialog(self._strengths, self._orientation, self)
            dialog.strengths_given.connect(self.set_strengths)
            dialog.rejected.connect(self._on_dialog_rejected)
            dialog.open()
            self.dialog_opened.emit(dialog)

    @Slot()
    def _on_dialog_rejected(self) -> None:
        self.set_strengths(self._strengths)
