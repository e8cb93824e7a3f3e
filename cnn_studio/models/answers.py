"""What a model said of each image of a set, kept so that every number can show its images."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError
from cnn_studio.models.calibration import calibrated
from cnn_studio.models.learned import learned_of_kept
from cnn_studio.models.reliability import Reliability, bins_of, reliability
from cnn_studio.models.runs import Run
from cnn_studio.models.scores import Scores, score
from cnn_studio.untrusted_arrays import read_arrays
from cnn_studio.whole_files import write_whole

_FIELDS = ("names", "labels", "probabilities", "classes")

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Answer:
    """What a model said of one image.

    Attributes:
        name: What the image is called in its dataset, "Class/file.jpg" or "test/00012".
        label: The class that it is kept under.
        said: The most probable class.
        confidence: The probability of `said`, 0..1.
        of_label: The probability of `label`, 0..1.
    """

    name: str
    label: str
    said: str
    confidence: float
    of_label: float

    @property
    def is_right(self) -> bool:
        """Whether the model says what the image is kept under."""
        return self.said == self.label


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model said of a set of images.

    Attributes:
        names: What each image is called, n of them.
        labels: The class of each, (n,), int64, places in `classes`.
        probabilities: What the model said, (n, classes), float32, 0..1.
        classes: The class names in the model's order.
        learned: Which of the images the model has learned from, (n,), bool; None of none that is
            known. Figures on them are no measure of it.

    Raises:
        ModelError: The parts do not belong together.
    """

    names: tuple[str, ...]
    labels: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    classes: tuple[str, ...]
    learned: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        count, width = len(self.names), len(self.classes)
        shapes = (self.labels.shape, self.probabilities.shape)
        are_known = count == 0 or (self.labels.min() >= 0 and self.labels.max() < width)
        if shapes != ((count,), (count, width)) or not are_known:
            raise ModelError(
                f"The answers must have one label and {width} probabilities for each of {count} "
                f"images, not {shapes[0]} and {shapes[1]}."
            )

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[Answer]:
        return map(self.answer, range(len(self)))

    def answer(self, place: int) -> Answer:
        """The answer in one place."""
        row = self.probabilities[place]
        label, said = int(self.labels[place]), int(row.argmax())
        return Answer(
            name=self.names[place],
            label=self.classes[label],
            said=self.classes[said],
            confidence=float(row[said]),
            of_label=float(row[label]),
        )

    def ranked(self, place: int) -> tuple[tuple[str, float], ...]:
        """(class, probability) of the image in a place, the most probable first."""
        row = self.probabilities[place]
        order = np.argsort(-row, kind="stable")
        return tuple((self.classes[index], float(row[index])) for index in order)

    @property
    def predicted(self) -> Places:
        """The most probable class of each image, (n,), int64."""
        return np.asarray(self.probabilities.argmax(axis=1), np.int64)

    def calibrated(self, temperature: float) -> Answers:
        """The same with calibrated probabilities."""
        return replace(self, probabilities=calibrated(self.probabilities, temperature))

    @property
    def learned_count(self) -> int:
        """How many of the images the model has learned from, as far as that is known."""
        return 0 if self.learned is None else int(self.learned.sum())

    def without_learned(self) -> Answers | None:
        """The same on the other images; None if there is none."""
        if self.learned is None:
            return self
        others = np.flatnonzero(~self.learned)
        return self.chosen(others) if len(others) else None

    def chosen(self, places: Places) -> Answers:
        """The answers in some places."""
        return Answers(
            tuple(self.names[place] for place in places),
            self.labels[places],
            self.probabilities[places],
            self.classes,
            None if self.learned is None else self.learned[places],
        )

    def scores(self) -> Scores:
        """How well the model did; there must be one image or more."""
        return score(self.labels, self.probabilities, self.classes)

    def reliability(self) -> Reliability:
        """Whether it was as often right as it said."""
        return reliability(self.labels, self.probabilities)

    def of_cell(self, true: int, said: int) -> Places:
        """The places of one cell of the confusion matrix, the surest first."""
        return self._surest_first((self.labels == true) & (self.predicted == said))

    def of_class(self, true: int) -> Places:
        """The places of the images of one class, the mistakes first, the surest of them first."""
        own = self._surest_first(self.labels == true)
        is_right = self.predicted[own] == true
        return np.concatenate([own[~is_right], own[is_right]])

    def of_bin(self, number: int) -> Places:
        """The places of one bar of the reliability diagram, the mistakes first."""
        inside = self._surest_first(bins_of(self.probabilities) == number)
        is_right = self.predicted[inside] == self.labels[inside]
        return np.concatenate([inside[~is_right], inside[is_right]])

    def mistakes(self) -> Places:
        """The places of all images that were not recognised, the surest mistake first."""
        return self._surest_first(self.predicted != self.labels)

    def _surest_first(self, chosen: NDArray[np.bool_]) -> Places:
        places = np.flatnonzero(chosen)
        confidences = self.probabilities[places].max(axis=1, initial=0.0)
        return np.asarray(places[np.argsort(-confidences, kind="stable")], np.int64)


