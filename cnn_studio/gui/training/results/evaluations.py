"""Gets the answers of the run on show, from its folder or from its model, beside the window."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from cnn_studio.data.catalog import Dataset
from cnn_studio.gui.activities import About
from cnn_studio.gui.images_finder import ImagesFinder
from cnn_studio.gui.jobs import Job, Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.results.evaluation import Evaluation, asked_evaluation, kept_evaluation
from cnn_studio.models.runs import Run

_MOST_KEPT = 8

_Key = tuple[Path, str]
_Work = Callable[[Task], Evaluation | None]


class Evaluations(QObject):
    """Holds the evaluation of one run on one subject; see `evaluation` for what a subject is.

    Args:
        studio: The state above the tabs.
        parent: The object that this one belongs to.
        is_seen: Whether how far the model is with answering is on the screen.
        window: What stands below the question for images that are not where they were.

    Signals:
        changed: The evaluation, or whether it is being made, is another one now.
        progressed(int, int): Images that the model has been asked about, and all of them.
        failed(str): It could not be made; the sentence that says why.
    """

    changed = Signal()
    progressed = Signal(int, int)
    failed = Signal(str)

    def __init__(
        self,
        studio: Studio,
        parent: QObject | None = None,
        is_seen: Callable[[], bool] = lambda: False,
        window: Callable[[], QWidget | None] = lambda: None,
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._finder = ImagesFinder(studio, window, self)
        self._finder.found.connect(self._on_finder_found)
        self._finder.failed.connect(self.failed)
        self._is_seen = is_seen
        self._run: Run | None = None
        self._subject = ""
        self._kept: OrderedDict[_Key, Evaluation] = OrderedDict()
        self._job: Job | None = None
        self._is_asking = False

    @property
    def run(self) -> Run | None:
        """Whose answers."""
        return self._run

    @property
    def evaluation(self) -> Evaluation | None:
        """The answers; None as long as there are none."""
        return self._kept.get(self._key) if self._key else None

    @property
    def is_asking(self) -> bool:
        """Whether the model is being asked."""
        return self._is_asking

    @property
    def is_reading(self) -> bool:
        """Whether what was kept is being read."""
        return self._job is not None and not self._is_asking

    @property
    def _key(self) -> _Key | None:
        return (self._run.folder, self._subject) if self._run and self._subject else None

    def show(self, run: Run | None, subject: str) -> None:
        """Want the answers of a run on a subject; what was kept of them is read."""
        self.cancel()
        self._run, self._subject = run, subject
        if run is not None and subject and self._key not in self._kept:
            workspace = self._studio.workspace
            self._start(lambda _task: kept_evaluation(run, subject, workspace))
        self.changed.emit()

    @Slot()
    def ask(self) -> None:
        """Ask the model about the images of the subject."""
        self._ask(None)

    @Slot(object)
    def _on_finder_found(self, dataset: Dataset) -> None:
        self._ask(dataset)

    def _ask(self, named: Dataset | None) -> None:
        run, subject, workspace = self._run, self._subject, self._studio.workspace
        if run is None or not subject or self._is_asking:
            return
        self.cancel()
        self._is_asking = True
        about = About(
            self.tr("Asking the model about {images}").format(images=self._images_of(subject)),
            self.tr("there are no figures"),
            writes=False,
        )
        needs_own = ":" not in subject
        finder = self._finder

        def work(task: Task) -> Evaluation:
            own = (named or finder.dataset_of(run)) if needs_own else None
            return asked_evaluation(run, subject, workspace, task, own)

        self._start(work, about)
        self.changed.emit()

    @Slot()
    def cancel(self) -> None:
        """End what is under way."""
        self._is_asking = False
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _images_of(self, subject: str) -> str:
        """The images of a subject, in words."""
        _scope, _colon, name = subject.partition(":")
        titles = {dataset.name: dataset.title for dataset in self._studio.datasets}
        return titles.get(name, name) if name else self.tr("single images")

    def _start(self, work: _Work, about: About | None = None) -> None:
        key = self._key

        def keyed(task: Task) -> tuple[_Key | None, Evaluation | None]:
            return key, work(task)

        job = self._studio.jobs.create(keyed, about, self._is_seen)
        job.progressed.connect(self._on_job_progressed)
        job.succeeded.connect(self._on_job_succeeded)
        job.failed.connect(self._on_job_failed)
        self._job = job
        job.start()

    @Slot(int, int)
    def _on_job_progressed(self, done: int, total: int) -> None:
        if self.sender() is self._job:
            self.progressed.emit(done, total)

    @Slot(object)
    def _on_job_succeeded(self, answer: tuple[_Key, Evaluation | None]) -> None:
        key, evaluation = answer
        if evaluation is not None:
            self._kept[key] = evaluation
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        if self.sender() is self._job:
            self._job, self._is_asking = None, False
            self.changed.emit()

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        if self.sender() is self._job:
            self._job, self._is_asking = None, False
            self.failed.emit(sentence)
            self.changed.emit()
