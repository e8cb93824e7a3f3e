"""Opens the checkup of the dataset on show, and carries out what a person decides in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QToolButton, QWidget

from cnn_studio.data.findings import Fix
from cnn_studio.data.marks import Mark
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session
from cnn_studio.gui.capture.checkup.checkup_runs import CheckupRuns, StandingCheckup
from cnn_studio.gui.capture.checkup.fix_offers import Offer
from cnn_studio.gui.capture.checkup.label_search_flow import LabelSearchFlow
from cnn_studio.gui.capture.checkup.wording import offer_question, offer_text
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.editing.edit_flow import EditFlow
from cnn_studio.gui.capture.gallery.arrangement import Insights
from cnn_studio.gui.capture.gallery.large_flow import LargeFlow
from cnn_studio.gui.endings import AFTER_A_CHANGE, Until
from cnn_studio.gui.jobs import Task
from cnn_studio.gui.pictures.large_view import LargeView
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.notice import Kind

if TYPE_CHECKING:
    from cnn_studio.gui.capture.checkup.checkup_dialog import CheckupDialog
    from cnn_studio.gui.capture.checkup.set_flow import SetFlow

_ICON = QSize(18, 18)


class CheckupFlow(QObject):
    """Opens the checkup, keeps it in step with edits, and turns fixes into edits.

    Signals:
        class_wanted(str): More of this class shall be recorded.
        progressed(int, int): How far a checkup is.
        checked(Checkup): What it found in the dataset on show.
        labels_searched: Other labels are doubted now.
    """

    class_wanted = Signal(str)
    progressed = Signal(int, int)
    checked = Signal(object)
    labels_searched = Signal()

    def __init__(
        self, studio: Studio, contents: Contents, edits: EditFlow, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._window = parent
        self._studio = studio
        self._contents = contents
        self._edits = edits
        self._dialog: CheckupDialog | None = None
        self._sets: SetFlow | None = None
        self._large: LargeFlow | None = None
        self._first_step = 0  # of what may be undone in the dialog: steps before it are others'
        self._runs = CheckupRuns(contents, studio.jobs, self, self._is_open)
        self._search = LabelSearchFlow(contents, studio.jobs, self, self._is_open)
        self.button = QToolButton(parent)
        self._make_button()
        self._connect()
        self._on_theme_changed()

    @Slot()
    def open(self) -> None:
        """Show the checkup and begin it."""
        dataset = self._contents.dataset
        if dataset is None or self._contents.folders is None:
            return
        if self._dialog is None:
            # The window's start need not wait for it.
            from cnn_studio.gui.capture.checkup.checkup_dialog import CheckupDialog

            self._dialog = CheckupDialog(
                dataset.title, self._contents.classes, self._studio.theme, self._window
            )
            self._connect_dialog(self._dialog)
            self._first_step = self._edits.stack.index()
            self._on_search_changed()
            self._dialog.show()
            self.check()
        self._dialog.raise_()
        self._dialog.activateWindow()

    @Slot()
    def close(self) -> None:
        """Close the checkup, as when another dataset is chosen."""
        if self._dialog is not None:
            self._dialog.close()

    @Slot()
    def check(self) -> None:
        """Check the dataset beside the window, unless that is being done already."""
        self._runs.check()

    def _connect(self) -> None:
        self._runs.progressed.connect(self._on_runs_progressed)
        self._runs.found.connect(self._on_runs_found)
        self._runs.checked.connect(self.checked)
        self._runs.failed.connect(self._on_failed)
        self._runs.ended.connect(self._on_runs_ended)
        self._search.changed.connect(self._on_search_changed)
        self._search.found.connect(self._on_search_found)
        self._search.failed.connect(self._on_failed)
        self._edits.edited.connect(self._on_edits_edited)
        self._edits.failed.connect(self._on_edits_failed)
        self._edits.history_changed.connect(self._on_edits_history_changed)
        self._contents.dataset_changed.connect(self._on_contents_dataset_changed)
        self._studio.theme.changed.connect(self._on_theme_changed)

    def _connect_dialog(self, dialog: CheckupDialog) -> None:
        from cnn_studio.gui.capture.checkup.set_flow import SetFlow

        edits, jobs = self._edits, self._studio.jobs
        view = LargeView(self._studio.theme, dialog)
        self._large = LargeFlow(view, self._contents, edits, self._insights, jobs, dialog)
        self._large.left.connect(self._on_large_left)
        self._sets = SetFlow(dialog.sets, dialog.tree, self._contents, edits, jobs, dialog)
        dialog.page.fix_requested.connect(self._on_page_fix_requested)
        dialog.page.label_requested.connect(self._on_page_label_requested)
        dialog.page.look_requested.connect(self._on_page_look_requested)
        dialog.undo_requested.connect(self._on_dialog_undo_requested)
        dialog.closed.connect(self._on_dialog_closed)
        dialog.label_search.search_requested.connect(self._search.search)
        dialog.label_search.cancel_requested.connect(self._search.cancel)

    def _make_button(self) -> None:
        keys = QKeySequence("Ctrl+K")
        native = keys.toString(QKeySequence.SequenceFormat.NativeText)
        self.button.setObjectName("checkupButton")
        self.button.setToolTip(
            self.tr("Checkup: find copies, flawed images and unequal classes ({key})").format(
                key=native
            )
        )
        self.button.setAccessibleName(self.tr("Checkup"))
        self.button.setShortcut(keys)
        self.button.setIconSize(_ICON)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self.open)

    def _is_open(self) -> bool:
        return self._dialog is not None

    @Slot(object, str)
    def _on_page_fix_requested(self, offer: Offer, class_name: str) -> None:
        if offer.fix is Fix.MERGE_SESSIONS:
            self._merge_sessions(offer)
        elif offer.needs_question:
            self._ask(offer, class_name, partial(self._do, offer, class_name))
        else:
            self._do(offer, class_name)

    def _ask(self, offer: Offer, class_name: str, do: Callable[[], None]) -> None:
        if self._dialog is not None:
            yes = offer_text(offer, class_name)
            self._dialog.page.row.ask(offer_question(offer, class_name), yes, do)

    def _do(self, offer: Offer, class_name: str) -> None:
        samples = list(offer.samples)
        if self._dialog is not None and offer.finding.doubts:
            self._dialog.page.take_away(samples)
        match offer.fix:
            case Fix.DELETE:
                self._edits.delete(samples)
            case Fix.RELABEL:
                self._edits.review_all(dict.fromkeys(samples, class_name))
            case Fix.ACCEPT_SUGGESTION:
                self._edits.review_all(offer.suggestions)
            case Fix.CONFIRM_LABEL:
                self._edits.confirm(samples)
            case Fix.EXCLUDE:
                self._edits.exclude(samples, True)
            case Fix.DISABLE_CLASS:
                self._edits.switch_class(class_name, False)
            case Fix.CAPTURE:
                self.close()
                self.class_wanted.emit(class_name)

    def _merge_sessions(self, offer: Offer) -> None:
        """Put every image of the recordings that a finding names into the oldest of them."""
        sessions = {sample.session for sample in offer.samples}
        known = sorted((s for s in sessions if s is not None), key=lambda session: session.id)
        folders = self._contents.folders
        if not known or folders is None:
            return

        def work(_task: Task) -> tuple[Offer, Session]:
            of_classes = (s for name in offer.finding.classes for s in folders.samples(name))
            samples = tuple(sample for sample in of_classes if sample.session in known)
            return replace(offer, samples=samples), known[0]

        job = self._studio.jobs.create(work)
        job.succeeded.connect(self._on_sessions_listed)
        job.failed.connect(self._on_failed)
        job.start()

    @Slot(object)
    def _on_sessions_listed(self, answer: tuple[Offer, Session]) -> None:
        offer, session = answer
        if self._dialog is None or self._dialog.tree.finding != offer.finding:
            return  # the person has gone on to something else
        do = partial(self._edits.regroup, list(offer.samples), session)
        if offer.needs_question:
            self._ask(offer, "", do)
        else:
            do()

    @Slot(list, str)
    def _on_page_label_requested(self, samples: Sequence[Sample], class_name: str) -> None:
        if self._dialog is not None and self._dialog.tree.finding is not None:
            offer = Offer(self._dialog.tree.finding, Fix.RELABEL, tuple(samples))
            self._on_page_fix_requested(offer, class_name)

    def _insights(self) -> Insights:
        """What the large view says of an image."""
        folders = self._contents.folders
        finding = self._dialog.tree.finding if self._dialog is not None else None
        if folders is None or finding is None:
            return Insights()
        return Insights(
            reviewed=folders.marks.names(Mark.REVIEWED),
            excluded=folders.marks.names(Mark.EXCLUDED),
            doubts={doubt.name: doubt for doubt in finding.doubts},
        )

    @Slot(int)
    def _on_page_look_requested(self, row: int) -> None:
        if self._dialog is not None and self._large is not None:
            self._large.look(self._dialog.samples, row)

    @Slot(object)
    def _on_large_left(self, sample: Sample) -> None:
        if self._dialog is not None:
            self._dialog.page.choose(sample)

    @Slot()
    def _on_dialog_undo_requested(self) -> None:
        if self._dialog is not None and self._sets is not None:
            self._dialog.page.bring_back()
            self._sets.take_back()
            self._edits.undo()

    @Slot(str)
    def _on_edits_edited(self, text: str) -> None:
        if self._dialog is not None:
            self._dialog.say_done(self.tr("{text}.").format(text=text))
            self._runs.look_again()

    @Slot(str)
    def _on_edits_failed(self, sentence: str) -> None:
        self._on_failed(sentence)
        if self._dialog is not None and self._sets is not None:
            self._dialog.page.bring_back(every=True)
            self._sets.take_back(every=True)

    @Slot(str, str)
    def _on_edits_history_changed(self, undo_text: str, _redo_text: str) -> None:
        index = self._edits.stack.index()
        self._first_step = min(self._first_step, index)
        if self._dialog is not None:
            self._dialog.set_undo(undo_text if index > self._first_step else "")

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        if self._dialog is not None:
            self._dialog.say(sentence, Kind.ERROR)

    @Slot()
    def _on_search_changed(self) -> None:
        if self._dialog is None:
            return
        progress = self._search.progress
        if progress is None:
            self._dialog.label_search.set_idle()
        else:
            self._dialog.label_search.set_progress(*progress)

    @Slot(str)
    def _on_search_found(self, sentence: str) -> None:
        self._studio.say(sentence, AFTER_A_CHANGE | Until.PAGE)
        if self._dialog is not None:
            self._dialog.say(sentence, Kind.GOOD)
            self.check()
        self.labels_searched.emit()

    @Slot(int, int)
    def _on_runs_progressed(self, done: int, total: int) -> None:
        self.progressed.emit(done, total)
        if self._dialog is not None:
            self._dialog.set_progress(done, total)

    @Slot(object)
    def _on_runs_found(self, found: StandingCheckup) -> None:
        if self._dialog is not None:
            self._dialog.set_findings(found.groups, found.checkup.images)

    @Slot()
    def _on_runs_ended(self) -> None:
        if self._dialog is not None:
            self._dialog.end_progress()

    @Slot()
    def _on_contents_dataset_changed(self) -> None:
        self.close()
        self._runs.stop()

    @Slot()
    def _on_dialog_closed(self) -> None:
        self._dialog = self._sets = self._large = None
        self._runs.stop()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.button.setIcon(self._studio.theme.icon("checkup"))
