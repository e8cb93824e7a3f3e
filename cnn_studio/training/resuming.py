"""A run taken up again: what its folder says, and the very images that it began with."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.catalog import Dataset, find_dataset
from cnn_studio.data.image_sets import ImageSet, Part, open_images
from cnn_studio.data.split import Split
from cnn_studio.errors import ModelError, TrainingError, UsageError
from cnn_studio.models.bundle import Bundle, RunStatus
from cnn_studio.models.fields import Fields
from cnn_studio.models.run_dataset import ImagesGoneError, dataset_of, why_no_dataset
from cnn_studio.models.runs import MAX_EPOCHS, RECIPE_FILE, SPLIT_FILE, open_run, run_places
from cnn_studio.paths import Workspace
from cnn_studio.training.checkpoint import Checkpoint, load_checkpoint
from cnn_studio.training.fingerprints import gone
from cnn_studio.training.folds import MOST_FOLDS
from cnn_studio.training.listed_images import ListedImages
from cnn_studio.training.networks import network_of
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.records import TENSORBOARD_FOLDER
from cnn_studio.training.request import TrainingRequest
from cnn_studio.training.schedule import Stretch, extended
from cnn_studio.training.training_data import Plan
from cnn_studio.untrusted_files import read_json
from cnn_studio.vision.preparation import InputSpec

Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Past:
    """What a run has behind it.

    Attributes:
        folder: The run's folder.
        stretches: The epochs it is to have, those that are added now among them.
        checkpoint: Where it stood.
        has_more: Whether epochs are added now.
    """

    folder: Path
    stretches: tuple[Stretch, ...]
    checkpoint: Checkpoint
    has_more: bool


def request_to_resume(
    workspace: Workspace,
    name_or_folder: str,
    more_epochs: int = 0,
    dataset_named: str | None = None,
) -> TrainingRequest:
    """Ask for a run to go on where it stood.

    Args:
        workspace: Where runs are looked for by name, and its dataset.
        name_or_folder: The run's name, or its folder.
        more_epochs: How many epochs to add.
        dataset_named: Where its images are now; None for where they were.

    Raises:
        UsageError: The run is finished and no epochs are added, or their number cannot be used.
        ModelError: There is no such run, or its folder is damaged.
        TrainingError: Nothing was saved that it could go on from.
        DatasetError: Its dataset is gone.
    """
    folder = _folder_of(workspace, name_or_folder)
    begun = _read(folder / RECIPE_FILE)
    recipe = Recipe.from_dict(begun.mapping("recipe"))
    past = take_up(folder, more_epochs)
    dataset = (
        _dataset(workspace, folder, Path(begun.text("dataset_folder")))
        if dataset_named is None
        else find_dataset(workspace, dataset_named)
    )
    return TrainingRequest(
        dataset,
        replace(recipe, epochs=past.stretches[-1].end),
        folder.parent,
        resumes=folder,
        more_epochs=more_epochs,
        tensorboard=(folder / TENSORBOARD_FOLDER).is_dir(),
    )


def take_up(folder: Path, more_epochs: int) -> Past:
    """Look at where a run stands.

    Raises:
        UsageError: It is finished and no epochs are added, or their number cannot be used.
        ModelError: Its folder is damaged.
        TrainingError: Nothing was saved that it could go on from.
    """
    begun = _read(folder / RECIPE_FILE)
    recipe = Recipe.from_dict(begun.mapping("recipe"))
    stretches = (
        tuple(Stretch(*pair) for pair in begun.items("stretches"))
        if begun.has("stretches")
        else (Stretch(0, recipe.epochs),)
    )
    bundle = open_run(folder).bundle
    # The model that is there may be from before epochs were added, which are then still to come.
    is_finished = (
        bundle is not None
        and bundle.status is RunStatus.FINISHED
        and stretches[-1].start < bundle.epochs_done
    )
    if is_finished and more_epochs == 0:
        raise UsageError(
            f"The run {folder.name} is finished. To train it further, say how many epochs to add "
            "(--epochs)."
        )
    if bundle is not None and is_finished and network_of(recipe.network).settles:
        _check_more_would_change(folder, bundle)
    done = bundle.epochs_done if bundle is not None and is_finished else None
    wanted = extended(stretches, done, more_epochs)
    if more_epochs < 0 or wanted[-1].end > MAX_EPOCHS:
        raise UsageError(
            f"Epochs to add must be 1 or more, and {MAX_EPOCHS} in all at most, not {more_epochs}."
        )
    checkpoint = load_checkpoint(folder)
    if checkpoint is None:
        raise TrainingError(
            f"The run {folder.name} has no saved state to go on from: it ended before its first "
            "one, or an older CNN Studio trained it. Start a new training with the same recipe."
        )
    return Past(folder, wanted, checkpoint, more_epochs > 0)


def _check_more_would_change(folder: Path, bundle: Bundle) -> None:
    epochs = bundle.recipe.get("epochs")
    if isinstance(epochs, int) and bundle.epochs_done < epochs:
        raise UsageError(
            f"The run {folder.name} has settled after {bundle.epochs_done} of its {epochs} epochs: "
            "more would change nothing."
        )


def plan_again(request: TrainingRequest, past: Past) -> tuple[Plan, Split]:
    """Find the images of a run again, in its own order and with its own split.

    Raises:
        TrainingError: Images are gone.
        ModelError: The run's folder is damaged.
        DatasetError: The dataset's files are missing or damaged.
    """
    begun, split = _read(past.folder / RECIPE_FILE), _read(past.folder / SPLIT_FILE)
    train, validation = split.texts("train"), split.texts("validation")
    classes = begun.texts("classes")
    images = open_images(request.dataset, Part.TRAIN)
    if images is None:
        raise gone([*train, *validation])
    test = open_images(request.dataset, Part.TEST)
    if test is not None:
        _check_not_for_the_test([*train, *validation], test)
        test = _of_classes(test, classes)
    chosen = _places([*train, *validation], images)
    lost = [images.names[n] for n in chosen if images.classes[images.labels[n]] not in classes]
    if lost:
        raise gone(lost)
    listed = ListedImages(images, classes, chosen)
    count = len(train)
    plan = Plan(
        images=listed,
        test_images=test,
        chosen=np.arange(len(listed), dtype=np.int64),
        input_spec=InputSpec.from_dict(begun.mapping("input")),
    )
    sides = np.arange(count), np.arange(count, len(listed))
    return plan, Split(*sides, split.texts("notes"), folds=_folds(split, train, validation))


def _check_not_for_the_test(names: Sequence[str], test: ImageSet) -> None:
    tested = set(test.names) & set(names)
    if tested:
        have = (
            "1 image of the run is"
            if len(tested) == 1
            else f"{len(tested):,} images of the run are"
        )
        raise TrainingError(
            f"{have} kept for the test now, and no training learns from those: {min(tested)}. "
            "Start a new training."
        )


def _of_classes(test: ImageSet, classes: tuple[str, ...]) -> ImageSet | None:
    """The test images of the classes that a run knows, their labels counted as the run's."""
    if test.classes == classes:
        return test
    known = [n for n, label in enumerate(test.labels) if test.classes[label] in classes]
    return ListedImages(test, classes, np.array(known, np.int64)) if known else None


