"""The images that an export is compared on, with what the studio says of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.catalog import Dataset
from cnn_studio.errors import DatasetError, ImageError, ModelError, TrainingError
from cnn_studio.models.runs import Run
from cnn_studio.models.unknown import ACCEPT, is_unknown
from cnn_studio.prediction.classifier import Classifier
from cnn_studio.prediction.evaluation import Questions, Scope, questions_about
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import prepare

COMPARED = 200
CALIBRATED_ON = 300
ENDED = "The export was ended. What is in the folder is complete."


@dataclass(frozen=True, eq=False)
class StudioAnswers:
    """What the studio says of images.

    Attributes:
        scope: Which images of the dataset they are; VALIDATION where there are such, which with a
            cross-validation there are not.
        prepared: As the network sees them, (n, size, size, channels), uint8.
        probabilities: What `Classifier` says, (n, classes), float32, 0..1, calibrated.
        unknown: Whether each is too little familiar, (n,), bool; None where that is not measured.
    """

    scope: Scope
    prepared: ImageArray
    probabilities: NDArray[np.float32]
    unknown: NDArray[np.bool_] | None


def studio_answers(
    run: Run, dataset: Dataset, cancelled: Callable[[], bool] = lambda: False
) -> StudioAnswers:
    """Ask the studio about images that were held back, else of the test part, else trained on.

    Args:
        run: Whose model is asked.
        dataset: Where the images come from.
        cancelled: Asked between images.

    Raises:
        DatasetError: The dataset has no image that can be read.
        ModelError: The run has no model that runs.
        TrainingError: It was cancelled.
    """
    scopes = [Scope.VALIDATION, Scope.TEST, Scope.TRAIN, Scope.ALL]
    if run.bundle is not None and run.bundle.folds:  # each was held back in turn, then learned from
        scopes.remove(Scope.VALIDATION)
    questions = _first_of(run, dataset, scopes)
    classifier = Classifier.open(run.folder)
    prepared, probabilities, scores = [], [], []
    for place in _evenly(questions.places, COMPARED):
        if cancelled():
            break
        try:
            image = questions.images.read(place)
        except ImageError:
            continue
        said = classifier.classify(image)
        prepared.append(classifier.prepared(image))
        probabilities.append(said.probabilities)
        scores.append(said.score)
    _check_going(cancelled)
    if not prepared:
        raise DatasetError(f"None of the images of {dataset.title} can be read.")
    unknown = None
    if None not in scores:
        unknown = np.array([is_unknown(score, ACCEPT) for score in scores], np.bool_)
    return StudioAnswers(
        questions.scope,
        np.stack(prepared),
        np.stack(probabilities),
        unknown,
    )


def calibration_images(
    run: Run, dataset: Dataset, cancelled: Callable[[], bool] = lambda: False
) -> ImageArray:
    """Prepared images that the run learned from, (n, size, size, channels), uint8.

    Raises:
        DatasetError: The dataset has no image that can be read.
        ModelError: The run has no description.
        TrainingError: It was cancelled.
    """
    if run.bundle is None:
        raise ModelError(f"{run.name} has no description.")
    questions = _first_of(run, dataset, (Scope.TRAIN, Scope.ALL))
    prepared = []
    for place in _evenly(questions.places, CALIBRATED_ON):
        if cancelled():
            break
        try:
            prepared.append(prepare(questions.images.read(place), run.bundle.input))
        except ImageError:
            continue
    _check_going(cancelled)
    if not prepared:
        raise DatasetError(f"None of the images of {dataset.title} can be read.")
    return np.stack(prepared)


def _check_going(cancelled: Callable[[], bool]) -> None:
    if cancelled():  # what was read by then says nothing of the images
        raise TrainingError(ENDED)


def _first_of(run: Run, dataset: Dataset, scopes: Sequence[Scope]) -> Questions:
    """The first of these parts that the dataset has."""
    *tried, last = scopes
    for scope in tried:
        try:
            return questions_about(dataset, [run], scope)
        except DatasetError:
            continue
    return questions_about(dataset, [run], last)


def _evenly(places: Sequence[int], most: int) -> list[int]:
    """So many of these, evenly over all: they are sorted by class or by time."""
    chosen = np.unique(np.linspace(0, len(places) - 1, min(most, len(places))).astype(np.int64))
    return [int(places[place]) for place in chosen]
