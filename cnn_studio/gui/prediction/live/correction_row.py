"""How many corrections there are, and what can be done with them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from cnn_studio.gui.figures import whole
from cnn_studio.gui.widgets.elided_label import ElidedLabel

_TRAIN_KEYS = "Ctrl+Shift+T"


class CorrectionRow(QWidget):
    """Hidden while there are none.

    Signals:
        undo_requested: The newest one shall be taken back.
        train_requested: A training with them shall begin.
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
        self._undo.setAccessibleName(self.tr("Undo the last correction"))
        self._undo.setToolTip(self.tr("Undo the last correction (Ctrl+Z)"))
        self._undo.setShortcut("Ctrl+Z")
        self._undo.clicked.connect(self.undo_requested)
        self._train = QPushButton(self.tr("Train again with these"), self)
        self._train.setObjectName("trainAgainButton")
        self._train.setAccessibleName(self._train.text())
        self._train.setShortcut(_TRAIN_KEYS)
        self._train.clicked.connect(self.train_requested)
        self._said = ElidedLabel(self)
        self._said.setObjectName("taughtAnswer")
        self._said.setProperty("role", "quiet")
        self._said.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._said)
        row = QHBoxLayout()
        column.addLayout(row)
        row.setSpacing(8)
        row.addWidget(self._count, 1)
        row.addWidget(self._undo)
        row.addWidget(self._train)
        self.set_training(False)
        self.set_count(0)

    @property
    def is_in_focus(self) -> bool:
        """Whether the keys are heard by the button that begins a training."""
        return self._train.hasFocus()

    def set_count(self, count: int) -> None:
        """There are so many corrections now."""
        one = self.tr("1 correction")
        more = self.tr("{count} corrections").format(count=whole(count))
        self._count.setText(one if count == 1 else more)
        self.setVisible(count > 0)

    def set_said(self, text: str) -> None:
        """Show what is said of the picture with what was taught; empty for nothing."""
        if text != self._said.text():
            self._said.setText(text)
            self._said.setVisible(bool(text))
            why = self.tr(
                "By the images alone, at once. The model above learns it with the next training."
            )
            self._said.setToolTip(f"{text}\n{why}" if text else "")

    def set_training(self, is_training: bool) -> None:
        """Whether a training is under way, so that no other one can begin."""
        tip = self.tr("Train again with the same recipe and your corrections ({keys})")
        if is_training:
            tip = self.tr("A training is under way. Stop it or wait for its end.")
        self._train.setEnabled(not is_training)
        self._train.setToolTip(tip.format(keys=_TRAIN_KEYS))
