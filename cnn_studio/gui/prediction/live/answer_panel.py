"""The answer: the top class large, the bars of all, and what the network saw."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cnn_studio.gui.prediction.live.class_bars import ClassBars
from cnn_studio.gui.prediction.live.fitted_label import FittedLabel
from cnn_studio.gui.prediction.live.text_size import NORMAL, TextSize
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.prepared_view import PreparedView
from cnn_studio.prediction.smoothing import Answer
from cnn_studio.vision.images import ImageArray

_PREPARED_SIDE, _SMALL_SIDE = 72, 44
_ROWS_BESIDE_LARGE = 3  # with less room for the bars, what the network saw is shown small
_SPACING = 12
_HALF = 20  # letters: two names of so many fit into the head's two lines


class AnswerPanel(QWidget):
    """Shows one answer, of the camera or of a file, or says why there is none.

    Signals:
        class_clicked(str): The row of this class was clicked, where that does something.
    """

    class_clicked = Signal(str)

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, size: TextSize = NORMAL
    ) -> None:
        super().__init__(parent)
        self._shown_rows = 0
        self._answer = QWidget(self)
        self._prepared = PreparedView(theme, self._answer)
        self._row_px = size.row
        self._top = FittedLabel(size.least_px, self._answer, lines=2)
        self._top.setObjectName("topClass")
        self._top.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
        self._top.setAccessibleDescription(self.tr("Most probable class"))
        self._percent = QLabel(self._answer)
        self._percent.setObjectName("topProbability")
        self._percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
        self._percent.setAccessibleDescription(self.tr("Its probability"))
        self._nearest = self._quiet("nearestClass")
        self._speed = self._quiet("speedText")
        self._speed.setToolTip(
            self.tr(
                "Pictures a second; how long the model takes for one of them; and p95: "
                "95 of 100 take less than this"
            )
        )
        self._bars = ClassBars(theme, self._answer)
        self._bars.class_clicked.connect(self.class_clicked)
        self._reason = QLabel(self)
        self._reason.setObjectName("answerReason")
        self._reason.setProperty("role", "quiet")
        self._reason.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._reason.setWordWrap(True)
        self._lay_out()
        self.set_text_size(size)
        self.show_nothing("")

    def show_answer(self, answer: Answer, speed: str) -> None:
        """Show an answer.

        Args:
            answer: What is said of a picture.
            speed: What stands below it, such as "28 fps · 3.1 ms".
        """
        first = answer.rows[0]
        nearest = self._two_nearest(answer) if answer.changing else first.name
        if answer.unknown:
            self._set_top(self.tr("unknown"), "")
            self._set(self._nearest, self.tr("most like {name}").format(name=nearest))
            whole = self._two_nearest(answer, in_short=False) if answer.changing else first.name
            self._nearest.setToolTip(self.tr("most like {name}").format(name=whole))
        elif answer.changing:
            self._set_top(self.tr("{name}?").format(name=nearest), "")
        else:
            self._set_top(first.name, f"{first.percent} %")
        if not answer.unknown:
            self._set(self._nearest, "")
        self._nearest.setVisible(answer.unknown)
        self._set(self._speed, speed)
        rows = answer.rows[: self._shown_rows] if self._shown_rows else answer.rows
        self._bars.set_rows(rows, is_muted=answer.unknown, has_first=not answer.changing)
        if self._answer.isHidden():
            self._reason.hide()
            self._answer.show()

    def show_nothing(self, reason: str) -> None:
        """Show no answer, and in a few words why."""
        self._answer.hide()
        self._reason.setText(reason)
        self._reason.show()
        self._set_top("", "")
        self._nearest.clear()
        self._speed.clear()
        self._bars.set_rows(())
        self._prepared.clear()

    def set_prepared(self, image: ImageArray) -> None:
        """Show what the network saw: pixels (size, size, channels), uint8."""
        self._prepared.set_prepared(image)

    def set_shown_rows(self, count: int) -> None:
        """Show so many classes with a bar, 0 for all; from the next answer on."""
        self._shown_rows = count

    def set_click_text(self, text: str) -> None:
        """Say what a click on a class does, with {name} for it; empty for nothing."""
        self._bars.set_click_text(text)

    def set_text_size(self, size: TextSize) -> None:
        """Write the answer smaller or larger."""
        self._top.set_least(size.least_px)
        self._row_px = size.row
        self._prepared.setVisible(size.has_inset)
        self._fit_prepared()
        self._percent.setVisible(size.has_number)
        self._bars.set_text_size(size)
        for label in (self._top, self._percent):
            label.setProperty("role", size.role)
            _style_again(label)
        for label in (self._nearest, self._speed):
            label.setStyleSheet(f"font-size: {size.quiet_px}px")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_prepared()

    def _fit_prepared(self) -> None:
        needed = _PREPARED_SIDE + _SPACING + _ROWS_BESIDE_LARGE * self._row_px
        side = _PREPARED_SIDE if self.height() >= needed else _SMALL_SIDE
        self._prepared.setFixedSize(side, side)

    def _two_nearest(self, answer: Answer, *, in_short: bool = True) -> str:
        """The classes that an answer is changing between."""
        one, other = (row.name for row in answer.rows[:2])
        if in_short:
            one, other = _in_short(one), _in_short(other)
        return self.tr("{one} or {other}").format(one=one, other=other)

    def _quiet(self, name: str) -> FittedLabel:
        label = FittedLabel(NORMAL.quiet_px, self._answer)
        label.setObjectName(name)
        label.setProperty("role", "quiet")
        return label

    def _set_top(self, name: str, percent: str) -> None:
        if name != self._top.text():
            self._top.setText(name)
            self._top.setToolTip(name)
        self._set(self._percent, percent)

    def _set(self, label: QLabel, text: str) -> None:
        if text != label.text():
            label.setText(text)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self._top, 1)
        top.addWidget(self._percent)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addStretch(1)
        words.addLayout(top)
        words.addWidget(self._nearest)
        words.addWidget(self._speed)
        words.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self._prepared, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        answer = QVBoxLayout(self._answer)
        answer.setContentsMargins(0, 0, 0, 0)
        answer.setSpacing(_SPACING)
        answer.addLayout(head)
        answer.addWidget(self._bars, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._answer, 1)
        layout.addWidget(self._reason, 1)


def _in_short(name: str) -> str:
    """As much of a class's name as leaves room for another one; its row has the whole."""
    return name if len(name) <= _HALF else f"{name[: _HALF - 1].rstrip()}…"


def _style_again(widget: QWidget) -> None:
    widget.style().unpolish(widget)
    widget.style().polish(widget)
