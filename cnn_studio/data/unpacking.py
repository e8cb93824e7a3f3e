"""A packed dataset, brought in again with the names that its files had."""

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

from cnn_studio.data.cards import CARD_NAME, DatasetCard, write_card
from cnn_studio.data.catalog import Dataset
from cnn_studio.data.changes import Change
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.class_names import is_folder_name
from cnn_studio.data.file_moves import explained
from cnn_studio.data.incoming import Incoming
from cnn_studio.data.incoming_zip import IncomingZip
from cnn_studio.data.marks import Mark, Marking
from cnn_studio.data.packing import FORMAT, MANIFEST_NAME, SCHEMA_VERSION, Progress
from cnn_studio.data.samples import Sample
from cnn_studio.errors import DatasetError, UsageError
from cnn_studio.vision.images import IMAGE_SUFFIXES
from cnn_studio.whole_files import write_atomically

_MAX_MANIFEST_BYTES = 64 << 20
_MAX_CARD_BYTES = 1 << 20
_DAMAGE = (OSError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True)
class UnpackReport:
    """What came out of a zip.

    Attributes:
        samples: The images that were stored.
        skipped: Those that were left out, each with a sentence that says why.
    """

    samples: tuple[Sample, ...]
    skipped: tuple[tuple[Path, str], ...]

    @property
    def imported(self) -> int:
        """How many images were stored."""
        return len(self.samples)


@dataclass(frozen=True)
class PackedDataset:
    """What a zip says of the dataset in it.

    Attributes:
        path: The zip.
        title: What the dataset is called.
        classes: The names of its classes, in order.
        images: How many images it has.
    """

    path: Path
    title: str
    classes: tuple[str, ...]
    images: int


def is_packed_dataset(path: Path) -> bool:
    """Whether a file is a zip that `pack_dataset` wrote."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _read_manifest(archive).get("format") == FORMAT
    except (DatasetError, ValueError, *_DAMAGE):
        return False


def look_into(path: Path) -> PackedDataset:
    """What a packed dataset holds, without an image being read.

    Raises:
        DatasetError: The zip or its card is damaged.
    """
    with IncomingZip(path) as entries:
        manifest = _read_manifest(entries.archive)
        card, _text = _card_in(entries.archive, path, path.stem)
        return PackedDataset(path, card.title, card.classes, len(manifest["files"]))


def unpack_dataset(
    dataset: Dataset,
    path: Path,
    *,
    title: str = "",
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> UnpackReport:
    """Bring a packed dataset into a dataset, with the names that its files have.

    An empty dataset gets the packed card as well, so that it is identical. What is there already
    under the same name and with the same bytes is skipped; nothing is written over.

    Args:
        dataset: Where it comes in; its folder may not exist yet.
        path: A zip that `pack_dataset` wrote.
        title: What an empty dataset is called then, if not as the packed one was.
        progress: Told how many images are done, and of how many.
        cancelled: Asked often; once it says True, it ends with what it has.

    Raises:
        DatasetError: The zip is damaged, or the dataset's folder cannot be written to.
    """
    report = progress or (lambda _done, _total: None)
    skipped: list[tuple[Path, str]] = []
    samples: list[Sample] = []
    with IncomingZip(path) as entries:
        manifest = _read_manifest(entries.archive)
        folders = _receiving(dataset, entries.archive, path, title)
        files = [e for e in entries if len(e.folders) == 1 and is_folder_name(e.folders[0])]
        for done, entry in enumerate(files):
            if cancelled():
                break
            (class_name,) = entry.folders
            name = f"{class_name}/{entry.path.name}"
            try:
                data = _read_checked(entry, name, manifest)
                samples.append(_store(folders, class_name, entry.path.name, data))
            except _RefusedError as error:
                skipped.append((entry.path, str(error)))
            report(done + 1, len(files))
    marks = [_marking(mark, manifest) for mark in Mark]
    folders.carry_out(Change(markings=tuple(marking for marking in marks if marking.names)))
    return UnpackReport(tuple(samples), tuple(skipped))


class _RefusedError(DatasetError):
    """One file is left out; the others come in."""


def _receiving(dataset: Dataset, archive: zipfile.ZipFile, path: Path, title: str) -> ClassFolders:
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
        if title and title != card.title:
            card = replace(card, title=title)
            write_card(dataset.folder, card)
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


def _store(folders: ClassFolders, class_name: str, name: str, data: bytes) -> Sample:
    """Write one file under its own name."""
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
    return Sample(target, class_name)


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
        is_ours = manifest["format"] == FORMAT and isinstance(manifest["files"], dict)
        version = int(manifest["schema_version"])
    except (KeyError, ValueError, TypeError, *_DAMAGE) as error:
        raise DatasetError("The zip holds no packed dataset.") from error
    if not is_ours:
        raise DatasetError("The zip holds no packed dataset.")
    if version > SCHEMA_VERSION:
        raise DatasetError(
            f"The zip was packed by a newer studio. Expected version {SCHEMA_VERSION}. "
            f"Received: {version}."
        )
    return dict(manifest)
