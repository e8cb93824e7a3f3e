"""The folders of trainings: made, listed and found again."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from cnn_studio.errors import NOT_UNDERSTOOD, ModelError, StudioError
from cnn_studio.file_locks import brief_hold
from cnn_studio.models.bundle import (
    BUNDLE_FILE,
    Bundle,
    RunStatus,
    model_file,
    read_bundle,
)
from cnn_studio.models.fields import Fields
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.opening.kinds import is_model, kind_of
from cnn_studio.models.run_notes import RunNotes, read_notes
from cnn_studio.paths import Workspace, is_path
from cnn_studio.untrusted_files import leads_to_folder, read_bytes, read_json

__all__ = [
    "HISTORY_FILE",
    "LOCK_FILE",
    "MAX_EPOCHS",
    "RECIPE_FILE",
    "SPLIT_FILE",
    "EpochRecord",
    "Run",
    "RunStatus",
    "best_run",
    "create_run",
    "find_run",
    "list_runs",
    "newest_run",
    "open_run",
    "read_history",
    "run_places",
    "runs_in",
    "split_names",
    "usable_runs",
]

HISTORY_FILE = "history.csv"
LOCK_FILE = ".training"
"""Who trains a run holds a lock on it."""

MAX_EPOCHS = 10_000
"""No training has more."""

RECIPE_FILE = "recipe.json"
SPLIT_FILE = "split.json"
_NAMES_SHOWN = 5
_MOST_HISTORY_BYTES = 16 << 20


@dataclass(frozen=True)
class EpochRecord:
    """One row of history.csv: accuracies 0..1, losses as mean cross-entropy.

    Attributes:
        epoch: 1 for the first.
        loss, accuracy: On the training images as they were trained on, with dropout.
        val_loss, val_accuracy: On the images held back; None without validation.
        images_per_second: While training.
        seconds: The whole epoch, validation included.
        best: Whether these are the best weights so far.
    """

    epoch: int
    loss: float
    accuracy: float
    val_loss: float | None
    val_accuracy: float | None
    images_per_second: float
    seconds: float
    best: bool


@dataclass(frozen=True)
class Run:
    """A training's folder as it stands on disk.

    Attributes:
        folder: Where it is.
        status: FINISHED and STOPPED have a model; INTERRUPTED was killed, or is in training.
        dataset: The name of the dataset it was trained on, "" if that cannot be told.
        created: When it ended, or when it began if it never ended.
        bundle: Its studio.json; None where there is none, or none that can be read.
        problem: Why it cannot be used, as a sentence; None if it can.
        recipe: How it was, or was to be, trained, as plain values; empty if that cannot be told.
        notes: What a person says of it.
        is_training: Whether it is in training now, in this program or another one.
    """

    folder: Path
    status: RunStatus
    dataset: str
    created: datetime
    bundle: Bundle | None = None
    problem: str | None = None
    recipe: Mapping[str, Any] = field(default_factory=dict)
    notes: RunNotes = field(default_factory=RunNotes)
    is_training: bool = False

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.folder.name

    @property
    def network(self) -> NetworkKind:
        """Which network it is, or was to be; the shared CNN where that cannot be told."""
        if self.bundle is not None:
            return self.bundle.network
        try:
            return NetworkKind(self.recipe.get("network", NetworkKind.CNN))
        except ValueError:
            return NetworkKind.CNN

    @property
    def is_usable(self) -> bool:
        """Whether it has a model to classify with."""
        return self.bundle is not None and self.problem is None

    @property
    def is_damaged(self) -> bool:
        """Whether it reached its end, and what it left cannot be used."""
        is_ended = self.bundle is not None or os.path.lexists(self.folder / BUNDLE_FILE)
        return self.problem is not None and is_ended and not self.is_training

    @property
    def has_learned(self) -> bool:
        """Whether it has a model that has learned for an epoch at least, so that it is of use."""
        return self.is_usable and not (self.bundle and self.bundle.stopped_in_first_epoch)

    @property
    def accuracy(self) -> float | None:
        """The accuracy that tells runs apart: on images held back, else on the test part; 0..1."""
        if self.bundle is None:
            return None
        figures = (self.bundle.val_accuracy, self.bundle.test_accuracy)
        return next((figure for figure in figures if figure is not None), None)


def create_run(runs_folder: Path, dataset_name: str) -> Path:
    """Make the folder of a new training, "20261122-210520-objects" (UTC), never an existing one.

    Raises:
        OSError: The folder cannot be made.
    """
    slug = re.sub(r"[^\w-]+", "-", dataset_name).strip("-")[:40] or "dataset"
    name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{slug}"
    runs_folder.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        folder = runs_folder / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir()
        except FileExistsError:
            number += 1
        else:
            return folder


def open_run(folder: Path) -> Run:
    """Look at one run's folder. What is damaged or missing in it is told in `problem`."""
    run = replace(_opened(folder), notes=read_notes(folder))
    if not _is_claimed(folder):
        return run
    if run.bundle is not None:  # from before it was taken up again
        return replace(run, is_training=True)
    problem = f"The training of {folder.name} is running, so it has no model yet."
    return replace(run, problem=problem, is_training=True)


