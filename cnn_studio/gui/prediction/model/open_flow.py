"""From a model file that a person drops or chooses to a model that classifies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QWidget

from cnn_studio.errors import ModelError
from cnn_studio.gui.activities import About
from cnn_studio.gui.jobs import JobCancelledError, OneJob, Task
from cnn_studio.gui.prediction.model.opened_files import OpenedFile, OpenedFiles
from cnn_studio.gui.prediction.model.pixel_flow import PixelFlow
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.open_dialog import OpenDialog
from cnn_studio.models.opening.pixel_question import (
    PixelQuestion,
    PixelsUnknownError,
    Wanted,
    question_about,
)
from cnn_studio.models.opening.trial import Trial
from cnn_studio.models.runs import Run
from cnn_studio.paths import Workspace

_LAST_FOLDER = "prediction/model-folder"


class OpenFlow(QObject):
    """Asks for a file, opens it in the background, one at a time, and remembers it.

    Where a file does not say what a pixel is for it, a person is asked first.

    Signals:
        began(sentence): A file is being opened; the sentence says which.
        opened(Run): It is open, and is to classify.
        imported(Run): It was a run of another studio, and is now one of this workspace.
        failed(sentence): It cannot be opened.
        asked: A person has to say first what a pixel is for it.
        given_up: It was cancelled.
    """

    began = Signal(str)
    opened = Signal(object)
    imported = Signal(object)
    failed = Signal(str)
    asked = Signal()
    given_up = Signal()

    def __init__(self, studio: Studio, window: QWidget) -> None:
        super().__init__(window)
        self._studio = studio
        self._window = window
        self._files = OpenedFiles(studio.settings)
        self._job = OneJob(studio.jobs, self)
        self._job.succeeded.connect(self._on_job_succeeded)
        self._job.failed.connect(self._on_job_failed)
        self._job.cancelled.connect(self.given_up)
        self._pixels = PixelFlow(studio, window)
        self._pixels.decided.connect(self._on_pixels_decided)
        self._pixels.given_up.connect(self.given_up)
        self._path = Path()
        self._is_last_opened = False

    @property
    def files(self) -> tuple[OpenedFile, ...]:
        """The files that were opened and are still there, newest first."""
        return self._files.files

    @property
    def runs(self) -> tuple[Run, ...]:
        """What those of this session were opened as."""
        return self._files.runs

    @Slot()
    def ask(self) -> None:
        """Ask for a model file."""
        endings = "*.tflite *.keras *.onnx *.zip"
        dialog = OpenDialog(
            self.tr("Open a model file"),
            self.tr("Models ({endings})").format(endings=endings),
            self._studio.settings,
            _LAST_FOLDER,
            self._window,
            QStandardPaths.StandardLocation.HomeLocation,
        )
        dialog.setObjectName("modelDialog")
        dialog.chosen.connect(self.open)
        dialog.open()

    @Slot(object)
    def open(self, path: Path) -> None:
        """Open a model file or folder; nothing happens while another is being opened."""
        self._start(path, partial(_open, path, self._studio.workspace, None))

    def ask_for_pixels(self, run: Run | None) -> None:
        """Ask again what a pixel is for a file that is open."""
        file = next((f for f in self.files if run and f.run and f.run.folder == run.folder), None)
        if file is not None and run is not None:
            self._start(file.path, partial(_look_again, file.path.name, run))

    def _start(self, path: Path, work: Callable[[Task], object]) -> None:
        if self._job.is_running:
            return
        self._path = path
        title, how_it_ends = self.tr("Opening {name}"), self.tr("it is not opened")
        about = About(title.format(name=path.name), how_it_ends, writes=False)
        self._job.start(work, about)
        self.began.emit(self.tr("Opening {name} …").format(name=path.name))

    def open_last(self) -> None:
        """Open the file that was opened last, for a workspace without runs; once a session."""
        if not self._is_last_opened and self.files:
            self.open(self.files[0].path)
        self._is_last_opened = True

    @Slot(object)
    def _on_job_succeeded(self, answer: tuple[Run, bool] | PixelQuestion) -> None:
        if isinstance(answer, PixelQuestion):
            self.asked.emit()
            self._pixels.ask(self._path, answer)
            return
        run, is_own = answer
        if is_own:
            self.imported.emit(run)
        else:
            self._files.remember(self._path, run)
            self.opened.emit(run)

    @Slot(object, object)
    def _on_pixels_decided(self, path: Path, wanted: Wanted) -> None:
        self._start(path, partial(_open, path, self._studio.workspace, wanted))

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        self._files.forget(self._path)
        self.failed.emit(sentence)


def _open(
    path: Path, workspace: Workspace, wanted: Wanted | None, task: Task
) -> tuple[Run, bool] | PixelQuestion:
    """The job: the model as a run and whether it is one of the workspace, or what to ask first."""
    # The tab's first showing need not wait for it.
    from cnn_studio.models.opening.opened import find_model, is_own
    from cnn_studio.models.opening.studio_zip import is_packed_run, unpack_run

    try:
        with Trial(task.cancelled) as trial:
            if is_packed_run(path):
                return unpack_run(path, workspace, trial), True
            run = find_model(workspace, str(path), trial, wanted or Wanted())
    except PixelsUnknownError as error:
        return error.question
    except ModelError:
        if task.cancelled():
            raise JobCancelledError from None
        raise
    return run, is_own(workspace, run.folder)


def _look_again(name: str, run: Run, task: Task) -> PixelQuestion:
    """The job: what to ask about a file that is open."""
    try:
        with Trial(task.cancelled) as trial:
            return replace(question_about(run, trial), name=name)
    except ModelError:
        if task.cancelled():
            raise JobCancelledError from None
        raise
