"""The head of the results: which page, which images, their figures, and a report."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker, QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.elided_chooser import ElidedChooser
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel

_ICON = QSize(18, 18)
_PART_LETTERS = 7
_LEAST_PX = 220

Page = tuple[str, str, str]
"""A page's name, its title and its tooltip."""


class ResultsHead(QWidget):
    """Asks, and shows the figures and what is to be known of them; it decides nothing.

    Args:
        pages: The pages that can be turned to.
        parent: What it stands in.
        can_enlarge: Whether what is on show can have a window of its own.

    Signals:
        page_chosen(str): This page shall be shown.
        subject_chosen(str): The scores of these images shall be shown.
        shares_toggled(bool): Cells shall show shares in place of counts.
        notes_requested, report_requested: The notes shall be told, a report be saved.
        enlarge_requested: What is on show is to have a window of its own.
    """

    page_chosen = Signal(str)
    subject_chosen = Signal(str)
    shares_toggled = Signal(bool)
    notes_requested = Signal()
    report_requested = Signal()
    enlarge_requested = Signal()

    def __init__(
        self,
        theme: Theme,
        pages: Sequence[Page],
        parent: QWidget | None = None,
        *,
        can_enlarge: bool = True,
    ) -> None:
        super().__init__(parent)
        self._can_enlarge = can_enlarge
        self.setObjectName("resultsHead")
        self._theme = theme
        self._places: tuple[bool, bool] | None = None  # few words for the pages, all in one line
        self._segments = QButtonGroup(self)
        # In place of the segments where there is little room.
        self._page_chooser = ElidedChooser(self)
        self._parts = ElidedChooser(self)
        self._shares = QToolButton(self)
        self._report = QToolButton(self)
        self._notes = QToolButton(self)
        self._sentence = WrappedLabel(self)
        self._enlarge = QToolButton(self)
        self._summary = WrappedLabel(self)  # no figure is ever cut
        self._cautions = WrappedLabel(self)
        self._make_parts()
        self._lay_out(pages)
        self._connect()
        self._on_theme_changed()

    @property
    def subject(self) -> str:
        """Which images are chosen; empty for none."""
        return str(self._parts.currentData() or "")

    @property
    def subjects(self) -> list[str]:
        """Which images can be chosen."""
        found = [self._parts.itemData(place) for place in range(self._parts.count())]
        return [subject for subject in found if subject]

    @property
    def summary(self) -> str:
        """The figures."""
        return self._summary.text()

    @property
    def sentence(self) -> str:
        """What the figures say."""
        return self._sentence.text()

    @property
    def cautions(self) -> str:
        """What is said beside the figures."""
        return self._cautions.text()

    def set_page(self, name: str) -> None:
        """Mark a page as the one on show."""
        for button in self._segments.buttons():
            button.setChecked(button.property("page") == name)
        with QSignalBlocker(self._page_chooser):
            self._page_chooser.setCurrentIndex(self._page_chooser.findData(name))

    def set_subjects(
        self,
        own: Sequence[tuple[str, str]],
        others: Sequence[tuple[str, str]],
        chosen: str,
    ) -> None:
        """Offer images, the run's own parts first: subjects and what they are called."""
        self._parts.clear()
        if others and not own:  # the model is shown no images that nobody has chosen
            self._parts.addItem(self.tr("Choose images …"), "")
        for subject, text in own:
            self._parts.addItem(text, subject)
        if own and others:
            self._parts.insertSeparator(len(own))
        for subject, text in others:
            self._parts.addItem(text, subject)
        self._parts.setCurrentIndex(max(0, self._parts.findData(chosen)) if chosen else 0)

    def set_run(self, notes: Sequence[str], *, has_report: bool) -> None:
        """Say what there is to read about the run, and whether a report can be saved."""
        self._notes.setVisible(bool(notes))
        self._notes.setToolTip("\n".join(notes))
        self._notes.setAccessibleDescription(" ".join(notes))
        self._report.setVisible(has_report)
        self._choose_row()

    def show_figures(
        self,
        summary: str,
        *,
        subjects: bool,
        shares: bool,
        cautions: Sequence[str] = (),
        sentence: str = "",
    ) -> None:
        """Show the figures, the choice of images and the one of shares, or hide them.

        Args:
            summary: The figures.
            subjects: Whether images can be chosen.
            shares: Whether cells can show shares.
            cautions: What is to be known beside the figures, in sentences.
            sentence: What the figures say, for everybody.
        """
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        self._cautions.setText(" ".join(cautions))
        self._cautions.setVisible(bool(cautions))
        self._summary.setText(summary)
        self._summary.setVisible(bool(summary))
        self._parts.setVisible(subjects)
        self._shares.setVisible(shares)
        self._enlarge.setVisible(self._can_enlarge and bool(summary))
        self._choose_row()

    def limit_cautions(self, room_px: int) -> None:
        """Give what is said beside the figures no more height; its tooltip has it all."""
        self._cautions.limit_height(room_px)

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_PX, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._choose_row()

    def _make_parts(self) -> None:
        self._parts.setObjectName("partChooser")
        self._parts.setToolTip(self.tr("Which images the scores are of"))
        self._parts.setAccessibleName(self._parts.toolTip())
        self._parts.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._parts.setMinimumContentsLength(_PART_LETTERS)
        self._page_chooser.setObjectName("pageChooser")
        self._page_chooser.setToolTip(self.tr("Choose what is shown of the run"))
        self._page_chooser.setAccessibleName(self._page_chooser.toolTip())
        self._shares.setObjectName("sharesButton")
        self._shares.setText("%")
        self._shares.setCheckable(True)
        self._shares.setProperty("kind", "segment")
        self._shares.setToolTip(self.tr("Show shares of each true class instead of counts"))
        self._shares.setAccessibleName(self._shares.toolTip())
        self._report.setObjectName("reportButton")
        self._report.setToolTip(self.tr("Save a report on this run as HTML (Ctrl+Shift+R)"))
        self._report.setAccessibleName(self.tr("Save a report"))
        self._report.setShortcut("Ctrl+Shift+R")
        self._notes.setObjectName("notesButton")
        self._notes.setAccessibleName(self.tr("Write notes on this run"))
        self._enlarge.setObjectName("enlargeButton")
        self._enlarge.setToolTip(self.tr("Enlarge, in a window of its own (Alt+E)"))
        self._enlarge.setAccessibleName(self.tr("Enlarge"))
        self._enlarge.setShortcut("Alt+E")
        for button in (self._report, self._notes, self._enlarge):
            button.setIconSize(_ICON)
        for chooser in (self._page_chooser, self._parts):
            chooser.setProperty("dense", "true")
        self._sentence.setObjectName("scoresSentence")
        self._sentence.setProperty("role", "strong")
        self._sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._summary.setObjectName("scoresSummary")
        self._summary.setProperty("role", "quiet")
        self._cautions.setObjectName("scoresCautions")
        self._cautions.setProperty("role", "warn")
        self._cautions.hide()
        self._summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def _lay_out(self, pages: Sequence[Page]) -> None:
        self._row = QHBoxLayout()
        self._row.setSpacing(4)
        for name, text, tip in pages:
            self._page_chooser.addItem(text, name)
            self._row.addWidget(self._segment(name, text, tip))
        self._row.addWidget(self._page_chooser)
        self._row.addStretch(1)
        self._row.addWidget(self._notes)
        self._row.addWidget(self._report)
        self._below = QHBoxLayout()
        self._below.setSpacing(8)
        self._below.addWidget(self._summary, 1)
        self._below.addWidget(self._enlarge)
        self._below.addWidget(self._shares)
        self._below.addWidget(self._parts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        column.setSpacing(8)
        column.addLayout(self._row)
        column.addWidget(self._sentence)
        column.addLayout(self._below)
        column.addWidget(self._cautions)

    def _connect(self) -> None:
        self._parts.activated.connect(self._on_parts_activated)
        self._page_chooser.activated.connect(self._on_page_chooser_activated)
        self._shares.toggled.connect(self.shares_toggled)
        self._report.clicked.connect(self.report_requested)
        self._notes.clicked.connect(self.notes_requested)
        self._enlarge.clicked.connect(self.enlarge_requested)
        self._theme.changed.connect(self._on_theme_changed)

    def _segment(self, name: str, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"{name}Segment")
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(text)
        button.setProperty("kind", "segment")
        button.setProperty("dense", "true")
        button.setProperty("page", name)
        button.setCheckable(True)
        button.clicked.connect(partial(self._on_segment_clicked, name))
        self._segments.addButton(button)
        return button

    def _choose_row(self) -> None:
        """Show the pages as segments, or as one chooser where they have no room."""
        segments = self._segments.buttons()
        tools = [tool for tool in (self._notes, self._report) if not tool.isHidden()]
        gap = self._row.spacing()
        needed = sum(each.sizeHint().width() + gap for each in (*segments, *tools))
        is_narrow = needed > self.width()
        choosers = (self._page_chooser, self._parts, *tools, self._enlarge, self._shares)
        in_a_row = sum(each.sizeHint().width() + gap for each in choosers)
        places = (is_narrow, is_narrow and in_a_row + gap <= self.width())
        if places == self._places:
            return
        self._places = places
        for button in segments:
            button.setVisible(not is_narrow)
        self._page_chooser.setVisible(is_narrow)
        # The figures get the room of the lower line.
        self._place(self._parts, above=is_narrow, after=self._page_chooser)
        self._place(self._enlarge, above=places[1], after=None)
        self._place(self._shares, above=places[1], after=self._enlarge)
        if not is_narrow:
            self._below.addWidget(self._parts)

    def _place(self, tool: QWidget, *, above: bool, after: QWidget | None) -> None:
        """Put a tool into the first line, before the notes or after another, or below it."""
        if not above:
            self._below.addWidget(tool)
        elif after is None:
            self._row.insertWidget(self._row.indexOf(self._notes), tool)
        else:
            self._row.insertWidget(self._row.indexOf(after) + 1, tool)

    def _on_segment_clicked(self, name: str, *_checked: bool) -> None:
        self.page_chosen.emit(name)

    @Slot(int)
    def _on_page_chooser_activated(self, _index: int) -> None:
        self.page_chosen.emit(str(self._page_chooser.currentData()))

    @Slot(int)
    def _on_parts_activated(self, _index: int) -> None:
        self.subject_chosen.emit(self.subject)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._enlarge.setIcon(self._theme.icon("full-screen", "text_quiet"))
        self._notes.setIcon(self._theme.icon("warning", "warn"))
        self._report.setIcon(self._theme.icon("report", "text_quiet"))
