"""Looks for labels that are likely wrong, by networks that have not learned from the images.

The images are dealt into folds, and each fold is judged by a network that has learned from the
others. What belongs together is in one fold, or a network would know by heart what it shall judge.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

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
from cnn_studio.training.engine_task import EngineTask
from cnn_studio.training.events import Done, Event, Message, Working
from cnn_studio.training.folds import dealt, loosened
from cnn_studio.training.prepared_images import PreparedImages, prepare_images
from cnn_studio.training.selection import check_classes
from cnn_studio.training.training_data import group_images
from cnn_studio.vision.preparation import InputSpec

_METHOD = 2  # counts up when the method changes, so that older answers are not taken for its own
_LARGEST_PX = 24
_LEARNING_RATE = 0.001
_PARTS, _READING_PARTS, _COMPARING_PARTS = 1000, 50, 100

Indices = NDArray[np.int64]
Emit = Callable[[Event], None]


@dataclass(frozen=True)
class LabelTask(EngineTask):
    """Look for likely wrong labels in a dataset of class folders.

    Attributes:
        dataset: The dataset; the answer is kept in its folder, or in the cache if it is only read.
        folds: Into how many parts the images are dealt.
        rounds: How often they are dealt anew; the mean of what is said counts.
        epochs: How long each network learns.
        batch_size: Images a step.
        image_size: Height and width in pixels; None takes 24, or less if the card says so.
        seed: One seed gives one answer on one machine.
    """

    dataset: Dataset
    folds: int = 5
    rounds: int = 2
    epochs: int = 8
    batch_size: int = 64
    image_size: int | None = None
    seed: int = 1

    @property
    def how(self) -> tuple[int, ...]:
        """What the answer depends on besides the images."""
        return self.folds, self.rounds, self.epochs, self.batch_size, self.seed

    def run(self, emit: Emit, stop: threading.Event) -> None:
        """See `search_labels`."""
        found = search_labels(self, emit, stop)
        count = len(found.doubts)
        emit(Done(f"{count:,} of {found.images:,} labels are doubted."))


def search_labels(task: LabelTask, emit: Emit, stop: threading.Event) -> LabelDoubts:
    """Judge every image by a network that has not learned from it, and keep what is doubted.

    Where it cannot be kept, a `Message` says so. Nothing is computed where the images, their labels
    and the task are those of the last search.

    Raises:
        DatasetError: The dataset is kept as it was published, or cannot be read.
        TrainingError: There are too few images, or it was stopped.
    """
    images = _open(task.dataset)
    folder = task.dataset.folder
    contents = [content_of(folder / name) for name in images.names]
    size = task.image_size or min(_LARGEST_PX, task.dataset.card.input.size)
    spec = replace(task.dataset.card.input, size=size)
    how = (_METHOD, spec.to_dict(), *task.how)
    key = search_key(images.names, contents, how)
    notes_folder = task.dataset.notes_folder
    known = read_doubts(notes_folder)
    if known is not None and known.key == key:
        return known
    prepared = prepare_images(
        images,
        np.arange(len(images), dtype=np.int64),
        spec,
        progress=lambda done: emit(Working(_READING_PARTS * done // len(images), _PARTS)),
        cancelled=stop.is_set,
    )
    if prepared is None:
        raise _stopped()
    check_classes(prepared.labels, images.classes)
    probabilities = _judge(task, images, prepared, emit, stop)
    doubts = tuple(
        Doubt(
            images.names[int(prepared.sources[found.place])],
            contents[int(prepared.sources[found.place])],
            images.classes[found.suggested],
            found.score,
        )
        for found in doubted_labels(prepared.labels, probabilities)
    )
    answer = LabelDoubts(key, len(prepared), doubts)
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
    prepared: PreparedImages,
    emit: Emit,
    stop: threading.Event,
) -> NDArray[np.float64]:
    """What the networks say of the images that they have not learned from, (n, classes)."""

    def tell_compared(done: int, total: int) -> None:
        parts = (_COMPARING_PARTS - _READING_PARTS) * done // max(total, 1)
        emit(Working(_READING_PARTS + parts, _PARTS))

    grouping = group_images(images, prepared.sources, tell_compared, stop.is_set)
    if stop.is_set():
        raise _stopped()
    groups = loosened(grouping.groups, prepared.labels, task.folds)
    seeds = range(task.seed, task.seed + task.rounds)
    folds = [
        (seed, fold) for seed in seeds for fold in dealt(prepared.labels, groups, task.folds, seed)
    ]
    probabilities = np.zeros((len(prepared), len(images.classes)))
    for number, (seed, held_back) in enumerate(folds):
        others = np.setdiff1d(np.arange(len(prepared)), held_back)

        def tell(share: float, number: int = number) -> None:
            done = (number + share) / len(folds)
            emit(Working(_COMPARING_PARTS + int((_PARTS - _COMPARING_PARTS) * done), _PARTS))

        probabilities[held_back] += _learn_and_judge(
            replace(task, seed=seed), prepared, (others, held_back), len(images.classes), tell, stop
        )
    return probabilities / task.rounds


def _learn_and_judge(
    task: LabelTask,
    prepared: PreparedImages,
    parts: tuple[Indices, Indices],
    num_classes: int,
    tell: Callable[[float], None],
    stop: threading.Event,
) -> NDArray[np.float32]:
    """Train a network on some images, and have it judge the others."""
    from cnn_studio.models.tensorflow import keras, tf
    from cnn_studio.training.evaluation import predict_all
    from cnn_studio.training.network import build_network
    from cnn_studio.training.objective import Objective
    from cnn_studio.training.pipeline import BatchSource, as_tensors
    from cnn_studio.training.steps import Steps
    from cnn_studio.training.team import team_of_one

    others, held_back = parts
    keras.backend.clear_session()
    keras.utils.set_random_seed(task.seed)
    tf.config.experimental.enable_op_determinism()
    pixels, labels = as_tensors(prepared)
    _count, size, _width, channels = prepared.pixels.shape
    network = build_network(InputSpec(size, channels), num_classes)
    optimizer = keras.optimizers.Adam(_LEARNING_RATE)
    steps = Steps(network, None, Objective(num_classes), optimizer, team_of_one())
    batches = BatchSource(pixels, labels, others, task.batch_size, task.seed)
    in_all, done = task.epochs * batches.steps, 0
    for epoch in range(1, task.epochs + 1):
        batches.shuffle(epoch)
        for some_pixels, some_labels in batches.remaining(0):
            if stop.is_set():
                raise _stopped()
            steps.train(some_pixels, some_labels)
            done += 1
            tell(done / in_all)
    judged = predict_all(steps.predict, pixels, held_back, task.batch_size, stop.is_set)
    if judged is None:
        raise _stopped()
    return judged


def _stopped() -> TrainingError:
    return TrainingError("Looking for wrong labels was stopped. What was found before is kept.")
