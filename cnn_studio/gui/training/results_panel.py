"""What a run can and cannot do, and the log: matrix, classes, log."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.class_scores import ClassScoresTable
from cnn_studio.gui.training.confusion_view import ConfusionView
from cnn_studio.gui.training.flattering_row import FlatteringRow
from cnn_studio.models.bundle import Bundle
from cnn_studio.models.runs import Run
from cnn_studio.models.scores import Scores

_LONGEST_LOG = 5000
MATRIX, CLASSES, LOG = "matrix", "classes", "log"


class ResultsPanel(QFrame):
    """Shows the scores of one part of a run's images, and the log of the trainings.

    Signals:
        notes_requested: The person wants to read what there is to know about the run.
    """

    notes_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("resultsPanel")
        self.setProperty("panel", "true")
        self._theme = theme
        self._bundle: Bundle | None = None
        self._page = MATRIX
        self._pages: dict[str, QWidget] = {}
        self._segments = QButtonGroup(self)
        self._parts = QComboBox(self)
        self._parts.setObjectName("partChooser")
        self._parts.setToolTip(self.tr("Which images the scores are of"))
        self._parts.setAccessibleName(self._parts.toolTip())
        self._parts.activated.connect(self._on_part_activated)
        self._summary = QLabel(self)
        self._summary.setObjectName("scoresSummary")
        self._summary.setProperty("role", "quiet")
        self._notes = QToolButton(self)
        self._notes.setObjectName("notesButton")
        self._notes.setIconSize(QSize(18, 18))
        self._notes.clicked.connect(self.notes_requested)
        self.flattering = FlatteringRow(self)
        self._stack = QStackedWidget(self)
        self._area = QScrollArea(self._stack)
        self._matrix = ConfusionView(theme, self._area)
        self._scores = ClassScoresTable(self._stack)
        self._log = QPlainTextEdit(self._stack)
        self._nothing = QLabel(self._stack)
        self._make_pages()
        self._lay_out()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.show_run(None)

    @property
    def page(self) -> str:
        """Which page was chosen: MATRIX, CLASSES or LOG."""
        return self._page

    def show_page(self, name: str) -> None:
        """Turn to a page."""
        self._page = name
        for button in self._segments.buttons():
            button.setChecked(button.property("page") == name)
        self._show_current()

    def show_run(self, run: Run | None) -> None:
        """Show the scores of another run, or none."""
        self._bundle = run.bundle if run else None
        self._nothing.setText(
            (run.problem or "")
            if run and run.bundle is None
            else self.tr("After a training its results stand here.")
        )
        self._parts.clear()
        for name, text in (
            ("test", self.tr("Test")),
            ("validation", self.tr("Validation")),
            ("train", self.tr("Training")),
        ):
            if self._bundle is not None and getattr(self._bundle, name) is not None:
                self._parts.addItem(text, name)
        self._show_notes(self._bundle.notes if self._bundle else ())
        self._show_scores()

    def add_to_log(self, text: str) -> None:
        """Write a line, with the time of day."""
        for line in text.splitlines():
            self._log.appendPlainText(f"{datetime.now():%H:%M:%S}  {line}")

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
        self._pages = {MATRIX: self._area, CLASSES: self._scores, LOG: self._log}
        for page in (*self._pages.values(), self._nothing):
            self._stack.addWidget(page)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        for name, text, tip in (
            (MATRIX, self.tr("Matrix"), self.tr("What each class was taken for")),
            (CLASSES, self.tr("Classes"), self.tr("How well each class is recognised")),
            (LOG, self.tr("Log"), self.tr("What the trainings did, in words")),
        ):
            head.addWidget(self._segment(name, text, tip))
        head.addStretch(1)
        head.addWidget(self._notes)
        below = QHBoxLayout()
        below.addWidget(self._summary, 1)
        below.addWidget(self._parts)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(below)
        column.addWidget(self._stack, 1)
        column.addWidget(self.flattering)

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

    def _show_notes(self, notes: tuple[str, ...]) -> None:
        self._notes.setVisible(bool(notes))
        self._notes.setToolTip("\n".join(notes))
        self._notes.setAccessibleName(self.tr("Notes on this run"))
        self._notes.setAccessibleDescription(" ".join(notes))

    def _show_scores(self) -> None:
        part = self._parts.currentData()
        scores: Scores | None = getattr(self._bundle, part) if part else None
        self._matrix.set_scores(scores)
        self._scores.set_scores(scores)
        self._summary.setText("" if scores is None else wording.summary(scores))
        self._show_current()

    def _show_current(self) -> None:
        is_log = self.page == LOG
        has_scores = self._parts.count() > 0
        page = self._pages[self.page] if is_log or has_scores else self._nothing
        self._stack.setCurrentWidget(page)
        self._parts.setVisible(has_scores and not is_log)
        self._summary.setVisible(has_scores and not is_log)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._notes.setIcon(self._theme.icon("warning", "warn"))

    @Slot(int)
    def _on_part_activated(self, _index: int) -> None:
        self._show_scores()
