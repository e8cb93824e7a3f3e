"""The training tab: choose a recipe, start, watch, and see what came of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cnn_studio.errors import StudioError
from cnn_studio.gui.capture.transfer.broken_off_offer import BrokenOffOffer
from cnn_studio.gui.endings import Until
from cnn_studio.gui.jobs import Job, Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training import progress_wording, wording
from cnn_studio.gui.training.augmentation.preview_flow import PreviewFlow
from cnn_studio.gui.training.augmentation.strip_flow import StripFlow
from cnn_studio.gui.training.curves.curves_panel import CurvesPanel
from cnn_studio.gui.training.progress import Phase
from cnn_studio.gui.training.results import result_sentence
from cnn_studio.gui.training.results.enlarged import EnlargedResults
from cnn_studio.gui.training.results.evaluation import Evaluation, kept_evaluation
from cnn_studio.gui.training.results.flattering_flow import FlatteringFlow
from cnn_studio.gui.training.results.results_flow import ResultsFlow
from cnn_studio.gui.training.results.results_panel import LOG, MATRIX, ResultsPanel
from cnn_studio.gui.training.runs.again_flow import AgainFlow
from cnn_studio.gui.training.runs.broken_run_flow import BrokenRunFlow
from cnn_studio.gui.training.runs.run_strip import RunStrip
from cnn_studio.gui.training.runs.runs_panel import RunsPanel
from cnn_studio.gui.training.splitter import Splitter
from cnn_studio.gui.training.start.start_panel import StartPanel
from cnn_studio.gui.widgets.lower_edge import LowerEdge
from cnn_studio.gui.widgets.notice import Kind, Notice
from cnn_studio.models.bundle import Bundle
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.remarks import remarks
from cnn_studio.models.runs import Run, RunStatus, open_run
from cnn_studio.training.events import Event, Started

_MARGIN = 16
_OF_A_RUN = Until.RUN | Until.TRAINING


class TrainingTab(QWidget):
    """Lays the parts of the tab out and lets them know of each other.

    Signals:
        training_ended: The training has ended, however it did.
    """

    training_ended = Signal()

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainingTab")
        self._studio = studio
        self._said = ""
        self._told_of: Path | None = None  # the run that was selected last
        self._explained = ""  # of a random split, which is shown until another run is
        self._control = studio.training
        self._enlarged: list[EnlargedResults] = []
        self._evaluating: Job | None = None
        self._start_panel = StartPanel(studio, self)
        self._notice = Notice(studio.theme, self, endings=studio.endings)
        # Each part is made where it will stay: Qt styles what changes its parent once more.
        self._halves = Splitter(Qt.Orientation.Vertical, _MARGIN, self)
        self._above = QWidget(self._halves)
        self._curves = CurvesPanel(studio, self._above)
        self._strip = RunStrip(studio.theme, self._above)
        self._below = Splitter(Qt.Orientation.Horizontal, _MARGIN, self._halves)
        self._runs = RunsPanel(studio, self._below)
        self._results = ResultsPanel(studio.theme, self._below)
        self._looking = ResultsFlow(studio, self._results, self)
        self._flattering = FlatteringFlow(studio, self._results.flattering, self)
        self._again = AgainFlow(studio, self._control, self)
        self._broken_off = BrokenOffOffer(studio.theme, self)
        self._recovering = BrokenRunFlow(studio, self._broken_off, self)
        self._preview = PreviewFlow(studio, self._control, self)
        self._varied = StripFlow(studio, self._control, self._start_panel.strip, self)
        studio.training_views.append(self._strip.isVisible)
        self._strip.hide()
        self._lay_out()
        self._connect()
        self._show_empty_text()
        if self.is_training():  # it was begun in another tab
            self._on_control_began()
            self._runs.set_live(self._control.progress.run)
            self._on_control_progressed()

    def activate(self) -> None:
        """The tab is on the screen: count, list, and load the network ahead."""
        self._control.keep_warm(True, self._start_panel.network)
        self._start_panel.refresh()
        self._runs.refresh()
        self._recovering.look()
        self._said = ""
        self._say_status()

    def deactivate(self) -> None:
        """The tab has left the screen; a training goes on, an idle engine is let go soon."""
        self._control.keep_warm(False)

    def is_training(self) -> bool:
        """Whether a training is under way."""
        return self._studio.is_training

    def shutdown(self) -> None:
        """End all work of the tab; the training is the studio's."""
        for window in list(self._enlarged):
            window.close()
        self._looking.shutdown()
        self._curves.shutdown()

    def _lay_out(self) -> None:
        upper = QVBoxLayout(self._above)
        upper.setContentsMargins(0, 0, 0, 0)
        upper.setSpacing(_MARGIN)
        upper.addWidget(self._curves, 1)
        upper.addWidget(self._strip)
        self._below.divide(self._runs, self._results, [1000, 1000])
        self._halves.divide(self._above, self._below, [1100, 900])
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        row.setSpacing(_MARGIN)
        row.addWidget(self._start_panel)
        row.addWidget(self._halves, 1)
        self.lower_edge = LowerEdge(self, self._halves, self._broken_off, self._notice)
        for edge in (self._runs.lower_edge, self._results.lower_edge):
            edge.stand_over(edge.area, self.lower_edge)

    def _connect(self) -> None:
        self._start_panel.start_requested.connect(self._on_start_requested)
        self._start_panel.stop_requested.connect(self._control.stop)
        self._start_panel.pause_toggled.connect(self._control.pause)
        self._start_panel.time_wanted.connect(self._control.measure)
        self._start_panel.augmentation_opened.connect(self._varied.give_way)
        self._start_panel.augmentation_opened.connect(self._preview.show_in)
        self._start_panel.failed.connect(self._on_failed)
        self._start_panel.network_changed.connect(self._on_network_changed)
        self._control.timed.connect(self._start_panel.take_times)
        self._start_panel.counts_changed.connect(self._show_empty_text)
        self._control.began.connect(self._on_control_began)
        self._control.told.connect(self._on_control_told)
        self._control.progressed.connect(self._on_control_progressed)
        self._control.ended.connect(self._on_control_ended)
        self._runs.runs_selected.connect(self._on_runs_selected)
        self._runs.try_requested.connect(self._on_try_requested)
        self._runs.continue_requested.connect(self._again.go_on)
        self._recovering.continue_requested.connect(self._again.go_on)
        self._again.beginning.connect(self._on_again_beginning)
        self._again.refused.connect(self._on_again_refused)
        self._again.failed.connect(self._on_failed)
        self._curves.colours_changed.connect(self._runs.set_colours)
        self._curves.epochs_requested.connect(self._again.go_on)
        self._results.notes_requested.connect(self._on_notes_requested)
        self._results.continue_requested.connect(self._on_continue_requested)
        self._results.enlarge_requested.connect(self._on_enlarge_requested)
        self._flattering.explained.connect(self._on_flattering_explained)
        self._flattering.failed.connect(self._on_failed)
        self._looking.train_requested.connect(self._again.train_again)
        self._strip.try_requested.connect(self._on_try_requested)
        self._studio.runs_changed.connect(self._runs.refresh)

    @Slot()
    def _on_start_requested(self) -> None:
        dataset = self._studio.dataset
        if dataset is None or self.is_training():
            return
        try:
            recipe = self._start_panel.recipe()
        except StudioError as error:
            self._on_failed(str(error))
            return
        self._results.add_to_log(wording.beginning(dataset.title, recipe))
        self._control.start(dataset, recipe)

    @Slot(object)
    def _on_network_changed(self, network: NetworkKind) -> None:
        if self.isVisible():
            self._control.keep_warm(True, network)

    @Slot(str)
    def _on_again_beginning(self, line: str) -> None:
        self._results.add_to_log(line)

    @Slot(str)
    def _on_again_refused(self, sentence: str) -> None:
        until = Until.TRAINING | Until.RUN
        self._notice.show_message(sentence, Kind.INFO, until=until)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        until = Until.TRAINING | Until.DATASET
        self._notice.show_message(sentence, Kind.ERROR, until=until)

    @Slot(str)
    def _on_flattering_explained(self, sentence: str) -> None:
        if sentence:
            self._notice.show_message(sentence, Kind.INFO, until=_OF_A_RUN)
        elif self._notice.text == self._explained:
            self._notice.hide()
        self._explained = sentence

    @Slot()
    def _on_control_began(self) -> None:
        self._start_panel.set_training(True)
        self._runs.clear_selection()
        # The log is full of terms: it comes first for those who have them on the left as well.
        self._results.show_page(LOG if self._start_panel.shows_terms else MATRIX)
        self._show_empty_text()
        self._show_live()

    @Slot(object)
    def _on_control_told(self, event: Event) -> None:
        line = progress_wording.log_line(event)
        if line:
            self._results.add_to_log(line)
        if isinstance(event, Started):
            self._runs.set_live(self._control.progress.run)

    @Slot()
    def _on_control_progressed(self) -> None:
        progress = self._control.progress
        self._say_status()
        self._start_panel.set_stopping(progress.phase is Phase.STOPPING)
        is_paused = progress.phase is Phase.PAUSED
        takes_steps = progress.phase in (Phase.TRAINING, Phase.FINAL_FIT)
        self._start_panel.set_paused(is_paused, is_paused or takes_steps)
        if progress.is_under_way:
            self._strip.show_progress(progress)
            self._strip.show()
        if self._is_live_shown() and progress.is_under_way:
            self._curves.show_live(progress)
            self._looking.show_live(self._runs.selected_run(), progress)

    @Slot()
    def _on_control_ended(self) -> None:
        progress = self._control.progress
        self._start_panel.set_training(False)
        self._runs.set_live(None)
        request = self._control.request
        taken_s = progress.whole_seconds
        if taken_s is not None and request is not None and request.resumes is None:
            self._start_panel.take_run(request, taken_s)
        if progress.finished is not None and progress.run is not None:
            self._show_outcome(open_run(progress.run))
        else:
            self._on_runs_selected(self._runs.selected_runs())  # nothing runs any more
            if progress.phase is Phase.FAILED:
                self._on_failed(progress.failure)
            else:
                until = Until.TRAINING | Until.DATASET | Until.PAGE
                self._notice.show_message(progress_wording.called_off(), Kind.INFO, until=until)
        if self._runs.selected_run() is None:
            self._strip.hide()
        self._show_empty_text()
        self.training_ended.emit()

    @Slot(list)
    def _on_runs_selected(self, runs: list[Run]) -> None:
        run = runs[0] if runs else None
        if run is not None and run.folder != self._told_of:
            self._told_of = run.folder
            self._studio.endings.end(Until.RUN)
        is_live = self.is_training() and (run is None or run.folder == self._control.progress.run)
        if is_live:
            self._looking.show_live(run, self._control.progress)
        else:
            self._looking.show_run(run)
        if run is None:
            self._flattering.show_run(None)
            self._strip.setVisible(self.is_training())
            if not self.is_training():
                self._curves.show_live(self._control.progress)
            return
        if len(runs) == 1 and run.folder == self._control.progress.run:
            self._curves.show_live(self._control.progress, None if self.is_training() else run)
        else:
            self._curves.show_runs(runs)
        self._flattering.show_run(None if is_live else run)
        if not self.is_training():
            self._show_in_strip(run)

    def _show_in_strip(self, run: Run) -> None:
        """Say what came of a run; what it was tried on is looked up, as it may be much to read."""
        self._strip.show_run(run, is_settled=run.bundle is None)
        self._strip.show()
        if self._evaluating is not None:
            self._evaluating.cancel()
            self._evaluating = None
        if run.bundle is None:
            return
        subject = result_sentence.subject_of(run.bundle)
        workspace = self._studio.workspace

        def work(_task: Task) -> tuple[Run, Evaluation | None]:
            return run, kept_evaluation(run, subject, workspace)

        self._evaluating = job = self._studio.jobs.create(work)
        job.succeeded.connect(self._on_evaluating_succeeded)
        job.start()

    @Slot(object)
    def _on_evaluating_succeeded(self, found: tuple[Run, Evaluation | None]) -> None:
        if self._evaluating is not None and self._evaluating is self.sender():
            self._evaluating = None
            if not self.is_training():
                self._strip.show_run(*found)

    @Slot()
    def _on_continue_requested(self) -> None:
        run = self._runs.selected_run()
        if run is not None:
            self._again.go_on(run, 0)

    @Slot()
    def _on_enlarge_requested(self) -> None:
        """Show the results in a window of their own, which stays open beside a training."""
        run = self._runs.selected_run()
        is_live = self.is_training() and (run is None or run.folder == self._control.progress.run)
        progress = self._control.progress if is_live else None
        folder = run.folder if run is not None else progress.run if progress is not None else None
        for window in self._enlarged:
            if window.is_of(folder, progress):
                window.show_page(self._results.page)
                window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
                window.raise_()
                window.activateWindow()
                return
        window = EnlargedResults(self._studio, run, progress, self)
        window.show_page(self._results.page)
        window.continue_requested.connect(self._on_enlarged_continue_requested)
        window.train_requested.connect(self._again.train_again)
        window.closed.connect(self._on_enlarged_closed)
        self._enlarged.append(window)
        window.show()
        window.activateWindow()

    @Slot()
    def _on_enlarged_closed(self) -> None:
        self._enlarged = [window for window in self._enlarged if window is not self.sender()]

    @Slot(object)
    def _on_enlarged_continue_requested(self, run: Run) -> None:
        self._again.go_on(run, 0)

    @Slot()
    def _on_notes_requested(self) -> None:
        run = self._runs.selected_run()
        if run is not None and run.bundle is not None:
            self._show_notes(run.bundle)

    @Slot()
    def _on_try_requested(self) -> None:
        run = self._runs.selected_run()
        folder = run.folder if run is not None else self._control.progress.run
        if folder is not None:
            self._studio.try_run(folder)

    def _show_outcome(self, run: Run) -> None:
        self._results.show_page(MATRIX)
        self._runs.select(run.folder)
        self._on_runs_selected([run])  # the list still has it as it was while it trained
        if run.status is RunStatus.STOPPED and run.bundle is not None:
            text = progress_wording.stopped(run.bundle)
            self._notice.show_message(text, Kind.INFO, until=_OF_A_RUN)
        elif run.bundle is not None and run.bundle.notes:
            self._show_notes(run.bundle)

    def _show_notes(self, bundle: Bundle) -> None:
        found = remarks(bundle.notes, bundle.classes)
        text, lines = wording.notes_in_short(found), wording.notes_in_full(found)
        self._notice.show_message(text, Kind.WARN, until=_OF_A_RUN, details=lines)

    def _say_status(self) -> None:
        """Say how the training is, once: other tabs use the same line, and it is an activity."""
        if self.is_training() and not self.isVisible():
            return
        text = progress_wording.status(self._control.progress)
        if text != self._said:
            self._said = text
            self._studio.say(text, Until.PAGE)

    def _is_live_shown(self) -> bool:
        selected = self._runs.selected_runs()
        return [run.folder for run in selected] in ([], [self._control.progress.run])

    def _show_live(self) -> None:
        self._curves.show_live(self._control.progress)

    @Slot()
    def _show_empty_text(self) -> None:
        if self.is_training():
            self._curves.set_empty_text(
                self.tr("The curves are about to begin"),
                self.tr("Loss falls and accuracy rises while the network learns."),
            )
            return
        counts = self._start_panel.counts
        is_ready = counts is not None and not wording.missing(counts)
        self._curves.set_empty_text(
            self.tr("Ready to train") if is_ready else self.tr("Nothing to train on yet"),
            self.tr("Start a training, and its loss and accuracy are drawn here."),
        )
