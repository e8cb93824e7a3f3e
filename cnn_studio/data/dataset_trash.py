"""The trash of the datasets: whole datasets that were deleted, until they are removed for good.

A deleted dataset lies in `datasets/.trash/<moment>/<name>/` as it was, so that it can be brought
back after a restart, by the studio or by hand. Every step is one rename.
"""

from __future__ import annotations

import os
import secrets
import shutil
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cnn_studio.data.catalog import BUILT_IN, Dataset, dataset_in, remove_ghost
from cnn_studio.data.file_moves import explained
from cnn_studio.data.trash import LEAVING, TRASH_NAME
from cnn_studio.errors import DatasetError
from cnn_studio.paths import Workspace
from cnn_studio.untrusted_files import leads_to_folder
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
    """The deleted datasets, deleted last first. What is not understood is passed over."""
    found = []
    for place in _folders_in(trash_folder(workspace)):
        for folder in _folders_in(place):
            with suppress(DatasetError, ValueError):
                moment = datetime.strptime(place.name[:15], _MOMENT).replace(tzinfo=UTC)
                found.append(TrashedDataset(dataset_in(folder), moment))
    return sorted(found, key=lambda trashed: (trashed.deleted, trashed.key), reverse=True)


def count_trashed_datasets(workspace: Workspace) -> int:
    """How many datasets are in the trash."""
    return sum(len(_folders_in(place)) for place in _folders_in(trash_folder(workspace)))


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
        DatasetError: There is another one of its name by now, or the system does not allow it.
    """
    old = trashed.dataset.folder
    target = workspace.datasets / old.name
    remove_ghost(target)
    if os.path.lexists(target):
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
        progress: Called with how many folders are gone, and of how many.

    Raises:
        DatasetError: It is not in the trash any more, or some of it cannot be removed; the next
            start goes on with that.
    """
    place = trashed.dataset.folder.parent
    if place.parent != trash_folder(workspace) or not trashed.dataset.folder.is_dir():
        raise DatasetError(f"{trashed.dataset.title} is not in the trash any more.")
    with explained(f"{trashed.dataset.title} cannot be removed"):
        leaving = place.rename(workspace.datasets / f"{LEAVING}{uuid.uuid4().hex}")
        inside = leaving / trashed.dataset.folder.name
        folders = _folders_in(inside)
        for done, folder in enumerate(folders):
            progress(done, len(folders))
            shutil.rmtree(folder)
        shutil.rmtree(leaving)


def _folders_in(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return sorted(folder / e.name for e in entries if leads_to_folder(e))
    except OSError:
        return []
