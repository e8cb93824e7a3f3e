"""What the camera shows, as far as the images of the dataset can say without a training."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.elided_label import ElidedLabel
from cnn_studio.gui.widgets.share_bars import ShareCells
from cnn_studio.prediction.smoothing import Answer

_WORDS_WIDTH = 232
_HEIGHT = 40


class InstantStrip(QWidget):
    """Shows an answer with bars, or says what is missing for one."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("instantStrip")
        self.setAccessibleName(self.tr("What your images say of the picture"))
        self.setToolTip(
            self.tr(
                "The images of this dataset alone say this, as they are now. A trained model "
                "answers on the prediction tab, by what it learned from them then."
            )
        )
        self.setFixedHeight(_HEIGHT)
        self._pages = QStackedLayout(self)
        self._hint = ElidedLabel(self)
        self._answer = QWidget(self)
        self._top = ElidedLabel(self._answer)
        self._source = ElidedLabel(self._answer)
        self._cells = ShareCells(theme, self._answer)
        self._lay_out()
        self.show_hint("")

    @property
    def said(self) -> str:
        """The answer or the hint that is on show."""
        is_answer = self._pages.currentWidget() is self._answer
        return self._top.text() if is_answer else self._hint.text()

    def set_classes(self, classes: Sequence[str]) -> None:
        """Show the classes in this order."""
        self._cells.set_order(classes)

    def show_answer(self, answer: Answer, sources: tuple[str, ...]) -> None:
        """Show an answer.

        Args:
            answer: What is said of the picture.
            sources: What it rests on, and the same in fewer words.
        """
        first = answer.rows[0]
        if answer.unknown:
            top = self.tr("unknown, most like {name}").format(name=first.name)
        elif answer.changing:
            top = self.tr("{name}?").format(name=first.name)
        else:
            top = self.tr("{name} {percent} %").format(name=first.name, percent=first.percent)
        if top != self._top.text():
            shorter = (self.tr("unknown"),) if answer.unknown else ()
            self._top.set_texts(top, *shorter)
            self.setAccessibleDescription(top)
        if sources[0] != self._source.text():
            self._source.set_texts(*sources)
        self._cells.set_rows(answer.rows, answer.named or "")
        self._pages.setCurrentWidget(self._answer)

    def show_hint(self, text: str, *shorter: str) -> None:
        """Show no answer, and why there is none."""
        self._hint.set_texts(text, *shorter)
        self.setAccessibleDescription(text)
        self._pages.setCurrentWidget(self._hint)

    def _lay_out(self) -> None:
        self._hint.setObjectName("instantHint")
        self._hint.setProperty("role", "quiet")
        self._top.setObjectName("instantAnswer")
        self._top.setProperty("role", "title")
        self._source.setObjectName("instantSource")
        self._source.setProperty("role", "quiet")
        self._cells.setObjectName("instantCells")
        words = QWidget(self._answer)
        words.setFixedWidth(_WORDS_WIDTH)
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for label in (self._top, self._source):
            row = QHBoxLayout()
            row.addWidget(label)
            row.addStretch(1)
            column.addLayout(row)
        layout = QHBoxLayout(self._answer)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        layout.addWidget(words)
        layout.addWidget(self._cells, 1, Qt.AlignmentFlag.AlignVCenter)
        self._pages.addWidget(self._hint)
        self._pages.addWidget(self._answer)
