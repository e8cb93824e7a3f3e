"""Renaming and deleting whole datasets, and bringing them back.

The runs that learned from them stay linked, and nothing moves from under a training or an import.

A rename has several steps: the folder, its card, and a line in each run. A note tells of them, so
that the next start ends one that a kill has cut short.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from cnn_studio.data.cards import DatasetCard, has_card, read_card, write_card
from cnn_studio.data.catalog import (
    Dataset,
    check_title,
    dataset_in,
    list_datasets,
    remove_ghost,
)
from cnn_studio.data.dataset_trash import TrashedDataset, check_own, move_back, move_to_trash
from cnn_studio.data.file_moves import explained
from cnn_studio.data.import_turn import import_turn
from cnn_studio.errors import NOT_UNDERSTOOD, DatasetError, StudioError
from cnn_studio.models.run_dataset import learned_from
from cnn_studio.models.run_trash import list_trashed
from cnn_studio.models.runs import RECIPE_FILE, Run, list_runs
from cnn_studio.paths import RENAMING, Workspace
from cnn_studio.untrusted_files import read_json
from cnn_studio.whole_files import write_atomically
from cnn_studio.work_notes import LeftNote, WorkNote, left_work, tidy_notes


def rename_dataset(workspace: Workspace, dataset: Dataset, title: str) -> Dataset:
    """Give a dataset another title, and its folder the name that goes with it.

    The runs that learned from it are told, so that they are found by its new name.

    Args:
        workspace: Where it is.
        dataset: The dataset, one of the workspace's own.
        title: What it is called from now on.

    Returns:
        The dataset as it is now.

    Raises:
        DatasetError: The title cannot be used, the dataset comes with the program or its card is
            not understood, a training or an import is at work on it, or the system does not allow
            it; it is as it was.
    """
    check_own(dataset, "renamed")
    others = (other.name for other in list_datasets(workspace) if other.name != dataset.name)
    title, name = check_title(title, others)
    card = _own_card(dataset)
    if (name, title) == (dataset.name, card.title):
        return dataset
    with _unused(workspace, dataset, "renamed") as runs:
        target = workspace.datasets / name
        if name != dataset.name:
            remove_ghost(target)
            if os.path.lexists(target) and not target.samefile(dataset.folder):
                raise DatasetError(f"There is a dataset of that name already: {name}.")
        values = {
            "from": dataset.name,
            "to": name,
            "title": title,
            "runs": [str(run.folder.relative_to(workspace.runs)) for run in runs],
        }
        note = WorkNote.begin(workspace.datasets / RENAMING, values)
        is_moved = False
        try:
            with explained(f"{dataset.title} cannot be renamed"):
                dataset.folder.rename(target)
            is_moved = True
            _conclude(workspace, values)
        finally:
            # Once it is moved, what is missing is for the next start.
            note.close(struck_out=not is_moved or _is_concluded(target, title))
    return dataset_in(target)


def delete_dataset(workspace: Workspace, dataset: Dataset) -> TrashedDataset:
    """Move a dataset into the trash of datasets, from where `restore_dataset` brings it back.

    Raises:
        DatasetError: It comes with the program, a training or an import is at work on it, or the
            system does not allow it; it is as it was.
    """
    check_own(dataset, "deleted")
    with _unused(workspace, dataset, "deleted"):
        return move_to_trash(workspace, dataset)


def restore_dataset(workspace: Workspace, trashed: TrashedDataset) -> Dataset:
    """Bring a deleted dataset back, and with it the images of the runs that learned from it.

    Raises:
        DatasetError: There is another dataset of its name now, or the system does not allow it.
    """
    return move_back(workspace, trashed)


def runs_of(workspace: Workspace, dataset: Dataset) -> list[Run]:
    """The runs that learned from a dataset, newest first, then those of them in the trash."""
    runs = (*list_runs(workspace), *list_trashed(workspace))
    return [run for run in runs if learned_from(run, dataset)]


def finish_renames(workspace: Workspace) -> None:
    """End the renames that a kill has cut short: each is done in the end, or has never begun."""
    folder = workspace.datasets / RENAMING
    if not folder.is_dir():  # as at nearly every start
        return

    def understood(left: LeftNote) -> LeftNote:
        for key in ("from", "to", "title"):
            if not isinstance(left.values[key], str) or not _is_plain(left.values["to"]):
                raise ValueError(key)
        return left

    for left in left_work(folder, understood):
        with suppress(StudioError, OSError):
            before, after = (str(left.values[key]) for key in ("from", "to"))
            if before == after or not has_card(workspace.datasets / before):  # it was under way
                _conclude(workspace, left.values)
            left.strike_out()
    tidy_notes(folder)


@contextmanager
def _unused(workspace: Workspace, dataset: Dataset, what: str) -> Iterator[Sequence[Run]]:
    """Hold a dataset while nothing trains on it or imports into it.

    Yields:
        The runs that learned from it, those in the trash too.

    Raises:
        DatasetError: A training or an import is at work on it.
    """
    runs = runs_of(workspace, dataset)
    training = next((run for run in runs if run.is_training), None)
    if training is not None:
        raise DatasetError(
            f"{dataset.title} cannot be {what} while {training.name} is trained on it. Stop that "
            "training, or wait for its end."
        )
    with import_turn(dataset.folder, cancelled=lambda: True) as has_come:
        if not has_come:
            raise DatasetError(
                f"{dataset.title} cannot be {what} while images are imported into it. Stop the "
                "import, or wait for its end."
            )
        yield runs


def _own_card(dataset: Dataset) -> DatasetCard:
    """The card on the disk, which is never written over where it is not understood."""
    return read_card(dataset.folder) if has_card(dataset.folder) else dataset.card


def _conclude(workspace: Workspace, values: Any) -> None:
    """The steps of a rename after that of the folder; each may have been taken already."""
    folder = workspace.datasets / str(values["to"])
    if not folder.is_dir():  # somebody has moved it on
        return
    title = str(values["title"])
    for name in map(str, values.get("runs", ())):
        if ".." not in Path(name).parts and not Path(name).is_absolute():
            _tell(workspace.runs / name, folder, title)
    card = read_card(folder) if has_card(folder) else dataset_in(folder).card
    write_card(folder, replace(card, title=title))


def _is_concluded(folder: Path, title: str) -> bool:
    try:
        return read_card(folder).title == title
    except DatasetError:
        return False


def _tell(run_folder: Path, dataset_folder: Path, title: str) -> None:
    """Write into a run what its dataset is called now, and where it is."""
    path = run_folder / RECIPE_FILE
    if not run_folder.is_dir():  # deleted since
        return
    try:
        values = dict(read_json(path)) if os.path.lexists(path) else {}
    except (StudioError, *NOT_UNDERSTOOD):  # nobody can tell what it says
        return
    values |= {
        "dataset": dataset_folder.name,
        "dataset_title": title,
        "dataset_folder": str(dataset_folder.absolute()),
    }
    text = json.dumps(values, indent=2, ensure_ascii=False)
    with explained(f"{path} cannot be written"):
        write_atomically(path, text.encode("utf-8", "backslashreplace"))


def _is_plain(name: str) -> bool:
    return bool(name) and not name.startswith(".") and not set(name) & set("/\\")
