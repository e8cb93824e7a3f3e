"""The answer: the top class large, the bars of all, and what the network saw."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cnn_studio.gui.prediction.live.class_bars import ClassBars
from cnn_studio.gui.prediction.live.fitted_label import FittedLabel
from cnn_studio.gui.prediction.live.steady_answer import Row
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.prepared_view import PreparedView
from cnn_studio.vision.images import ImageArray

_PREPARED_SIDE = 72
_LEAST_ANSWER_PX = 15


class AnswerPanel(QWidget):
    """Shows one answer, of the camera or of a file, or says why there is none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answer = QWidget(self)
        self._prepared = PreparedView(theme, self._answer)
        self._prepared.setFixedSize(_PREPARED_SIDE, _PREPARED_SIDE)
        self._top = FittedLabel(_LEAST_ANSWER_PX, self._answer, lines=2)
        self._top.setObjectName("topClass")
        self._top.setProperty("role", "answer")
        self._top.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
        self._top.setAccessibleDescription(self.tr("Most probable class"))
        self._percent = QLabel(self._answer)
        self._percent.setObjectName("topProbability")
        self._percent.setProperty("role", "answer")
        self._percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
        self._percent.setAccessibleDescription(self.tr("Its probability"))
        self._speed = FittedLabel(13, self._answer)
        self._speed.setObjectName("speedText")
        self._speed.setProperty("role", "quiet")
        self._bars = ClassBars(theme, self._answer)
        self._reason = QLabel(self)
        self._reason.setObjectName("answerReason")
        self._reason.setProperty("role", "quiet")
        self._reason.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._reason.setWordWrap(True)
        self._lay_out()
        self.show_nothing("")

    def show_answer(self, rows: Sequence[Row], speed: str) -> None:
        """Show an answer.

        Args:
            rows: A row a class, the most probable first.
            speed: What stands below it, such as "28 fps · 3.1 ms".
        """
        self._set_top(rows[0].name, f"{rows[0].percent} %")
        if speed != self._speed.text():
            self._speed.setText(speed)
        self._bars.set_rows(rows)
        if self._answer.isHidden():
            self._reason.hide()
            self._answer.show()

    def show_nothing(self, reason: str) -> None:
        """Show no answer, and in a few words why."""
        self._answer.hide()
        self._reason.setText(reason)
        self._reason.show()
        self._set_top("", "")
        self._speed.clear()
        self._bars.set_rows(())
        self._prepared.clear()

    def set_prepared(self, image: ImageArray) -> None:
        """Show what the network saw: pixels (size, size, channels), uint8."""
        self._prepared.set_prepared(image)

    def _set_top(self, name: str, percent: str) -> None:
        if name != self._top.text():
            self._top.setText(name)
            self._top.setToolTip(name)
        if percent != self._percent.text():
            self._percent.setText(percent)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self._top, 1)
        top.addWidget(self._percent)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addStretch(1)
        words.addLayout(top)
        words.addWidget(self._speed)
        words.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self._prepared, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        answer = QVBoxLayout(self._answer)
        answer.setContentsMargins(0, 0, 0, 0)
        answer.setSpacing(16)
        answer.addLayout(head)
        answer.addWidget(self._bars, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._answer, 1)
        layout.addWidget(self._reason, 1)