def _opened(folder: Path) -> Run:
    if not os.path.lexists(folder / BUNDLE_FILE):
        return _interrupted(folder)
    try:
        bundle = read_bundle(folder)
    except ModelError as error:
        problem = str(error)
        return Run(folder, RunStatus.INTERRUPTED, "", _changed(folder), problem=problem)
    bundle = _as_called_now(folder, bundle)
    model = model_file(folder)
    missing = None if model.is_file() else f"{model.name} is missing in {folder}."
    return Run(
        folder, bundle.status, bundle.dataset, bundle.created, bundle, missing, bundle.recipe
    )


def list_runs(workspace: Workspace) -> list[Run]:
    """All runs of a workspace, newest first, the broken and interrupted ones too."""
    return runs_in(workspace.runs)


def runs_in(place: Path) -> list[Run]:
    """All runs whose folders are in `place`, newest first."""
    try:
        with os.scandir(place) as entries:
            folders = [place / entry.name for entry in entries if leads_to_folder(entry)]
    except OSError:  # there is no such folder before the first training
        return []
    runs = [open_run(folder) for folder in folders if not folder.name.startswith(".")]
    return sorted(runs, key=lambda run: (run.created, run.name), reverse=True)


def find_run(workspace: Workspace, name_or_path: str) -> Run:
    """Find a run that has a model.

    Args:
        workspace: Where runs are looked for by name.
        name_or_path: A run's name, its folder, or a file in its folder. A bare name is a run of the
            workspace first, whatever lies in the present folder.

    Raises:
        ModelError: There is no such run, or it has no model that can be used.
    """
    for candidate in run_places(workspace, name_or_path):
        folder = candidate.parent if candidate.is_file() else candidate
        if name_or_path and folder.is_dir():
            _refuse_of_others(candidate, folder)
            run = open_run(folder)
            if run.problem is not None:
                raise ModelError(run.problem)
            return run
    names = [run.name for run in usable_runs(workspace)]
    known = ", ".join(names[:_NAMES_SHOWN]) or "none yet"
    raise ModelError(f"There is no run {name_or_path!r}. Newest runs here: {known}.")


def _refuse_of_others(candidate: Path, folder: Path) -> None:
    """See to it that a model file of others is not called a training that was broken off."""
    is_ours = any((folder / name).is_file() for name in (BUNDLE_FILE, RECIPE_FILE))
    if not is_ours and is_model(candidate):
        kind_of(candidate)  # what is not opened at all is refused with its own reason
        raise ModelError(
            f"{candidate.name} is a model file of others; it can be used with predict, evaluate "
            "and compare."
        )


def run_places(workspace: Workspace, name_or_path: str) -> tuple[Path, ...]:
    """Where a run may be that a person names, most likely first."""
    by_path, by_name = Path(name_or_path).expanduser(), workspace.runs / name_or_path
    return (by_path, by_name) if is_path(name_or_path) else (by_name, by_path)


def usable_runs(workspace: Workspace, dataset: str | None = None) -> list[Run]:
    """The runs with a model, newest first; of one dataset if it is named."""
    return [
        run
        for run in list_runs(workspace)
        if run.is_usable and (dataset is None or run.dataset == dataset)
    ]


def newest_run(workspace: Workspace, dataset: str | None = None) -> Run | None:
    """The newest run with a model."""
    return next(iter(usable_runs(workspace, dataset)), None)


