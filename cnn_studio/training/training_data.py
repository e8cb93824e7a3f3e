"""Everything a training learns from and is measured on, brought into memory."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.grouping import Features, Grouping
from cnn_studio.data.image_sets import ImageSet, Part, given_validation, open_images
from cnn_studio.data.split import Split, split_as_given, split_at_random, split_by_group
from cnn_studio.errors import ModelError, TrainingError
from cnn_studio.models.networks import NetworkKind
from cnn_studio.pretrained.image_features import FeatureReader
from cnn_studio.training.events import Event, Message
from cnn_studio.training.memory import available_bytes, image_bytes, stays_on_disk
from cnn_studio.training.networks import network_of
from cnn_studio.training.prepared_images import PreparedImages, prepare_images
from cnn_studio.training.progress import ReadingProgress
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.request import TrainingRequest
from cnn_studio.training.same_images import same_images
from cnn_studio.training.selection import (
    check_classes,
    check_still_there,
    left_out_in_words,
    select_evenly,
)
from cnn_studio.vision.preparation import InputSpec

_log = logging.getLogger(__name__)
_GIVEN_LACKS_A_CLASS = (
    "The validation part that came with the images has all images of a class, of which nothing "
    "would be learned: another validation was drawn."
)


@dataclass(frozen=True, eq=False)
class Plan:
    """What will be read, known before any image is.

    Attributes:
        images: The dataset's training part, and `test_images` its test part or None.
        chosen: Which training images are taken, (n,), int64.
        input_spec: How they are prepared.
        given: The names of the images that are held back because they came so; empty where the
            recipe has them drawn.
    """

    images: ImageSet
    test_images: ImageSet | None
    chosen: NDArray[np.int64]
    input_spec: InputSpec
    given: frozenset[str] = frozenset()

    @property
    def image_count(self) -> int:
        """How many images will be read."""
        return len(self.chosen) + (0 if self.test_images is None else len(self.test_images))


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Images in memory, and which of them are held back.

    Attributes:
        images: The training part; `split` says which of them are trained on.
        names: What each of `images` is called.
        split: Places in `images`.
        test: The test part, or None.
        test_names: What each image of the test part is called.
    """

    images: PreparedImages
    names: tuple[str, ...]
    split: Split
    test: PreparedImages | None
    test_names: tuple[str, ...] = ()


def plan(request: TrainingRequest) -> Plan:
    """Look at a dataset and choose the images.

    Raises:
        TrainingError: There is too little to learn from.
        UsageError: The recipe does not fit the dataset.
    """
    recipe, card = request.recipe, request.dataset.card
    images = open_images(request.dataset, Part.TRAIN)
    if images is None:
        raise TrainingError(f"{request.dataset.title} has no images to learn from.")
    if request.at_random_like is not None:
        images = same_images(images, request.dataset, request.at_random_like).images
    check_classes(images.labels, images.classes)
    test_images = open_images(request.dataset, Part.TEST)
    if request.at_random_like is not None:
        test_images = None  # it is not what is compared
    if test_images is not None and test_images.classes != images.classes:
        raise TrainingError(
            f"The test part of {request.dataset.title} must have the training part's classes, "
            f"not {', '.join(test_images.classes)}."
        )
    return Plan(
        images=images,
        test_images=test_images,
        chosen=_chosen(images, request),
        input_spec=network_of(recipe.network).input_of(card.input, recipe.image_size),
        given=given_validation(request.dataset) if recipe.given_split else frozenset(),
    )


def _chosen(images: ImageSet, request: TrainingRequest) -> NDArray[np.int64]:
    if request.at_random_like is not None:  # they were chosen before
        return np.arange(len(images), dtype=np.int64)
    return select_evenly(images.labels, request.recipe.limit, request.recipe.seed)


def load(
    plan: Plan,
    request: TrainingRequest,
    emit: Callable[[Event], None],
    cancelled: Callable[[], bool],
    split: Split | None = None,
) -> TrainingData | None:
    """Read and prepare the images, and hold some back.

    Args:
        plan: What to read.
        request: How much to hold back.
        emit: Told how far it is.
        cancelled: Asked between images.
        split: Which to hold back, if that was decided before; then every image must be there.

    Returns:
        The images, or None if it was cancelled.

    Raises:
        TrainingError: Too few images can be read.
        MemoryError: They do not fit into memory.
    """
    reader = _Reader(plan, emit, cancelled)
    images = reader.read(plan.images, plan.chosen)
    if images is None:
        return None
    if split is not None:
        check_still_there(images.unreadable, images.why_unreadable)
    check_classes(images.labels, plan.images.classes)
    test = None
    if plan.test_images is not None:
        everything = np.arange(len(plan.test_images), dtype=np.int64)
        test = reader.read(plan.test_images, everything)
    if cancelled():
        return None
    names = _names(plan.images, images)
    if split is None and request.at_random_like is not None:
        recipe = request.recipe
        split = split_at_random(images.labels, recipe.validation_share, recipe.seed)
    elif split is None:
        chosen = plan.images, images.sources, request.recipe
        grouping = _grouping(*chosen, plan.input_spec, reader.progress.compared, cancelled)
        split = _drawn(*chosen, grouping, plan.given)
    if cancelled():
        return None
    return TrainingData(images, names, split, test, _names(plan.test_images, test))


