"""A second dataset with the same images, and how much room a dataset takes on the disk."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from cnn_studio.data.cards import CARD_NAME, DatasetCard, write_card
from cnn_studio.data.catalog import BUILT_IN, Dataset, check_title, list_datasets, remove_ghost
from cnn_studio.data.dataset_hold import Use, dataset_hold
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
_Identity = tuple[int, int] | None


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
        DatasetError: The title cannot be used, the disk is too full, a file or folder cannot be
            read, or a folder of the first one has been moved meanwhile; nothing is left then.
    """
    title, name = check_title(title, (other.name for other in list_datasets(workspace)))
    target = workspace.datasets / name
    remove_ghost(target)
    if os.path.lexists(target):
        raise DatasetError(f"There is a dataset of that name already: {name}.")
    card = replace(dataset.card, name=name, title=title)
    with (
        nullcontext() if dataset.is_outside else dataset_hold(dataset.folder, Use.COPYING),
        explained(f"{dataset.title} cannot be duplicated"),
    ):
        source = _Source(dataset)
        _check_room(workspace, dataset, source.files)
        workspace.datasets.mkdir(parents=True, exist_ok=True)
        with folder_in_making(workspace.datasets / f"{COPYING}{uuid.uuid4().hex}") as work:
            made = work / name
            if not _fill(made, source, card, progress, cancelled):
                return None
            source.check_same()
            made.rename(target)
    progress(len(source.files), len(source.files))
    return Dataset(target, card)


def _fill(
    made: Path,
    source: _Source,
    card: DatasetCard,
    progress: Progress,
    cancelled: Callable[[], bool],
) -> bool:
    """Make the folder of a copy with all in it; False if it was cancelled."""
    made.mkdir()
    dataset = source.dataset
    for done, path in enumerate(source.files):
        if cancelled():
            return False
        progress(done, len(source.files))
        source.copy_file(path, made / path.relative_to(dataset.folder))
    if not dataset.problem:
        _copy_card_text(dataset.folder, made)
    write_card(made, card)
    _flush(made)
    return not cancelled()


class _Source:
    """What is copied of a dataset: all that a person put into it, and no less.

    Attributes:
        dataset: The one that is copied.
        files: Its marks, and its class folders with all in them.

    Raises:
        DatasetError: A folder in it cannot be read.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._folders: dict[Path, _Identity] = {}
        self.files: list[Path] = []
        root = dataset.folder
        if dataset.name in BUILT_IN and not os.path.lexists(root):  # nothing was written to it yet
            return
        marks = root / STUDIO_FOLDER / MARKS_NAME
        if marks.is_file():
            self.files.append(marks)
        waiting = [root]
        while waiting:
            place = waiting.pop()
            for entry in self._entries_in(place):
                # A class may be a link to a folder; deeper ones could lead round in a circle.
                is_class = place == root and leads_to_folder(entry)
                if is_class or entry.is_dir(follow_symlinks=False):
                    waiting.append(place / entry.name)
                elif leads_to_file(entry):
                    self.files.append(place / entry.name)

    def copy_file(self, path: Path, copy: Path) -> None:
        """Copy one of the files; one that was deleted meanwhile is so in the copy.

        Raises:
            DatasetError: A folder has been moved meanwhile.
            OSError: The file cannot be copied.
        """
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(path, copy)
            shutil.copystat(path, copy)  # a session's name and time belong together
        except FileNotFoundError:
            self.check_same()

    def check_same(self) -> None:
        """Check that all folders are still where they were.

        Raises:
            DatasetError: One has been renamed, deleted or moved.
        """
        for folder, identity in self._folders.items():
            if _identity(folder) != identity:
                raise DatasetError(
                    f"{self.dataset.title} cannot be duplicated: {folder} has been renamed, "
                    "deleted or moved meanwhile. Try again."
                )

    def _entries_in(self, place: Path) -> list[os.DirEntry[str]]:
        try:
            self._folders[place] = _identity(place)
            with os.scandir(place) as entries:
                found = [entry for entry in entries if is_looked_at(entry.name)]
        except OSError as error:
            raise DatasetError(
                f"{self.dataset.title} cannot be duplicated, as a folder in it cannot be read: "
                f"{place} ({error.strerror or error})."
            ) from error
        return sorted(found, key=lambda entry: entry.name)


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


def _identity(folder: Path) -> _Identity:
    """What tells a folder from another one in its place; None where there is none."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


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
