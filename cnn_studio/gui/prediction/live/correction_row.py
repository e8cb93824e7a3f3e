"""How many corrections there are, and what can be done with them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from cnn_studio.gui.widgets.elided_label import ElidedLabel


class CorrectionRow(QWidget):
    """Hidden while there are none.

    Signals:
        undo_requested: The newest one shall be taken back.
        train_requested: A training with them shall be prepared.
    """

    undo_requested = Signal()
    train_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = ElidedLabel(self)
        self._count.setObjectName("correctionCount")
        self._undo = QPushButton(self.tr("Undo"), self)
        self._undo.setObjectName("undoCorrectionButton")
        self._undo.setProperty("kind", "quiet")
        self._undo.setAccessibleName(self.tr("Take the last correction back"))
        self._undo.setToolTip(self.tr("Take the last correction back (Ctrl+Z)"))
        self._undo.setShortcut("Ctrl+Z")
        self._undo.clicked.connect(self.undo_requested)
        train = QPushButton(self.tr("Train again with these"), self)
        train.setObjectName("trainAgainButton")
        train.setAccessibleName(train.text())
        train.setToolTip(
            self.tr("Go to the training tab with this model's dataset and recipe; you start it")
        )
        train.clicked.connect(self.train_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._count, 1)
        row.addWidget(self._undo)
        row.addWidget(train)
        self.set_count(0)

    def set_count(self, count: int) -> None:
        """There are so many corrections now."""
        one = self.tr("1 correction")
        more = self.tr("{count} corrections").format(count=count)
        self._count.setText(one if count == 1 else more)
        self.setVisible(count > 0)
