"""Keeps a classifier in step with the images of a dataset."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

import numpy as np

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.image_sets import open_images
from cnn_studio.data.sessions import origin_of
from cnn_studio.errors import DatasetError
from cnn_studio.instant import LEAST_OF_A_CLASS
from cnn_studio.instant.dataset_features import read_into, reader_of, stamps_of
from cnn_studio.instant.feature_table import Changes, FeatureTable, TableView, Units
from cnn_studio.instant.instant_model import HeldBack, InstantModel
from cnn_studio.instant.streaming_lda import StreamingLda, fit
from cnn_studio.models.discriminants import ClassSums

_FOLDS = 5
_FRAMES_OF_A_PART = 8  # of a recording that is cut up; so those that come move none of the others
_FAR = -1e6  # the logit of a class that was not known


class Learner:
    """Learns and forgets images as they come and go. For one thread at a time.

    The images are dealt into folds. What belongs to one recording is in one fold, unless it is all
    that its class has; so is most of what follows each other by name.

    Args:
        background: The class of pictures that show none of the others; empty for none.
    """

    def __init__(self, background: str = "") -> None:
        self._background = background
        self._folds = [StreamingLda() for _fold in range(_FOLDS)]
        self._fold_of: dict[str, int] = {}
        self._names: defaultdict[str, list[str]] = defaultdict(list)  # by class, in order
        self._held_back: HeldBack | None = None

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that have images, in the order of their names."""
        return tuple(sorted(name for name, files in self._names.items() if files))

    @property
    def is_ready(self) -> bool:
        """Whether enough is known to tell classes apart."""
        return sum(len(files) >= LEAST_OF_A_CLASS for files in self._names.values()) > 1

    def take(self, changes: Changes, features_of: Callable[[Sequence[str]], Units]) -> None:
        """Learn what has come and forget what has gone.

        Args:
            changes: As a table gives them.
            features_of: Gives the features of images that have come before, (n, 1280); those of a
                class are dealt again where they belong elsewhere now.
        """
        for name, row in zip(changes.removed, changes.removed_features, strict=True):
            class_name = _class_of(name)
            self._folds[self._fold_of.pop(name)].forget(class_name, row[np.newaxis])
            names = self._names[class_name]
            del names[bisect_left(names, name)]
        come = dict(zip(changes.added, changes.added_features, strict=True))
        by_class = _by_class(changes.added)
        for class_name, names in by_class.items():
            self._names[class_name] = sorted([*self._names[class_name], *names])
        for class_name in by_class.keys() | _by_class(changes.removed).keys():
            self._deal(class_name, come, features_of)

    def fit(self) -> InstantModel | None:
        """A classifier that knows all images; None with fewer than two classes to tell apart.

        What it says of how right it is comes from the last `judge`.
        """
        classes = self.classes
        known = self._sums(classes) if self.is_ready else None
        fitted = None if known is None else fit(known)
        if known is None or fitted is None:
            return None
        held = self._held_back
        if held is not None and held.classes != classes:
            held = None
        return InstantModel(classes, int(known.counts.sum()), fitted, held, self._background)

    def judge(self, view: TableView, goes_on: Callable[[], bool] = lambda: True) -> bool:
        """Find out what is said of each image by what was learned from other folds.

        Args:
            view: The features of the images that were taken.
            goes_on: Called between folds; False ends it, and what was known before stays.

        Returns:
            Whether it came to its end.
        """
        classes = self.classes
        if not self.is_ready:
            self._held_back = None
            return True
        place_of = {name: place for place, name in enumerate(classes)}
        kept = [place for place, name in enumerate(view.names) if name in self._fold_of]
        names = [view.names[place] for place in kept]
        labels = np.array([place_of[_class_of(name)] for name in names], np.int64)
        folds = np.array([self._fold_of[name] for name in names], np.int64)
        every = self._sums(classes)
        logits = np.full((len(kept), len(classes)), _FAR)
        distances, is_judged = np.zeros(len(kept)), np.zeros(len(kept), np.bool_)
        for fold in np.unique(folds):
            if not goes_on():
                return False
            fitted = fit(every - self._folds[fold].sums(classes))
            some = np.flatnonzero(folds == fold)
            if fitted is None:
                continue
            some = some[np.isin(labels[some], fitted.labels)]
            units = view.features[np.array(kept)[some]].astype(np.float32)
            places = fitted.discriminants.places(units)
            given = fitted.logits(places)
            logits[np.ix_(some, fitted.labels)] = given
            distances[some] = -2 * given.max(axis=1) - fitted.discriminants.distances(places)
            is_judged[some] = True
        if not is_judged.any():
            self._held_back = None
            return True
        self._held_back = HeldBack(
            classes,
            labels[is_judged],
            logits[is_judged],
            distances[is_judged],
            tuple(len(_units(self._names[name])) for name in classes),
        )
        return True

    def _sums(self, classes: tuple[str, ...]) -> ClassSums:
        """Of all folds."""
        total = self._folds[0].sums(classes)
        for fold in self._folds[1:]:
            total = total + fold.sums(classes)
        return total

    def _deal(
        self, class_name: str, come: dict[str, Units], features_of: Callable[[Sequence[str]], Units]
    ) -> None:
        """Put the images of a class into the folds where they belong now."""
        moved: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
        new: defaultdict[int, list[str]] = defaultdict(list)
        for name, fold in _dealt(self._names[class_name]).items():
            before = self._fold_of.get(name)
            if before is None:
                new[fold].append(name)
            elif before != fold:
                moved[before, fold].append(name)
            self._fold_of[name] = fold
        for fold, names in new.items():
            self._folds[fold].learn(class_name, np.stack([come[name] for name in names]))
        for (before, fold), names in moved.items():
            features = features_of(names)
            self._folds[before].forget(class_name, features)
            self._folds[fold].learn(class_name, features)


