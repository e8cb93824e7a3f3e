"""What a zip says of the packed dataset in it: checked as a whole, before any of it is used."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from cnn_studio.data.archive_limits import name_refusal, shortened
from cnn_studio.data.cards import CARD_NAME, MAX_CARD_BYTES, DatasetCard, Storage, card_text
from cnn_studio.data.incoming import is_looked_at
from cnn_studio.data.incoming_zip import IncomingZip
from cnn_studio.data.marks import Mark
from cnn_studio.data.packing import FORMAT, MANIFEST_NAME, SCHEMA_VERSION
from cnn_studio.errors import DatasetError
from cnn_studio.untrusted_files import json_in, toml_in, understanding

_LEAST_MANIFEST_BYTES, _MOST_MANIFEST_BYTES = 64 << 10, 64 << 20
_BYTES_A_FILE, _VALUES_A_FILE = 2048, 12  # no honest manifest says more of one
_SHA256 = re.compile(r"[0-9a-f]{64}")
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)  # matches at every quote


@dataclass(frozen=True)
class PackedFile:
    """What the manifest says of an image.

    Attributes:
        sha256: Of its bytes, in hexadecimal digits.
        size_bytes: How many they are; None where it does not say.
        own_name: What the file was called before it was packed.
    """

    sha256: str
    size_bytes: int | None
    own_name: str


@dataclass(frozen=True)
class PackManifest:
    """What a zip says of the dataset in it.

    Attributes:
        title: What the dataset is called.
        files: Its images, as in "cup/1.jpg".
        marks: Those of them that have a mark.
        refused: Names that nothing can have, each with a sentence that says why.
    """

    title: str
    files: Mapping[str, PackedFile]
    marks: Mapping[Mark, tuple[str, ...]]
    refused: Mapping[str, str]

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that its images lie in, in their order."""
        return tuple(dict.fromkeys(name.rpartition("/")[0] for name in self.files if "/" in name))


def is_packed(entries: IncomingZip) -> bool:
    """Whether a zip is meant as a packed dataset, be it a damaged one.

    Raises:
        DatasetError: Its manifest cannot be read.
    """
    text, is_whole = _manifest_text(entries)
    if not is_whole:
        return FORMAT.encode() in text
    try:
        values = json_in(text, MANIFEST_NAME, DatasetError)
    except DatasetError:
        return FORMAT.encode() in text
    return isinstance(values, dict) and values.get("format") == FORMAT


def read_manifest(entries: IncomingZip, path: Path) -> PackManifest:
    """The manifest of a packed dataset, with nothing in it of another kind than expected.

    Raises:
        DatasetError: There is none, it is not understood, or a newer studio has written it.
    """
    if not is_packed(entries):
        raise DatasetError("The zip holds no packed dataset.")
    count, called = len(entries.archive.infolist()), f"The manifest in {path.name}"
    text, is_whole = _manifest_text(entries)
    if not is_whole or _says_too_much(text, count):
        raise DatasetError(f"{called} describes more than its {count:,} files.")
    values = json_in(text, called, DatasetError)
    with understanding(called, DatasetError):
        version = _number(values["schema_version"])
        if version <= SCHEMA_VERSION:
            return _manifest_from(values)
    raise DatasetError(
        f"The zip was packed by a newer studio: this one reads "
        f"version {SCHEMA_VERSION}, not {version}."
    )


def packed_card(
    entries: IncomingZip, path: Path, name: str, manifest: PackManifest
) -> tuple[DatasetCard, bytes]:
    """The packed card, and the file as it is; one from the manifest where there is none.

    Raises:
        DatasetError: It is not understood.
    """
    called = f"The card in {path.name}"
    info = _entry_called(entries.archive, CARD_NAME)
    if info is None:
        with understanding(called, DatasetError):
            card = DatasetCard(name, manifest.title or path.stem, manifest.classes)
            return card, card_text(card).encode("utf-8")
    text = entries.beginning(info, MAX_CARD_BYTES + 1)
    if len(text) > MAX_CARD_BYTES:
        raise DatasetError(f"{called} has more than {MAX_CARD_BYTES >> 20} MB.")
    with understanding(called, DatasetError):
        card = DatasetCard.from_dict(name, toml_in(text, CARD_NAME, DatasetError))
    if card.storage is not Storage.FOLDERS:
        raise DatasetError(f"{called} is of a dataset without class folders.")
    return card, text


def packed_images(archive: zipfile.ZipFile, path: Path) -> dict[str, zipfile.ZipInfo]:
    """The files in a zip but for its card, its manifest and what systems add.

    Raises:
        DatasetError: Two of all its files have one name.
    """
    counts = Counter(info.filename for info in archive.infolist() if not info.is_dir())
    twice = next((name for name, count in counts.items() if count > 1), None)
    if twice is not None:
        raise DatasetError(f"{path.name} holds two files of one name: {shortened(twice)}.")
    return {
        info.filename: info
        for info in archive.infolist()
        if not info.is_dir()
        and info.filename not in (MANIFEST_NAME, CARD_NAME)
        and all(part == ".." or is_looked_at(part) for part in PurePosixPath(info.filename).parts)
    }


def _manifest_text(entries: IncomingZip) -> tuple[bytes, bool]:
    """The manifest, and whether that is all of it; nothing where there is none."""
    info = _entry_called(entries.archive, MANIFEST_NAME)
    if info is None:
        return b"", True
    most = _LEAST_MANIFEST_BYTES + _BYTES_A_FILE * len(entries.archive.infolist())
    most = min(most, _MOST_MANIFEST_BYTES)
    text = entries.beginning(info, most + 1)
    return text, len(text) <= most


def _says_too_much(text: bytes, files: int) -> bool:
    """Whether a manifest has more values than its files need; found without reading it.

    What looks like a value in a name is none, so names are looked at where that would matter.
    """
    most = _VALUES_A_FILE * files + 4096
    values = _marks_of_values(text)
    quotes = text.count(b'"') - text.count(b'\\"')
    if values > most and quotes <= 2 * most:
        values -= sum(_marks_of_values(found[0]) for found in _STRING.finditer(text))
    return values > most


def _marks_of_values(text: bytes) -> int:
    return sum(map(text.count, (b",", b"[", b"{")))


def _entry_called(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo | None:
    try:
        return archive.getinfo(name)
    except KeyError:
        return None


def _manifest_from(values: Mapping[str, Any]) -> PackManifest:
    """The manifest in plain values; raises one of NOT_UNDERSTOOD for those of another kind."""
    files, marks = _table(values["files"]), _table(values.get("marks", {}))
    refused = {name: reason for name in files if (reason := name_refusal(name))}
    found = {name: _file_from(said) for name, said in files.items() if name not in refused}
    known = {str(mark): mark for mark in Mark}
    marked = {
        known[mark]: tuple(name for name in map(_text, _list(names)) if name in found)
        for mark, names in marks.items()
        if mark in known
    }
    return PackManifest(_text(values.get("title", "")), found, marked, refused)


def _file_from(said: Any) -> PackedFile:
    values = _table(said)
    sha256, size = _text(values["sha256"]), values.get("bytes")
    if not _SHA256.fullmatch(sha256):
        raise ValueError("a SHA-256 has 64 hexadecimal digits")
    return PackedFile(
        sha256, None if size is None else _number(size), _text(values.get("name", ""))
    )


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(value)
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    return value
