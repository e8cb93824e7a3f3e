"""Has a run's model exported, in an engine of its own beside the window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QDir, QObject, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from cnn_studio.data.catalog import Dataset
from cnn_studio.exporting.export import ExportOrder, Step, remove_traces
from cnn_studio.exporting.export_notes import noted_export
from cnn_studio.exporting.task import ExportTask, step_or_report
from cnn_studio.exporting.verification import ExportReport
from cnn_studio.gui.activities import About, Unit
from cnn_studio.gui.endings import Until
from cnn_studio.gui.exporting import wording
from cnn_studio.gui.exporting.export_choice import ExportChoice
from cnn_studio.gui.exporting.export_dialog import ExportDialog
from cnn_studio.gui.exporting.export_times import ExportClock, ExportTimes
from cnn_studio.gui.images_finder import ImagesFinder
from cnn_studio.gui.jobs import OneJob, Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.wording import run_name
from cnn_studio.models.runs import Run
from cnn_studio.training.engine_task import work_in_engine

_FOLDER = "exports"
_LOOK_MS = 500
_PARTS = 1000


class ExportFlow(QObject):
    """One dialog at a time, and one export at a time.

    The dialog of an export that is under way can be put aside: it comes back when the export is
    shown from the status line, or another one is wanted here.

    Signals:
        ended_aside(str): An export has ended while its dialog was put aside; what came of it, as a
            sentence. `show` brings the dialog back.
    """

    ended_aside = Signal(str)

    _noted = Signal(object)  # from the job's thread to the window's

    def __init__(self, studio: Studio, window: QWidget) -> None:
        super().__init__(window)
        self._studio = studio
        self._window = window
        self._times = ExportTimes(studio.settings)
        self._clock: ExportClock | None = None
        self._reports: list[ExportReport] = []
        self._run: Run | None = None
        self._choice: ExportChoice | None = None
        self._dialog: ExportDialog | None = None
        self._shown: ExportDialog | None = None  # where the export under way was asked for
        self._job = OneJob(studio.jobs, self)
        self._job.succeeded.connect(self._on_job_succeeded)
        self._job.failed.connect(self._on_job_failed)
        self._job.finished.connect(self._on_job_finished)
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._show_time)
        self._noted.connect(self._on_noted)
        self._finder = ImagesFinder(studio, lambda: self._shown, self)
        self._finder.found.connect(self._on_finder_found)
        self._finder.failed.connect(self._on_finder_failed)

    def ask(self, run: Run | None) -> None:
        """Ask in which formats to export a run; nothing where it has no model.

        What was put aside comes first.
        """
        if self._dialog is not None:
            self.show()
            return
        if run is None or not run.is_usable:
            return
        usual = self._studio.workspace.root / _FOLDER
        self._run, self._choice = run, ExportChoice(self._studio.settings, usual)
        dialog = ExportDialog(run_name(run), self._choice, self._studio.theme, self._window)
        dialog.export_requested.connect(self._on_dialog_export_requested)
        dialog.cancel_requested.connect(self._job.cancel)
        dialog.choice_changed.connect(self._show_estimate)
        dialog.folder_requested.connect(self._on_dialog_folder_requested)
        dialog.finished.connect(self._on_dialog_finished)
        self._dialog = dialog
        self._show_estimate()
        dialog.open()

    @Slot()
    def show(self) -> None:
        """Bring the dialog back that was put aside."""
        if self._dialog is not None and not self._dialog.isVisible():
            self._dialog.open()

    def close(self) -> None:
        """The window closes."""
        if self._dialog is not None:
            self._dialog.give_up()

    def _is_seen(self) -> bool:
        return self._shown is not None and self._shown.isVisible()

    @Slot()
    def _on_dialog_export_requested(self) -> None:
        self._export(None)

    def _export(self, dataset: Dataset | None) -> None:
        """Export as it was chosen, compared on this dataset; None for the run's own."""
        run, choice = self._run, self._choice
        if self._dialog is None or run is None or choice is None:
            return
        if self._job.is_running:  # one that was cancelled is still ending
            self._dialog.show_choice(self.tr("The last export is still ending. Try again."))
            return
        choice.remember()
        self._shown, self._reports = self._dialog, []
        self._clock = ExportClock(self._times, choice.formats, _weights(run))
        self._shown.show_started(choice.formats)
        self._start(run, choice, dataset)
        self._timer.start()
        self._show_time()

    def _start(self, run: Run, choice: ExportChoice, named: Dataset | None) -> None:
        formats, out = choice.formats, choice.folder
        notes = self._studio.work_notes

        def work(task: Task) -> str:
            dataset = named or self._finder.dataset_of(run)
            order = ExportOrder(run.folder, dataset, formats, out)
            return exported(order, notes, task, self._noted.emit)

        about = About(
            self.tr("Exporting {run}").format(run=run_name(run)),
            self.tr("the formats that are verified stay"),
            Unit.SHARE,
        )
        self._job.start(work, about, self._is_seen)
        if self._job.activity is not None:
            self._job.activity.can_be_shown = True
            self._job.activity.show_requested.connect(self.show)

    @Slot()
    def _show_estimate(self) -> None:
        if self._dialog is None or self._choice is None or self._run is None:
            return
        formats = self._choice.formats
        seconds = self._times.total_s(formats, _weights(self._run)) if formats else None
        self._dialog.show_estimate(seconds)

    @Slot()
    def _show_time(self) -> None:
        clock, activity = self._clock, self._job.activity
        if clock is None or activity is None:
            return
        activity.set_progress(round(clock.share * _PARTS), _PARTS)
        activity.set_stage(activity.stage, clock.seconds_left)
        if self._shown is not None:
            self._shown.show_time(clock.share, clock.seconds_left)

    @Slot(object)
    def _on_finder_found(self, dataset: Dataset) -> None:
        self._export(dataset)

    @Slot(str)
    def _on_finder_failed(self, sentence: str) -> None:
        if self._dialog is not None:
            self._dialog.show_choice(sentence)

    @Slot(object)
    def _on_noted(self, values: Mapping[str, Any]) -> None:
        if self._shown is None:
            return
        told = step_or_report(values)
        if self._clock is not None:
            self._clock.take(told)
        if isinstance(told, Step):
            if self._job.activity is not None:
                self._job.activity.set_stage(wording.step(told))
            self._shown.show_step(told)
        else:
            self._reports.append(told)
            self._shown.show_report(told)
        self._show_time()

    @Slot(object)
    def _on_job_succeeded(self, message: str) -> None:
        if message and self._shown is not None:
            self._shown.show_finished()
            self._tell_aside(wording.outcome(self._reports))
        elif not message:
            text = self.tr("The export was ended. What was handed over is complete.")
            self._studio.say(text, Until.PAGE)
            if self._shown is not None:  # it was put aside, and cancelled in the status line
                self._shown.give_up()

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        if self._shown is not None:
            self._shown.show_choice(sentence)
            self._show_estimate()
            self._tell_aside(sentence)

    @Slot()
    def _on_job_finished(self) -> None:
        self._timer.stop()
        self._clock = None

    def _tell_aside(self, sentence: str) -> None:
        if self._shown is not None and not self._shown.isVisible():
            self._studio.say(sentence, Until.PAGE)
            self.ended_aside.emit(sentence)

    @Slot()
    def _on_dialog_folder_requested(self) -> None:
        folder = self._choice.folder if self._choice else None
        if folder and not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            text = self.tr("No program here opens folders. The exports are in {folder}.")
            named = text.format(folder=QDir.toNativeSeparators(str(folder)))
            self._studio.say(named, Until.PAGE)

    @Slot()
    def _on_dialog_finished(self) -> None:
        self._dialog = self._shown = None


def exported(
    order: ExportOrder, notes: Path, task: Task, noted: Callable[[Mapping[str, Any]], None]
) -> str:
    """The job: have an engine export.

    Args:
        order: What, and where to.
        notes: Where a note of it lies meanwhile.
        task: May end it.
        noted: Called with each step and report, see `step_or_report`.

    Returns:
        What came of it, as a sentence; empty if it was cancelled.

    Raises:
        TrainingError: It could not be done; the sentence says why.
    """
    with noted_export(notes, order, task.halted) as through:

        def on_noted(values: Mapping[str, Any]) -> None:
            news = step_or_report(values)
            if isinstance(news, ExportReport):
                through(news)
            noted(values)

        try:
            return work_in_engine(
                ExportTask(order),
                progress=lambda _done, _total: None,  # what is noted tells more
                cancelled=task.cancelled,
                noted=on_noted,
            )
        finally:
            remove_traces(order)


def _weights(run: Run) -> int:
    return run.bundle.weights if run.bundle is not None else 0
