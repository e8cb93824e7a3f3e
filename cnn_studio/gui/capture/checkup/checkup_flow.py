"""Checks the dataset on show, and carries out what a person decides about the findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QToolButton, QWidget

from cnn_studio.data.checkup import check_dataset
from cnn_studio.data.findings import Checkup, Finding, Fix
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session
from cnn_studio.gui.capture.checkup.fix_offers import Offer, samples_of
from cnn_studio.gui.capture.checkup.label_search_flow import LabelSearchFlow
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.editing.edit_flow import EditFlow
from cnn_studio.gui.endings import AFTER_A_CHANGE, Until
from cnn_studio.gui.jobs import OneJob, Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.notice import Kind

if TYPE_CHECKING:
    from cnn_studio.gui.capture.checkup.checkup_dialog import CheckupDialog

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
        self._job = OneJob(studio.jobs, self)
        self._job.progressed.connect(self._on_job_progressed)
        self._job.succeeded.connect(self._on_job_succeeded)
        self._job.failed.connect(self._on_job_failed)
        self._job.finished.connect(self._on_job_finished)
        self._is_stale = False
        self._search = LabelSearchFlow(contents, studio.jobs, self)
        self._search.changed.connect(self._on_search_changed)
        self._search.found.connect(self._on_search_found)
        self._search.failed.connect(self._on_edits_failed)
        self.button = QToolButton(parent)
        self._make_button()
        edits.made.connect(self._on_edits_made)
        edits.edited.connect(self._on_edits_edited)
        edits.failed.connect(self._on_edits_failed)
        contents.dataset_changed.connect(self._on_contents_dataset_changed)
        studio.theme.changed.connect(self._on_theme_changed)
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

            dialog = CheckupDialog(
                dataset.title, self._contents.classes, self._studio.theme, self._window
            )
            dialog.fix_requested.connect(self._on_dialog_fix_requested)
            dialog.undo_requested.connect(self._edits.undo)
            self._edits.history_changed.connect(dialog.undo_bar.withdraw)
            dialog.closed.connect(self._on_dialog_closed)
            dialog.label_search.search_requested.connect(self._search.search)
            dialog.label_search.cancel_requested.connect(self._search.cancel)
            self._dialog = dialog
            self._on_search_changed()
            dialog.show()
            self.check()
        self._dialog.raise_()
        self._dialog.activateWindow()

    @Slot()
    def close(self) -> None:
        """Close the checkup, as when another dataset is chosen."""
        if self._dialog is not None:
            self._dialog.close()

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

    @Slot()
    def check(self) -> None:
        """Check the dataset beside the window, unless that is being done already."""
        folders = self._contents.folders
        if folders is None:
            return
        dataset = folders.dataset

        def work(task: Task) -> Checkup:
            return check_dataset(dataset, progress=task.report, cancelled=task.cancelled)

        self._job.start(work)

    def _check_again(self) -> None:
        """Check what has changed since; while one checkup runs, after it."""
        self._is_stale = self._job.is_running
        self.check()

    def _in_sessions_of(self, finding: Finding) -> tuple[list[Sample], Session | None]:
        """Every image of the recordings that a finding names, and the oldest of them."""
        sessions = {sample.session for sample in samples_of(finding)}
        known = sorted((s for s in sessions if s is not None), key=lambda session: session.id)
        folders = self._contents.folders
        if not known or folders is None:
            return [], None
        samples = [s for name in finding.classes for s in folders.samples(name)]
        return [sample for sample in samples if sample.session in known], known[0]

    @Slot(object, str)
    def _on_dialog_fix_requested(self, offer: Offer, class_name: str) -> None:
        samples = list(offer.samples)
        match offer.fix:
            case Fix.DELETE:
                self._edits.delete(samples)
            case Fix.RELABEL:
                self._edits.move(samples, class_name)
            case Fix.ACCEPT_SUGGESTION:
                self._edits.move(samples, offer.finding.classes[-1])
            case Fix.CONFIRM_LABEL:
                self._edits.confirm(samples)
            case Fix.EXCLUDE:
                self._edits.exclude(samples, True)
            case Fix.MERGE_SESSIONS:
                every, session = self._in_sessions_of(offer.finding)
                if session is not None:
                    self._edits.regroup(every, session)
            case Fix.DISABLE_CLASS:
                self._edits.switch_class(offer.finding.classes[0], False)
            case Fix.CAPTURE:
                self.close()
                self.class_wanted.emit(offer.finding.classes[0])

    @Slot(str)
    def _on_edits_edited(self, text: str) -> None:
        if self._dialog is not None:
            if not self._dialog.undo_bar.text:  # which says it already
                self._dialog.say(self.tr("{text}.").format(text=text), Kind.GOOD)
            self._check_again()

    @Slot(str)
    def _on_edits_made(self, text: str) -> None:
        if self._dialog is not None:
            self._dialog.say(self.tr("{text}.").format(text=text), Kind.GOOD, undoable=True)

    @Slot(str)
    def _on_edits_failed(self, sentence: str) -> None:
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
            self._check_again()
        self.labels_searched.emit()

    @Slot(int, int)
    def _on_job_progressed(self, done: int, total: int) -> None:
        self.progressed.emit(done, total)
        if self._dialog is not None:
            self._dialog.set_progress(done, total)

    @Slot(object)
    def _on_job_succeeded(self, checkup: Checkup) -> None:
        if self._is_stale or not checkup.is_complete:  # another one follows, or nobody waits
            return
        self.checked.emit(checkup)
        if self._dialog is not None:
            self._dialog.set_checkup(checkup)

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        if self._dialog is not None:
            self._dialog.say(sentence, Kind.ERROR)

    @Slot()
    def _on_job_finished(self) -> None:
        if self._is_stale:
            self._is_stale = False
            self.check()

    @Slot()
    def _on_contents_dataset_changed(self) -> None:
        self.close()
        self._job.cancel()

    @Slot()
    def _on_dialog_closed(self) -> None:
        self._dialog = None
        self._is_stale = False
        self._job.cancel()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.button.setIcon(self._studio.theme.icon("checkup"))
