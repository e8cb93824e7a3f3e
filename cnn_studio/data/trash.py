"""The trash of a dataset: what was deleted, until it is emptied.

A deleted image lies in `.trash/<Class>/` under its own name, so that it can be brought back after
a restart, by the studio or by hand.
"""

from __future__ import annotations

import shutil
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cnn_studio.data.file_moves import explained
from cnn_studio.data.listing import class_folder_names, image_files
from cnn_studio.data.samples import Sample

TRASH_NAME = ".trash"
_LEAVING = ".leaving-"


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
    for class_name in class_folder_names(trash):
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
    return sum(1 for name in class_folder_names(trash) for _ in image_files(trash / name))


def empty_trash(dataset_folder: Path) -> int:
    """Delete for good what lies in the trash.

    Returns:
        How many images that were.

    Raises:
        DatasetError: The system does not allow it.
    """
    trash = dataset_folder / TRASH_NAME
    count = count_trash(dataset_folder)
    with explained("The trash cannot be emptied"):
        if trash.is_dir():
            # Renamed first: what a crash leaves is no longer offered, and goes the next time.
            trash.rename(dataset_folder / f"{_LEAVING}{uuid.uuid4().hex}")
        for leaving in dataset_folder.glob(f"{_LEAVING}*"):
            shutil.rmtree(leaving)
    return count
