"""A dataset in one zip: its class folders, its card, and a manifest to check them by.

Brought into another studio it is the same dataset (see `unpacking`), down to the names of the
files, which tell the recordings apart. What lies in the trash stays at home.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cnn_studio import __version__
from cnn_studio.data.cards import CARD_NAME, Storage, has_card, write_card
from cnn_studio.data.catalog import Dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.file_moves import explained
from cnn_studio.data.listing import image_files
from cnn_studio.data.marks import Mark
from cnn_studio.errors import DatasetError
from cnn_studio.whole_files import write_whole

MANIFEST_NAME = "manifest.json"
FORMAT = "cnn-studio-dataset"
SCHEMA_VERSION = 1
_SAME_TIME = (1980, 1, 1, 0, 0, 0)  # the same dataset makes the same zip

Progress = Callable[[int, int], None]


def pack_dataset(
    dataset: Dataset,
    target: Path,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> int:
    """Write a dataset into a zip, whole or not at all.

    Args:
        dataset: A dataset of class folders.
        target: The zip to write; one that is there is replaced.
        progress: Told how many images are done, and of how many.
        cancelled: Asked often; once it says True, nothing is written.

    Returns:
        How many images are in it; -1 if it was cancelled.

    Raises:
        DatasetError: The dataset has no class folders, or a file cannot be read or written.
    """
    if dataset.card.storage is not Storage.FOLDERS:
        raise DatasetError(f"{dataset.title} is kept as it was published and need not be packed.")
    folders = ClassFolders(dataset)
    names = [
        f"{class_name}/{entry}"
        for class_name in folders.classes()
        for entry in sorted(e.name for e in image_files(folders.folder_of(class_name)))
    ]
    report = progress or (lambda _done, _total: None)

    def write(temporary: Path) -> None:
        described = {}
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
            for done, name in enumerate(names):
                if cancelled():
                    raise _CancelledError
                with explained(f"{name} cannot be read"):
                    data = (dataset.folder / name).read_bytes()
                _check_text(name)
                described[name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
                _add(archive, name, data)
                report(done + 1, len(names))
            manifest = _manifest(folders, described)
            _add(archive, MANIFEST_NAME, json.dumps(manifest, indent=1).encode("utf-8"))
            _add(archive, CARD_NAME, _card_file(folders))

    try:
        with explained(f"{target.name} cannot be written"):
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, write)
    except _CancelledError:
        return -1
    return len(names)


class _CancelledError(Exception):
    """The work was asked to end."""


def _manifest(folders: ClassFolders, described: dict[str, Any]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "written_by": f"CNN Studio {__version__}",
        "title": folders.dataset.title,
        "classes": list(folders.classes()),
        "counts": folders.counts(),
        "marks": {mark: sorted(folders.marks.names(mark) & described.keys()) for mark in Mark},
        "files": described,
    }


def _card_file(folders: ClassFolders) -> bytes:
    if not has_card(folders.dataset.folder):
        write_card(folders.dataset.folder, folders.dataset.card)
    return (folders.dataset.folder / CARD_NAME).read_bytes()


def _check_text(name: str) -> None:
    """Refuse a name that is no text, as Linux allows: no zip can hold it."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        shown = name.encode("utf-8", "replace").decode("utf-8")
        raise DatasetError(f"A zip cannot hold this name: {shown}. Rename the file.") from None


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, _SAME_TIME), data)
