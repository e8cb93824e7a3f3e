"""Looks for labels that are likely wrong, by what was learned from other images.

The images are dealt into folds, and each fold is judged by a linear layer on the features of the
pretrained network that has learned from the others. What belongs together is in one fold, or a
layer would know by heart what it judges.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.cards import Storage
from cnn_studio.data.catalog import Dataset
from cnn_studio.data.confident_learning import doubted_labels
from cnn_studio.data.image_sets import ImageSet, open_images
from cnn_studio.data.label_doubts import (
    Doubt,
    LabelDoubts,
    content_of,
    read_doubts,
    search_key,
    write_doubts,
)
from cnn_studio.errors import DatasetError, TrainingError
from cnn_studio.models.networks import NetworkKind
from cnn_studio.pretrained.image_features import FeatureReader, ImageFeatures
from cnn_studio.training.cross_validation import CrossValidation, Folds
from cnn_studio.training.engine_task import EngineTask
from cnn_studio.training.events import Done, Event, Message, Working
from cnn_studio.training.folds import dealt, loosened
from cnn_studio.training.linear_layer import one_thread
from cnn_studio.training.networks import network_of
from cnn_studio.training.selection import check_classes

_METHOD = 3  # counts up when the method changes, so that older answers are not taken for its own
_PARTS, _READING_PARTS, _COMPARING_PARTS = 1000, 600, 800
_WEIGHT_DECAY = 0.03  # found to rank wrong labels best, see docs/decisions/0022-pretrained.md
_ITERATIONS = 20

Indices = NDArray[np.int64]
Emit = Callable[[Event], None]


@dataclass(frozen=True)
class LabelTask(EngineTask):
    """Look for likely wrong labels in a dataset of class folders.

    Attributes:
        dataset: The dataset; the answer is kept in its folder, or in the cache if it is only read.
        folds: Into how many parts the images are dealt.
        rounds: How often they are dealt again; the mean of what is said counts.
        seed: One seed gives one answer on one machine.
    """

    needs_tensorflow: ClassVar[bool] = False

    dataset: Dataset
    folds: int = 5
    rounds: int = 2
    seed: int = 1

    @property
    def how(self) -> tuple[int, ...]:
        """What the answer depends on besides the images."""
        return self.folds, self.rounds, self.seed

    def run(self, emit: Emit, stop: threading.Event) -> None:
        """See `search_labels`."""
        found = search_labels(self, emit, stop)
        count = len(found.doubts)
        emit(Done(f"{count:,} of {found.images:,} labels are doubted."))


def search_labels(task: LabelTask, emit: Emit, stop: threading.Event) -> LabelDoubts:
    """Judge every image by what was learned from others, and keep what is doubted.

    Where it cannot be kept, a `Message` says so. Nothing is computed where the images, their labels
    and the task are those of the last search.

    Raises:
        DatasetError: The dataset is kept as it was published, or cannot be read.
        TrainingError: There are too few images, or it was stopped.
        ModelError: The pretrained network's weights are missing or damaged.
    """
    images = _open(task.dataset)
    folder = task.dataset.folder
    contents = [content_of(folder / name) for name in images.names]
    spec = network_of(NetworkKind.PRETRAINED).input_of(task.dataset.card.input, None)
    how = (_METHOD, spec.to_dict(), *task.how)
    key = search_key(images.names, contents, how)
    notes_folder = task.dataset.notes_folder
    known = read_doubts(notes_folder)
    if known is not None and known.key == key:
        return known
    features = FeatureReader(spec).read(
        images,
        np.arange(len(images), dtype=np.int64),
        progress=lambda done: emit(Working(_READING_PARTS * done // len(images), _PARTS)),
        cancelled=stop.is_set,
    )
    if features is None:
        raise _stopped()
    check_classes(features.labels, images.classes)
    with one_thread():
        probabilities = _judge(task, images, features, emit, stop)
    doubts = tuple(
        Doubt(
            images.names[int(features.sources[found.place])],
            contents[int(features.sources[found.place])],
            images.classes[found.suggested],
            found.score,
        )
        for found in doubted_labels(features.labels, probabilities)
    )
    answer = LabelDoubts(key, len(features), doubts)
    try:
        write_doubts(notes_folder, answer)
    except OSError as error:
        why = error.strerror or error
        emit(Message(f"What was found cannot be kept in {notes_folder} ({why})."))
    return answer


def _open(dataset: Dataset) -> ImageSet:
    images = open_images(dataset) if dataset.card.storage is Storage.FOLDERS else None
    if images is None:
        raise DatasetError(
            f"{dataset.title} is kept as it was published; there is nothing to put right in it. "
            "Choose a dataset of class folders."
        )
    check_classes(images.labels, images.classes)
    return images


def _judge(
    task: LabelTask,
    images: ImageSet,
    features: ImageFeatures,
    emit: Emit,
    stop: threading.Event,
) -> NDArray[np.float64]:
    """What is said of each image by layers that have not learned from it, (n, classes)."""

    def compared(done: int, total: int) -> None:
        parts = (_COMPARING_PARTS - _READING_PARTS) * done // max(total, 1)
        emit(Working(_READING_PARTS + parts, _PARTS))

    grouping = images.group(features.sources, compared, stop.is_set, lambda: features.features)
    if stop.is_set():
        raise _stopped()
    count, num_classes = len(features), len(images.classes)
    groups = loosened(grouping.groups, features.labels, task.folds)
    probabilities = np.zeros((count, num_classes))
    steps = task.rounds * _ITERATIONS
    for number in range(task.rounds):
        layers = CrossValidation(
            features.features,
            features.labels,
            num_classes,
            Folds.of_parts(dealt(features.labels, groups, task.folds, task.seed + number)),
            weight_decay=_WEIGHT_DECAY,
        )

        def after(
            iteration: int, _learned: object, _held_back: object, before: int = number
        ) -> bool:
            done = (before * _ITERATIONS + iteration) / steps
            emit(Working(_COMPARING_PARTS + int((_PARTS - _COMPARING_PARTS) * done), _PARTS))
            return not stop.is_set()

        judged = layers.held_back() if layers.learn(_ITERATIONS, after) else None
        if judged is None:
            raise _stopped()
        probabilities += judged
    emit(Working(_PARTS, _PARTS))
    return probabilities / task.rounds


def _stopped() -> TrainingError:
    return TrainingError("Looking for wrong labels was stopped. What was found before is kept.")
