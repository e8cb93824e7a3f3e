"""The files in a zip that are to be imported, read one by one and never unpacked to the disk."""

from __future__ import annotations

import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import TracebackType

from cnn_studio.data.incoming import MAX_FILE_BYTES, Incoming, incoming, is_looked_at, left_out
from cnn_studio.errors import DatasetError

_MAX_ENTRIES = 1_000_000
_ENCRYPTED = 1
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
    return path.is_file() and (path.suffix.lower() == ".zip" or zipfile.is_zipfile(path))


class IncomingZip:
    """The files in a zip; a context manager to iterate over.

    Args:
        path: The zip.

    Raises:
        DatasetError: The zip is damaged, or says that it has a million entries and more.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise DatasetError(f"The zip file is damaged: {path.name}.") from error
        if len(self._zip.infolist()) > _MAX_ENTRIES:
            self._zip.close()
            raise DatasetError(f"The zip file has more than {_MAX_ENTRIES} entries: {path.name}.")

    def __enter__(self) -> IncomingZip:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._zip.close()

    def __iter__(self) -> Iterator[Incoming]:
        for entry in sorted(self._zip.infolist(), key=lambda info: info.filename):
            if entry.is_dir():
                continue
            inner = PurePosixPath(entry.filename.replace("\\", "/"))
            *folders, name = inner.parts or ("",)
            has_drive = bool(PureWindowsPath(entry.filename).drive)
            if ".." in inner.parts or inner.is_absolute() or has_drive:
                reason = f"Its name leads out of the zip: {entry.filename}."
                yield left_out(self._path / (name or "?"), (), reason)
            elif all(map(is_looked_at, inner.parts)):
                yield self._incoming(entry, self._path.joinpath(inner), tuple(folders))

    def _incoming(self, entry: zipfile.ZipInfo, path: Path, folders: tuple[str, ...]) -> Incoming:
        if stat.S_ISLNK(entry.external_attr >> 16):
            return left_out(path, folders, f"Links are not followed: {path.name}.")
        if entry.flag_bits & _ENCRYPTED:
            return left_out(path, folders, f"It is locked with a password: {path.name}.")
        return incoming(path, folders, entry.file_size, partial(self._read, entry))

    def _read(self, entry: zipfile.ZipInfo) -> bytes:
        name = PurePosixPath(entry.filename).name
        try:
            with self._zip.open(entry) as stream:
                # An entry may hold more than it says.
                data = stream.read(MAX_FILE_BYTES + 1)
        except _DAMAGE as error:
            raise DatasetError(f"It is damaged in the zip: {name}.") from error
        if len(data) > MAX_FILE_BYTES:
            raise DatasetError(f"It has more than {MAX_FILE_BYTES >> 20} MB: {name}.")
        return data
