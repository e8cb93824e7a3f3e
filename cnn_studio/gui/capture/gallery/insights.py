"""Learns more of the samples on show, in the background, when the gallery needs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.data.facts import FactsStore, gather_facts
from cnn_studio.data.image_facts import ImageFacts
from cnn_studio.data.samples import Sample
from cnn_studio.errors import StudioError
from cnn_studio.gui.activities import About, Activity
from cnn_studio.gui.capture.gallery.arrangement import Guess
from cnn_studio.gui.jobs import Jobs, OneJob, Task
from cnn_studio.gui.pictures.thumbnails import Reader
from cnn_studio.prediction.classifier import Classifier
from cnn_studio.vision.images import read_image
from cnn_studio.work_notes import Halt

_AT_ONCE = 128  # then the gallery shows what is known so far


@dataclass
class _Done:
    """Of which samples everything is known that can be, were it nothing.

    Attributes:
        paths: Their files.
        place: All samples that stand before it in the list are among them.
    """

    paths: set[Path] = field(default_factory=set)
    place: int = 0

    def advance(self, samples: Sequence[Sample]) -> int:
        """Move the place on as far as everything is known; the new place."""
        while self.place < len(samples) and samples[self.place].path in self.paths:
            self.place += 1
        return self.place

    def missing(self, samples: Sequence[Sample]) -> list[Sample]:
        """The next few of which something can be learned."""
        rest = islice(samples, self.advance(samples), None)
        return list(islice((one for one in rest if one.path not in self.paths), _AT_ONCE))


class SampleInsights(QObject):
    """Looks into images and has a model classify them, a part at a time.

    Signals:
        changed: More is known now.
        progressed(int, int): Samples known, and samples in all; equal when nothing is left to do.
        failed(str): The model cannot be used; the sentence that says why.
    """

    changed = Signal()
    progressed = Signal(int, int)
    failed = Signal(str)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job = OneJob(jobs, self)
        self._job.succeeded.connect(self._on_job_succeeded)
        self._job.failed.connect(self._on_job_failed)
        self._job.finished.connect(self._go_on)
        self._activities = jobs.activities
        self._activity: Activity | None = None
        self._is_given_up = False
        self._read: Reader = read_image
        self._samples: Sequence[Sample] = ()
        self._wants_facts = False
        self._model: Path | None = None
        self._classifier: Classifier | None = None
        self._generation = 0
        self._facts: dict[Path, ImageFacts] = {}
        self._guesses: dict[Path, Guess] = {}
        self._looked_into = _Done()
        self._classified = _Done()

    @property
    def facts(self) -> Mapping[Path, ImageFacts]:
        """What looking into the samples gave so far."""
        return self._facts

    @property
    def guesses(self) -> Mapping[Path, Guess]:
        """What the model takes the samples for, so far."""
        return self._guesses

    @property
    def reader(self) -> Reader:
        """How images are read."""
        return self._read

    @property
    def model(self) -> Path | None:
        """The folder of the run whose model classifies; None if none does."""
        return self._model

    def set_reader(self, read: Reader) -> None:
        """Say how images are read, and forget those that were."""
        self._read = read
        self._facts.clear()
        self._looked_into = _Done()
        self._forget_guesses()

    def set_samples(self, samples: Sequence[Sample]) -> None:
        """Say which samples are of interest."""
        if samples is not self._samples:
            self._samples = samples
            self._looked_into.place = self._classified.place = 0
        self._go_on()

    def want(self, facts: bool, model: Path | None) -> None:
        """Say what is of interest of them: looking into them, and what a run's model says."""
        self._wants_facts = facts
        self._is_given_up = False
        if model != self._model:
            self._model = model
            self._forget_guesses()
        self._go_on()

    def stop(self) -> None:
        """End what is being done."""
        self._generation += 1
        self._samples = ()
        self._job.cancel()

    def _forget_guesses(self) -> None:
        self._generation += 1
        self._guesses.clear()
        self._classified = _Done()
        self._classifier = None

    @Slot()
    def _go_on(self) -> None:
        if self._job.is_running:
            return
        if self._is_given_up:
            self._end()
        elif self._wants_facts and (some := self._looked_into.missing(self._samples)):
            self._start(self._facts_of(some))
        elif self._model is not None and (some := self._classified.missing(self._samples)):
            self._start(self._guesses_of(some, self._model))
        else:
            self._end()

    def _begin(self) -> None:
        if self._activity is None:
            about = About(
                self.tr("Looking at the images shown"),
                self.tr("the filter goes by what is known so far"),
                writes=False,
            )
            self._activity = self._activities.begin(about, self._on_stopped)

    def _end(self) -> None:
        activity, self._activity = self._activity, None
        if activity is not None:
            activity.end()

    def _on_stopped(self, _halt: Halt) -> None:
        self._is_given_up = True
        self._generation += 1  # what was cut short is not known of all
        self._job.cancel()
        if not self._job.is_running:
            self._end()

    def _start(self, work: Callable[[Task], Callable[[], None]]) -> None:
        generation = self._generation
        self._begin()

        def numbered(task: Task) -> tuple[int, Callable[[], None]]:
            return generation, work(task)

        self._job.start(numbered)

    def _facts_of(self, samples: Sequence[Sample]) -> Callable[[Task], Callable[[], None]]:
        paths = [sample.path for sample in samples]

        def work(task: Task) -> Callable[[], None]:
            with FactsStore() as store:
                found = gather_facts(paths, store, cancelled=task.cancelled)

            def take() -> None:
                self._facts.update(found)
                self._looked_into.paths.update(paths)

            return take

        return work

    def _guesses_of(
        self, samples: Sequence[Sample], model: Path
    ) -> Callable[[Task], Callable[[], None]]:
        classifier, read = self._classifier, self._read

        def work(task: Task) -> Callable[[], None]:
            opened = classifier or Classifier.open(model, threads=1)
            found: dict[Path, Guess] = {}
            for sample in samples:
                if task.cancelled():
                    break
                if (guess := _guess(opened, sample, read)) is not None:
                    found[sample.path] = guess

            def take() -> None:
                self._classifier = opened
                self._guesses.update(found)
                self._classified.paths.update(sample.path for sample in samples)

            return take

        return work

    @Slot(object)
    def _on_job_succeeded(self, answer: tuple[int, Callable[[], None]]) -> None:
        generation, take = answer
        if generation != self._generation:
            return
        take()
        done = self._classified if self._model is not None else self._looked_into
        known, total = done.advance(self._samples), len(self._samples)
        if self._activity is not None:
            self._activity.set_progress(known, total)
        self.progressed.emit(known, total)
        self.changed.emit()

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        self._model = None
        self._wants_facts = False
        self.failed.emit(sentence)


def _guess(classifier: Classifier, sample: Sample, read: Reader) -> Guess | None:
    try:
        prediction = classifier.classify(read(sample.path))
    except StudioError:  # gone, or damaged: the gallery shows that itself
        return None
    name, probability = prediction.top
    of_label = dict(prediction.ranked).get(sample.class_name, 0.0)
    return Guess(name, probability, of_label)
