"""The files in a zip that are to be imported, read one by one and never unpacked to the disk.

A project of Teachable Machine (`.tm`) is such a zip, with a folder for each class; so are the
samples of one class that it downloads, as a flat zip called after the class.
"""

from __future__ import annotations

import io
import lzma
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath, PureWindowsPath

from cnn_studio.data.incoming import MAX_FILE_BYTES, Incoming, incoming, is_looked_at, left_out
from cnn_studio.errors import DatasetError
from cnn_studio.vision.file_kinds import HEAD_BYTES, refusal

MAX_ENTRIES = 200_000
MAX_UNPACKED_BYTES = 64 << 30
MAX_RATIO = 1000
"""Photos hardly shrink in a zip; what unpacks to a thousand times its size shall fill a disk."""

_RATIO_MATTERS_BYTES = 32 << 20  # an even picture packs well, and is no harm while it is small
_MAX_INNER_BYTES = 1 << 30
_SAMPLES_ENDING = re.compile(r"[-_ ]*samples( \(\d+\))?$", re.IGNORECASE)
_ENCRYPTED, _UTF8 = 1, 1 << 11
_NOT_FOR_PEOPLE = frozenset({"manifest.json", "card.toml", "metadata.json"})
_DAMAGE = (
    OSError,
    EOFError,
    NotImplementedError,  # packed in a way that Python does not know
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
)


def is_zip(path: Path) -> bool:
    """Whether a file is a zip, by its name or its content."""
    named = path.suffix.lower() in (".zip", ".tm")
    return path.is_file() and (named or zipfile.is_zipfile(path))


def class_name_of_zip(path: Path) -> str:
    """What a flat zip of one class's images is probably called after."""
    return _SAMPLES_ENDING.sub("", path.stem).strip() or path.stem


