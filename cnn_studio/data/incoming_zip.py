"""The files in a zip that are to be imported, read one by one and never unpacked to the disk.

A project of Teachable Machine (`.tm`) is such a zip, with a folder for each class; so are the
samples of one class that it downloads, as a flat zip called after the class.
"""

from __future__ import annotations

import io
import os
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from cnn_studio.data.archive_limits import (
    MAX_UNSAID_BYTES,
    Allowance,
    name_refusal,
    shortened,
)
from cnn_studio.data.archive_names import NamesReading, read_names
from cnn_studio.data.class_names import order_of
from cnn_studio.data.incoming import Incoming, incoming, is_looked_at, left_out
from cnn_studio.data.inner_files import InnerFiles
from cnn_studio.errors import DatasetError
from cnn_studio.untrusted_files import open_regular
from cnn_studio.untrusted_zips import DAMAGE, entry_stream, open_zip, read_entry
from cnn_studio.vision.file_kinds import HEAD_BYTES, refusal
from cnn_studio.vision.image_limits import MAX_FILE_BYTES

_MAX_INNER_BYTES = 1 << 30  # of one archive in another
_SAMPLES_ENDING = re.compile(r"[-_ ]*samples( \(\d+\))?$", re.IGNORECASE)
_HEAD_BYTES = 30  # before an entry, without its name
_ENCRYPTED, _UTF8 = 1, 1 << 11
_UNICODE_PATH = 0x7075
_WINDOWS = frozenset({0, 10, 11, 14})  # where a zip says that it was made
_NOT_FOR_PEOPLE = frozenset({"manifest.json", "card.toml", "metadata.json"})


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
        content: Its bytes or what they are read from, where they are not those of that file.
        names_encoding: The code page of the names that do not say it; empty to find it out.
        within: What it lies in, if it lies in another zip.

    Attributes:
        names: How the names were read that do not say it; None if all do.

    Raises:
        DatasetError: The zip is damaged, would unpack to more than any collection of photos, or its
            names are not written in that code page.
    """

    _level: int
    _allowance: Allowance
    _inner_files: InnerFiles

    def __init__(
        self,
        path: Path,
        content: bytes | IO[bytes] | None = None,
        names_encoding: str = "",
        within: IncomingZip | None = None,
    ) -> None:
        self._path = path
        self._names_encoding = names_encoding
        self._open = ExitStack()
        self._level = 1 if within is None else within._level + 1
        self._inner: list[IncomingZip] = []
        try:
            size_bytes = self._opened(content)
            kind = "zip file"
            self._allowance = (
                within._allowance if within else Allowance(path.name, kind, size_bytes)
            )
            self._inner_files = within._inner_files if within else InnerFiles()
            if within is None:
                self._open.callback(self._inner_files.close)
            self._check_size(size_bytes)
            self.understand_names()
        except BaseException:
            self._open.close()
            raise

    def _opened(self, content: bytes | IO[bytes] | None) -> int:
        """Open it; gives its size."""
        name = self._path.name
        try:
            if content is None:
                stream: IO[bytes] = self._open.enter_context(open_regular(self._path))
            else:
                stream = io.BytesIO(content) if isinstance(content, bytes) else content
            self._zip = self._open.enter_context(open_zip(stream, name, DatasetError))
            return stream.seek(0, os.SEEK_END)
        except UnicodeDecodeError as error:
            raise DatasetError(
                "The zip says that its names are Unicode, and they are not; unpack it, with 7-Zip "
                f"for example, and bring in the folder: {name}."
            ) from error
        except DAMAGE as error:
            raise DatasetError(_no_zip(self._path, content)) from error

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
        self._open.close()

    def understand_names(self, expected: frozenset[str] = frozenset()) -> None:
        """Give the entries the names that they were meant to have.

        Args:
            expected: Names that are known to be among them, where there is a list of them.
        """
        self.names: NamesReading | None = None
        unsaid: dict[int, bytes] = {}
        entries = self._zip.infolist()
        for place, entry in enumerate(entries):
            raw = _raw_name(entry)
            said = _said_beside(entry, raw) if raw is not None else None
            if said is not None:
                entry.filename = said
            elif raw is not None and not name_refusal(entry.filename):
                unsaid[place] = raw
        if sum(len(raw) for raw in unsaid.values() if not raw.isascii()) > MAX_UNSAID_BYTES:
            raise DatasetError(
                "The zip does not say how its names are written, and they are too many to find it "
                f"out; unpack it, with 7-Zip for example: {self._path.name}."
            )
        self.names = read_names(
            list(unsaid.values()),
            self._path.name,
            encoding=self._names_encoding,
            is_of_unix=not any(entries[place].create_system in _WINDOWS for place in unsaid),
            expected=expected,
        )
        if self.names is not None:
            for place, raw in unsaid.items():
                entries[place].filename = raw.decode(self.names.encoding)

    def files(self) -> Iterator[tuple[str, Callable[[int], bytes]]]:
        """All files that may be read, each with what gives its first so many bytes."""
        for entry in self._zip.infolist():
            if not entry.is_dir() and not self.refusal(entry):
                yield entry.filename, partial(self.beginning, entry)

    def refusal(self, entry: zipfile.ZipInfo) -> str:
        """Why an entry is not to be read, whatever it holds; empty if nothing speaks against it."""
        if reason := name_refusal(entry.filename):
            return reason
        name = place_in_archive(entry.filename).name
        if leads_out(entry.filename):
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
        data = self.beginning(entry, MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            name = PurePosixPath(entry.filename).name
            raise DatasetError(f"It has more than {MAX_FILE_BYTES >> 20} MB: {name}.")
        return data

    def beginning(self, entry: zipfile.ZipInfo, most_bytes: int) -> bytes:
        """The first so many bytes of an entry.

        Raises:
            DatasetError: It is damaged, or packed in a way that is not read.
        """
        name = shortened(entry.filename)
        try:
            return read_entry(self._zip, entry, most_bytes)
        except NotImplementedError as error:
            raise DatasetError(
                f"It is packed in a way that is not read; pack it as a plain zip: {name}."
            ) from error
        except DAMAGE as error:
            raise DatasetError(f"It is damaged in the zip: {name}.") from error

    def __iter__(self) -> Iterator[Incoming]:
        return each_once(self._entries())

    def _entries(self) -> Iterator[Incoming]:
        entries = []
        for entry in self._zip.infolist():
            reason = name_refusal(entry.filename)
            if reason:  # not even to be put in order
                yield left_out(self._path / shortened(entry.filename), (), reason)
            elif not entry.is_dir() and entry.filename not in _NOT_FOR_PEOPLE:
                entries.append(entry)
        for entry in sorted(entries, key=lambda info: order_of(info.filename)):
            inner = place_in_archive(entry.filename)
            *folders, name = inner.parts or ("",)
            if leads_out(entry.filename):
                yield left_out(self._path / (name or "?"), (), self.refusal(entry))
            elif _is_samples_zip(name):
                yield from self._samples_in(entry, self._path.joinpath(inner))
            elif all(map(is_looked_at, inner.parts)):
                yield self._incoming(entry, self._path.joinpath(inner), tuple(folders))

    def _incoming(self, entry: zipfile.ZipInfo, path: Path, folders: tuple[str, ...]) -> Incoming:
        reason = self.refusal(entry)
        if reason:
            return left_out(path, folders, reason)
        read, look = partial(self.read, entry), partial(self.beginning, entry)
        with self._allowance.listing():
            return incoming(path, folders, entry.file_size, read, look)

    def _samples_in(self, entry: zipfile.ZipInfo, path: Path) -> Iterator[Incoming]:
        """The images in a zip of one class's samples within this one."""
        try:
            inner = self._inner_zip(entry, path)
            entries = list(inner)
        except DatasetError as error:
            yield left_out(path, (), str(error))
            return
        name = class_name_of_zip(path)
        is_named = any(not folder.isascii() for entry in entries for folder in entry.folders)
        if is_named and inner.names is not None and inner.names.is_doubtful:
            yield left_out(path, (), inner.names.asked(path.name))
            return
        for found in entries:
            yield replace(found, folders=found.folders or (name,))

    def _inner_zip(self, entry: zipfile.ZipInfo, path: Path) -> IncomingZip:
        """A zip in this one, which is looked into on the disk.

        Raises:
            DatasetError: It is damaged, or more than archives may be that lie in one another.
        """
        if reason := self.refusal(entry):
            raise DatasetError(reason)
        self._allowance.take_inner(path.name, self._level + 1)
        self._allowance.take_inner_bytes(entry.file_size)
        try:
            with self._allowance.listing(), entry_stream(self._zip, entry) as stream:
                content = self._inner_files.add(stream, _MAX_INNER_BYTES)
        except OSError as error:
            if error.errno is None:  # not of the disk, but of the zip
                raise DatasetError(f"It is damaged in the zip: {path.name}.") from error
            reason = error.strerror or str(error)
            raise DatasetError(f"There is no room to unpack {path.name} ({reason}).") from error
        except DAMAGE as error:
            raise DatasetError(f"It is damaged in the zip: {path.name}.") from error
        if content is None:
            raise DatasetError(f"It has more than {_MAX_INNER_BYTES >> 20} MB: {path.name}.")
        with self._allowance.listing():
            inner = IncomingZip(path, content, self._names_encoding, within=self)
        self._inner.append(inner)
        return inner

    def _check_size(self, size_bytes: int) -> None:
        """Refuse what its directory says is too much; what it hides is stopped when it is read."""
        entries, name = self._zip.infolist(), self._path.name
        if not all(entry.filename for entry in entries):  # Python itself stumbles over those
            raise DatasetError(f"The zip file is damaged: {name}.")
        if _overlap(entries, size_bytes):
            raise DatasetError(f"Files in the zip share their bytes, as in no honest one: {name}.")
        self._allowance.take(len(entries), sum(entry.file_size for entry in entries))


