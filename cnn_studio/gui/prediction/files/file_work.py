"""Classifying dropped files in the background, one drop after the other."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from cnn_studio.gui.activities import About
from cnn_studio.gui.jobs import Jobs, OneJob, Task
from cnn_studio.gui.prediction.files.file_entry import FileEntry
from cnn_studio.gui.prediction.model.run_choice import UsedModel
from cnn_studio.models.learned import LearnedImages
from cnn_studio.models.runs import open_run
from cnn_studio.prediction.batch import FilePrediction, classify_pictures, open_classifiers
from cnn_studio.prediction.pictures import DEFAULT_RATE, Picture, Pictures

THUMBNAIL_SIDE = 80
_DRAIN_INTERVAL_MS = 100
_MOST_AT_ONCE = 400


@dataclass(frozen=True)
class Listed:
    """The pictures of a drop that are in the list already.

    Attributes:
        to_ask: Those that the model in use is still to be asked about.
        answered: The others.
    """

    to_ask: Set[Picture] = frozenset()
    answered: Set[Picture] = frozenset()


@dataclass(frozen=True)
class _Drop:
    """What was dropped, and how far it is done.

    Attributes:
        is_whole: Whether all of its pictures were found, or no more shall be looked for.
        listed: What is in the list already; of a drop that is whole only `to_ask` is asked about.
    """

    number: int
    model: UsedModel
    paths: tuple[Path, ...]
    rate: float | None
    accept: float | None
    is_whole: bool = False
    listed: Listed = Listed()

    def wants(self, picture: Picture) -> bool:
        """Whether the model is to be asked about a picture."""
        if self.is_whole:
            return picture in self.listed.to_ask
        return picture not in self.listed.answered


class FileWork(QObject):
    """Takes drops at any time and works through them, with the model that was chosen at each.

    It remembers the drops, so that another model can be asked about the same pictures.

    Args:
        jobs: Does the work.
        parent: The object that this one belongs to.
        is_seen: Whether how far it is is on the screen.

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

    def __init__(
        self,
        jobs: Jobs,
        parent: QObject | None = None,
        is_seen: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(parent)
        self._is_seen = is_seen
        self.rate: float | None = DEFAULT_RATE
        self.accept: float | None = None
        self._numbers = itertools.count(1)
        self._waiting: deque[_Drop] = deque()
        self._drop: _Drop | None = None
        self._known: dict[int, _Drop] = {}
        self._is_overtaken = False  # what the job under way still says is of no use
        self._is_found = False  # the job has looked at all of its drop
        self._job = OneJob(jobs, self)
        self._job.progressed.connect(self._on_job_progressed)
        self._job.succeeded.connect(self._on_job_succeeded)
        self._job.failed.connect(self._on_job_failed)
        self._done: deque[FileEntry] = deque()  # filled by the job's thread, emptied by ours
        self._timer = QTimer(self, interval=_DRAIN_INTERVAL_MS)
        self._timer.timeout.connect(self._on_timer_timeout)

    @property
    def is_running(self) -> bool:
        """Whether anything is still to be classified or shown."""
        return self._drop is not None

    def classify(self, model: UsedModel, paths: Sequence[Path]) -> None:
        """Classify pictures: files, and what is in folders, archives and videos.

        Args:
            model: The model to ask.
            paths: What was dropped.
        """
        drop = _Drop(next(self._numbers), model, tuple(paths), self.rate, self.accept)
        self._known[drop.number] = drop
        self._waiting.append(drop)
        self._go_on()

    def ask_again(self, model: UsedModel, listed: Mapping[int, Listed]) -> None:
        """Ask a model about what was dropped so far, in place of whichever was asked before.

        What that one still says is dropped; what is not listed yet, it will never be asked about.

        Args:
            model: The model to ask.
            listed: What is in the list, by drop.
        """
        self._overtake()
        self._waiting.clear()
        for number in sorted(self._known, reverse=True):  # the newest is on top of the list
            drop = replace(
                self._known[number],
                model=model,
                accept=self.accept,
                listed=listed.get(number, Listed()),
            )
            if not drop.is_whole or drop.listed.to_ask:
                self._waiting.append(drop)
        self._go_on()

    def cancel(self) -> None:
        """Leave it at what has been classified so far."""
        self._waiting.clear()
        self._job.cancel()
        self._known = {n: replace(drop, is_whole=True) for n, drop in self._known.items()}

    def discard(self) -> None:
        """Cancel, and forget all drops and what has been classified but not yet handed on."""
        self.cancel()
        self._known.clear()
        self._done = deque()

    def _overtake(self) -> None:
        """End the job under way; another one takes its place."""
        self._is_overtaken = self._job.is_running
        self._done = deque()
        self._job.cancel()

    def _go_on(self) -> None:
        if not self.is_running and self._waiting:
            self._start_next()

    def _start_next(self) -> None:
        self._is_overtaken = self._is_found = False
        if not self._waiting:
            self._drop = None
            self._timer.stop()
            self.ended.emit()
            return
        drop = self._drop = self._waiting.popleft()
        done = self._done = deque()
        about = About(
            self.tr("Classifying {name}").format(name=drop.paths[0].name),
            self.tr("it is left at the files classified so far"),
            writes=False,
        )
        self._job.start(lambda task: _classify_drop(task, drop, done), about, self._is_seen)
        self._timer.start()

    @Slot(int, int)
    def _on_job_progressed(self, done: int, total: int) -> None:
        if not self._is_overtaken:
            self.progressed.emit(done, total)

    @Slot(object)
    def _on_job_succeeded(self, found: int | None) -> None:
        if self._is_overtaken:
            return
        self._is_found = found is not None
        if found == 0:
            self.failed.emit(self.tr("There is no image in what was dropped."))

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        if not self._is_overtaken:
            self.failed.emit(sentence)

    @Slot()
    def _on_timer_timeout(self) -> None:
        if self._drop is None:
            return
        count = min(len(self._done), _MOST_AT_ONCE)
        if count:
            entries = [self._done.popleft() for _ in range(count)]
            self.classified.emit(self._drop.number, entries)
        elif not self._job.is_running:
            number = self._drop.number
            if self._is_found and number in self._known:  # and all of it is in the list
                self._known[number] = replace(self._known[number], is_whole=True)
            self._start_next()


def _classify_drop(task: Task, drop: _Drop, done: deque[FileEntry]) -> int | None:
    """The job: classify a drop's pictures into `done`; how many there are, None if cancelled."""
    classifiers = open_classifiers(drop.model.folder, drop.accept)
    learned = LearnedImages.of(open_run(drop.model.folder))
    accept, listed = classifiers[0].accept, drop.listed
    count, gone = len(listed.answered), set(listed.to_ask)
    readings = classifiers[0].bundle.pixel_readings
    with Pictures(drop.paths, drop.rate, task.cancelled, readings) as pictures:
        total = count + len(gone) if drop.is_whole else len(pictures)
        wanted = (each for each in pictures if drop.wants(each.picture))
        answers = classify_pictures(
            classifiers, wanted, task.cancelled, thumbnail_px=THUMBNAIL_SIDE, learned=learned
        )
        for answer in answers:
            count += 1
            done.append(FileEntry.of(answer, drop.model, accept))
            gone.discard(answer.picture)
            task.report(count, max(count, total))
    if task.cancelled():
        return None
    for picture in gone:
        sentence = f"The file is not there any more: {picture.path.name}."
        done.append(FileEntry.of(FilePrediction(picture, None, sentence), drop.model, accept))
    return count + len(gone)
