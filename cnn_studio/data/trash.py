"""The trash of a dataset: what was deleted, until it is emptied.

A deleted image lies in `.trash/<Class>/` under its own name, so that it can be brought back after
a restart, by the studio or by hand.
"""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cnn_studio.data.file_moves import explained, free_path
from cnn_studio.data.listing import class_folder_names, image_files
from cnn_studio.data.samples import Sample

TRASH_NAME = ".trash"
LEAVING = ".leaving-"
"""What the name of a folder begins with that is being removed for good."""


@dataclass(frozen=True)
class TrashedSample:
    """A sample that was deleted and can be brought back.

    Attributes:
        path: Where the file is now.
        sample: What and where it was.
        deleted_s: When it came into the trash, as far as the system tells: seconds since 1970.
    """

    path: Path
    sample: Sample
    deleted_s: float


def list_trash(dataset_folder: Path) -> list[TrashedSample]:
    """What lies in the trash, deleted last first."""
    trash = dataset_folder / TRASH_NAME
    found = []
    for class_name in _classes_in(trash):
        for entry in image_files(trash / class_name):
            sample = Sample(dataset_folder / class_name / entry.name, class_name)
            with suppress(FileNotFoundError):  # restored meanwhile
                # A rename sets this time, but for Windows, where it is the file's age.
                deleted_s = entry.stat().st_ctime
                found.append(TrashedSample(Path(entry.path), sample, deleted_s))
    return sorted(found, key=lambda trashed: (-trashed.deleted_s, trashed.path))


def count_trash(dataset_folder: Path) -> int:
    """How many images lie in the trash."""
    trash = dataset_folder / TRASH_NAME
    return sum(1 for name in _classes_in(trash) for _ in image_files(trash / name))


def empty_trash(
    dataset_folder: Path,
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> int:
    """Delete for good what lies in the trash.

    Args:
        dataset_folder: The dataset's folder.
        progress: Called with how many files are gone, and of how many.
        cancelled: Called with each file; once it returns True, the rest lies in the trash again.

    Returns:
        How many images that were.

    Raises:
        DatasetError: The system does not allow it.
    """
    trash = dataset_folder / TRASH_NAME
    with explained("The trash cannot be emptied"):
        if trash.is_dir():
            # Renamed first: what a crash leaves is no longer offered, and goes the next time.
            trash.rename(dataset_folder / f"{LEAVING}{uuid.uuid4().hex}")
        all_leaving = sorted(dataset_folder.glob(f"{LEAVING}*"))
        images = [
            Path(entry.path)
            for leaving in all_leaving
            for name in _classes_in(leaving)
            for entry in image_files(leaving / name)
        ]
        for done, image in enumerate(images):
            if cancelled():
                for leaving in all_leaving:
                    _bring_back(leaving, trash)
                return done
            progress(done, len(images))
            image.unlink(missing_ok=True)
        remove_leaving(dataset_folder)
    return len(images)


def remove_leaving(folder: Path, older_than_s: float = 0.0) -> None:
    """Remove what a crash has kept from being removed for good.

    Args:
        folder: What the folders that are leaving lie in.
        older_than_s: Younger ones stay: somebody may be at work on them.

    Raises:
        OSError: The system does not allow it.
    """
    for leaving in folder.glob(f"{LEAVING}*"):
        with suppress(FileNotFoundError):  # somebody else was quicker
            if time.time() - leaving.stat().st_ctime >= older_than_s:
                shutil.rmtree(leaving)


def _classes_in(trash: Path) -> list[str]:
    """The classes that something was deleted from; what a link leads to was not deleted."""
    return [name for name in class_folder_names(trash) if not (trash / name).is_symlink()]


def _bring_back(leaving: Path, trash: Path) -> None:
    """Put what is left of a trash into the trash again."""
    if not trash.exists():
        leaving.rename(trash)
        return
    for entry in leaving.iterdir():
        target = trash / entry.name
        if not entry.is_dir() or not target.is_dir():
            entry.rename(free_path(target))
            continue
        for path in entry.iterdir():
            path.rename(free_path(target / path.name))
    shutil.rmtree(leaving)
