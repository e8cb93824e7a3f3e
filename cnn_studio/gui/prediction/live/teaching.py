"""Teach it: what the model got wrong is saved into the class that it shows."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.camera.source import Frame
from cnn_studio.data.catalog import Dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.corrections import Corrections
from cnn_studio.data.samples import Sample
from cnn_studio.errors import DatasetError
from cnn_studio.gui.jobs import Task
from cnn_studio.gui.studio import Studio
from cnn_studio.models.run_dataset import dataset_of
from cnn_studio.models.runs import Run
from cnn_studio.paths import Workspace
from cnn_studio.prediction.picture_reader import PictureReader
from cnn_studio.prediction.pictures import Picture
from cnn_studio.vision.images import IMAGE_SUFFIXES, encode_jpeg


class Teaching(QObject):
    """Saves pictures into the dataset that the model in use learned from, beside the window.

    Signals:
        changed: Another dataset, other classes, or another number of corrections.
        said(str): A correction was saved or taken back, as a sentence.
        failed(str): It could not be; the sentence that says why.
    """

    changed = Signal()
    said = Signal(str)
    failed = Signal(str)

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._run: Run | None = None
        self._problem = ""
        self._current: Corrections | None = None
        self._classes: tuple[str, ...] = ()
        self._known: dict[Path, Corrections] = {}  # so that a change of models loses no count
        studio.dataset_edited.connect(self._on_studio_dataset_edited)

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that can be taught, in the dataset's order; the first has number 1."""
        return self._classes

    @property
    def count(self) -> int:
        """How many corrections there are that no training has learned since the window opened."""
        return self._current.count if self._current is not None else 0

    @property
    def dataset(self) -> Dataset | None:
        """The dataset that is taught; None if there is none."""
        return self._current.folders.dataset if self._current is not None else None

    def corrections_of(self, dataset: Dataset) -> Corrections | None:
        """What was taught to any dataset since the window opened; None if nothing was."""
        return self._known.get(dataset.folder)

    def set_run(self, run: Run | None) -> None:
        """Find the dataset that this run learned from, in the background."""
        self._run = run
        self._take(None, (), "")
        if run is not None:
            job = self._studio.jobs.create(partial(_looked_up, self._studio.workspace, run))
            job.succeeded.connect(self._on_look_up_succeeded)
            job.failed.connect(self.failed)
            job.start()

    def teach(self, class_name: str, subject: Frame | Picture) -> bool:
        """Save a frame or a file into a class; `said` or `failed` follows.

        Returns:
            Whether it is being saved.
        """
        if self._current is None:
            self.failed.emit(self._problem or self.tr("The dataset is still being looked for."))
            return False
        job = self._studio.jobs.create(partial(_added, self._current, class_name, subject))
        job.succeeded.connect(self._on_adding_succeeded)
        job.failed.connect(self.failed)
        job.start()
        return True

    def teach_number(self, number: int, subject: Frame | Picture) -> bool:
        """The same for the class of a number key, 1 to 9; no class has a number too high."""
        if self._current is not None and number > len(self._classes):
            return False
        is_known = number <= len(self._classes)
        return self.teach(self._classes[number - 1] if is_known else "", subject)

    @Slot()
    def undo(self) -> None:
        """Take the newest correction back; `said` or `failed` follows."""
        if self._current is not None and self._current.count:
            job = self._studio.jobs.create(partial(_undone, self._current))
            job.succeeded.connect(self._on_undoing_succeeded)
            job.failed.connect(self.failed)
            job.start()

    def recount(self) -> None:
        """Some of it was learned, and counts no more."""
        self.changed.emit()

    def _take(
        self, corrections: Corrections | None, classes: tuple[str, ...], problem: str
    ) -> None:
        self._current, self._classes, self._problem = corrections, classes, problem
        self.changed.emit()

    @Slot(object)
    def _on_look_up_succeeded(
        self, found: tuple[Run, ClassFolders | None, tuple[str, ...], str]
    ) -> None:
        run, folders, classes, problem = found
        if self._run is None or run.folder != self._run.folder:
            return  # another run was chosen meanwhile
        if folders is None:
            self._take(None, (), problem)
            return
        folder = folders.dataset.folder
        self._take(self._known.setdefault(folder, Corrections(folders)), classes, "")

    @Slot(object)
    def _on_adding_succeeded(self, saved: tuple[Sample, str]) -> None:
        sample, file_name = saved
        self._studio.instant.learn([sample])
        text = self.tr("{file} is saved as {name}.") if file_name else self.tr("Saved as {name}.")
        self.said.emit(text.format(file=file_name, name=sample.class_name))
        self._tell_others()

    @Slot(object)
    def _on_undoing_succeeded(self, class_name: str) -> None:
        if class_name:
            text = self.tr("The correction to {name} is taken back; it is in the trash.")
            self.said.emit(text.format(name=class_name))
        self._tell_others()

    def _tell_others(self) -> None:
        self.changed.emit()
        self._studio.dataset_was_edited()

    @Slot()
    def _on_studio_dataset_edited(self) -> None:
        """A class may have come or gone."""
        if self._current is not None:
            classes = self._current.folders.classes()
            if classes != self._classes:
                self._classes = classes
                self.changed.emit()


def no_dataset(run: Run) -> str:
    """Why nothing can be taught to a model whose dataset is not there, as a sentence."""
    name = (run.bundle.dataset_title if run.bundle else "") or run.dataset or "unknown"
    return (
        f"The dataset of this model ({name}) is not in this workspace, so nothing can be saved "
        "into it or learned from it."
    )


def _looked_up(
    workspace: Workspace, run: Run, _task: Task
) -> tuple[Run, ClassFolders | None, tuple[str, ...], str]:
    """The class folders to write to and their classes, or why there are none."""
    dataset = dataset_of(run, workspace)
    if dataset is None:
        return run, None, (), no_dataset(run)
    folders = ClassFolders(dataset)
    try:
        folders.check_changeable()
    except DatasetError as error:
        return run, None, (), str(error)
    return run, folders, folders.classes(), ""


def _added(
    corrections: Corrections, class_name: str, subject: Frame | Picture, _task: Task
) -> tuple[Sample, str]:
    """The job: what was saved, and the name of the file that it is of; "" for a frame."""
    if isinstance(subject, Frame):
        return corrections.add(class_name, subject.image_rgb, subject.captured_s), ""
    with PictureReader() as reader:
        pixels_rgb = reader.image(subject)  # what cannot be read teaches nothing
        name, data = reader.file(subject)
    suffix = Path(name).suffix
    if suffix.lower() not in IMAGE_SUFFIXES:  # an image called otherwise
        suffix, data = ".jpg", encode_jpeg(pixels_rgb)
    sample = corrections.add_file(class_name, data, suffix, subject.path, subject.time_s)
    return sample, subject.name


def _undone(corrections: Corrections, _task: Task) -> str:
    sample = corrections.undo()
    return sample.class_name if sample is not None else ""
