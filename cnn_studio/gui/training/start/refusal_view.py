"""Says why a training will not fit, and offers what will."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from cnn_studio.training.estimates import Estimates


class RefusalView(QWidget):
    """Hidden as long as everything fits.

    Signals:
        better_chosen(int | None, int | None): The image size and the batch size that fit.
    """

    better_chosen = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._told: Estimates | None = None
        self._text = QLabel(self)
        self._text.setObjectName("refusalText")
        self._text.setProperty("role", "warn")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._use = QPushButton(self.tr("Use what fits"), self)
        self._use.setObjectName("useBetterButton")
        self._use.setAccessibleName(self._use.text())
        self._use.setToolTip(self.tr("Take the nearest choice that fits"))
        self._use.clicked.connect(self._on_use_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._text)
        column.addWidget(self._use)
        self.hide()

    def show_estimates(self, told: Estimates | None) -> None:
        """Show what stands in the way, if anything does."""
        self._told = told
        self.setVisible(told is not None and bool(told.problem))
        if told is None or not told.problem:
            return
        self._text.setText(told.problem)
        size, batch = told.better_image_size, told.better_batch_size
        self._use.setVisible(size is not None)
        text = self.tr("Use {size} px, {batch} a batch").format(size=size, batch=batch)
        self._use.setText(text)
        self._use.setAccessibleName(text)

    @Slot()
    def _on_use_clicked(self) -> None:
        if self._told is not None:
            self.better_chosen.emit(self._told.better_image_size, self._told.better_batch_size)