class IncomingZip:
    """The files in a zip; a context manager to iterate over.

    Args:
        path: The zip.
        content: Its bytes, where it lies in another zip.

    Raises:
        DatasetError: The zip is damaged, or would unpack to more than any collection of photos.
    """

    def __init__(self, path: Path, content: bytes | None = None) -> None:
        self._path = path
        try:
            self._zip = zipfile.ZipFile(path if content is None else io.BytesIO(content))
        except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise DatasetError(_no_zip(path, content)) from error
        _understand_names(self._zip)
        try:
            self._check_size()
        except DatasetError:
            self._zip.close()
            raise
        self._inner: list[IncomingZip] = []

    @property
    def archive(self) -> zipfile.ZipFile:
        """The zip itself."""
        return self._zip

    def __enter__(self) -> IncomingZip:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; nothing can be read any more."""
        for inner in self._inner:
            inner.close()
        self._zip.close()

    def refusal(self, entry: zipfile.ZipInfo) -> str:
        """Why an entry is not to be read, whatever it holds; empty if nothing speaks against it."""
        name = _place_of(entry).name
        if _leads_out(entry):
            return f"Its name leads out of the zip: {entry.filename}."
        if stat.S_ISLNK(entry.external_attr >> 16):
            return f"Links are not followed: {name}."
        if entry.flag_bits & _ENCRYPTED:
            return f"It is locked with a password: {name}."
        return ""

    def read(self, entry: zipfile.ZipInfo) -> bytes:
        """The bytes of an entry; the zip's word for how many they are is not taken.

        Raises:
            DatasetError: It is damaged, or larger than any file that is looked at.
        """
        data = self._beginning(entry, MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            name = PurePosixPath(entry.filename).name
            raise DatasetError(f"It has more than {MAX_FILE_BYTES >> 20} MB: {name}.")
        return data

    def _beginning(self, entry: zipfile.ZipInfo, most_bytes: int) -> bytes:
        name = PurePosixPath(entry.filename).name
        try:
            with self._zip.open(entry) as stream:
                return stream.read(most_bytes)
        except NotImplementedError as error:
            raise DatasetError(
                f"It is packed in a way that is not read; pack it as a plain zip: {name}."
            ) from error
        except _DAMAGE as error:
            raise DatasetError(f"It is damaged in the zip: {name}.") from error

    def __iter__(self) -> Iterator[Incoming]:
        for entry in sorted(self._zip.infolist(), key=lambda info: info.filename):
            if entry.is_dir() or entry.filename in _NOT_FOR_PEOPLE:
                continue
            inner = _place_of(entry)
            *folders, name = inner.parts or ("",)
            if _leads_out(entry):
                yield left_out(self._path / (name or "?"), (), self.refusal(entry))
            elif _is_samples_zip(name):
                yield from self._samples_in(entry, self._path.joinpath(inner))
            elif all(map(is_looked_at, inner.parts)):
                yield self._incoming(entry, self._path.joinpath(inner), tuple(folders))

    def _incoming(self, entry: zipfile.ZipInfo, path: Path, folders: tuple[str, ...]) -> Incoming:
        reason = self.refusal(entry)
        if reason:
            return left_out(path, folders, reason)
        read, look = partial(self.read, entry), partial(self._beginning, entry)
        return incoming(path, folders, entry.file_size, read, look)

    def _samples_in(self, entry: zipfile.ZipInfo, path: Path) -> Iterator[Incoming]:
        """The images in a zip of one class's samples within this one; no deeper."""
        try:
            if entry.file_size > _MAX_INNER_BYTES:
                raise DatasetError(f"It has more than {_MAX_INNER_BYTES >> 20} MB: {path.name}.")
            with self._zip.open(entry) as stream:
                inner = IncomingZip(path, stream.read(_MAX_INNER_BYTES))
        except (DatasetError, *_DAMAGE) as error:
            yield left_out(path, (), str(error))
            return
        self._inner.append(inner)
        name = class_name_of_zip(path)
        for found in inner:
            yield replace(found, folders=found.folders or (name,))

    def _check_size(self) -> None:
        """Refuse what its directory says is too much; what it hides is stopped when it is read."""
        entries, name = self._zip.infolist(), self._path.name
        if not all(entry.filename for entry in entries):  # Python itself stumbles over those
            raise DatasetError(f"The zip file is damaged: {name}.")
        if len(entries) > MAX_ENTRIES:
            raise DatasetError(f"The zip file has more than {MAX_ENTRIES:,} files: {name}.")
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > MAX_UNPACKED_BYTES:
            limit = MAX_UNPACKED_BYTES >> 30
            raise DatasetError(f"The zip file unpacks to more than {limit} GB: {name}.")
        packed = sum(entry.compress_size for entry in entries)
        if unpacked > max(_RATIO_MATTERS_BYTES, packed * MAX_RATIO):
            raise DatasetError(
                f"The zip file unpacks to more than {MAX_RATIO} times its size, as no honest "
                f"file does: {name}."
            )


def _no_zip(path: Path, content: bytes | None) -> str:
    """Why a file that was taken for a zip is not opened."""
    if content is None:
        try:
            with path.open("rb") as stream:
                content = stream.read(HEAD_BYTES)
        except OSError as error:
            return f"The file cannot be read: {path.name} ({error.strerror or error})."
    if content.startswith(b"PK"):
        return f"The zip file is damaged: {path.name}."
    return refusal(content, path.name, "a zip")


def _place_of(entry: zipfile.ZipInfo) -> PurePosixPath:
    return PurePosixPath(entry.filename.replace("\\", "/"))


def _leads_out(entry: zipfile.ZipInfo) -> bool:
    place, on_windows = _place_of(entry), PureWindowsPath(entry.filename)
    # Elsewhere "A: ripe" is the name of a folder.
    has_drive = bool(on_windows.drive) and (bool(on_windows.root) or os.name == "nt")
    return ".." in place.parts or place.is_absolute() or has_drive


def _understand_names(archive: zipfile.ZipFile) -> None:
    """Take names for UTF-8 that are, though they do not say so, as macOS and web servers do."""
    for entry in archive.infolist():
        if not entry.flag_bits & _UTF8 and not entry.filename.isascii():
            with suppress(UnicodeError):  # they are what they say, or of an encoding nobody tells
                entry.filename = entry.filename.encode("cp437").decode("utf-8")


def _is_samples_zip(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix.lower() == ".zip" and bool(_SAMPLES_ENDING.search(path.stem))