def promised_split(
    dataset: Dataset,
    recipe: Recipe,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Split:
    """The split that a training would draw now; places are among the images that it would take.

    Args:
        dataset: What would be learned from.
        recipe: How much would be held back.
        progress: Told how far it is: steps done, and steps in all.
        cancelled: Asked often; once it says True, the split means nothing.

    Raises:
        TrainingError: There is too little to learn from.
        DatasetError: The dataset's files are missing or damaged.
        UsageError: The recipe does not fit the dataset.
    """
    planned = plan(TrainingRequest(dataset, recipe, Path()))
    sources, spec = planned.chosen, planned.input_spec
    grouping = _grouping(planned.images, sources, recipe, spec, progress, cancelled)
    if grouping.unreadable:  # the training will find that out when it reads them
        sources = np.delete(sources, grouping.unreadable)
        grouping = _grouping(planned.images, sources, recipe, spec, progress, cancelled)
    return _drawn(planned.images, sources, recipe, grouping, planned.given)


def _features(
    images: ImageSet,
    sources: NDArray[np.int64],
    input_spec: InputSpec,
    progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool],
) -> Features | None:
    """What the pretrained network sees in some images, (n, 1280), float32; None if it is not there.

    That tells photos of one origin, whichever network learns from them.
    """
    spec = network_of(NetworkKind.PRETRAINED).input_of(input_spec, None)
    report = progress or (lambda _done, _total: None)
    try:
        found = FeatureReader(spec).read(
            images,
            sources,
            progress=lambda done: report(done, len(sources)),
            cancelled=cancelled,
        )
    except ModelError as error:
        _log.warning("Photos of one origin are looked for without features: %s", error)
        return None
    if found is None:
        return None
    features = np.full((len(sources), found.features.shape[1]), np.nan, np.float32)
    features[np.isin(sources, found.sources)] = found.features
    return features


def _grouping(
    images: ImageSet,
    sources: NDArray[np.int64],
    recipe: Recipe,
    input_spec: InputSpec,
    progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool],
) -> Grouping:
    if recipe.validation_share == 0:  # nothing is held back, and nothing need be compared
        return Grouping(())
    features = partial(_features, images, sources, input_spec, progress, cancelled)
    return images.group(sources, progress, cancelled, features)


def _drawn(
    images: ImageSet,
    sources: NDArray[np.int64],
    recipe: Recipe,
    grouping: Grouping,
    given: frozenset[str],
) -> Split:
    names = [images.names[int(source)] for source in sources]
    labels, notes = images.labels[sources], grouping.notes
    if recipe.validation_share and not given.isdisjoint(names):
        split = split_as_given(labels, grouping.groups, names, given, images.classes)
        if split is not None:
            return split
        notes = (*notes, _GIVEN_LACKS_A_CLASS)
    split = split_by_group(
        labels,
        grouping.groups,
        names,
        recipe.validation_share,
        recipe.seed,
        images.classes,
    )
    return replace(split, notes=(*notes, *split.notes))


def _names(image_set: ImageSet | None, images: PreparedImages | None) -> tuple[str, ...]:
    if image_set is None or images is None:
        return ()
    return tuple(image_set.names[int(source)] for source in images.sources)


class _Reader:
    """Reads one part after the other and says how far it is."""

    def __init__(
        self, plan: Plan, emit: Callable[[Event], None], cancelled: Callable[[], bool]
    ) -> None:
        self._input_spec = plan.input_spec
        self._emit = emit
        self._cancelled = cancelled
        self.progress = ReadingProgress(plan.image_count, emit)
        size = image_bytes(plan.input_spec, plan.image_count)
        self._on_disk = stays_on_disk(size, available_bytes())
        if self._on_disk:
            emit(
                Message(
                    f"The prepared images ({size / 10**9:.1f} GB) do not fit into memory beside "
                    "the training, so they are kept on disk while it runs."
                )
            )

    def read(self, images: ImageSet, sources: NDArray[np.int64]) -> PreparedImages | None:
        prepared = prepare_images(
            images,
            sources,
            self._input_spec,
            progress=self.progress.read,
            cancelled=self._cancelled,
            on_disk=self._on_disk,
        )
        self.progress.end_part(len(sources))
        if prepared is not None and prepared.unreadable:
            self._emit(Message(left_out_in_words(prepared.unreadable, prepared.why_unreadable)))
        return prepared
