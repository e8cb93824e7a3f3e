"""A model asked about many images whose classes are known. Runs through LiteRT."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.image_sets import ImageSet, Part, open_images
from cnn_studio.data.left_out import reasons_in_words
from cnn_studio.errors import DatasetError, ImageError
from cnn_studio.models.answers import Answers
from cnn_studio.models.run_dataset import learned_from
from cnn_studio.models.runs import Run, split_names
from cnn_studio.prediction.classifier import Classifier


class Scope(StrEnum):
    """Which images of a dataset are asked about."""

    TEST = "test"
    VALIDATION = "validation"
    TRAIN = "train"
    ALL = "all"


@dataclass(frozen=True, eq=False)
class Questions:
    """The images that models are asked about.

    Attributes:
        scope: Which part of the dataset they are.
        images: Where they are read.
        places: Which of them.
        is_fresh: Whether no model among those asked has learned from them.
    """

    scope: Scope
    images: ImageSet
    places: Sequence[int]
    is_fresh: bool


@dataclass(frozen=True, eq=False)
class Examination:
    """What a model said.

    Attributes:
        answers: Of the images that can be read.
        unreadable: The names of those that cannot, and are left out.
        why_unreadable: Why they cannot, in a sentence or a few.
    """

    answers: Answers
    unreadable: tuple[str, ...]
    why_unreadable: str = ""


def questions_about(dataset: Dataset, runs: Sequence[Run], scope: Scope | None = None) -> Questions:
    """Choose images that none of the models has learned from, where there are such.

    Args:
        dataset: Where the images come from.
        runs: Whose models will be asked.
        scope: Which part; None takes the dataset's test part if it has one, else the images that
            every model trained on this dataset has held back, else all of them.

    Raises:
        DatasetError: The dataset has no such images.
        ModelError: What a training held back cannot be read.
    """
    test = open_images(dataset, Part.TEST) if scope in (None, Scope.TEST) else None
    if test is not None and len(test):
        return Questions(Scope.TEST, test, range(len(test)), is_fresh=True)
    if scope is Scope.TEST:
        raise DatasetError(f"{dataset.title} has no test part.")
    images = open_images(dataset, Part.TRAIN)
    if images is None or not len(images):
        raise DatasetError(f"{dataset.title} has no images yet.")
    own = [run for run in runs if learned_from(run, dataset)]
    if own and scope is not Scope.ALL:
        side = Scope.TRAIN if scope is Scope.TRAIN else Scope.VALIDATION
        common = frozenset.intersection(*(split_names(run, side) for run in own))
        places = [place for place, name in enumerate(images.names) if name in common]
        if places:
            return Questions(side, images, places, is_fresh=side is Scope.VALIDATION)
    if scope in (Scope.VALIDATION, Scope.TRAIN):
        how = "held back in training" if scope is Scope.VALIDATION else "trained on"
        raise DatasetError(f"There is no image of {dataset.title} that was {how}.")
    return Questions(Scope.ALL, images, range(len(images)), is_fresh=not own)


def ask(
    classifier: Classifier,
    questions: Questions,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Examination | None:
    """Ask a model about every image.

    Args:
        classifier: The model; its probabilities are calibrated.
        questions: The images.
        progress: Told how many are done, of how many.
        cancelled: Asked before each image.

    Returns:
        What it said, or None if it was cancelled.

    Raises:
        DatasetError: The images have a class that the model does not know, or none can be read.
    """
    classes, images = classifier.bundle.classes, questions.images
    label_of = _labels(images, questions.places, classes)
    names, labels, probabilities = [], [], []
    unreadable: dict[str, str] = {}
    for done, place in enumerate(questions.places):
        if cancelled():
            return None
        progress(done, len(questions.places))
        name = images.names[place]
        try:
            said = classifier.classify(images.read(place)).probabilities
        except ImageError as error:
            unreadable[name] = str(error)
            continue
        names.append(name)
        labels.append(label_of[int(images.labels[place])])
        probabilities.append(said)
    progress(len(questions.places), len(questions.places))
    why = reasons_in_words(unreadable)
    if not names:
        raise DatasetError(f"None of the images can be read. {why}".strip())
    answers = Answers(tuple(names), np.array(labels, np.int64), np.stack(probabilities), classes)
    return Examination(answers, tuple(unreadable), why)


def _labels(images: ImageSet, places: Sequence[int], classes: Sequence[str]) -> dict[int, int]:
    """The dataset's labels as the model counts them."""
    known = {name: place for place, name in enumerate(classes)}
    used = {int(label): images.classes[label] for label in np.unique(images.labels[list(places)])}
    strange = sorted(name for name in used.values() if name not in known)
    if strange:
        raise DatasetError(
            f"The model knows {', '.join(known)}; the dataset also has {', '.join(strange)}."
        )
    return {label: known[name] for label, name in used.items()}
