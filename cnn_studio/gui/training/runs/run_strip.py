"""The strip under the plots: how far the training is, then what came of it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.figures import NONE, percent
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training import progress_wording, wording
from cnn_studio.gui.training.progress import TrainingProgress
from cnn_studio.gui.training.results import result_sentence
from cnn_studio.gui.training.results.cautions import about_weak
from cnn_studio.gui.training.results.evaluation import Evaluation
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel
from cnn_studio.models.run_trash import is_trashed
from cnn_studio.models.runs import Run

_HEIGHT_PX = 76
_FIGURES_FROM_PX = 760  # the runs list has them too
_STEPS = 1000
_MARGIN_PX = 4
_LINE_GAP_PX = 2
_GAP_PX, _ROOMY_PX = 24, 700


class RunStrip(QFrame):
    """One of two faces: a progress bar, or what came of a run: a sentence, then the figures.

    Signals:
        try_requested: The person wants to see the run's model at work.
    """

    try_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runStrip")
        self.setProperty("panel", "true")
        self.setFixedHeight(_HEIGHT_PX)
        self._theme = theme
        progress, figures = QWidget(self), QWidget(self)
        self._headline = _label("progressHeadline", "title", progress)
        self._headline.setToolTip(
            self.tr("A round goes once through all images to learn from; it is called an epoch")
        )
        self._details = _label("progressDetails", "quiet", progress)
        self._bar = QProgressBar(progress)
        self._bar.setObjectName("trainingProgressBar")
        self._bar.setAccessibleName(self.tr("Progress of the training"))
        self._bar.setTextVisible(False)
        self._figures = {
            name: _label(f"{name}Accuracy", "title", figures)
            for name in ("train", "validation", "test")
        }
        self._run: Run | None = None
        self._is_usable = False
        self._pairs: dict[str, QWidget] = {}  # a figure and what it is called
        self._sentence = WrappedLabel(figures)
        self._sentence.setObjectName("runSentence")
        self._sentence.setProperty("role", "strong")
        self._texts: tuple[str, ...] = ()  # how it ended, what its figures rest on, a weak class
        self._outcome = WrappedLabel(figures)
        self._outcome.setObjectName("runOutcome")
        self._outcome.setProperty("role", "quiet")
        self._try = QPushButton(self.tr("Try it"), figures)
        self._try.setObjectName("tryButton")
        self._try.setToolTip(self.tr("Open the Predict tab, where the model sees the camera"))
        self._try.setAccessibleName(self._try.text())
        self._try.clicked.connect(self.try_requested)
        self._lay_out_progress(progress)
        self._lay_out_figures(figures)
        self._faces = QStackedLayout(self)
        self._faces.addWidget(progress)
        self._faces.addWidget(figures)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_progress(self, progress: TrainingProgress) -> None:
        """Say how far a training is."""
        self._faces.setCurrentIndex(0)
        self._headline.setText(progress_wording.headline(progress))
        self._details.setText(progress_wording.details(progress))
        fraction = progress.fraction
        # Qt's endless bar moves; the look asks for calm, so it stays empty until there is a share.
        self._bar.setRange(0, _STEPS)
        self._bar.setValue(0 if fraction is None else round(fraction * _STEPS))

    def show_run(
        self, run: Run, evaluation: Evaluation | None = None, *, is_settled: bool = True
    ) -> None:
        """Show what came of a run.

        Args:
            run: The run.
            evaluation: What its model said of `result_sentence.subject_of`; None if not kept.
            is_settled: Whether that has been looked up.
        """
        self._faces.setCurrentIndex(1)
        bundle = run.bundle
        values = (
            (bundle.train_accuracy, bundle.val_accuracy, bundle.test_accuracy)
            if bundle
            else (None, None, None)
        )
        for label, value in zip(self._figures.values(), values, strict=True):
            label.setText(percent(value))
        if is_settled or run != self._run:  # else what was looked up of it still holds
            said = (
                result_sentence.of_run(bundle, evaluation, is_settled=is_settled) if bundle else ""
            )
            self._sentence.setText(said)
        self._run = run
        self._sentence.setVisible(bool(self._sentence.text()))
        text = run.problem or (wording.outcome(bundle) if bundle else "")
        basis = wording.basis(bundle) if bundle else ""
        weak = about_weak(bundle.validation or bundle.test, most=1) if bundle else ""
        self._texts = (text, basis, weak)
        self._outcome.setToolTip("\n".join(filter(None, self._texts)))
        self._is_usable = bundle is not None
        self._try.setVisible(run.has_learned and not is_trashed(run))
        self._choose_text()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._row.setSpacing(_GAP_PX if self.width() >= _ROOMY_PX else _GAP_PX // 2)
        self._choose_text()

    def _choose_text(self) -> None:
        """Say how it ended, what its figures rest on and which class is weak.

        Where there is little room, the figures go, which the list of runs has as well, and the
        first of these.
        """
        for name, pair in self._pairs.items():
            has_value = name != "test" or self._figures[name].text() != NONE
            pair.setVisible(has_value and self._is_usable and self.width() >= _FIGURES_FROM_PX)
        self._settle()  # the label's width is that of the run before
        room = _HEIGHT_PX - 2 * _MARGIN_PX
        if not self._sentence.isHidden():
            room -= self._sentence.heightForWidth(self._outcome.width()) + _LINE_GAP_PX
        texts = list(filter(None, self._texts))
        for start in range(max(1, len(texts))):
            self._outcome.setText("\n".join(texts[start:]))
            if self._outcome.heightForWidth(self._outcome.width()) <= room:
                break
        self._settle()

    def _settle(self) -> None:
        """Lay the labels out at once."""
        for each in (self, self._outcome.parentWidget()):
            layout = None if each is None else each.layout()
            if layout is not None:
                layout.activate()

    def _lay_out_progress(self, face: QWidget) -> None:
        column = QVBoxLayout(face)
        column.setContentsMargins(16, 8, 16, 12)
        column.setSpacing(8)
        row = QHBoxLayout()
        row.addWidget(self._headline, 1)
        row.addWidget(self._details)
        column.addLayout(row)
        column.addWidget(self._bar)

    def _lay_out_figures(self, face: QWidget) -> None:
        self._row = row = QHBoxLayout(face)
        row.setContentsMargins(16, _MARGIN_PX, 16, _MARGIN_PX)
        row.setSpacing(_GAP_PX)
        said = QVBoxLayout()
        said.setSpacing(_LINE_GAP_PX)
        said.addStretch(1)
        for label in (self._sentence, self._outcome):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            said.addWidget(label)
        said.addStretch(1)
        row.addLayout(said, 1)
        captions = {
            "train": (self.tr("Training"), self.tr("Accuracy on the training images")),
            "validation": (
                self.tr("Validation"),
                self.tr("Accuracy on images that were held back: what to expect of the model"),
            ),
            "test": (
                self.tr("Test"),
                self.tr("Accuracy on the test part that the dataset brings along, if it has one"),
            ),
        }
        for key, (caption, tip) in captions.items():
            self._pairs[key] = cell = QWidget(face)
            pair = QVBoxLayout(cell)
            pair.setContentsMargins(0, 0, 0, 0)
            pair.setSpacing(0)
            name = _label(f"{key}Caption", "quiet", cell)
            name.setText(caption)
            name.setToolTip(tip)
            self._figures[key].setToolTip(tip)
            pair.addStretch(1)
            pair.addWidget(self._figures[key])
            pair.addWidget(name)
            pair.addStretch(1)
            row.addWidget(cell)
        row.addWidget(self._try)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._try.setIcon(self._theme.icon("predict", "accent"))


def _label(name: str, role: str, parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setObjectName(name)
    label.setProperty("role", role)
    return label
