"""Classifying dropped files in the background, one drop after the other."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from cnn_studio.errors import ImageError
from cnn_studio.gui.jobs import Job, Jobs, Task
from cnn_studio.prediction.batch import expand_paths
from cnn_studio.prediction.classifier import Classifier, Prediction
from cnn_studio.vision.images import encode_jpeg, read_image, shrink_to_fit
from cnn_studio.vision.preparation import InputSpec

THUMBNAIL_SIDE = 112
_DRAIN_INTERVAL_MS = 100
_MOST_AT_ONCE = 400

_keys = itertools.count(1)


@dataclass(frozen=True, eq=False)
class FileEntry:
    """A file that was classified, or could not be read.

    Attributes:
        path: The file.
        run_name: The run whose model was asked.
        input: How the model prepares an image.
        prediction: What it says; None if the file could not be read.
        error: Why it could not be read, as a sentence; None if it could.
        thumbnail: A small JPEG of it, encoded so that thousands fit in memory; b"" if unreadable.
        key: A number of its own.
    """

    path: Path
    run_name: str
    input: InputSpec
    prediction: Prediction | None
    error: str | None
    thumbnail: bytes
    key: int = field(default_factory=lambda: next(_keys))

    @property
    def reason(self) -> str:
        """The error without the file's name, for where the name stands beside it."""
        return (self.error or "").replace(f": {self.path.name}", "")


def classify_file(classifier: Classifier, run_name: str, path: Path) -> FileEntry:
    """Read one file, once, for both its prediction and its thumbnail."""
    spec = classifier.bundle.input
    try:
        image_rgb = read_image(path)
        thumbnail = encode_jpeg(shrink_to_fit(image_rgb, THUMBNAIL_SIDE))
        prediction = classifier.classify(image_rgb)
    except ImageError as error:
        return FileEntry(path, run_name, spec, None, str(error), b"")
    return FileEntry(path, run_name, spec, prediction, None, thumbnail)


@dataclass(frozen=True)
class _Drop:
    number: int
    folder: Path
    paths: tuple[Path, ...]


class FileWork(QObject):
    """Takes drops at any time and works through them, with the model that was chosen at each.

    Signals:
        classified(drop, entries): Some more files of a drop, in order; a few times a second.
        progressed(done, total): Of the drop at work.
        failed(sentence): The model could not be opened, or there was no image in a drop.
        ended: All drops are done, or were cancelled.
    """

    classified = Signal(int, object)
    progressed = Signal(int, int)
    failed = Signal(str)
    ended = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._numbers = itertools.count(1)
        self._waiting: deque[_Drop] = deque()
        self._drop: _Drop | None = None
        self._job: Job | None = None
        self._done: deque[FileEntry] = deque()  # filled by the job's thread, emptied by ours
        self._timer = QTimer(self, interval=_DRAIN_INTERVAL_MS)
        self._timer.timeout.connect(self._on_timer_timeout)

    @property
    def is_running(self) -> bool:
        """Whether anything is still to be classified or shown."""
        return self._drop is not None

    def classify(self, folder: Path, paths: Sequence[Path]) -> None:
        """Classify files, and the images in folders.

        Args:
            folder: The run's folder.
            paths: What was dropped.
        """
        self._waiting.append(_Drop(next(self._numbers), folder, tuple(paths)))
        if not self.is_running:
            self._start_next()

    def cancel(self) -> None:
        """Leave it at what has been classified so far."""
        self._waiting.clear()
        if self._job is not None:
            self._job.cancel()

    def discard(self) -> None:
        """Cancel, and forget what has been classified but not yet handed on."""
        self.cancel()
        self._done = deque()

    def _start_next(self) -> None:
        if not self._waiting:
            self._drop = None
            self._timer.stop()
            self.ended.emit()
            return
        drop = self._drop = self._waiting.popleft()
        done = self._done = deque()
        self._job = self._jobs.create(lambda task: _classify_drop(task, drop, done))
        self._job.progressed.connect(self.progressed)
        self._job.succeeded.connect(self._on_job_succeeded)
        self._job.failed.connect(self.failed)
        self._job.finished.connect(self._on_job_finished)
        self._job.start()
        self._timer.start()

    @Slot(object)
    def _on_job_succeeded(self, found: int) -> None:
        if found == 0:
            self.failed.emit(self.tr("There is no image in what was dropped."))

    @Slot()
    def _on_job_finished(self) -> None:
        self._job = None

    @Slot()
    def _on_timer_timeout(self) -> None:
        if self._drop is None:
            return
        count = min(len(self._done), _MOST_AT_ONCE)
        if count:
            entries = [self._done.popleft() for _ in range(count)]
            self.classified.emit(self._drop.number, entries)
        elif self._job is None:
            self._start_next()


def _classify_drop(task: Task, drop: _Drop, done: deque[FileEntry]) -> int:
    """The job: classify a drop's files into `done`; returns how many files there were."""
    classifier = Classifier.open(drop.folder, threads=1)  # the other core is for the camera
    paths = expand_paths(drop.paths)
    for index, path in enumerate(paths):
        if task.cancelled():
            break
        done.append(classify_file(classifier, drop.folder.name, path))
        task.report(index + 1, len(paths))
    return len(paths)