def learned_in_words(answers: Answers) -> str:
    """That figures are of images that were learned from, and what is without; empty if not so."""
    count, every = answers.learned_count, len(answers)
    if not count:
        return ""
    rest = answers.without_learned()
    if rest is None:
        return (
            f"The model has learned from all {every:,} of these images, so the figures are "
            "optimistic, and there is none without them."
        )
    scores = rest.scores()
    low, high = 100 * scores.interval.low, 100 * scores.interval.high
    return (
        f"The model has learned from {count:,} of these {every:,} images, so the figures are "
        f"optimistic. Without them: accuracy {100 * scores.accuracy:.1f} % (95 % interval "
        f"{low:.1f} % to {high:.1f} %) on {scores.count:,} images."
    )


def answers_file(run_folder: Path, part: str) -> Path:
    """Where the answers on a part ("validation" or "test") are kept in a run's folder."""
    return run_folder / f"answers-{part}.npz"


def write_answers(run_folder: Path, part: str, answers: Answers) -> None:
    """Keep answers in a run's folder, whole or not at all. Probabilities as the model gave them.

    Raises:
        OSError: The disk is full, or the folder cannot be written to.
    """

    def write(path: Path) -> None:
        np.savez_compressed(
            path,
            names=np.array(answers.names, np.str_),
            labels=answers.labels,
            probabilities=answers.probabilities,
            classes=np.array(answers.classes, np.str_),
        )

    write_whole(answers_file(run_folder, part), write, ".npz")


def read_answers(run_folder: Path, part: str) -> Answers | None:
    """Read what `write_answers` kept, trusting nothing; None if there are none.

    Raises:
        ModelError: The file is damaged.
    """
    path = answers_file(run_folder, part)
    if not os.path.lexists(path):
        return None
    arrays = read_arrays(path, _FIELDS, error=ModelError).values()
    names, labels, probabilities, classes = arrays
    kinds = [(array.dtype.kind, array.ndim) for array in arrays]
    shape = (names.size, classes.size)
    if (
        kinds != [("U", 1), ("i", 1), ("f", 2), ("U", 1)]
        or probabilities.shape != shape
        or labels.shape != shape[:1]
        or not np.isfinite(probabilities).all()
        or (labels.size and not 0 <= labels.min() <= labels.max() < classes.size)
    ):
        raise ModelError(f"{path} is damaged: its parts do not fit each other.")
    return Answers(
        tuple(names.ravel().tolist()),
        labels.astype(np.int64),
        probabilities.astype(np.float32),
        tuple(classes.ravel().tolist()),
    )


def kept_answers(run: Run, *parts: str) -> Answers | None:
    """The calibrated answers that a training kept, of images that it had not learned from.

    A model that went on to learn from the images held back gave those on "validation" before.
    Copies of what it had learned from are marked.

    Args:
        run: The run.
        parts: The first of these that there are answers on is taken; by default the test part,
            else the images held back.

    Raises:
        ModelError: They are damaged.
    """
    for part in parts or ("test", "validation"):
        answers = read_answers(run.folder, part)
        if answers is None or not len(answers) or run.bundle is None:
            continue
        learned = learned_of_kept(run, part)
        if learned is not None and len(learned) == len(answers) and learned.any():
            answers = replace(answers, learned=learned)
        return answers.calibrated(run.bundle.temperature)
    return None
