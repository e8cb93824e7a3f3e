"""How far the training is, in the place where it was begun, and its stop."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.prediction.live.fitted_label import FittedLabel
from cnn_studio.gui.training import progress_wording
from cnn_studio.gui.training.progress import Phase, TrainingProgress

_STEPS = 1000
_LEAST_PX = 11
_STOP_KEYS = "Ctrl+Shift+."


class TrainingRow(QWidget):
    """Hidden unless a training is under way, wherever it was begun.

    Signals:
        stop_requested: The training shall stop.
    """

    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainingRow")
        self._headline = FittedLabel(_LEAST_PX, self)
        self._headline.setObjectName("trainingRowHeadline")
        self._left = QLabel(self)
        self._left.setObjectName("trainingRowTimeLeft")
        self._left.setProperty("role", "quiet")
        self._bar = QProgressBar(self)
        self._bar.setObjectName("trainingRowBar")
        self._bar.setAccessibleName(self.tr("Progress of the training"))
        self._bar.setTextVisible(False)
        self._bar.setRange(0, _STEPS)
        self._stop = QPushButton(self.tr("Stop"), self)
        self._stop.setObjectName("stopTrainingButton")
        self._stop.setAccessibleName(self.tr("Stop the training"))
        keys = QKeySequence(_STOP_KEYS)
        shown = keys.toString(QKeySequence.SequenceFormat.NativeText)
        tip = self.tr("Stop within a second and keep the best model so far")
        self._stop.setToolTip(f"{tip} ({shown})")
        self._stop.setShortcut(keys)
        self._stop.clicked.connect(self.stop_requested)
        above = QHBoxLayout()
        above.setSpacing(8)
        above.addWidget(self._headline, 1)
        above.addWidget(self._left)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addLayout(above)
        words.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addLayout(words, 1)
        row.addWidget(self._stop)
        self.hide()

    def take_focus(self) -> None:
        """Keep the keys near, but not on Stop: what began the training must not end it."""
        self.setFocus()

    def show_progress(self, progress: TrainingProgress) -> None:
        """Say how far a training is, or hide if none is under way."""
        if self._stop.hasFocus() and (
            not progress.is_under_way or progress.phase is Phase.STOPPING
        ):
            self.window().setFocus()  # else it falls on what begins the next one
        self.setVisible(progress.is_under_way)
        if not progress.is_under_way:
            return
        self._headline.setText(progress_wording.headline(progress))
        self._headline.setToolTip(progress_wording.status(progress))
        self._left.setText(progress_wording.time_left(progress))
        # Qt's endless bar moves; the look asks for calm, so it stays empty until there is a share.
        self._bar.setValue(round((progress.fraction or 0.0) * _STEPS))
        self._stop.setEnabled(progress.phase is not Phase.STOPPING)