def learn_dataset(
    dataset: Dataset,
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[InstantModel | None, FeatureTable]:
    """Learn all images of a dataset at once.

    Args:
        dataset: The dataset; its features are looked up where they are kept.
        progress: Gets how many images are done, and how many there are.
        cancelled: Called between images.

    Returns:
        The classifier, None with fewer than two classes of three images or where it was cancelled;
        and the features.

    Raises:
        DatasetError: The dataset has no images that can be read.
        ModelError: The pretrained network's weights are missing or damaged.
    """
    images = open_images(dataset)
    if images is None or not len(images):
        raise DatasetError(f"{dataset.title} has no images to learn from.")
    table, learner = FeatureTable(), Learner(dataset.card.background)
    is_read = read_into(
        table,
        reader_of(dataset),
        images,
        range(len(images)),
        defaultdict(lambda: (0, 0), stamps_of(dataset.folder, images.names)),
        progress=lambda done: progress(done, len(images)),
        cancelled=cancelled,
    )
    if not is_read:
        return None, table
    learner.take(table.take_changes(), table.features_of)
    learner.judge(table.view())
    return learner.fit(), table


def _class_of(name: str) -> str:
    return name.rpartition("/")[0]


def _by_class(names: Iterable[str]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        found[_class_of(name)].append(name)
    return found


def _units(names: Sequence[str]) -> dict[str, int]:
    """The number of each recording of a class; a single photo is one of its own."""
    found: dict[str, int] = {}
    for name in names:
        found.setdefault(_unit(name), len(found))
    return found


@lru_cache(maxsize=1 << 17)
def _unit(name: str) -> str:
    """Its recording, or the photo it was cut out of; a single photo is one of its own.

    All images of a class are looked up at each change.
    """
    return origin_of(name.rpartition("/")[2]) or name


def _dealt(names: Sequence[str]) -> dict[str, int]:
    """The fold of each image of a class.

    Args:
        names: All of them, in order.
    """
    units = _units(names)
    if len(units) == 1:  # it is cut into parts, or nothing would be known of it without it
        length = max(1, min(len(names) // _FOLDS, _FRAMES_OF_A_PART))
        return {name: place // length % _FOLDS for place, name in enumerate(names)}
    return {name: units[_unit(name)] * _FOLDS // len(units) for name in names}
