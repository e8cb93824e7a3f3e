"""What a pretrained network learns from: features of all images, and who is held back when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.split import Split
from cnn_studio.errors import ModelError
from cnn_studio.models.learned import ImageHashes
from cnn_studio.pretrained.image_features import FeatureReader, ImageFeatures
from cnn_studio.training.cross_validation import Folds, deal
from cnn_studio.training.events import Event, Message
from cnn_studio.training.progress import ReadingProgress
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.request import TrainingRequest
from cnn_studio.training.selection import check_classes, check_still_there, left_out_in_words
from cnn_studio.training.training_data import Plan
from cnn_studio.training.varied_copies import VariedCopy, copy_count

_GIVEN_IS_MEASURED_TOO = (
    "The validation part that came with the images is not kept apart: every image is measured by a "
    "model that has not learned from it. The test part is."
)


@dataclass(frozen=True, eq=False)
class FeatureData:
    """What is learned from.

    Attributes:
        images: The features of the training part.
        names: What each of them is called.
        folds: Who is held back when.
        split: The same as it is written down: all images are on the side that is measured, unless
            nothing is held back.
        test: The features of the test part, or None.
        test_names: What each image of the test part is called.
        copies: The features of varied copies of the training part, (k, n, 1280), float32; None
            where nothing is varied.
    """

    images: ImageFeatures
    names: tuple[str, ...]
    folds: Folds
    split: Split
    test: ImageFeatures | None
    test_names: tuple[str, ...] = ()
    copies: NDArray[np.float32] | None = None

    def fingerprints(self) -> NDArray[np.uint32]:
        """A checksum of each image, those of the test part last; see `training.fingerprints`."""
        parts = [self.images] if self.test is None else [self.images, self.test]
        return np.concatenate([part.checksums for part in parts])

    def hashes(self) -> dict[str, ImageHashes]:
        """What the images of each part hold, as `models.learned` keeps it."""
        held, split = self.images.hashes, self.split
        parts = {"train": held.chosen(split.train), "validation": held.chosen(split.validation)}
        if self.test is not None:
            parts["test"] = self.test.hashes
        return parts


def load_features(
    plan: Plan,
    request: TrainingRequest,
    emit: Callable[[Event], None],
    cancelled: Callable[[], bool],
    split: Split | None = None,
) -> FeatureData | None:
    """Look up or compute the features, and deal the images into folds.

    Args:
        plan: Which images.
        request: How much a fold holds.
        emit: Gets how far it is.
        cancelled: Called between images.
        split: How they were dealt before; then every image must be there.

    Returns:
        The features, or None if it was cancelled.

    Raises:
        TrainingError: Too few images can be read.
        ModelError: The pretrained network's weights are missing or damaged, or `split` is.
        MemoryError: The features do not fit into memory.
    """
    reading = _Reading(plan, emit, cancelled)
    images = reading.read(plan, test=False)
    if images is None:
        return None
    if split is not None:
        check_still_there(images.unreadable, images.why_unreadable)
    check_classes(images.labels, plan.images.classes)
    test = reading.read(plan, test=True)
    names = tuple(plan.images.names[int(source)] for source in images.sources)
    if split is None:
        folds, split = _dealt(plan, request, images, reading.progress.compared, cancelled)
    else:
        folds = _dealt_before(split, len(images))
    if cancelled():
        return None
    test_names: tuple[str, ...] = ()
    if test is not None and plan.test_images is not None:
        test_names = tuple(plan.test_images.names[int(source)] for source in test.sources)
    copies = reading.copies(plan, images, request.recipe)
    if cancelled():
        return None
    return FeatureData(images, names, folds, split, test, test_names, copies)


def _dealt(
    plan: Plan,
    request: TrainingRequest,
    images: ImageFeatures,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> tuple[Folds, Split]:
    recipe, every = request.recipe, np.arange(len(images), dtype=np.int64)
    nobody = np.empty(0, np.int64)
    if recipe.validation_share == 0:
        return Folds(np.zeros(len(images), np.int64), 0), Split(every, nobody)
    groups: tuple[str, ...] = tuple(map(str, every))
    notes: tuple[str, ...] = ()
    if request.at_random_like is None:
        grouping = plan.images.group(images.sources, progress, cancelled, lambda: images.features)
        groups, notes = grouping.groups, grouping.notes
    classes, share = plan.images.classes, recipe.validation_share
    folds = deal(images.labels, groups, classes, share, recipe.seed)
    counts = np.unique(groups, return_counts=True)[1]
    grouped = int(counts[counts > 1].sum())
    if not plan.given.isdisjoint(plan.images.names[int(source)] for source in images.sources):
        notes = (*notes, _GIVEN_IS_MEASURED_TOO)
    split = Split(nobody, every, (*notes, *folds.notes), grouped, tuple(folds.of.tolist()))
    return replace(folds, notes=split.notes), split


def _dealt_before(split: Split, count: int) -> Folds:
    of = np.array(split.folds, np.int64)
    if not len(of) and len(split.validation):
        raise ModelError("The run's list of images is damaged: it does not say who is held back.")
    if not len(of):
        return Folds(np.zeros(count, np.int64), 0, split.notes)
    return Folds(of, int(of.max()) + 1, split.notes)


class _Reading:
    """Reads one part after the other and says how far it is."""

    def __init__(
        self, plan: Plan, emit: Callable[[Event], None], cancelled: Callable[[], bool]
    ) -> None:
        self._reader = FeatureReader(plan.input_spec)
        self._emit = emit
        self._cancelled = cancelled
        self.progress = ReadingProgress(plan.image_count, emit)

    def read(self, plan: Plan, *, test: bool) -> ImageFeatures | None:
        images = plan.test_images if test else plan.images
        if images is None or self._cancelled():
            return None
        sources = np.arange(len(images), dtype=np.int64) if test else plan.chosen
        found = self._reader.read(
            images, sources, progress=self.progress.read, cancelled=self._cancelled
        )
        self.progress.end_part(len(sources))
        if found is not None and found.unreadable:
            self._emit(Message(left_out_in_words(found.unreadable, found.why_unreadable)))
        return found

    def copies(
        self, plan: Plan, images: ImageFeatures, recipe: Recipe
    ) -> NDArray[np.float32] | None:
        """The features of varied copies, (k, n, 1280); None where nothing is varied."""
        count = copy_count(recipe.augmentation)
        progress = ReadingProgress(count * len(images), self._emit)
        found = []
        for number in range(count):
            copy = VariedCopy(recipe.augmentation, plan.input_spec, recipe.seed, number)
            reader = FeatureReader(plan.input_spec, variation=copy)
            varied = reader.read(
                plan.images, images.sources, progress=progress.read, cancelled=self._cancelled
            )
            progress.end_part(len(images))
            if varied is None or len(varied) != len(images):  # one was deleted meanwhile
                return None
            found.append(varied.features)
        return np.stack(found) if found else None
