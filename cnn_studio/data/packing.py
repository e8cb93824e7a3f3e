"""A dataset in one zip: its class folders, its card, and a manifest to check them by.

Brought into another studio it is the same dataset (see `unpacking`), down to the names of the
files, which tell the recordings apart; only a name that another system could not write is changed.
What lies in the trash stays at home.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cnn_studio import __version__
from cnn_studio.data.cards import CARD_NAME, Storage, card_text, read_card
from cnn_studio.data.catalog import Dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.class_names import ClassNaming, is_folder_name, is_same_name
from cnn_studio.data.file_moves import explained
from cnn_studio.data.file_names import portable_names
from cnn_studio.data.listing import image_files, unusable_folders
from cnn_studio.data.marks import Mark
from cnn_studio.errors import DatasetError
from cnn_studio.vision.images import read_file
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
        DatasetError: The dataset has no class folders, a class is called as no studio would let it
            be, or a file cannot be read or written.
    """
    if dataset.card.storage is not Storage.FOLDERS:
        raise DatasetError(f"{dataset.title} is kept as it was published and need not be packed.")
    folders = ClassFolders(dataset)
    _check_classes(folders)
    names = _names(folders)
    report = progress or (lambda _done, _total: None)

    def write(temporary: Path) -> None:
        described = {}
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
            for done, (own_name, name) in enumerate(names.items()):
                if cancelled():
                    raise _CancelledError
                with explained(f"{name} cannot be read"):
                    data = read_file(dataset.folder / own_name)
                described[name] = _described(data, own_name, name)
                _add(archive, name, data)
                report(done + 1, len(names))
            manifest = _manifest(folders, names, described)
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


def _check_classes(folders: ClassFolders) -> None:
    """Check that every studio takes these classes in again, whatever system it runs on."""
    wrong = []
    naming = ClassNaming()
    for name in (*folders.classes(), *_unnameable(folders.dataset.folder)):
        try:
            if is_same_name(naming.new(name), name):
                continue
            reason = "A class's name cannot begin or end with a space."
        except DatasetError as error:
            reason = str(error)
        wrong.append(f"{name!r}: {reason}")
    if wrong:
        raise DatasetError(
            f"{folders.dataset.title} is not packed, since no studio would take its classes in "
            f"again under these names. Rename them first. {' '.join(wrong)}"
        )


def _unnameable(folder: Path) -> list[str]:
    return [name for name in unusable_folders(folder) if not is_folder_name(name)]


def _names(folders: ClassFolders) -> dict[str, str]:
    """The images as "Class/file.jpg", in order, each with what it is called in the zip."""
    names = {}
    for class_name in folders.classes():
        files = portable_names(e.name for e in image_files(folders.folder_of(class_name)))
        for own_name in sorted(files):
            names[f"{class_name}/{own_name}"] = f"{class_name}/{files[own_name]}"
    return names


def _described(data: bytes, own_name: str, name: str) -> dict[str, Any]:
    """What the manifest says of a file; of one that had another name, that as well."""
    facts: dict[str, Any] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    return facts if own_name == name else {**facts, "name": own_name.rpartition("/")[2]}


def _manifest(
    folders: ClassFolders, names: dict[str, str], described: dict[str, Any]
) -> dict[str, Any]:
    marks = {mark: folders.marks.names(mark) for mark in Mark}
    return {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "written_by": f"CNN Studio {__version__}",
        "title": folders.dataset.title,
        "classes": list(folders.classes()),
        "counts": folders.counts(),
        "marks": {
            mark: sorted(names[name] for name in marked if name in names)
            for mark, marked in marks.items()
        },
        "files": described,
    }


def _card_file(folders: ClassFolders) -> bytes:
    """The card as it stands in the folder; else the one that stands in for it."""
    dataset = folders.dataset
    try:
        read_card(dataset.folder)
        return (dataset.folder / CARD_NAME).read_bytes()
    except (DatasetError, OSError):  # none yet, or one that no studio would take in again
        return card_text(dataset.card).encode("utf-8")


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, _SAME_TIME), data)
