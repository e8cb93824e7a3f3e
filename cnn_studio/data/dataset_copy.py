"""A second dataset with the same images, and how much room a dataset takes on the disk."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from cnn_studio.data.cards import CARD_NAME, write_card
from cnn_studio.data.catalog import Dataset, check_title, list_datasets, remove_ghost
from cnn_studio.data.file_moves import explained
from cnn_studio.data.incoming import is_looked_at
from cnn_studio.data.marks import MARKS_NAME, STUDIO_FOLDER
from cnn_studio.data.trash import TRASH_NAME
from cnn_studio.errors import DatasetError
from cnn_studio.paths import Workspace
from cnn_studio.untrusted_files import leads_to_file, leads_to_folder
from cnn_studio.whole_files import folder_in_making

COPYING = ".copying-"
"""What the name of a folder begins with in which a dataset is being copied."""

_SPARE_BYTES = 64 << 20  # a disk that is full to the last byte is in everybody's way

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class DiskUse:
    """How much room a dataset takes.

    Attributes:
        total: In bytes, with what lies in its trash and what the studio keeps beside the images.
        trash: What of that lies in its trash.
        is_whole: False if the counting was ended before all was counted.
    """

    total: int
    trash: int
    is_whole: bool = True


def disk_use(folder: Path, cancelled: Callable[[], bool] = lambda: False) -> DiskUse:
    """How much room a dataset's folder takes; a folder that is not there takes none."""
    total = trash = 0
    for inside, entry in _entries(folder):
        if cancelled():
            return DiskUse(total, trash, is_whole=False)
        with suppress(OSError):  # gone meanwhile
            size = entry.stat(follow_symlinks=False).st_size
            total += size
            trash += size if inside[:1] == (TRASH_NAME,) else 0
    return DiskUse(total, trash)


def duplicate_dataset(
    workspace: Workspace,
    dataset: Dataset,
    title: str,
    *,
    progress: Progress = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Dataset | None:
    """Make a second dataset of the same images, with the same card and marks but for the title.

    What lies in the trash, and what was done step by step, stays with the first one. The second one
    appears when all of it is there; what a kill leaves is hidden, and the next start removes it.

    Args:
        workspace: Where the second one is made.
        dataset: The first one.
        title: What the second one is called.
        progress: Called with how many files are copied, and of how many.
        cancelled: Called with each file; once it returns True, nothing is left.

    Returns:
        The second dataset; None if it was cancelled.

    Raises:
        DatasetError: The title cannot be used, the disk is too full, or a file cannot be copied;
            nothing is left then.
    """
    title, name = check_title(title, (other.name for other in list_datasets(workspace)))
    target = workspace.datasets / name
    remove_ghost(target)
    if os.path.lexists(target):
        raise DatasetError(f"There is a dataset of that name already: {name}.")
    files = list(_files_to_copy(dataset.folder))
    _check_room(workspace, dataset, files)
    failed = f"{dataset.title} cannot be duplicated"
    with explained(failed):
        workspace.datasets.mkdir(parents=True, exist_ok=True)
    card = replace(dataset.card, name=name, title=title)
    with (
        explained(failed),
        folder_in_making(workspace.datasets / f"{COPYING}{uuid.uuid4().hex}") as work,
    ):
        made = work / name
        made.mkdir()
        for done, path in enumerate(files):
            if cancelled():
                return None
            progress(done, len(files))
            copy = made / path.relative_to(dataset.folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):  # deleted meanwhile: so it is in the copy
                shutil.copyfile(path, copy)
                shutil.copystat(path, copy)  # a session's name and time belong together
        if not dataset.problem:
            _copy_card_text(dataset.folder, made)
        write_card(made, card)
        _flush(made)
        if cancelled():
            return None
        made.rename(target)
    progress(len(files), len(files))
    return Dataset(target, card)


def _entries(folder: Path) -> Iterator[tuple[tuple[str, ...], os.DirEntry[str]]]:
    """Every regular file below a folder with the folders that it lies in; links are passed over."""
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        inside = waiting.pop()
        with suppress(OSError), os.scandir(folder.joinpath(*inside)) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((*inside, entry.name))
                elif entry.is_file(follow_symlinks=False):
                    yield inside, entry


def _files_to_copy(folder: Path) -> Iterator[Path]:
    """All that a person put into a dataset: its class folders with all in them, and its marks."""
    marks = folder / STUDIO_FOLDER / MARKS_NAME
    if marks.is_file():
        yield marks
    waiting = [folder]
    while waiting:
        place = waiting.pop()
        with suppress(OSError), os.scandir(place) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if not is_looked_at(entry.name):
                    continue
                # A class may be a link to a folder; deeper ones could lead round in a circle.
                is_class = place == folder and leads_to_folder(entry)
                if is_class or entry.is_dir(follow_symlinks=False):
                    waiting.append(place / entry.name)
                elif leads_to_file(entry):
                    yield place / entry.name


def _check_room(workspace: Workspace, dataset: Dataset, files: list[Path]) -> None:
    needed = 0
    for path in files:
        with suppress(OSError):
            needed += path.stat().st_size
    places = (workspace.datasets, *workspace.datasets.parents)
    free = shutil.disk_usage(next(place for place in places if place.exists())).free
    if needed + _SPARE_BYTES > free:
        raise DatasetError(
            f"A second {dataset.title} needs {needed / 1e6:,.0f} MB, and the disk has "
            f"{free / 1e6:,.0f} MB left. Make room first."
        )


def _copy_card_text(folder: Path, made: Path) -> None:
    """The card as it stands, so that what a person wrote beside the studio's own lines stays."""
    with suppress(FileNotFoundError):  # a built-in dataset that nothing was written to yet
        shutil.copyfile(folder / CARD_NAME, made / CARD_NAME)


def _flush(folder: Path) -> None:
    """Have the disk take all files: the folder's new name must not be there before they are."""
    for inside, entry in _entries(folder):
        with suppress(OSError):  # one that may only be read, on a system that insists on writing
            descriptor = os.open(folder.joinpath(*inside, entry.name), os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
