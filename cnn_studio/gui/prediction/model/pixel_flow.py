"""From a model file that does not say what a pixel is to a person's answer."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QWidget

from cnn_studio.camera.demo import DemoCamera
from cnn_studio.data.catalog import Dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.errors import ModelError
from cnn_studio.gui.jobs import JobCancelledError, OneJob, Task
from cnn_studio.gui.prediction.model.pixel_dialog import PixelDialog
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.open_dialog import OpenDialog
from cnn_studio.models.opening.pixel_question import PixelQuestion, Wanted
from cnn_studio.models.opening.trial import Trial
from cnn_studio.models.pixel_values import PixelRange
from cnn_studio.vision.images import IMAGE_SUFFIXES, ImageArray, read_image

_LAST_FOLDER = "prediction/pixel-picture-folder"


class PixelFlow(QObject):
    """Shows the dialog, gets its pictures, and has the network asked beside the window.

    Signals:
        decided(Path, Wanted): The file shall be opened so.
        given_up: The dialog was closed without an answer.
    """

    decided = Signal(object, object)
    given_up = Signal()

    def __init__(self, studio: Studio, window: QWidget) -> None:
        super().__init__(window)
        self._studio = studio
        self._window = window
        self._path = Path()
        self._question: PixelQuestion | None = None
        self._dialog: PixelDialog | None = None
        self._image: ImageArray | None = None
        self._objects = list(DemoCamera.OBJECTS)
        self._request = 0
        self._asking = OneJob(studio.jobs, self)
        self._asking.succeeded.connect(self._on_asking_succeeded)
        self._asking.failed.connect(self._on_failed)
        self._asking.finished.connect(self._on_asking_finished)
        self._asks_again = False

    def ask(self, path: Path, question: PixelQuestion) -> None:
        """Ask about a file; nothing happens while another is asked about."""
        if self._dialog is not None:
            return
        self._path, self._question, self._image = path, question, None
        dataset = self._studio.dataset
        title = dataset.title if dataset is not None else ""
        self._dialog = dialog = PixelDialog(question, title, self._studio.theme, self._window)
        dialog.set_camera(self._studio.camera.latest() is not None)
        dialog.dataset_requested.connect(self._on_dataset_requested)
        dialog.camera_requested.connect(self._on_camera_requested)
        dialog.sample_requested.connect(self._on_sample_requested)
        dialog.file_requested.connect(self._on_file_requested)
        dialog.answers_requested.connect(self._ask_network)
        dialog.decided.connect(self._on_decided)
        dialog.finished.connect(self._on_finished)
        dialog.open()
        if dataset is not None:
            self._on_dataset_requested()
        else:
            self._on_sample_requested()

    @Slot()
    def _on_dataset_requested(self) -> None:
        dataset = self._studio.dataset
        if dataset is not None and self._question is not None:
            classes, instead = self._question.classes, self._next_object()
            self._read(partial(_from_dataset, dataset, classes, instead))

    @Slot()
    def _on_camera_requested(self) -> None:
        frame = self._studio.camera.latest()
        if frame is not None:
            self._request += 1
            self._show(frame.image_rgb, self.tr("The camera's picture"))

    @Slot()
    def _on_sample_requested(self) -> None:
        self._read(partial(_drawn, self._next_object()))

    def _next_object(self) -> str:
        self._objects.append(self._objects.pop(0))
        return self._objects[-1]

    @Slot()
    def _on_file_requested(self) -> None:
        if self._dialog is None:
            return
        endings = " ".join(f"*{suffix}" for suffix in sorted(IMAGE_SUFFIXES))
        dialog = OpenDialog(
            self.tr("A picture whose class you know"),
            self.tr("Images ({endings})").format(endings=endings),
            self._studio.settings,
            _LAST_FOLDER,
            self._dialog,
            QStandardPaths.StandardLocation.PicturesLocation,
        )
        dialog.setObjectName("pixelFileDialog")
        dialog.chosen.connect(self.show_file)
        dialog.open()

    @Slot(object)
    def show_file(self, path: Path) -> None:
        """Ask about the picture in a file."""
        self._read(partial(_from_file, path))

    def _read(self, read: Callable[[], tuple[ImageArray, str]]) -> None:
        """Have a picture read; one that was asked for before and comes later is dropped."""
        self._request += 1
        number = self._request

        def work(_task: Task) -> tuple[int, ImageArray, str]:
            return number, *read()

        job = self._studio.jobs.create(work)
        job.succeeded.connect(self._on_read_succeeded)
        job.failed.connect(self._on_failed)
        job.start()

    @Slot(object)
    def _on_read_succeeded(self, answer: tuple[int, ImageArray, str]) -> None:
        number, image, caption = answer
        if number == self._request:
            self._show(image, caption)

    def _show(self, image_rgb: ImageArray, caption: str) -> None:
        self._image = image_rgb
        if self._dialog is not None:
            self._dialog.show_picture(image_rgb, caption)
            self._ask_network()

    @Slot()
    def _ask_network(self) -> None:
        if self._dialog is None or self._question is None or self._image is None:
            return
        self._dialog.show_working()
        self._asks_again = self._asking.is_running
        if self._asks_again:
            self._asking.cancel()
            return
        ranges, size = self._dialog.ranges, self._dialog.image_size
        self._asking.start(partial(_answers, self._question, self._image, ranges, size))

    @Slot(object)
    def _on_asking_succeeded(self, answers: list[NDArray[np.float32]]) -> None:
        if self._dialog is not None and not self._asks_again:
            self._dialog.show_answers(answers)

    @Slot()
    def _on_asking_finished(self) -> None:
        if self._asks_again:
            self._asks_again = False
            self._ask_network()

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        if self._dialog is not None:
            self._dialog.show_problem(sentence)

    @Slot(object, int)
    def _on_decided(self, pixels: PixelRange, size: int) -> None:
        question, self._question = self._question, None
        if question is not None:
            wanted = Wanted(pixels, size if question.is_free else None)
            self.decided.emit(self._path, wanted)

    @Slot()
    def _on_finished(self) -> None:
        is_open, self._question, self._dialog = self._question is not None, None, None
        self._asks_again = False
        self._request += 1
        self._asking.cancel()
        if is_open:
            self.given_up.emit()


def _answers(
    question: PixelQuestion, image_rgb: ImageArray, ranges: list[PixelRange], size: int, task: Task
) -> list[NDArray[np.float32]]:
    try:
        with Trial(task.cancelled) as trial:
            return question.answers(image_rgb, ranges, size, trial)
    except ModelError:
        if task.cancelled():
            raise JobCancelledError from None
        raise


def _from_dataset(
    dataset: Dataset, classes: tuple[str, ...], instead: str
) -> tuple[ImageArray, str]:
    """An image of a dataset, of a class that the model knows if there is one; of none a drawing.

    Raises:
        DatasetError, ImageError: It cannot be read.
    """
    folders = ClassFolders(dataset)
    names = list(folders.classes())
    random.shuffle(names)
    for name in sorted(names, key=lambda name: name not in classes):
        samples = folders.samples(name)
        if samples:
            return read_image(random.choice(samples).path), name
    return _drawn(instead)


def _drawn(name: str) -> tuple[ImageArray, str]:
    camera = DemoCamera(name, paced=False)
    camera.open()
    return camera.read(), name


def _from_file(path: Path) -> tuple[ImageArray, str]:
    return read_image(path), path.name