def _overlap(entries: Iterable[zipfile.ZipInfo], size_bytes: int) -> bool:
    """Whether two entries are said to have the same bytes, or one has some that are not there."""
    end = 0
    for entry in sorted(entries, key=lambda info: info.header_offset):
        if entry.header_offset < end:
            return True
        end = entry.header_offset + _HEAD_BYTES + entry.compress_size
    return end > size_bytes


def each_once(entries: Iterable[Incoming]) -> Iterator[Incoming]:
    """The files of an archive, in which two may have one name: then the second is called so."""
    seen: Counter[Path] = Counter()
    for entry in entries:
        seen[entry.path] += 1
        if seen[entry.path] == 1:
            yield entry
        else:
            path = entry.path
            name = f"{path.stem} ({seen[path]}){path.suffix}"
            yield replace(entry, path=path.with_name(name))


def place_in_archive(name: str) -> PurePosixPath:
    """The folders and the name of a file in an archive, whatever system it was made on."""
    return PurePosixPath(name.replace("\\", "/"))


def leads_out(name: str) -> bool:
    """Whether a name in an archive would have a file unpacked somewhere else."""
    place, on_windows = place_in_archive(name), PureWindowsPath(name)
    # Elsewhere "A: ripe" is the name of a folder.
    has_drive = bool(on_windows.drive) and (bool(on_windows.root) or os.name == "nt")
    return ".." in place.parts or place.is_absolute() or has_drive


