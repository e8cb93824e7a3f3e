"""Has a run's model exported, in an engine of its own beside the window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QDir, QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from cnn_studio.errors import ModelError
from cnn_studio.exporting.export import ExportOrder, Step, remove_traces
from cnn_studio.exporting.task import ExportTask, step_or_report
from cnn_studio.gui.endings import Until
from cnn_studio.gui.exporting.export_choice import ExportChoice
from cnn_studio.gui.exporting.export_dialog import ExportDialog
from cnn_studio.gui.jobs import OneJob, Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.wording import run_name
from cnn_studio.models.run_dataset import dataset_of
from cnn_studio.models.runs import Run
from cnn_studio.training.engine_task import work_in_engine

_FOLDER = "exports"


class ExportFlow(QObject):
    """One dialog at a time, and one export at a time."""

    _noted = Signal(object)  # from the job's thread to the window's

    def __init__(self, studio: Studio, window: QWidget) -> None:
        super().__init__(window)
        self._studio = studio
        self._window = window
        self._run: Run | None = None
        self._choice: ExportChoice | None = None
        self._dialog: ExportDialog | None = None
        self._shown: ExportDialog | None = None  # where the export under way was asked for
        self._job = OneJob(studio.jobs, self)
        self._job.succeeded.connect(self._on_job_succeeded)
        self._job.failed.connect(self._on_job_failed)
        self._noted.connect(self._on_noted)

    def ask(self, run: Run | None) -> None:
        """Ask in which formats a run shall be exported; nothing where it has no model."""
        if self._dialog is not None or run is None or not run.is_usable:
            return
        usual = self._studio.workspace.root / _FOLDER
        self._run, self._choice = run, ExportChoice(self._studio.settings, usual)
        dialog = ExportDialog(run_name(run), self._choice, self._studio.theme, self._window)
        dialog.export_requested.connect(self._on_dialog_export_requested)
        dialog.cancel_requested.connect(self._job.cancel)
        dialog.folder_requested.connect(self._on_dialog_folder_requested)
        dialog.finished.connect(self._on_dialog_finished)
        self._dialog = dialog
        dialog.open()

    @Slot()
    def _on_dialog_export_requested(self) -> None:
        run, choice = self._run, self._choice
        if self._dialog is None or run is None or choice is None:
            return
        if self._job.is_running:  # one that was cancelled is still ending
            self._dialog.show_choice(self.tr("The last export is still ending. Try again."))
            return
        choice.remember()
        formats, out, workspace = choice.formats, choice.folder, self._studio.workspace

        def work(task: Task) -> str:
            dataset = dataset_of(run, workspace)
            if dataset is None:
                raise ModelError(
                    f"Exports are compared on images, and the dataset {run.dataset} is not in "
                    "this workspace. Bring it back, and export again."
                )
            order = ExportOrder(run.folder, dataset, formats, out)
            try:
                return work_in_engine(
                    ExportTask(order),
                    progress=task.report,
                    cancelled=task.cancelled,
                    noted=self._noted.emit,
                )
            finally:
                remove_traces(order)

        self._shown = self._dialog
        self._shown.show_started(formats)
        self._job.start(work)

    @Slot(object)
    def _on_noted(self, values: Mapping[str, Any]) -> None:
        if self._shown is None:
            return
        told = step_or_report(values)
        if isinstance(told, Step):
            self._shown.show_step(told)
        else:
            self._shown.show_report(told)

    @Slot(object)
    def _on_job_succeeded(self, message: str) -> None:
        if message and self._shown is not None:
            self._shown.show_finished()
        elif not message:
            text = self.tr("The export was ended. What was handed over is complete.")
            self._studio.say(text, Until.PAGE)

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        if self._shown is not None:
            self._shown.show_choice(sentence)

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
