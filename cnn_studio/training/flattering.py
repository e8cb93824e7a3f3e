"""Trains a second network on a random split, to show what that would have claimed."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.image_sets import open_images
from cnn_studio.errors import TrainingError, UsageError
from cnn_studio.models.answers import kept_answers
from cnn_studio.models.flattering import Flattering, can_be_asked, write_flattering
from cnn_studio.models.runs import Run, RunStatus, open_run
from cnn_studio.models.scores import Scores
from cnn_studio.training.engine_task import EngineTask
from cnn_studio.training.events import Batches, Done, Event, Preparing, Working
from cnn_studio.training.networks import network_of
from cnn_studio.training.request import TrainingRequest
from cnn_studio.training.run_recipe import recipe_of
from cnn_studio.training.same_images import SameImages, same_images

_ASIDE = ".random-split"
_PARTS, _READING_PARTS = 1000, 100


@dataclass(frozen=True)
class FlatteringTask(EngineTask):
    """Try a random split for a run.

    Attributes:
        run_folder: The run; `flattering.json` is written into it.
        dataset: What it was trained on.
        work_folder: Where the second network is trained, for a run whose folder is only read: then
            nothing is kept. None for the run's folder.
    """

    run_folder: Path
    dataset: Dataset
    work_folder: Path | None = None

    def run(self, emit: Callable[[Event], None], stop: threading.Event) -> None:
        """See `claim_of_random_split`."""
        emit(Done(claim_of_random_split(self, emit, stop).why))


def claim_of_random_split(
    task: FlatteringTask, emit: Callable[[Event], None], stop: threading.Event
) -> Flattering:
    """Train once more with the run's recipe on its very images, split at random, and compare.

    Images that were relabelled, left out or deleted since count in neither figure.

    Returns:
        Both figures; see `FlatteringTask` for where they are kept. The second network is not.

    Raises:
        UsageError: The run is not finished, or nothing was held back.
        TrainingError: Too few of the images are the same any more, or it was stopped.
        ModelError: It is not written down which images they were.
    """
    run = open_run(task.run_folder)
    if not can_be_asked(run) or run.bundle is None or run.bundle.validation is None:
        raise UsageError(
            "A random split can be tried for a finished run with validation images only. "
            f"{run.name} is none."
        )
    images = open_images(task.dataset)
    if images is None:
        raise TrainingError(f"{task.dataset.title} has no images any more.")
    same = same_images(images, task.dataset, task.run_folder)
    work_folder = task.work_folder or task.run_folder
    aside = work_folder / _ASIDE
    recipe = replace(recipe_of(run), final_fit=False)  # only its figure is wanted
    request = TrainingRequest(
        task.dataset, recipe, task.run_folder, out=aside, at_random_like=task.run_folder
    )

    def tell(event: Event) -> None:
        done = _parts_done(event, recipe.epochs)
        if done is not None:
            emit(Working(done, _PARTS))

    remove_traces(work_folder)  # of an attempt that was killed
    try:
        network_of(recipe.network).trainer(request, tell, stop)
        second = open_run(aside)
        scores = second.bundle.validation if second.bundle else None
    finally:
        remove_traces(work_folder)
    if second.status is not RunStatus.FINISHED or scores is None:
        raise TrainingError("Trying a random split was stopped. Nothing is kept.")
    honest, honest_count = _honest(run, run.bundle.validation, same)
    found = Flattering(
        honest, honest_count, scores.accuracy, scores.count, same.changes, len(same.images)
    )
    if task.work_folder is None:
        write_flattering(task.run_folder, found)
    return found


def _honest(run: Run, measured: Scores, same: SameImages) -> tuple[float, int]:
    """Accuracy and count of what was held back, without the images that are not the same any more.

    A run from before its answers were kept is taken as it was measured.
    """
    kept = kept_answers(run, "validation") if same.changes.count else None
    names = set(same.names_then)
    places = [place for place, name in enumerate(kept.names) if name in names] if kept else []
    if kept is None or not places:
        return measured.accuracy, measured.count
    scores = kept.chosen(np.array(places, np.int64)).scores()
    return scores.accuracy, scores.count


def remove_traces(run_folder: Path) -> None:
    """Delete the second network of a trial that has ended, or whose engine was killed."""
    shutil.rmtree(run_folder / _ASIDE, ignore_errors=True)


def _parts_done(event: Event, epochs: int) -> int | None:
    match event:
        case Preparing():
            return _READING_PARTS * event.done // max(event.total, 1) // 2
        case Batches():
            done = (event.epoch - 1) * event.steps_per_epoch + event.step
            steps = epochs * event.steps_per_epoch
            return _READING_PARTS + (_PARTS - _READING_PARTS) * done // steps
    return None
