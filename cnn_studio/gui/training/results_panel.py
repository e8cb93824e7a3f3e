"""What a run can and cannot do, and the log: matrix, classes, reliability, mistakes, log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.capture.elided_label import ElidedLabel
from cnn_studio.gui.capture.empty_state import EmptyState
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.class_scores import ClassScoresTable
from cnn_studio.gui.training.confusion_view import ConfusionView
from cnn_studio.gui.training.evaluation import Evaluation
from cnn_studio.gui.training.mistakes_view import MistakesView
from cnn_studio.gui.training.reliability_view import ReliabilityView
from cnn_studio.gui.widgets.notice import Kind, Notice
from cnn_studio.models.bundle import Bundle
from cnn_studio.models.runs import Run
from cnn_studio.models.scores import Scores

_LONGEST_LOG = 5000
_ICON = QSize(18, 18)
_PART_LETTERS = 7
_MARGIN = 16
MATRIX, CLASSES, RELIABILITY, MISTAKES, LOG = "matrix", "classes", "reliability", "mistakes", "log"
_OF_IMAGES = (RELIABILITY, MISTAKES)  # pages that need the answers on single images


class ResultsPanel(QFrame):
    """Shows the scores of one set of images, what stands behind them, and the log.

    A subject says which images, see `evaluation`.

    Signals:
        notes_requested: The person wants to read what there is to know about the run.
        subject_changed(str): The scores of other images are on show; empty for none.
        ask_requested, cancel_requested: The model shall be asked about single images, or no more.
        report_requested: A report on the run shall be saved.
        cell_chosen(int, int), class_chosen(int), bin_chosen(int), mistake_chosen(int): The images
            behind this cell (true, predicted), class, bar or mistake shall be shown.
    """

    notes_requested = Signal()
    subject_changed = Signal(str)
    ask_requested = Signal()
    cancel_requested = Signal()
    report_requested = Signal()
    cell_chosen = Signal(int, int)
    class_chosen = Signal(int)
    bin_chosen = Signal(int)
    mistake_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("resultsPanel")
        self.setProperty("panel", "true")
        self._theme = theme
        self._folder: Path | None = None
        self._bundle: Bundle | None = None
        self._evaluation: Evaluation | None = None
        self._asked: tuple[int, int] | None = None
        self._is_settled = False  # whether it is known if there are answers on single images
        self._page = MATRIX
        self._pages: dict[str, QWidget] = {}
        self._titles: dict[str, str] = {}
        self._others: Sequence[tuple[str, str]] = ()
        self._segments = QButtonGroup(self)
        self._page_chooser = QComboBox(self)  # in place of the segments where there is little room
        self._parts = QComboBox(self)
        self._shares = QToolButton(self)
        self._report = QToolButton(self)
        self._notes = QToolButton(self)
        self._summary = ElidedLabel(self)
        self._notice = Notice(theme, self)
        self._stack = QStackedWidget(self)
        self._area = QScrollArea(self._stack)
        self._matrix = ConfusionView(theme, self._area)
        self._scores = ClassScoresTable(theme, self._stack)
        self._reliability = ReliabilityView(theme, self._stack)
        self._mistakes = MistakesView(theme, self._stack)
        self._log = QPlainTextEdit(self._stack)
        self._unasked = EmptyState(theme, self._stack)
        self._blank = QWidget(self._stack)
        self._nothing = QLabel(self._stack)
        self._make_tools()
        self._make_pages()
        self._lay_out()
        self._connect()
        self._on_theme_changed()
        self.show_run(None)

    @property
    def page(self) -> str:
        """Which page was chosen: MATRIX, CLASSES, RELIABILITY, MISTAKES or LOG."""
        return self._page

    @property
    def subject(self) -> str:
        """Which images the scores are of; empty for none."""
        return str(self._parts.currentData() or "")

    def show_page(self, name: str) -> None:
        """Turn to a page."""
        self._page = name
        for button in self._segments.buttons():
            button.setChecked(button.property("page") == name)
        with QSignalBlocker(self._page_chooser):
            self._page_chooser.setCurrentIndex(self._page_chooser.findData(name))
        self._show_current()

    def show_run(self, run: Run | None) -> None:
        """Show the scores of another run, or none."""
        before = self.subject if self._folder == (run.folder if run else None) else ""
        self._folder = run.folder if run else None
        self._bundle = run.bundle if run else None
        self._nothing.setText(
            (run.problem or "")
            if run and run.bundle is None
            else self.tr("After a training its results stand here.")
        )
        self._fill_parts(run)
        self._parts.setCurrentIndex(max(0, self._parts.findData(before)) if before else 0)
        self._show_notes(self._bundle.notes if self._bundle else ())
        self._report.setVisible(self._bundle is not None)
        self._choose_head()
        self._take_subject()

    def set_other_subjects(self, subjects: Sequence[tuple[str, str]]) -> None:
        """Offer other images to ask about, from now on: subjects and what they are called."""
        self._others = list(subjects)

    def set_evaluation(self, evaluation: Evaluation | None) -> None:
        """Show the answers on single images of the subject; None as long as there are none."""
        self._evaluation = evaluation
        self._asked, self._is_settled = None, True
        self._show_scores()

    def set_asking(self, done: int, total: int) -> None:
        """Say how far the model is with answering."""
        is_new = self._asked is None
        self._asked, self._is_settled = (done, total), True
        self._show_unasked()
        if is_new:
            self._notice.hide()
            self._show_current()

    def say(self, sentence: str, kind: Kind, *, can_ask: bool = False) -> None:
        """Show a sentence above the page; `can_ask` offers to ask the model."""
        self._notice.show_message(sentence, kind, self.tr("Ask the model") if can_ask else "")

    def refresh_images(self) -> None:
        """Images may have been moved or deleted."""
        self._mistakes.refresh()

    def add_to_log(self, text: str) -> None:
        """Write a line, with the time of day."""
        for line in text.splitlines():
            self._log.appendPlainText(f"{datetime.now():%H:%M:%S}  {line}")

    def shutdown(self) -> None:
        """End what is done beside the window."""
        self._mistakes.shutdown()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._choose_head()

    def _make_tools(self) -> None:
        self._parts.setObjectName("partChooser")
        self._parts.setToolTip(self.tr("Which images the scores are of"))
        self._parts.setAccessibleName(self._parts.toolTip())
        self._parts.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._parts.setMinimumContentsLength(_PART_LETTERS)
        self._page_chooser.setObjectName("pageChooser")
        self._page_chooser.setToolTip(self.tr("What is shown of the run"))
        self._page_chooser.setAccessibleName(self._page_chooser.toolTip())
        self._shares.setObjectName("sharesButton")
        self._shares.setText("%")
        self._shares.setCheckable(True)
        self._shares.setProperty("kind", "segment")
        self._shares.setToolTip(self.tr("Shares of each true class in place of counts"))
        self._shares.setAccessibleName(self._shares.toolTip())
        self._report.setObjectName("reportButton")
        self._report.setToolTip(self.tr("Save a report on this run (HTML, Ctrl+Shift+R)"))
        self._report.setAccessibleName(self.tr("Save a report"))
        self._report.setShortcut("Ctrl+Shift+R")
        self._notes.setObjectName("notesButton")
        for button in (self._report, self._notes):
            button.setIconSize(_ICON)
        self._summary.setObjectName("scoresSummary")
        self._summary.setProperty("role", "quiet")
        self._summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def _make_pages(self) -> None:
        self._area.setWidgetResizable(True)
        self._area.setWidget(self._matrix)
        self._log.setObjectName("trainingLog")
        self._log.setReadOnly(True)
        self._log.setProperty("role", "log")
        self._log.setMaximumBlockCount(_LONGEST_LOG)
        self._log.setAccessibleName(self.tr("Log of the trainings"))
        self._log.setPlaceholderText(self.tr("What a training does is told here."))
        self._nothing.setObjectName("noResults")
        self._nothing.setProperty("role", "quiet")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)
        self._pages = {
            MATRIX: self._area,
            CLASSES: self._scores,
            RELIABILITY: self._reliability,
            MISTAKES: self._mistakes,
            LOG: self._log,
        }
        for page in (*self._pages.values(), self._unasked, self._blank, self._nothing):
            self._stack.addWidget(page)

    def _lay_out(self) -> None:
        self._head = QHBoxLayout()
        self._head.setSpacing(4)
        for name, text, tip in (
            (MATRIX, self.tr("Matrix"), self.tr("What each class was taken for")),
            (CLASSES, self.tr("Classes"), self.tr("How well each class is recognised")),
            (RELIABILITY, self.tr("Reliability"), self.tr("Whether it is as often right as sure")),
            (MISTAKES, self.tr("Mistakes"), self.tr("What was not recognised, surest first")),
            (LOG, self.tr("Log"), self.tr("What the trainings did, in words")),
        ):
            self._titles[name] = text
            self._page_chooser.addItem(text, name)
            self._head.addWidget(self._segment(name, text, tip))
        self._head.addWidget(self._page_chooser)
        self._head.addStretch(1)
        self._head.addWidget(self._notes)
        self._head.addWidget(self._report)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self._summary, 1)
        below.addWidget(self._shares)
        below.addWidget(self._parts)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 12, _MARGIN, 12)
        column.setSpacing(8)
        column.addLayout(self._head)
        column.addLayout(below)
        column.addWidget(self._notice)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self._parts.activated.connect(self._on_part_activated)
        self._page_chooser.activated.connect(self._on_page_chooser_activated)
        self._shares.toggled.connect(self._matrix.set_shares)
        self._report.clicked.connect(self.report_requested)
        self._notes.clicked.connect(self.notes_requested)
        self._notice.action_requested.connect(self.ask_requested)
        self._unasked.action_requested.connect(self._on_unasked_action_requested)
        self._matrix.cell_chosen.connect(self.cell_chosen)
        self._scores.class_chosen.connect(self.class_chosen)
        self._reliability.bin_chosen.connect(self.bin_chosen)
        self._mistakes.mistake_chosen.connect(self.mistake_chosen)
        self._theme.changed.connect(self._on_theme_changed)

    def _segment(self, name: str, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"{name}Segment")
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(text)
        button.setProperty("kind", "segment")
        button.setProperty("page", name)
        button.setCheckable(True)
        button.setChecked(name == MATRIX)
        button.clicked.connect(partial(self.show_page, name))
        self._segments.addButton(button)
        return button

    def _choose_head(self) -> None:
        """Show the pages as segments, or as one chooser where they have no room."""
        segments = self._segments.buttons()
        tools = [tool for tool in (self._notes, self._report) if not tool.isHidden()]
        needed = sum(each.sizeHint().width() + self._head.spacing() for each in (*segments, *tools))
        is_narrow = needed > self.contentsRect().width() - 2 * _MARGIN
        for button in segments:
            button.setVisible(not is_narrow)
        self._page_chooser.setVisible(is_narrow)

    def _fill_parts(self, run: Run | None) -> None:
        self._parts.clear()
        if self._bundle is None:
            return
        for name, text in (
            ("test", self.tr("Test")),
            ("validation", self.tr("Validation")),
            ("train", self.tr("Training")),
        ):
            if getattr(self._bundle, name) is not None:
                self._parts.addItem(text, name)
        if run is not None and run.is_usable and self._others:
            if self._parts.count():
                self._parts.insertSeparator(self._parts.count())
            for subject, text in self._others:
                self._parts.addItem(text, subject)
        room = self._parts.view().sizeHintForColumn(0) + 2 * _MARGIN
        self._parts.view().setMinimumWidth(room)  # the list is wider than the field

    def _show_notes(self, notes: tuple[str, ...]) -> None:
        self._notes.setVisible(bool(notes))
        self._notes.setToolTip("\n".join(notes))
        self._notes.setAccessibleName(self.tr("Notes on this run"))
        self._notes.setAccessibleDescription(" ".join(notes))

    def _take_subject(self) -> None:
        self._notice.hide()
        self._evaluation, self._asked, self._is_settled = None, None, False
        self._show_scores()
        self.subject_changed.emit(self.subject)

    def _show_scores(self) -> None:
        scores = self._current_scores()
        self._matrix.set_scores(scores)
        self._scores.set_scores(scores)
        measured = self._evaluation.reliability if self._evaluation else None
        self._reliability.set_reliability(measured)
        self._mistakes.set_evaluation(self._evaluation)
        self._show_unasked()
        self._show_current()

    def _current_scores(self) -> Scores | None:
        """What was measured on single images, else what the training has noted."""
        if self._evaluation is not None:
            return self._evaluation.scores
        return getattr(self._bundle, self.subject, None) if self.subject else None

    def _show_unasked(self) -> None:
        if self._asked is None:
            self._unasked.set_content(
                "images",
                self.tr("Single images were not kept"),
                self.tr("The model can be asked about them now."),
                self.tr("Ask the model"),
            )
            self._unasked.set_progress(None)
            return
        done, total = self._asked
        self._unasked.set_content(
            "images",
            self.tr("The model is being asked"),
            self.tr("{done} of {total}").format(
                done=wording.whole(done), total=wording.images(total)
            )
            if total
            else "",
            self.tr("Stop"),
        )
        self._unasked.set_progress(done / total if total else 0.0)

    def _show_current(self) -> None:
        is_log = self.page == LOG
        has_subject = bool(self.subject)
        scores = self._current_scores()
        if is_log or (scores is not None and self.page not in _OF_IMAGES):
            page = self._pages[self.page]
        elif not has_subject:
            page = self._nothing
        elif self._evaluation is not None:
            page = self._pages[self.page]
        else:
            page = self._unasked if self._is_settled else self._blank
        self._stack.setCurrentWidget(page)
        self._parts.setVisible(has_subject and not is_log)
        self._summary.setVisible(not is_log and scores is not None)
        self._shares.setVisible(self.page == MATRIX and scores is not None)
        self._summary.setText(self._summary_text(scores))

    def _summary_text(self, scores: Scores | None) -> str:
        if scores is None:
            return ""
        if self.page == RELIABILITY and self._evaluation is not None:
            calibration = self._bundle.calibration if self._bundle else None
            return wording.reliability(self._evaluation.reliability, calibration)
        return wording.summary(scores)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._notes.setIcon(self._theme.icon("warning", "warn"))
        self._report.setIcon(self._theme.icon("report", "text_quiet"))

    @Slot(int)
    def _on_part_activated(self, _index: int) -> None:
        self._take_subject()

    @Slot(int)
    def _on_page_chooser_activated(self, _index: int) -> None:
        self.show_page(str(self._page_chooser.currentData()))

    @Slot()
    def _on_unasked_action_requested(self) -> None:
        if self._asked is None:
            self.ask_requested.emit()
        else:
            self.cancel_requested.emit()
