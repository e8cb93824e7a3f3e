"""Asks where the images of a run are, once they are not where it learned from them."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from cnn_studio.data.catalog import Dataset, find_dataset
from cnn_studio.data.image_sets import count_images
from cnn_studio.errors import DatasetError
from cnn_studio.gui.jobs import Task
from cnn_studio.gui.studio import Studio
from cnn_studio.models.run_dataset import (
    ImagesGoneError,
    dataset_folder,
    dataset_of,
    note_folder,
    why_no_dataset,
)
from cnn_studio.models.runs import Run
from cnn_studio.paths import Workspace


class ImagesFinder(QObject):
    """One question for a folder; where all images of the run are in it, that is noted for good.

    Args:
        studio: The state above the tabs.
        window: Called for what the question stands above; None for nothing, then it is not asked.
        parent: Whose question it is.

    Signals:
        found(Dataset): The folder that was chosen, which has the classes of the run.
        failed(str): It cannot be used; the sentence that says why.
    """

    found = Signal(object)
    failed = Signal(str)

    _missed = Signal(object)  # from a job's thread to the window's

    def __init__(
        self, studio: Studio, window: Callable[[], QWidget | None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._window = window
        self._run: Run | None = None
        self._missed.connect(self._on_missed)

    def dataset_of(self, run: Run) -> Dataset:
        """The dataset that a run learned from, looked for in a job's thread.

        Raises:
            ImagesGoneError: It is gone or has changed; the person is being asked for it.
        """
        dataset = dataset_of(run, self._studio.workspace)
        if dataset is None:
            self._missed.emit(run)
            raise ImagesGoneError(missed_in_words(run, self._studio.workspace))
        return dataset

    @Slot(object)
    def _on_missed(self, run: Run) -> None:
        window = self._window()
        if window is None:
            return
        self._run = run
        title = self.tr("Where the images of {run} are now").format(run=run.name)
        dialog = QFileDialog(window, title)
        dialog.setObjectName("runImagesDialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setLabelText(QFileDialog.DialogLabel.FileName, self.tr("Folder of the classes"))
        dialog.setDirectory(str(_nearest(dataset_folder(run))))
        dialog.fileSelected.connect(self._on_dialog_file_selected)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _on_dialog_file_selected(self, name: str) -> None:
        if self._run is None:
            return
        workspace = self._studio.workspace
        job = self._studio.jobs.create(partial(_looked_at, workspace, self._run, Path(name)))
        job.succeeded.connect(self.found)
        job.failed.connect(self.failed)
        job.start()


def missed_in_words(run: Run, workspace: Workspace) -> str:
    """Why the images of a run are asked for, as a sentence or two."""
    return f"{why_no_dataset(run, workspace)} Choose the folder that they are in now."


def _looked_at(workspace: Workspace, run: Run, folder: Path, _task: Task) -> Dataset:
    """The job: the dataset in a folder.

    Raises:
        DatasetError: It has no class folders, or not the classes of the run.
    """
    dataset = find_dataset(workspace, f"{folder.absolute()}{os.sep}")
    if note_folder(run, dataset):
        return dataset
    counts = count_images(dataset)
    expected = run.bundle.classes if run.bundle is not None else ()
    lacking = [name for name in expected if not counts.get(name)]
    if lacking:
        raise DatasetError(
            f"{folder} has no images of {', '.join(lacking)}, which {run.name} knows. Choose the "
            "folder that has a folder for each class."
        )
    return dataset


def _nearest(folder: Path | None) -> Path:
    """The folder itself, else the nearest one above it that is still there."""
    places = () if folder is None else (folder, *folder.parents)
    return next((place for place in places if place.is_dir()), Path.home())
