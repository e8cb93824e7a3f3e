"""Opens the dialog for the size and fit of a dataset's images, and writes what it says."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.image_sets import open_images
from cnn_studio.errors import StudioError
from cnn_studio.gui.datasets.settings_dialog import DatasetSettingsDialog
from cnn_studio.gui.jobs import Task
from cnn_studio.gui.studio import Studio
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import InputSpec


class SettingsFlow(QObject):
    """One opening of the dialog; it is gone with it.

    Args:
        studio: The state above the tabs.
        dataset: The dataset.
        window: What the dialog opens over.
    """

    def __init__(self, studio: Studio, dataset: Dataset, window: QWidget) -> None:
        dialog = DatasetSettingsDialog(dataset.title, dataset.card.input, studio.theme, window)
        super().__init__(dialog)
        self._dialog = dialog
        self._studio = studio
        self._dataset = dataset
        self._dialog.save_requested.connect(self._on_dialog_save_requested)
        self._dialog.finished.connect(self._dialog.deleteLater)

    def open(self) -> None:
        """Show the dialog, and an image of the dataset in it as soon as one is read."""
        job = self._studio.jobs.create(partial(_first_image, self._dataset))
        job.succeeded.connect(self._on_image_read)
        job.start()
        self._dialog.open()

    @Slot(object)
    def _on_image_read(self, image_rgb: ImageArray | None) -> None:
        self._dialog.set_image(image_rgb)

    @Slot(object)
    def _on_dialog_save_requested(self, spec: InputSpec) -> None:
        folders = ClassFolders(self._dataset)
        job = self._studio.jobs.create(lambda _task: folders.set_input(spec))
        job.succeeded.connect(self._on_saved)
        job.failed.connect(self._on_failed)
        job.start()

    @Slot()
    def _on_saved(self) -> None:
        self._dialog.accept()
        self._studio.dataset_was_edited()

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._dialog.say(sentence)


def _first_image(dataset: Dataset, _task: Task) -> ImageArray | None:
    """The job: an image to show; None if there is none that can be read."""
    try:
        images = open_images(dataset)
        return images.read(0) if images is not None and len(images) else None
    except StudioError:  # the tabs say what is wrong with it
        return None
