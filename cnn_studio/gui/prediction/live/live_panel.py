"""The right of the tab: which model, what it says, and what can be done about it."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from cnn_studio.gui.prediction.live.accept_row import AcceptRow
from cnn_studio.gui.prediction.live.answer_panel import AnswerPanel
from cnn_studio.gui.prediction.live.correction_row import CorrectionRow
from cnn_studio.gui.prediction.live.live_bar import LiveBar
from cnn_studio.gui.prediction.model.run_chooser import RunChooser
from cnn_studio.gui.prediction.retraining.training_row import TrainingRow
from cnn_studio.gui.theme import Theme

_WIDTH = 400
_MARGIN = 16
_SPACING = 10


class LivePanel(QFrame):
    """Lays out its parts, which whoever drives them reaches as attributes."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", True)
        self.setFixedWidth(_WIDTH)
        self.chooser = RunChooser(theme, self)
        self.answer = AnswerPanel(theme, self)
        self.accept = AcceptRow(self)
        self.training = TrainingRow(self)
        self.corrections = CorrectionRow(self)
        self.bar = LiveBar(theme, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 12, _MARGIN, 8)
        column.setSpacing(_SPACING)
        column.addWidget(self.chooser)
        column.addWidget(_line(self))
        column.addWidget(self.answer, 1)
        below = QVBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.accept)
        below.addWidget(_line(self))
        below.addWidget(self.training)
        below.addWidget(self.corrections)
        below.addWidget(self.bar)
        column.addLayout(below)


def _line(parent: QWidget) -> QFrame:
    line = QFrame(parent)
    line.setProperty("separator", True)
    line.setProperty("orientation", "horizontal")
    return line
