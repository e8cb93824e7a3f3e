"""The trash of the datasets: whole datasets that were deleted, until they are removed for good.

A deleted dataset lies in `datasets/.trash/<moment>/<name>/` as it was, so that it can be brought
back after a restart, by the studio or by hand. Every step is one rename.
"""

from __future__ import annotations

import os
import secrets
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cnn_studio.data.cards import CARD_NAME
from cnn_studio.data.catalog import BUILT_IN, Dataset, dataset_in, list_datasets, remove_ghost
from cnn_studio.data.class_names import folded
from cnn_studio.data.file_moves import explained
from cnn_studio.data.listing import folders_in
from cnn_studio.data.trash import LEAVING, TRASH_NAME
from cnn_studio.errors import DatasetError
from cnn_studio.paths import Workspace
from cnn_studio.untrusted_text import shown

_MOMENT = "%Y%m%d-%H%M%S"


@dataclass(frozen=True)
class TrashedDataset:
    """A dataset that was deleted and can be brought back.

    Attributes:
        dataset: What it is, where it lies now.
        deleted: When it was deleted, UTC.
    """

    dataset: Dataset
    deleted: datetime

    @property
    def key(self) -> str:
        """What tells it from others of its name: the folder that it lies in."""
        return self.dataset.folder.parent.name


def trash_folder(workspace: Workspace) -> Path:
    """Where deleted datasets are; there is no such folder before the first."""
    return workspace.datasets / TRASH_NAME


def list_trashed_datasets(workspace: Workspace) -> list[TrashedDataset]:
    """The deleted datasets, deleted last first.

    What is not understood is passed over, and so are links: what they lead to was not deleted.
    """
    found = _trashed_in(workspace)
    return sorted(found, key=lambda trashed: (trashed.deleted, trashed.key), reverse=True)


def count_trashed_datasets(workspace: Workspace) -> int:
    """How many datasets `list_trashed_datasets` lists."""
    return sum(1 for _ in _trashed_in(workspace))


def find_trashed(workspace: Workspace, name: str) -> TrashedDataset:
    """The deleted dataset of that name or title; the one deleted last of several.

    Raises:
        DatasetError: There is none in the trash.
    """
    trashed = list_trashed_datasets(workspace)
    wanted = name.casefold()
    for one in trashed:
        if wanted in (one.dataset.name.casefold(), one.dataset.title.casefold(), one.key):
            return one
    known = ", ".join(dict.fromkeys(one.dataset.name for one in trashed))
    held = f"It holds {known}." if known else "It is empty."
    raise DatasetError(f"{shown(name)} is not in the trash of datasets. {held}")


def check_own(dataset: Dataset, what: str) -> None:
    """Check that a dataset is one that a person made, in the workspace.

    Args:
        dataset: Any dataset.
        what: What is to be done with it: "deleted".

    Raises:
        DatasetError: It comes with the program, lies outside the workspace, or is only linked to.
    """
    if dataset.name in BUILT_IN:
        raise DatasetError(
            f"{dataset.title} comes with the program and cannot be {what}. Duplicate it: the copy "
            "is yours."
        )
    if dataset.is_outside:
        raise DatasetError(f"{dataset.folder} lies outside the workspace and is only read.")
    if dataset.folder.is_symlink():
        raise DatasetError(
            f"{dataset.folder} is a link to {dataset.folder.resolve()}, and cannot be {what} from "
            "here."
        )


def move_to_trash(workspace: Workspace, dataset: Dataset) -> TrashedDataset:
    """Move a dataset into the trash with all that is in it.

    Raises:
        DatasetError: It is none that can be deleted, or the system does not allow it; it is as it
            was.
    """
    check_own(dataset, "deleted")
    now = datetime.now(UTC)
    place = trash_folder(workspace) / f"{now:{_MOMENT}}-{secrets.token_hex(2)}"
    target = place / dataset.folder.name
    with explained(f"{dataset.title} cannot be deleted"):
        place.mkdir(parents=True)
        try:
            dataset.folder.rename(target)
        except OSError:
            place.rmdir()
            raise
    return TrashedDataset(dataset_in(target), now.replace(microsecond=0))


