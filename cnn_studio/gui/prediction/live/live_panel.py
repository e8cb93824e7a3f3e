"""The right of the tab: which model, what it says, and what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import QEvent
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
_LEAST_PX, _ROW_PX = 283, 40  # what all needs with the longest answer, and with each more row


class LivePanel(QFrame):
    """Lays out its parts, which whoever drives them reaches as attributes.

    In a low window, what can be chosen once gives way to what goes on.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", True)
        self.chooser = RunChooser(theme, self)
        self.answer = AnswerPanel(theme, self)
        self._choices = QWidget(self)
        self.accept = AcceptRow(self._choices)
        self.training = TrainingRow(self)
        self.corrections = CorrectionRow(self)
        self.bar = LiveBar(theme, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 12, _MARGIN, 8)
        column.setSpacing(_SPACING)
        column.addWidget(self.chooser)
        column.addWidget(_line(self))
        column.addWidget(self.answer, 1)
        choices = QVBoxLayout(self._choices)
        choices.setContentsMargins(0, 0, 0, 0)
        choices.setSpacing(8)
        choices.addWidget(self.accept)
        choices.addWidget(_line(self._choices))
        below = QVBoxLayout()
        below.setSpacing(8)
        below.addWidget(self._choices)
        below.addWidget(self.training)
        below.addWidget(self.corrections)
        below.addWidget(self.bar)
        column.addLayout(below)
        self.setFixedWidth(_WIDTH)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            rows = sum(not row.isHidden() for row in (self.training, self.corrections))
            self._choices.setVisible(self.height() >= _LEAST_PX + rows * _ROW_PX)
        return super().event(event)


def _line(parent: QWidget) -> QFrame:
    line = QFrame(parent)
    line.setProperty("separator", True)
    line.setProperty("orientation", "horizontal")
    return line