def best_run(workspace: Workspace, dataset: str | None = None) -> Run | None:
    """The run with the best accuracy on images it did not learn from; the newest among equals.

    Accuracy on the images held back counts; on the test part where none were held back.
    """
    return max(usable_runs(workspace, dataset), key=accuracy_or_less, default=None)


def read_history(run: Run) -> tuple[EpochRecord, ...]:
    """The epochs of a run, ascending; a damaged row or an impossible epoch is passed over."""
    records: list[EpochRecord] = []
    lines: list[str] = []
    with suppress(StudioError, *NOT_UNDERSTOOD):
        text = read_bytes(run.folder / HISTORY_FILE, _MOST_HISTORY_BYTES).decode("utf-8")
        lines = text.splitlines()
    names: list[str] = []
    for line in lines:
        with suppress(csv.Error, *NOT_UNDERSTOOD):  # as of a row that a kill cut short
            cells = next(csv.reader([line]))
            if not names:
                names = cells
                continue
            record = _record(dict(zip(names, cells, strict=True)))
            last = records[-1].epoch if records else 0
            if last < record.epoch <= MAX_EPOCHS:
                records.append(record)
    return tuple(records)


def split_names(run: Run, side: str) -> frozenset[str]:
    """The names of the images on one side of a run's split; none where it is not known.

    Args:
        run: The run.
        side: "train" for those that it learned from, "validation" for those held back.

    Raises:
        ModelError: The file that tells it is damaged.
    """
    path = run.folder / SPLIT_FILE
    if not os.path.lexists(path):  # a model that came without it
        return frozenset()
    split = Fields(read_json(path, error=ModelError, name=path), SPLIT_FILE)
    return frozenset(split.texts(side)) if split.has(side) else frozenset()


def accuracy_or_less(run: Run) -> float:
    """A number to sort by: a run that was never measured comes after every other."""
    return -1.0 if run.accuracy is None else run.accuracy


def _record(row: Mapping[str, str]) -> EpochRecord:
    return EpochRecord(
        epoch=int(row["epoch"]),
        loss=float(row["loss"]),
        accuracy=float(row["accuracy"]),
        val_loss=float(row["val_loss"]) if row["val_loss"] else None,
        val_accuracy=float(row["val_accuracy"]) if row["val_accuracy"] else None,
        images_per_second=float(row["images_per_second"]),
        seconds=float(row["seconds"]),
        best=bool(int(row["best"])),
    )


def _interrupted(folder: Path) -> Run:
    """A run without studio.json; recipe.json says what it was to become."""
    dataset, created, recipe = "", _changed(folder), {}
    try:
        begun: Any = read_json(folder / RECIPE_FILE)
        dataset = str(begun["dataset"])
        moment = datetime.fromisoformat(begun["started"])
        created = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        recipe = dict(begun["recipe"])
    except (StudioError, *NOT_UNDERSTOOD):
        pass  # a folder killed in its first moment, or not one of ours: it is still listed
    problem = f"The training of {folder.name} did not reach its end, so it has no model."
    return Run(folder, RunStatus.INTERRUPTED, dataset, created, problem=problem, recipe=recipe)


def _as_called_now(folder: Path, bundle: Bundle) -> Bundle:
    """A bundle with its dataset's name of now: recipe.json is told when that is renamed."""
    try:
        begun: Any = read_json(folder / RECIPE_FILE)
        name, title = begun["dataset"], begun["dataset_title"]
    except (StudioError, *NOT_UNDERSTOOD):  # a model that came without it
        return bundle
    if not (name and title and isinstance(name, str) and isinstance(title, str)):
        return bundle
    return replace(bundle, dataset=name, dataset_title=title)


def _is_claimed(folder: Path) -> bool:
    """Whether somebody trains the run; a kill leaves the file but not the lock on it."""
    if not (folder / LOCK_FILE).is_file():
        return False
    try:
        with brief_hold(FileLock(folder / LOCK_FILE)) as is_free:
            return not is_free
    except OSError:  # in a folder that cannot be written to nobody trains
        return False


def _changed(folder: Path) -> datetime:
    try:
        return datetime.fromtimestamp(folder.stat().st_mtime, UTC)
    except OSError:
        return datetime.fromtimestamp(0, UTC)
