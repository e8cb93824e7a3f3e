"""A model asked about many images whose classes are known. Runs through LiteRT.

Which of the images it has learned from is found out on the way, by what they hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import numpy as np

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.class_names import in_order
from cnn_studio.data.image_sets import ImageSet, Part, open_images
from cnn_studio.data.left_out import reasons_in_words
from cnn_studio.errors import DatasetError, ImageError
from cnn_studio.models.answers import Answers, kept_answers
from cnn_studio.models.learned import LearnedImages, learned_parts, trained_on
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
        dataset: What they belong to.
        scope: Which part of the dataset they are.
        images: Where they are read.
        places: Which of them.
    """

    dataset: Dataset
    scope: Scope
    images: ImageSet
    places: Sequence[int]


@dataclass(frozen=True, eq=False)
class Examination:
    """What a model said.

    Attributes:
        answers: On each image that can be read; those that it has learned from are marked.
        unreadable: The names of the images that cannot be read, and are left out.
        why_unreadable: Why they cannot, in a sentence or a few.
        is_untraced: Whether the model may have learned from some of them that are not marked,
            because it is not written down what it learned from.
        is_from_before: Whether it is what was said before the model learned from these images:
            where there was a cross-validation, by what had learned from the other folds.
    """

    answers: Answers
    unreadable: tuple[str, ...] = ()
    why_unreadable: str = ""
    is_untraced: bool = False
    is_from_before: bool = False


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
        return Questions(dataset, Scope.TEST, test, range(len(test)))
    if scope is Scope.TEST:
        raise DatasetError(f"{dataset.title} has no test part.")
    images = open_images(dataset, Part.TRAIN)
    if images is None or not len(images):
        raise DatasetError(f"{dataset.title} has no images yet.")
    own = [run for run in runs if learned_from(run, dataset)]
    if own and scope is not Scope.ALL:
        side = Scope.TRAIN if scope is Scope.TRAIN else Scope.VALIDATION
        common = frozenset.intersection(
            *(trained_on(run) if side is Scope.TRAIN else split_names(run, side) for run in own)
        )
        places = [place for place, name in enumerate(images.names) if name in common]
        if places:
            return Questions(dataset, side, images, places)
    if scope in (Scope.VALIDATION, Scope.TRAIN):
        how = "held back in training" if scope is Scope.VALIDATION else "trained on"
        raise DatasetError(f"There is no image of {dataset.title} that was {how}.")
    return Questions(dataset, Scope.ALL, images, range(len(images)))


def ask(
    run: Run,
    questions: Questions,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Examination | None:
    """Ask a run's model about every image.

    Where it went on to learn from the images that it was measured on, what it said of them before
    is given back.

    Args:
        run: Whose model; its probabilities are calibrated.
        questions: The images.
        progress: Told how many are done, of how many.
        cancelled: Asked before each image.

    Returns:
        What it said, or None if it was cancelled.

    Raises:
        DatasetError: The images have a class that the model does not know, or none can be read.
        ModelError: The model cannot be used, or what it was trained on cannot be read.
    """
    kept = _said_before(run, questions)
    if kept is not None:
        return Examination(kept, is_from_before=True)
    classifier = Classifier.open(run.folder)
    learned = LearnedImages.of(run, questions.dataset)
    classes, images = classifier.bundle.classes, questions.images
    label_of = _labels(images, questions.places, classes)
    names, labels, probabilities, is_learned = [], [], [], []
    unreadable: dict[str, str] = {}
    for done, place in enumerate(questions.places):
        if cancelled():
            return None
        progress(done, len(questions.places))
        name = images.names[place]
        try:
            said = classifier.classify(images.read(place))
            is_learned.append(learned.has(classifier.seen, partial(images.stored, place), name))
        except ImageError as error:
            unreadable[name] = str(error)
            continue
        names.append(name)
        labels.append(label_of[int(images.labels[place])])
        probabilities.append(said.probabilities)
    progress(len(questions.places), len(questions.places))
    why = reasons_in_words(unreadable)
    if not names:
        raise DatasetError(f"None of the images can be read. {why}".strip())
    answers = Answers(
        tuple(names),
        np.array(labels, np.int64),
        np.stack(probabilities),
        classes,
        np.array(is_learned, np.bool_) if any(is_learned) else None,
    )
    is_open = questions.scope in (Scope.TRAIN, Scope.ALL) and not learned.is_known
    is_untraced = is_open and learned_from(run, questions.dataset)
    return Examination(answers, tuple(unreadable), why, is_untraced)


def _said_before(run: Run, questions: Questions) -> Answers | None:
    """What a model said of images held back before it learned from them; None where it did not."""
    went_on = questions.scope is Scope.VALIDATION and Scope.VALIDATION in learned_parts(run)
    if not went_on or not learned_from(run, questions.dataset):
        return None
    kept = kept_answers(run, Scope.VALIDATION)
    wanted = {questions.images.names[place] for place in questions.places}
    places = [n for n, name in enumerate(kept.names) if name in wanted] if kept else []
    return kept.chosen(np.array(places, np.int64)) if kept and places else None


def _labels(images: ImageSet, places: Sequence[int], classes: Sequence[str]) -> dict[int, int]:
    """The dataset's labels as the model counts them."""
    known = {name: place for place, name in enumerate(classes)}
    used = {int(label): images.classes[label] for label in np.unique(images.labels[list(places)])}
    strange = in_order(name for name in used.values() if name not in known)
    if strange:
        raise DatasetError(
            f"The model knows {', '.join(known)}; the dataset also has {', '.join(strange)}."
        )
    return {label: known[name] for label, name in used.items()}
