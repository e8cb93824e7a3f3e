"""`cnn-studio evaluate`: how often a model is right."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from cnn_studio.cli.interrupts import stop_on_interrupt
from cnn_studio.cli.options import (
    DatasetArgument,
    JsonOption,
    ModelArgument,
    WorkspaceOption,
    chosen_workspace,
)
from cnn_studio.cli.output import Bar, Column, Output, percent
from cnn_studio.errors import DatasetError, ImageError, ModelError

if TYPE_CHECKING:
    from cnn_studio.data.catalog import Dataset
    from cnn_studio.data.image_sets import ImageSet
    from cnn_studio.models.runs import Run
    from cnn_studio.models.scores import Scores
    from cnn_studio.prediction.classifier import Classifier

_IN_WORDS = {
    "test": "the dataset's test images",
    "validation": "the images held back from its training",
    "all": "all images of the dataset",
}


@dataclass(frozen=True, eq=False)
class _Questions:
    """The images that a model is asked about.

    Attributes:
        part: "test", "validation" or "all".
        images: The dataset's part.
        places: Which of them.
    """

    part: str
    images: ImageSet
    places: list[int]


def evaluate(
    context: typer.Context,
    model: ModelArgument,
    dataset: DatasetArgument,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how often a model is right, on images it did not learn from where there are such.

    It is asked about the dataset's test part if it has one; else, on the dataset it was trained
    on, about the images that were held back then; else about all images. The output says which.
    Rows of the confusion matrix are the true classes.
    """
    from cnn_studio.data.catalog import find_dataset
    from cnn_studio.models.runs import find_run
    from cnn_studio.prediction.classifier import Classifier

    output = Output(as_json)
    place = chosen_workspace(context, workspace)
    run = find_run(place, model)
    questions = _questions(run, find_dataset(place, dataset))
    classifier = Classifier.open(run.folder)
    with stop_on_interrupt() as stop, output.progress("Classifying") as bar:
        scores, unreadable = _examine(classifier, questions, stop, bar)
    output.line({"part": questions.part, "unreadable": unreadable, **scores.to_dict()})
    output.say(
        f"Accuracy {percent(scores.accuracy)} on {scores.count:,} images: "
        f"{_IN_WORDS[questions.part]}."
    )
    _print_tables(output, scores)
    if unreadable:
        output.warn(f"{unreadable} images cannot be read and are left out.")


def _questions(run: Run, dataset: Dataset) -> _Questions:
    from cnn_studio.data.image_sets import Part, open_images

    images = open_images(dataset, Part.TEST)
    if images is not None and len(images):
        return _Questions("test", images, list(range(len(images))))
    images = open_images(dataset, Part.TRAIN)
    if images is None or not len(images):
        raise DatasetError(f"{dataset.title} has no images yet.")
    held_back = _held_back(run) if run.dataset == dataset.name else frozenset()
    places = [place for place, name in enumerate(images.names) if name in held_back]
    if places:
        return _Questions("validation", images, places)
    return _Questions("all", images, list(range(len(images))))


def _held_back(run: Run) -> frozenset[str]:
    from cnn_studio.data.split import SPLIT_FILE

    try:
        split = json.loads((run.folder / SPLIT_FILE).read_text(encoding="utf-8"))
        return frozenset(split["validation"])
    except FileNotFoundError:  # a model that came without it
        return frozenset()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{SPLIT_FILE} in {run.folder} is damaged.") from error


def _examine(
    classifier: Classifier, questions: _Questions, stop: threading.Event, bar: Bar
) -> tuple[Scores, int]:
    """Ask about every image; the scores, and how many images cannot be read."""
    import numpy as np

    from cnn_studio.models.scores import score

    known = {name: place for place, name in enumerate(classifier.bundle.classes)}
    used = {questions.images.classes[questions.images.labels[place]] for place in questions.places}
    strange = sorted(used - set(known))
    if strange:
        raise DatasetError(
            f"The model knows {', '.join(known)}; the dataset also has {', '.join(strange)}."
        )
    labels, answers = [], []
    for done, place in enumerate(questions.places):
        if stop.is_set():
            raise ModelError(f"Stopped after {done} of {len(questions.places)} images.")
        bar(done, len(questions.places))
        try:
            answers.append(classifier.classify(questions.images.read(place)).probabilities)
        except ImageError:
            continue
        labels.append(known[questions.images.classes[questions.images.labels[place]]])
    if not answers:
        raise DatasetError("None of the images can be read.")
    scores = score(np.array(labels, np.int64), np.stack(answers), classifier.bundle.classes)
    return scores, len(questions.places) - len(answers)


def _print_tables(output: Output, scores: Scores) -> None:
    numbers = ("IMAGES", "PRECISION", "RECALL", "F1")
    output.table(
        [Column("CLASS"), *(Column(number, is_number=True) for number in numbers)],
        [
            (name, f"{own.count:,}", percent(own.precision), percent(own.recall), percent(own.f1))
            for name, own in zip(scores.classes, scores.per_class, strict=True)
        ],
    )
    output.table(
        [Column("TRUE \\ SAID"), *(Column(name, is_number=True) for name in scores.classes)],
        [
            (name, *map(str, row))
            for name, row in zip(scores.classes, scores.confusion, strict=True)
        ],
    )