def _no_zip(path: Path, content: bytes | IO[bytes] | None) -> str:
    """Why a file that was taken for a zip is not opened."""
    if content is not None and not isinstance(content, bytes):
        content.seek(0)
        content = content.read(HEAD_BYTES)
    if content is None:
        try:
            with open_regular(path) as stream:
                content = stream.read(HEAD_BYTES)
        except OSError as error:
            return f"The file cannot be read: {path.name} ({error.strerror or error})."
    if content.startswith(b"PK"):
        return f"The zip file is damaged: {path.name}."
    return refusal(content, path.name, "a zip")


def _raw_name(entry: zipfile.ZipInfo) -> bytes | None:
    """The bytes of a name that does not say how it is written; None for one that does.

    Python has read it as code page 437, in which each byte is a letter, and maybe put a slash for
    what it took for this system's separator. The name before that is kept beside it.
    """
    if entry.flag_bits & _UTF8:
        return None
    try:
        return entry.orig_filename.partition("\0")[0].encode("cp437")
    except UnicodeEncodeError:  # a newer Python has read it from what stands beside it
        return None


def _said_beside(entry: zipfile.ZipInfo, raw: bytes) -> str | None:
    """The name in Info-ZIP's Unicode path, unless it belongs to another name."""
    extra = entry.extra
    while len(extra) >= 4:
        tag, size = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if tag == _UNICODE_PATH and len(field) == size > 5 and field[0] == 1:
            is_of_this = struct.unpack_from("<I", field, 1)[0] == zlib.crc32(raw)
            with suppress(UnicodeDecodeError):
                name = field[5:].decode("utf-8")
                return name if is_of_this and "\0" not in name else None
    return None


def _is_samples_zip(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix.lower() == ".zip" and bool(_SAMPLES_ENDING.search(path.stem))
