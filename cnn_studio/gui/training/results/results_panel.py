"""What a run can and cannot do, and the log: matrix, classes, reliability, mistakes, log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.endings import Until
from cnn_studio.gui.figures import images, time_left, whole
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.time_left import TimeLeft
from cnn_studio.gui.training import progress_wording, wording
from cnn_studio.gui.training.progress import TrainingProgress
from cnn_studio.gui.training.results import result_sentence
from cnn_studio.gui.training.results.cautions import cautions, unmeasured
from cnn_studio.gui.training.results.class_scores import ClassScoresTable
from cnn_studio.gui.training.results.confusion_view import MANY_CLASSES
from cnn_studio.gui.training.results.evaluation import Evaluation
from cnn_studio.gui.training.results.flattering_row import FlatteringRow
from cnn_studio.gui.training.results.hint_page import HintPage
from cnn_studio.gui.training.results.matrix_page import MatrixPage
from cnn_studio.gui.training.results.mistakes_view import MistakesView
from cnn_studio.gui.training.results.reliability_view import ReliabilityView
from cnn_studio.gui.training.results.results_head import Page, ResultsHead
from cnn_studio.gui.widgets.lower_edge import LowerEdge
from cnn_studio.gui.widgets.notice import Kind, Notice
from cnn_studio.models.bundle import Bundle
from cnn_studio.models.remarks import remarks
from cnn_studio.models.run_trash import is_trashed
from cnn_studio.models.runs import Run
from cnn_studio.models.scores import Scores
from cnn_studio.prediction.evaluation import Scope
from cnn_studio.training.checkpoint import can_go_on

_LONGEST_LOG = 5000
_LEAST_PX = 32
_ROOMY_PX = 270
_SENTENCE_FROM_PX = 340
_GAP_PX = 8
_BESIDE_CAUTIONS_PX = 172  # the choosers, the figures in three lines, and a little of the page
MATRIX, CLASSES, RELIABILITY, MISTAKES, LOG = "matrix", "classes", "reliability", "mistakes", "log"
_OF_IMAGES = (RELIABILITY, MISTAKES)  # pages that need the answers on single images


class ResultsPanel(QFrame):
    """Shows the scores of one set of images, what stands behind them, and the log.

    A subject says which images, see `evaluation`.

    Signals:
        continue_requested: The run shall go on from where it stands.
        notes_requested: The person wants to read what there is to know about the run.
        subject_changed(str): The scores of other images are on show; empty for none.
        ask_requested, cancel_requested: The model shall be asked about single images, or no more.
        report_requested: A report on the run shall be saved.
        enlarge_requested: What is on show is to have a window of its own.
        cell_chosen(int, int), class_chosen(int), bin_chosen(int), mistake_chosen(int): The images
            behind this cell (true, predicted), class, bar or mistake shall be shown.
    """

    continue_requested = Signal()
    notes_requested = Signal()
    subject_changed = Signal(str)
    ask_requested = Signal()
    cancel_requested = Signal()
    report_requested = Signal()
    enlarge_requested = Signal()
    cell_chosen = Signal(int, int)
    class_chosen = Signal(int)
    bin_chosen = Signal(int)
    mistake_chosen = Signal(int)

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, is_enlarged: bool = False
    ) -> None:
        super().__init__(parent)
        self.setObjectName("resultsPanel")
        self._is_enlarged = is_enlarged
        self.setProperty("panel", "true")
        self._folder: Path | None = None
        self._bundle: Bundle | None = None
        self._evaluation: Evaluation | None = None
        self._live: TrainingProgress | None = None
        self._shown: Scores | None = None
        self._asked: tuple[int, int] | None = None
        self._time_left = TimeLeft()
        self._is_settled = False  # whether it is known if there are answers on single images
        self._page = MATRIX
        self._has_subjects = False
        self._can_go_on = False  # a run without figures, to get some
        self._others: Sequence[tuple[str, str]] = ()
        self._head = ResultsHead(theme, self._titles(), self, can_enlarge=not is_enlarged)
        self._notice = Notice(theme, self)
        self._foot = QWidget(self)
        self.flattering = FlatteringRow(self._foot)
        self._stack = _Pages(self)
        self._low_area = QScrollArea(self._stack)
        self._matrix_page = MatrixPage(theme, self._stack)
        self._matrix = self._matrix_page.view
        self._scores = ClassScoresTable(theme, self._stack)
        self._reliability = ReliabilityView(theme, self._low_area)
        self._mistakes = MistakesView(theme, self._stack)
        self._log = QPlainTextEdit(self._stack)
        self._unasked = HintPage(self._stack)
        self._blank = QWidget(self._stack)
        self._nothing = QLabel(self._stack)
        if is_enlarged:
            self._matrix_page.set_roomy()
        self._make_pages()
        self._lay_out()
        self._connect()
        self.show_page(MATRIX)
        self.show_run(None)

    @property
    def page(self) -> str:
        """Which page was chosen: MATRIX, CLASSES, RELIABILITY, MISTAKES or LOG."""
        return self._page

    @property
    def subject(self) -> str:
        """Which images the scores are of; empty for none."""
        return self._head.subject

    @property
    def is_asking_shown(self) -> bool:
        """Whether how far the model is with answering is on the screen."""
        return self._asked is not None and self._unasked.isVisible()

    @Slot(str)
    def show_page(self, name: str) -> None:
        """Turn to a page."""
        self._page = name
        self._head.set_page(name)
        self._choose_foot()
        self._show_hint()
        self._show_current()

    def show_run(self, run: Run | None) -> None:
        """Show the scores of another run, or none; of the same run those that were on show."""
        folder = folder_of(run)
        before = self.subject if folder == self._folder else ""
        self._folder, self._live = folder, None
        self._bundle = bundle = run.bundle if run else None
        self._nothing.setText(self._why_nothing(run))
        self._can_go_on = run is not None and _can_go_on(run)
        parts = (
            ("test", self.tr("Test")),
            ("validation", self.tr("Validation")),
            ("train", self.tr("Training")),
        )
        own = [(name, text) for name, text in parts if bundle and getattr(bundle, name) is not None]
        others = self._others if run and run.is_usable else ()
        self._has_subjects = bool(own or others)
        self._head.set_subjects(own, others, before)
        notes = remarks(bundle.notes, bundle.classes) if bundle else ()
        self._head.set_run([each.sentence for each in notes], has_report=bundle is not None)
        self._take_subject()

    def show_live(self, run: Run | None, progress: TrainingProgress) -> None:
        """Show what is known so far of the training under way.

        Args:
            run: Its run; None before there is one.
            progress: How far it is. Call it again whenever that has changed.
        """
        is_new = self._live is not progress or folder_of(run) != self._folder
        self._folder, self._live, self._bundle = folder_of(run), progress, None
        has_subject = bool(self.subject)
        if is_new or has_subject != (progress.measured is not None):
            so_far = [(str(Scope.VALIDATION), self.tr("Validation"))] if progress.measured else []
            self._has_subjects = bool(so_far)
            self._head.set_subjects(so_far, (), "")
            self._head.set_run((), has_report=False)
            self._take_subject()
        elif self._shown is not self._current_scores():
            self._show_scores()
        else:
            self._show_hint()
            self._show_current()

    def set_other_subjects(self, subjects: Sequence[tuple[str, str]]) -> None:
        """Offer other images to ask about, from now on: subjects and what they are called."""
        self._others = list(subjects)

    def set_evaluation(self, evaluation: Evaluation | None) -> None:
        """Show the answers on single images of the subject; None where there are none."""
        self._evaluation = evaluation
        self._asked, self._is_settled = None, True
        self._show_scores()

    def set_asking(self, done: int, total: int) -> None:
        """Say how far the model is with answering."""
        if self._asked is None:
            self._notice.hide()
            self._time_left = TimeLeft()
        self._asked, self._is_settled = (done, total), True
        self._time_left.update(done, total)
        self._show_hint()
        self._show_current()

    def say(self, sentence: str, kind: Kind, details: Sequence[str] = ()) -> None:
        """Show a sentence over the page, until other figures are on show."""
        self._notice.show_message(sentence, kind, until=Until.REPLACED, details=details)

    def refresh_images(self) -> None:
        """Images may have been moved or deleted."""
        self._mistakes.refresh()

    def add_to_log(self, text: str) -> None:
        """Write a line, with the time of day."""
        for line in text.splitlines():
            self._log.appendPlainText(f"{datetime.now():%H:%M:%S}  {line}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._choose_foot()
        self._show_current()

    def _choose_foot(self) -> None:
        """Where a page has little room, a random split is spoken of beside the reliability only."""
        is_shown = self.height() >= _ROOMY_PX or self.page == RELIABILITY
        self._foot.setVisible(is_shown)
        foot = self._foot.sizeHint().height() + _GAP_PX if is_shown else 0
        self._head.limit_cautions(self.height() - foot - _BESIDE_CAUTIONS_PX)

    def shutdown(self) -> None:
        """End what is done beside the window."""
        self._mistakes.shutdown()

    def _titles(self) -> tuple[Page, ...]:
        titles = (
            (MATRIX, self.tr("Matrix"), self.tr("Show what each class was taken for")),
            (CLASSES, self.tr("Classes"), self.tr("Show how well each class is recognised")),
            (
                RELIABILITY,
                self.tr("Reliability"),
                self.tr("Show whether it is right as often as it is sure"),
            ),
            (MISTAKES, self.tr("Mistakes"), self.tr("Show what was not recognised, surest first")),
            (LOG, self.tr("Log"), self.tr("Show what the trainings did, in words")),
        )
        return titles[:-1] if self._is_enlarged else titles

    def _make_pages(self) -> None:
        self._low_area.setWidgetResizable(True)
        self._low_area.setWidget(self._reliability)
        self._stack.setMinimumHeight(_LEAST_PX)  # the figures above it come first
        self._log.setObjectName("trainingLog")
        self._log.setReadOnly(True)
        self._log.setProperty("role", "log")
        self._log.setMaximumBlockCount(_LONGEST_LOG)
        self._log.setAccessibleName(self.tr("Log of the trainings"))
        self._log.setPlaceholderText(self.tr("What a training does is listed here."))
        self._nothing.setObjectName("noResults")
        self._nothing.setProperty("role", "quiet")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)
        self._pages: dict[str, QWidget] = {
            MATRIX: self._matrix_page,
            CLASSES: self._scores,
            RELIABILITY: self._low_area,
            MISTAKES: self._mistakes,
            LOG: self._log,
        }
        for page in (*self._pages.values(), self._unasked, self._blank, self._nothing):
            self._stack.addWidget(page)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(self._head)
        column.addWidget(self._stack, 1)
        column.addWidget(self._foot)
        self.lower_edge = LowerEdge(self, self._stack, self._notice)
        foot = QVBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.addWidget(self.flattering)

    def _connect(self) -> None:
        self._head.page_chosen.connect(self.show_page)
        self._head.subject_chosen.connect(self._take_subject)
        self._head.shares_toggled.connect(self._matrix.set_shares)
        self._head.report_requested.connect(self.report_requested)
        self._head.notes_requested.connect(self.notes_requested)
        self._head.enlarge_requested.connect(self.enlarge_requested)
        self._unasked.action_requested.connect(self._on_unasked_action_requested)
        self._matrix.cell_chosen.connect(self.cell_chosen)
        self._scores.class_chosen.connect(self.class_chosen)
        self._reliability.bin_chosen.connect(self.bin_chosen)
        self._mistakes.mistake_chosen.connect(self.mistake_chosen)

    @Slot()
    def _take_subject(self) -> None:
        self._notice.hide()
        self._evaluation, self._asked, self._is_settled = None, None, False
        self._show_scores()
        self.subject_changed.emit(self.subject)

    def _show_scores(self) -> None:
        self._shown = scores = self._current_scores()
        self._matrix_page.set_scores(scores)
        self._scores.set_scores(scores)
        measured = self._evaluation.reliability if self._evaluation else None
        self._reliability.set_reliability(measured)
        self._mistakes.set_evaluation(self._evaluation)
        self._show_hint()
        self._show_current()

    def _current_scores(self) -> Scores | None:
        """What was measured on single images, else what the training has noted, or has so far."""
        if self._live is not None:
            return self._live.measured.scores if self._live.measured else None
        if self._evaluation is not None:
            return self._evaluation.scores
        return getattr(self._bundle, self.subject, None) if self.subject else None

    def _show_hint(self) -> None:
        if self._live is not None:
            self._unasked.set_content(
                self.tr("This training is running"),
                progress_wording.so_far(self._live, of_images=self.page in _OF_IMAGES),
            )
            return
        if self._can_go_on and not self.subject:
            self._unasked.set_content(
                self.tr("Not measured"), self._nothing.text(), self.tr("Continue this run")
            )
            return
        if self._asked is None:
            is_part = ":" not in self.subject
            self._unasked.set_content(
                self.tr("Single images were not kept")
                if is_part
                else self.tr("The model was not asked"),
                self.tr("The model can be asked about them now."),
                self.tr("Ask the model"),
            )
            return
        done, total = self._asked
        count = self.tr("{done} of {total}").format(done=whole(done), total=images(total))
        if self._time_left.seconds is not None:
            count += " · " + time_left(self._time_left.seconds)
        self._unasked.set_content(
            self.tr("The model is being asked"),
            count if total else self.tr("Reading the images"),
            self.tr("Stop"),
            done / total if total else 0.0,
        )

    def _show_current(self) -> None:
        scores = self._current_scores()
        is_log = self.page == LOG
        # Of single images nothing is known as long as it trains; the page says how far it is.
        is_open = not is_log and (self._live is None or self.page not in _OF_IMAGES)
        has_figures = scores is not None and is_open
        self._stack.setCurrentWidget(self._current_page(scores))
        # Sentences, with a button maybe, need the room of the cautions, which other pages have too.
        has_sentences = self.page == MISTAKES or self._stack.currentWidget() is self._unasked
        is_tight = self.height() < _ROOMY_PX and has_sentences
        is_cautious = has_figures and not is_tight
        self._head.show_figures(
            self._summary(scores) if scores is not None and has_figures else "",
            subjects=self._has_subjects and is_open,
            shares=self.page == MATRIX and scores is not None,
            cautions=cautions(self.subject, scores, self._evaluation) if is_cautious else (),
            sentence=self._sentence(scores) if scores is not None and has_figures else "",
        )

    def _current_page(self, scores: Scores | None) -> QWidget:
        if self.page == LOG or (scores is not None and self.page not in _OF_IMAGES):
            return self._pages[self.page]
        if self._live is not None:
            return self._unasked
        if not self.subject:
            return self._unasked if self._can_go_on else self._nothing
        if self._evaluation is not None:
            return self._pages[self.page]
        return self._unasked if self._is_settled else self._blank

    def _sentence(self, scores: Scores) -> str:
        """What the figures say; where there is little room, the page has it alone."""
        is_said_above = self.subject == Scope.VALIDATION
        is_large = self.page == MATRIX and len(scores.classes) > MANY_CLASSES
        has_more = bool(cautions(self.subject, scores, self._evaluation))  # which needs the room
        least = _SENTENCE_FROM_PX if is_said_above or is_large or has_more else _ROOMY_PX
        if self.height() < least:
            return ""
        if self.page == RELIABILITY and self._evaluation is not None:
            return result_sentence.of_certainty(self._evaluation.reliability)
        return result_sentence.of_subject(
            self.subject, scores, self._bundle, self._evaluation, is_settled=self._is_settled
        )

    def _summary(self, scores: Scores) -> str:
        if self._live is not None and self._live.measured is not None:
            text = self.tr("Best so far, epoch {epoch}: {figures}")
            epoch = whole(self._live.measured.epoch)
            return text.format(epoch=epoch, figures=wording.summary(scores))
        if self.page == RELIABILITY and self._evaluation is not None:
            calibration = self._bundle.calibration if self._bundle else None
            return wording.reliability(self._evaluation.reliability, calibration)
        return wording.summary(scores)

    def _why_nothing(self, run: Run | None) -> str:
        """What stands where there are no figures: why there are none, and what can be done."""
        if run is None:
            return self.tr("After a training its results stand here.")
        if run.bundle is None or not run.is_usable:
            return run.problem or ""
        return unmeasured(run.bundle.stopped_in_first_epoch)

    @Slot()
    def _on_unasked_action_requested(self) -> None:
        if self._can_go_on and not self.subject:
            self.continue_requested.emit()
        elif self._asked is None:
            self.ask_requested.emit()
        else:
            self.cancel_requested.emit()


def _can_go_on(run: Run) -> bool:
    """Whether a run that has no figures can be trained further, to have some."""
    is_open = run.bundle is None or run.bundle.stopped_in_first_epoch
    return is_open and not run.is_training and not is_trashed(run) and can_go_on(run.folder)


def folder_of(run: Run | None) -> Path | None:
    """The folder of a run that need not be there."""
    return run.folder if run is not None else None


class _Pages(QStackedWidget):
    """Takes what room there is; a page with sentences would ask for that of the figures."""

    def hasHeightForWidth(self) -> bool:
        return False
