"""Chooses the size of the webcam's pictures."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from cnn_studio.gui.picture_size import PictureSize


class SizeChooser(QComboBox):
    """Shows what the webcam gives and what else it has; hidden for every other camera."""

    def __init__(self, picture_size: PictureSize, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture_size = picture_size
        self._is_locked = False
        self.setObjectName("sizeChooser")
        self.setAccessibleName(self.tr("Size of the picture"))
        self.setToolTip(
            self.tr("The size of the webcam's picture; more pixels, and often fewer a second")
        )
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click must not take Space from the tab
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.activated.connect(self._on_activated)
        picture_size.changed.connect(self._on_picture_size_changed)
        self._on_picture_size_changed()

    def set_locked(self, locked: bool) -> None:
        """Keep the size as it is while frames are recorded."""
        self._is_locked = locked
        self.setEnabled(self.count() > 1 and not locked)

    @Slot()
    def _on_picture_size_changed(self) -> None:
        choices, current = self._picture_size.choices, self._picture_size.current
        if choices or not self._picture_size.is_webcam:  # else it is being opened: no flicker
            with QSignalBlocker(self):
                self.clear()
                for size in choices:
                    self.addItem(f"{size.width} × {size.height}", size)  # noqa: RUF001
                if current in choices:
                    self.setCurrentIndex(choices.index(current))
        self.setVisible(self.count() > 0)
        self.set_locked(self._is_locked)

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        self._picture_size.choose(self.itemData(index))