def move_back(workspace: Workspace, trashed: TrashedDataset) -> Dataset:
    """Bring a deleted dataset back.

    Raises:
        DatasetError: It is not in the trash any more, there is another one of its name by now, or
            the system does not allow it.
    """
    _check_in_trash(workspace, trashed)
    old = trashed.dataset.folder
    target = workspace.datasets / old.name
    remove_ghost(target)
    names = {folded(dataset.name) for dataset in list_datasets(workspace)}
    if folded(old.name) in names or os.path.lexists(target):
        raise DatasetError(
            f"There is another dataset of that name now: {old.name}. Rename that one, then bring "
            "this one back."
        )
    with explained(f"{trashed.dataset.title} cannot be brought back"):
        old.rename(target)
    with suppress(OSError):
        old.parent.rmdir()
    return dataset_in(target)


def remove_for_good(
    workspace: Workspace,
    trashed: TrashedDataset,
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Remove a deleted dataset from the disk. It is no longer offered from the first moment on.

    Args:
        workspace: Whose trash it is in.
        trashed: The dataset.
        progress: Called with how many of its folders and files are gone, and of how many.

    Raises:
        DatasetError: It is not in the trash any more, or some of it cannot be removed; that is in
            the trash again.
    """
    _check_in_trash(workspace, trashed)
    title, folder = trashed.dataset.title, trashed.dataset.folder
    with explained(f"{title} cannot be removed"):
        # Renamed first: what a kill leaves is no longer offered, and goes at a later start.
        leaving = folder.rename(workspace.datasets / f"{LEAVING}{uuid.uuid4().hex}")
        with suppress(OSError):  # another one is in it
            folder.parent.rmdir()
        refusal = _remove_parts(leaving, progress)
        if refusal:
            folder.parent.mkdir(exist_ok=True)
            leaving.rename(folder)
            raise DatasetError(
                f"{title} cannot be removed whole: {refusal}. What is left of it is in the trash "
                "again."
            )
        leaving.rmdir()


def _trashed_in(workspace: Workspace) -> Iterator[TrashedDataset]:
    for place in folders_in(trash_folder(workspace)):
        for folder in folders_in(place):
            with suppress(DatasetError, ValueError):
                moment = datetime.strptime(place.name[:15], _MOMENT).replace(tzinfo=UTC)
                yield TrashedDataset(dataset_in(folder), moment)


def _check_in_trash(workspace: Workspace, trashed: TrashedDataset) -> None:
    """Check that a dataset still lies in the trash, and not only a link to it.

    Raises:
        DatasetError: It does not.
    """
    folder = trashed.dataset.folder
    is_here = folder.parent.parent == trash_folder(workspace) and folder.is_dir()
    if not is_here or folder.is_symlink() or folder.parent.is_symlink():
        raise DatasetError(f"{trashed.dataset.title} is not in the trash any more.")


def _remove_parts(folder: Path, progress: Callable[[int, int], None]) -> str:
    """Remove all that is in a dataset's folder; the card goes last, so that a rest can be listed.

    Returns:
        What cannot be removed first, and why; "" if all has gone.
    """
    refusal = ""
    try:
        parts = sorted(folder.iterdir(), key=lambda path: (path.name == CARD_NAME, path.name))
    except OSError as error:
        return error.strerror or str(error)
    for done, path in enumerate(parts):
        progress(done, len(parts))
        if refusal and path.name == CARD_NAME:
            break
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:  # what a link leads to lies elsewhere, and stays
                path.unlink(missing_ok=True)
        except OSError as error:
            refusal = refusal or f"{shown(path.name)} ({error.strerror or error})"
    return refusal
