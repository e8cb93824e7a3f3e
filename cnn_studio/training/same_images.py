"""The images of a run that are still what they were, and what became of the others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnn_studio.data.cards import Storage
from cnn_studio.data.catalog import Dataset
from cnn_studio.data.image_sets import ImageSet
from cnn_studio.errors import NOT_UNDERSTOOD, StudioError, TrainingError
from cnn_studio.models.flattering import ChangesSince, images_of
from cnn_studio.models.runs import RECIPE_FILE
from cnn_studio.training.listed_images import ListedImages
from cnn_studio.training.selection import MIN_IMAGES_A_CLASS, named
from cnn_studio.untrusted_files import read_json


@dataclass(frozen=True, eq=False)
class SameImages:
    """What a run was trained and measured on, as far as it is the same now.

    Attributes:
        images: As they are called now, with the run's own classes.
        names_then: What each of them was called in the run.
        changes: How many others were relabelled, left out or deleted since.
    """

    images: ListedImages
    names_then: tuple[str, ...]
    changes: ChangesSince


def same_images(images: ImageSet, dataset: Dataset, run_folder: Path) -> SameImages:
    """Find the images of a run again.

    Images that were added since are not among them. Those of a class that was renamed as a whole
    are.

    Args:
        images: The training part of the dataset as it is now.
        dataset: What it belongs to.
        run_folder: The run.

    Raises:
        TrainingError: Too few of a class are still the same; the sentence says what changed.
        ModelError: It is not written down which images the run had.
    """
    place_of = {name: place for place, name in enumerate(images.names)}
    then = images_of(run_folder)
    moved = _moved(images, set(then), [name for name in then if name not in place_of])
    renamed = _renamed(images, then, moved)
    found: dict[str, int] = {}
    lost: Counter[str] = Counter()
    for name in then:
        if name in place_of:
            found[name] = place_of[name]
        elif name in moved and _class_of(name) in renamed:
            found[name] = moved[name]
        else:
            lost["relabelled" if name in moved else _fate(name, dataset)] += 1
    changes = ChangesSince(lost["relabelled"], lost["left out"], lost["deleted"])
    counts = Counter(images.classes[int(images.labels[place])] for place in found.values())
    classes = tuple(renamed.get(name, name) for name in _classes_of(run_folder))
    classes = classes or tuple(name for name in images.classes if counts[name])
    few = [name for name in classes if counts[name] < MIN_IMAGES_A_CLASS]
    if few:
        raise TrainingError(
            f"Too few images of {named(few)} are what they were when this run was trained: "
            f"{changes.in_words}. Train again, and compare that run."
        )
    listed = ListedImages(images, classes, np.array(list(found.values()), np.int64))
    return SameImages(listed, tuple(found), changes)


def _moved(images: ImageSet, then: set[str], missing: Sequence[str]) -> Mapping[str, int]:
    """Where images are that stand in another class now: a file keeps its name when it moves."""
    added: dict[str, int] = {
        _file_of(name): place for place, name in enumerate(images.names) if name not in then
    }
    return {name: added[_file_of(name)] for name in missing if _file_of(name) in added}


def _renamed(images: ImageSet, then: Sequence[str], moved: Mapping[str, int]) -> Mapping[str, str]:
    """Which classes are called otherwise now, and how."""
    then_classes = {_class_of(name) for name in then}
    filled = {images.classes[int(label)] for label in np.unique(images.labels)}
    targets: defaultdict[str, set[str]] = defaultdict(set)
    for name, place in moved.items():
        targets[_class_of(name)].add(images.classes[int(images.labels[place])])
    return {
        old: next(iter(new))
        for old, new in targets.items()
        if old not in filled and len(new) == 1 and not new & then_classes
    }


def _classes_of(run_folder: Path) -> Sequence[str]:
    """The run's classes in the order of its outputs; none where an older run does not say."""
    try:
        begun = read_json(run_folder / RECIPE_FILE)
        return [str(name) for name in begun["classes"]]
    except (StudioError, *NOT_UNDERSTOOD):
        return []


def _fate(name: str, dataset: Dataset) -> str:
    is_there = dataset.card.storage is Storage.FOLDERS and (dataset.folder / name).is_file()
    return "left out" if is_there else "deleted"


def _class_of(name: str) -> str:
    return name.rpartition("/")[0]


def _file_of(name: str) -> str:
    return name.rpartition("/")[2]