def _folds(split: Fields, train: Sequence[str], validation: Sequence[str]) -> tuple[int, ...]:
    folds = tuple(split.items("folds")) if split.has("folds") else ()
    if folds and (
        train
        or len(folds) != len(validation)
        or any(type(fold) is not int or not 0 <= fold < MOST_FOLDS for fold in folds)
    ):
        raise ModelError(f"{SPLIT_FILE} is damaged: its folds do not fit its images.")
    return folds


def _places(names: Sequence[str], images: ImageSet) -> Indices:
    place_of = {name: place for place, name in enumerate(images.names)}
    missing = [name for name in names if name not in place_of]
    if missing:
        raise gone(missing)
    return np.array([place_of[name] for name in names], np.int64)


def _folder_of(workspace: Workspace, name_or_folder: str) -> Path:
    for candidate in run_places(workspace, name_or_folder):
        if name_or_folder and (candidate / RECIPE_FILE).is_file():
            return candidate.absolute()
    raise ModelError(
        f"There is no run {name_or_folder!r}. `cnn-studio runs` lists those of the workspace."
    )


def _dataset(workspace: Workspace, run_folder: Path, folder: Path) -> Dataset:
    """The dataset of a run; one that has changed as well, which is then said image by image.

    Raises:
        ImagesGoneError: It is gone.
    """
    run = open_run(run_folder)
    found = dataset_of(run, workspace)
    if found is not None:
        return found
    if folder.is_dir():
        return find_dataset(workspace, f"{folder}{os.sep}")
    raise ImagesGoneError(why_no_dataset(run, workspace))


def _read(path: Path) -> Fields:
    return Fields(read_json(path, error=ModelError, name=path), path.name)
