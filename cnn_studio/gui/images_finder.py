"""Asks where the images of a run are, once they are not where it learned from them."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from cnn_studio.data.catalog import Dataset, find_dataset
from cnn_studio.data.image_sets import count_images
from cnn_studio.errors import DatasetError
from cnn_studio.gui.jobs import Task
from cnn_studio.gui.studio import Studio
from cnn_studio.models.run_dataset import dataset_folder, note_folder
from cnn_studio.models.runs import Run
from cnn_studio.paths import Workspace


class ImagesFinder(QObject):
    """One question for a folder; where all images of the run are in it, that is noted for good.

    Signals:
        found(Dataset): The folder that was chosen, which has the classes of the run.
        failed(str): It cannot be used; the sentence that says why.
    """

    found = Signal(object)
    failed = Signal(str)

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._run: Run | None = None

    def ask(self, run: Run, window: QWidget) -> None:
        """Open the dialog above a window."""
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
