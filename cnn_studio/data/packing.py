"""A dataset in one zip: its class folders, its card, and a manifest to check them by.

Brought into another studio it is the same dataset, down to the names of the files, which tell the
recordings apart. What lies in the trash stays at home.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cnn_studio import __version__
from cnn_studio.data.cards import CARD_NAME, DatasetCard, Storage, has_card, write_card
from cnn_studio.data.catalog import Dataset
from cnn_studio.data.changes import Change
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.class_names import is_folder_name
from cnn_studio.data.file_moves import explained
from cnn_studio.data.incoming import Incoming
from cnn_studio.data.incoming_zip import IncomingZip
from cnn_studio.data.listing import image_files
from cnn_studio.data.marks import Mark, Marking
from cnn_studio.errors import DatasetError, UsageError
from cnn_studio.vision.images import IMAGE_SUFFIXES
from cnn_studio.whole_files import write_atomically, write_whole

MANIFEST_NAME = "manifest.json"
_FORMAT = "cnn-studio-dataset"
_SCHEMA_VERSION = 1
_MAX_MANIFEST_BYTES = 64 << 20
_MAX_CARD_BYTES = 1 << 20
_DAMAGE = (OSError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error)
_SAME_TIME = (1980, 1, 1, 0, 0, 0)  # the same dataset makes the same zip

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class UnpackReport:
    """What came out of a zip.

    Attributes:
        imported: How many images were stored.
        skipped: Those that were left out, each with a sentence that says why.
    """

    imported: int
    skipped: tuple[tuple[Path, str], ...]


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
                data = (dataset.folder / name).read_bytes()
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


def is_packed_dataset(path: Path) -> bool:
    """Whether a file is a zip that `pack_dataset` wrote."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _read_manifest(archive).get("format") == _FORMAT
    except (DatasetError, ValueError, *_DAMAGE):
        return False


def packed_card(path: Path, name: str) -> DatasetCard:
    """The card in a packed dataset, for a dataset of this name.

    Raises:
        DatasetError: The zip or its card is damaged.
    """
    with IncomingZip(path) as entries:
        return _card_in(entries.archive, path, name)[0]


