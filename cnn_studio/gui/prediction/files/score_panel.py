"""How often the model is right about files whose folders say what they show."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from cnn_studio.gui.figures import images, percent, whole
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training.results.cautions import about_learned, about_weak
from cnn_studio.gui.training.results.confusion_view import ConfusionView
from cnn_studio.prediction.tally import Tally

_WIDTH_PX = 304


class ScorePanel(QWidget):
    """Accuracy with its 95 % interval, and the confusion matrix.

    Signals:
        cell_chosen(true, said): The files of this class that are taken for that shall be listed.
    """

    cell_chosen = Signal(str, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fileScores")
        self.setFixedWidth(_WIDTH_PX)
        self._classes: tuple[str, ...] = ()
        self._figures = QLabel(self)
        self._figures.setObjectName("fileScoresText")
        self._figures.setProperty("role", "quiet")
        self._figures.setTextFormat(Qt.TextFormat.PlainText)  # a class may be called anything
        self._figures.setWordWrap(True)
        area = QScrollArea(self)
        self._matrix = ConfusionView(theme, area)
        self._matrix.setToolTip(self.tr("Click a cell to list its files"))
        self._matrix.cell_chosen.connect(self._on_matrix_cell_chosen)
        area.setWidgetResizable(True)
        area.setWidget(self._matrix)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._figures)
        column.addWidget(area, 1)

    def show_tally(self, tally: Tally) -> None:
        """Show what was counted."""
        scores = tally.scores()
        self._matrix.set_scores(scores)
        if scores is None:
            return
        self._classes = scores.classes
        text = self.tr("95 % interval {low} to {high}, {files} in folders of a class").format(
            low=percent(scores.interval.low),
            high=percent(scores.interval.high),
            files=images(scores.count),
        )
        if tally.unknown:
            share, interval = tally.answered_accuracy
            of_others = self.tr(
                "{count} are called unknown; of the others {share} are right ({low} to {high})"
            )
            text += ". " + of_others.format(
                count=whole(tally.unknown),
                share=percent(share),
                low=percent(interval.low),
                high=percent(interval.high),
            )
        beside = (about_weak(scores, absent=False), about_tally(tally))
        self._figures.setText(" ".join(filter(None, (f"{text}.", *beside))))

    @property
    def text(self) -> str:
        """What it says above the matrix."""
        return self._figures.text()

    @Slot(int, int)
    def _on_matrix_cell_chosen(self, true: int, said: int) -> None:
        self.cell_chosen.emit(self._classes[true], self._classes[said])


def about_tally(tally: Tally) -> str:
    """That the model has learned from some of the files, and the figure without; "" if not so."""
    return about_learned(tally.learned, tally.count, tally.scores_without_learned())
