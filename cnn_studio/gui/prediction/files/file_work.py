"""Classifying dropped files in the background, one drop after the other."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from cnn_studio.gui.jobs import Jobs, OneJob, Task
from cnn_studio.models.learned import LearnedImages
from cnn_studio.models.runs import open_run
from cnn_studio.models.unknown import is_unknown
from cnn_studio.prediction.batch import FilePrediction, classify_pictures, open_classifiers
from cnn_studio.prediction.classifier import Prediction
from cnn_studio.prediction.pictures import DEFAULT_RATE, Pictures
from cnn_studio.vision.preparation import InputSpec

THUMBNAIL_SIDE = 80
_DRAIN_INTERVAL_MS = 100
_MOST_AT_ONCE = 400

_keys = itertools.count(1)


@dataclass(frozen=True, eq=False)
class FileEntry:
    """A picture that was classified, or could not be read, with what a table sorts it by.

    Attributes:
        answer: What the model says.
        run_name: The run whose model was asked.
        input: How the model prepares an image.
        name: What the picture is called.
        said: The most probable class, and `probability` its probability; "" and 0 if unreadable.
        second: The class that comes after it, and `second_probability`; "" and 0 if there is none.
        words: What can be searched for, in small letters.
        is_readable, is_unknown, is_wrong: Whether it is that; unknown is likely none of the
            classes, and wrong another one than its folder is called after.
        true: The class that its folder is called after; "" for none.
        score: How familiar it is, see Prediction; 1 where that is not known, 0 for background.
        is_background: Whether it is unknown because the class for what is none was said.
        key: A number of its own.
    """

    answer: FilePrediction
    run_name: str
    input: InputSpec
    name: str
    said: str = ""
    probability: float = 0.0
    second: str = ""
    second_probability: float = 0.0
    words: str = ""
    is_readable: bool = False
    is_unknown: bool = False
    is_wrong: bool = False
    true: str = ""
    score: float = 1.0
    is_background: bool = False
    key: int = field(default_factory=lambda: next(_keys))

    @classmethod
    def of(cls, answer: FilePrediction, run_name: str, spec: InputSpec, accept: float) -> FileEntry:
        """The entry of an answer that was given with this share to be answered."""
        name, true, prediction = answer.picture.name, answer.true_class or "", answer.prediction
        if prediction is None:
            words = "\n".join((name, true, answer.picture.folder)).casefold()
            return cls(answer, run_name, spec, name, words=words, true=true)
        (said, probability), *others = prediction.ranked[:2]
        second, second_probability = others[0] if others else ("", 0.0)
        is_background = prediction.unknown and not is_unknown(prediction.score, accept)
        known_score = 1.0 if prediction.score is None else prediction.score
        return cls(
            answer,
            run_name,
            spec,
            name,
            said,
            probability,
            second,
            second_probability,
            words="\n".join((name, said, true, answer.picture.folder)).casefold(),
            is_readable=True,
            is_unknown=prediction.unknown,
            is_wrong=answer.is_wrong,
            true=true,
            score=0.0 if is_background else known_score,
            is_background=is_background,
        )

    @property
    def path(self) -> Path:
        """The file."""
        return self.answer.path

    @property
    def prediction(self) -> Prediction | None:
        """What the model says; None if the file could not be read."""
        return self.answer.prediction

    @property
    def error(self) -> str | None:
        """Why it could not be read, as a sentence; None if it could."""
        return self.answer.error

    @property
    def is_measured(self) -> bool:
        """Whether anything is known of how familiar it is."""
        prediction = self.answer.prediction
        return prediction is not None and (prediction.score is not None or prediction.unknown)

    @property
    def reason(self) -> str:
        """The error without the file's name, for where the name stands beside it."""
        return (self.error or "").replace(f": {self.path.name}", "")

    def with_accept(self, accept: float) -> FileEntry:
        """The same where another share of known images is to be answered; itself if all stays."""
        unknown = self.is_background or is_unknown(self.score, accept)
        prediction = self.answer.prediction
        if prediction is None or unknown == self.is_unknown:
            return self
        answer = replace(self.answer, prediction=replace(prediction, unknown=unknown))
        return replace(self, answer=answer, is_unknown=unknown)


@dataclass(frozen=True)
class _Drop:
    number: int
    folder: Path
    paths: tuple[Path, ...]
    rate: float | None
    accept: float | None


class FileWork(QObject):
    """Takes drops at any time and works through them, with the model that was chosen at each.

    Attributes:
        rate: How many frames a second of a video are taken; None takes all. From the next drop on.
        accept: The share of known images that is to be answered; None for the usual one. The same.

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
        self.rate: float | None = DEFAULT_RATE
        self.accept: float | None = None
        self._numbers = itertools.count(1)
        self._waiting: deque[_Drop] = deque()
        self._drop: _Drop | None = None
        self._job = OneJob(jobs, self)
        self._job.progressed.connect(self.progressed)
        self._job.succeeded.connect(self._on_job_succeeded)
        self._job.failed.connect(self.failed)
        self._done: deque[FileEntry] = deque()  # filled by the job's thread, emptied by ours
        self._timer = QTimer(self, interval=_DRAIN_INTERVAL_MS)
        self._timer.timeout.connect(self._on_timer_timeout)

    @property
    def is_running(self) -> bool:
        """Whether anything is still to be classified or shown."""
        return self._drop is not None

    def classify(self, folder: Path, paths: Sequence[Path]) -> None:
        """Classify pictures: files, and what is in folders, zips and videos.

        Args:
            folder: The run's folder.
            paths: What was dropped.
        """
        number = next(self._numbers)
        self._waiting.append(_Drop(number, folder, tuple(paths), self.rate, self.accept))
        if not self.is_running:
            self._start_next()

    def cancel(self) -> None:
        """Leave it at what has been classified so far."""
        self._waiting.clear()
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
        self._job.start(lambda task: _classify_drop(task, drop, done))
        self._timer.start()

    @Slot(object)
    def _on_job_succeeded(self, found: int) -> None:
        if found == 0:
            self.failed.emit(self.tr("There is no image in what was dropped."))

    @Slot()
    def _on_timer_timeout(self) -> None:
        if self._drop is None:
            return
        count = min(len(self._done), _MOST_AT_ONCE)
        if count:
            entries = [self._done.popleft() for _ in range(count)]
            self.classified.emit(self._drop.number, entries)
        elif not self._job.is_running:
            self._start_next()


def _classify_drop(task: Task, drop: _Drop, done: deque[FileEntry]) -> int:
    """The job: classify a drop's pictures into `done`; returns how many there were."""
    classifiers = open_classifiers(drop.folder, drop.accept)
    spec, accept = classifiers[0].bundle.input, classifiers[0].accept
    learned = LearnedImages.of(open_run(drop.folder))
    count = 0
    with Pictures(drop.paths, drop.rate, task.cancelled) as pictures:
        answers = classify_pictures(
            classifiers,
            pictures,
            task.cancelled,
            thumbnail_px=THUMBNAIL_SIDE,
            learned=learned,
        )
        for count, answer in enumerate(answers, start=1):
            done.append(FileEntry.of(answer, drop.folder.name, spec, accept))
            task.report(count, max(count, len(pictures)))
        if not count and not task.cancelled():
            return 0
    return max(count, 1)