def unpack_dataset(
    dataset: Dataset,
    path: Path,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> UnpackReport:
    """Bring a packed dataset into a dataset, with the names that its files have.

    An empty dataset gets the packed card as well, so that it is identical. What is there already
    under the same name and with the same bytes is skipped; nothing is written over.

    Args:
        dataset: Where it comes in; its folder may not exist yet.
        path: A zip that `pack_dataset` wrote.
        progress: Told how many images are done, and of how many.
        cancelled: Asked often; once it says True, it ends with what it has.

    Raises:
        DatasetError: The zip is damaged, or the dataset's folder cannot be written to.
    """
    report = progress or (lambda _done, _total: None)
    skipped: list[tuple[Path, str]] = []
    imported = 0
    with IncomingZip(path) as entries:
        manifest = _read_manifest(entries.archive)
        folders = _receiving(dataset, entries.archive, path)
        files = [e for e in entries if len(e.folders) == 1 and is_folder_name(e.folders[0])]
        for done, entry in enumerate(files):
            if cancelled():
                break
            (class_name,) = entry.folders
            name = f"{class_name}/{entry.path.name}"
            try:
                data = _read_checked(entry, name, manifest)
                imported += _store(folders, class_name, entry.path.name, data)
            except _RefusedError as error:
                skipped.append((entry.path, str(error)))
            report(done + 1, len(files))
    marks = [_marking(mark, manifest) for mark in Mark]
    folders.carry_out(Change(markings=tuple(marking for marking in marks if marking.names)))
    return UnpackReport(imported, tuple(skipped))


class _CancelledError(Exception):
    """The work was asked to end."""


class _RefusedError(DatasetError):
    """One file is left out; the others come in."""


def _receiving(dataset: Dataset, archive: zipfile.ZipFile, path: Path) -> ClassFolders:
    """The folders to unpack into; an empty dataset takes the packed card over."""
    folders = ClassFolders(dataset)
    folders.check_changeable()
    card, text = _card_in(archive, path, dataset.folder.name)
    if sum(folders.counts().values()) == 0:
        with explained(f"The card of {card.title} cannot be saved in {dataset.folder}"):
            dataset.folder.mkdir(parents=True, exist_ok=True)
            write_atomically(dataset.folder / CARD_NAME, text)
            for name in card.classes:
                (dataset.folder / name).mkdir(exist_ok=True)
        return ClassFolders(replace(dataset, card=card))
    for name in card.classes:
        if name not in folders.classes():
            folders.add_class(name)
    return folders


def _card_in(archive: zipfile.ZipFile, path: Path, name: str) -> tuple[DatasetCard, bytes]:
    """The packed card, and the file as it is."""
    try:
        info = archive.getinfo(CARD_NAME)
        if info.file_size > _MAX_CARD_BYTES:
            raise DatasetError(f"It is too large: {info.file_size} bytes.")
        text = archive.read(info)
        return DatasetCard.from_dict(name, tomllib.loads(text.decode("utf-8"))), text
    except (KeyError, *_DAMAGE, ValueError, TypeError, UsageError, DatasetError) as error:
        raise DatasetError(f"The card in {path.name} is not understood: {error}") from error


def _store(folders: ClassFolders, class_name: str, name: str, data: bytes) -> int:
    """Write one file under its own name; 1 if it was not there yet."""
    if Path(name).suffix.lower() not in IMAGE_SUFFIXES:
        raise _RefusedError(f"The studio does not read files of this kind: {name}.")
    if class_name not in folders.classes():
        folders.add_class(class_name)
    target = folders.folder_of(class_name) / name
    with explained(f"{name} cannot be saved in {target.parent}"):
        target.parent.mkdir(exist_ok=True)
        if target.exists():
            if target.read_bytes() == data:
                raise _RefusedError(f"{class_name} has this very image already: {name}.")
            raise _RefusedError(f"{class_name} has another image of this name: {name}.")
        write_atomically(target, data)
    return 1


def _read_checked(entry: Incoming, name: str, manifest: dict[str, Any]) -> bytes:
    """The bytes of a file, which must be those that were packed."""
    said = manifest["files"].get(name)
    if not isinstance(said, dict):
        raise _RefusedError(f"It is not in the manifest: {name}.")
    try:
        data = entry.read()
    except DatasetError as error:
        raise _RefusedError(str(error)) from error
    if said.get("sha256") != hashlib.sha256(data).hexdigest():
        raise _RefusedError(f"It is damaged in the zip: {name}.")
    return data


def _marking(mark: Mark, manifest: dict[str, Any]) -> Marking:
    names = manifest.get("marks", {}).get(mark, [])
    files = manifest["files"]
    return Marking(mark, True, tuple(str(name) for name in names if name in files))


def _manifest(folders: ClassFolders, described: dict[str, Any]) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "schema_version": _SCHEMA_VERSION,
        "written_by": f"CNN Studio {__version__}",
        "title": folders.dataset.title,
        "classes": list(folders.classes()),
        "counts": folders.counts(),
        "marks": {mark: sorted(folders.marks.names(mark) & described.keys()) for mark in Mark},
        "files": described,
    }


def _read_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    """The manifest of a packed dataset.

    Raises:
        DatasetError: There is none, or it is not understood.
    """
    try:
        info = archive.getinfo(MANIFEST_NAME)
        if info.file_size > _MAX_MANIFEST_BYTES:
            raise DatasetError(f"The manifest in the zip is too large: {info.file_size} bytes.")
        manifest = json.loads(archive.read(info))
        is_ours = manifest["format"] == _FORMAT and isinstance(manifest["files"], dict)
        version = int(manifest["schema_version"])
    except (KeyError, ValueError, TypeError, *_DAMAGE) as error:
        raise DatasetError("The zip holds no packed dataset.") from error
    if not is_ours:
        raise DatasetError("The zip holds no packed dataset.")
    if version > _SCHEMA_VERSION:
        raise DatasetError(
            f"The zip was packed by a newer studio. Expected version {_SCHEMA_VERSION}. "
            f"Received: {version}."
        )
    return dict(manifest)


def _card_file(folders: ClassFolders) -> bytes:
    if not has_card(folders.dataset.folder):
        write_card(folders.dataset.folder, folders.dataset.card)
    return (folders.dataset.folder / CARD_NAME).read_bytes()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, _SAME_TIME), data)
