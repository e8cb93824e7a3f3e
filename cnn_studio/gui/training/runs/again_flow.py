"""Trains with a run once more: further from where it stands, or again by its recipe."""

from __future__ import annotations

import os
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from cnn_studio.data.catalog import Dataset
from cnn_studio.errors import StudioError
from cnn_studio.gui.images_finder import ImagesFinder
from cnn_studio.gui.jobs import Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training import progress_wording, wording
from cnn_studio.gui.training.training_control import TrainingControl
from cnn_studio.models.batch_history import BatchHistory, read_batches
from cnn_studio.models.run_dataset import ImagesGoneError
from cnn_studio.models.runs import EpochRecord, Run, read_history
from cnn_studio.training.request import TrainingRequest
from cnn_studio.training.resuming import request_to_resume
from cnn_studio.training.run_recipe import recipe_of


class AgainFlow(QObject):
    """Looks whether it can be, and begins.

    Signals:
        beginning(str): A training is about to begin; the line for the log.
        refused(str): One is under way, so that no other one can begin; the sentence that says so.
        failed(str): It cannot be; the sentence that says why.
    """

    beginning = Signal(str)
    refused = Signal(str)
    failed = Signal(str)

    def __init__(self, studio: Studio, control: TrainingControl, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio = studio
        self._control = control
        self._wanted: tuple[Run, int] | None = None  # what waits for the folder of its images
        self._finder = ImagesFinder(studio, lambda: parent, self)
        self._finder.found.connect(self._on_finder_found)
        self._finder.failed.connect(self.failed)

    @Slot(object, int)
    def go_on(self, run: Run, more_epochs: int) -> None:
        """Look beside the window whether the run can go on, and let it."""
        self._go_on(run, more_epochs)

    def _go_on(self, run: Run, more_epochs: int, dataset: Dataset | None = None) -> None:
        if self._is_busy():
            return
        self._wanted = run, more_epochs
        work = partial(self._taken_up, run, more_epochs, dataset)
        job = self._studio.jobs.create(work)
        job.succeeded.connect(self._on_job_succeeded)
        job.failed.connect(self.failed)
        job.start()

    @Slot(object, str)
    def train_again(self, run: Run, dataset_name: str) -> None:
        """Begin a new training by the run's recipe, on a dataset that was put right."""
        if self._is_busy():
            return
        self._studio.choose_dataset(dataset_name)
        dataset = self._studio.dataset
        if dataset is None or dataset.name != dataset_name:
            self.failed.emit(
                self.tr("There is no dataset {name} any more.").format(name=dataset_name)
            )
            return
        try:
            recipe = recipe_of(run)
        except StudioError as error:
            self.failed.emit(str(error))
            return
        line = self.tr("Training {title} by the recipe of {run}.")
        self.beginning.emit(line.format(title=dataset.title, run=wording.run_name(run)))
        self._control.start(dataset, recipe)

    def _is_busy(self) -> bool:
        is_busy = self._control.progress.is_under_way
        if is_busy:
            self.refused.emit(progress_wording.busy())
        return is_busy

    @Slot(object)
    def _on_finder_found(self, dataset: Dataset) -> None:
        if self._wanted is not None:
            self._go_on(*self._wanted, dataset)

    @Slot(object)
    def _on_job_succeeded(
        self, found: tuple[TrainingRequest, tuple[EpochRecord, ...], BatchHistory]
    ) -> None:
        request, past, batches = found
        line = self.tr("Going on with {run}.")
        self.beginning.emit(line.format(run=request.resumes.name if request.resumes else ""))
        self._control.resume(request, past, batches)

    def _taken_up(
        self, run: Run, more_epochs: int, dataset: Dataset | None, _task: Task
    ) -> tuple[TrainingRequest, tuple[EpochRecord, ...], BatchHistory]:
        """The job."""
        workspace = self._studio.workspace
        named = None if dataset is None else f"{dataset.folder}{os.sep}"
        try:
            request = request_to_resume(workspace, str(run.folder), more_epochs, named)
        except ImagesGoneError:
            self._finder.dataset_of(run)  # which asks
            raise
        return request, read_history(run), read_batches(run)
