"""The files in a tar archive that are to be imported, under the rules that hold for a zip.

A tar has no directory. A plain one is looked through once, for where each file begins. In a
compressed one there is no way to a place but through all that is before it: its files are unpacked,
once, into one temporary file without a name, which the system removes with the last program that
has it open, however that ends.
"""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, cast

from cnn_studio.data.archive_limits import (
    MAX_UNSAID_BYTES,
    Allowance,
    name_refusal,
    shortened,
)
from cnn_studio.data.archive_names import NamesReading, read_names
from cnn_studio.data.class_names import order_of
from cnn_studio.data.incoming import (
    Incoming,
    incoming,
    is_label_name,
    is_looked_at,
    left_out,
)
from cnn_studio.data.incoming_zip import each_once, leads_out, place_in_archive
from cnn_studio.data.tar_kinds import DAMAGE, is_tar_head, opener_of
from cnn_studio.errors import DatasetError
from cnn_studio.paths import cache_folder
from cnn_studio.untrusted_files import open_regular
from cnn_studio.vision.file_kinds import HEAD_BYTES, readable_suffix, refusal
from cnn_studio.vision.image_limits import MAX_FILE_BYTES
from cnn_studio.vision.images import is_image_name

_MOST_HEAD_BYTES = 1 << 20  # of the heads of one file, which may hold long names
_HEADS = frozenset(
    {
        tarfile.XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.SOLARIS_XHDTYPE,
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
    }
)


@dataclass(frozen=True)
class _Entry:
    """A file as it stands in the archive.

    Attributes:
        name: As Python reads it; bytes that are no UTF-8 are kept in it.
        is_declared: Whether the archive says that the name is Unicode.
        size: In bytes.
        start: Where its bytes are, in the archive or in what was unpacked.
        kept: How many of them are there.
        refusal: Why it is not to be read.
    """

    name: str
    is_declared: bool
    size: int
    start: int
    kept: int
    refusal: str = ""


class IncomingTar:
    """The files in a tar archive; a context manager to iterate over. For several threads.

    Args:
        path: The archive, with or without compression.
        names_encoding: The code page of the names that do not say it; empty to find it out.
        cancelled: Called often while it is looked through; once it returns True, it ends there.
        keeps: Gets the name of a file and its beginning; says whether it is unpacked. By default
            images are; of others there is the beginning.

    Attributes:
        names: How the names were read that do not say it; None if all do.

    Raises:
        DatasetError: It is no tar archive, it is damaged, it would unpack to more than any
            collection of photos, there is no room to unpack it, or its names are not written in
            that code page.
    """

    def __init__(
        self,
        path: Path,
        names_encoding: str = "",
        cancelled: Callable[[], bool] = lambda: False,
        keeps: Callable[[str, bytes], bool] | None = None,
    ) -> None:
        self._path = path
        self._keeps = keeps or _may_be_image
        self._cancelled = cancelled
        self._open = ExitStack()
        self._lock = threading.Lock()
        self._entries: list[_Entry] = []
        self._allowance = Allowance(path.name, "tar archive")
        self._has_end = True
        try:
            self._file = self._look_through()
            self.names = self._understand_names(names_encoding)
        except DAMAGE as error:
            self._open.close()
            raise DatasetError(f"The tar archive is damaged: {path.name}.") from error
        except BaseException:
            self._open.close()
            raise

    def __enter__(self) -> IncomingTar:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; nothing can be read any more."""
        self._open.close()

    def __iter__(self) -> Iterator[Incoming]:
        ordered = sorted(self._entries, key=lambda entry: order_of(entry.name))
        yield from each_once(filter(None, map(self._incoming, ordered)))
        if not self._has_end:  # some programs write none, and some downloads lost it
            reason = (
                f"The archive lacks the mark of its end; files may be missing: {self._path.name}."
            )
            yield left_out(self._path, (), reason)

    def files(self) -> Iterator[tuple[str, Callable[[int], bytes]]]:
        """All files that may be read, each with what gives its first so many bytes."""
        for entry in self._entries:
            if not entry.refusal and not leads_out(entry.name):
                yield entry.name, partial(self._read, entry)

    def _incoming(self, entry: _Entry) -> Incoming | None:
        place = place_in_archive(entry.name)
        *folders, name = place.parts or ("",)
        if leads_out(entry.name):
            reason = f"Its name leads out of the archive: {entry.name}."
            return left_out(self._path / (name or "?"), (), reason)
        if not all(map(is_looked_at, place.parts)):
            return None
        path = self._path.joinpath(place)
        if entry.refusal:
            return left_out(path, tuple(folders), f"{entry.refusal}: {name}.")
        read = partial(self._read, entry, entry.size)
        return incoming(path, tuple(folders), entry.size, read, partial(self._read, entry))

    def _read(self, entry: _Entry, most_bytes: int) -> bytes:
        """The first so many bytes of a file."""
        size = min(most_bytes, entry.kept)
        name = place_in_archive(entry.name).name
        if most_bytes > entry.kept and entry.kept < entry.size:
            raise DatasetError(f"Only its beginning was unpacked: {name}.")
        try:
            if hasattr(os, "pread"):
                data = os.pread(self._file.fileno(), size, entry.start)
            else:
                with self._lock:
                    self._file.seek(entry.start)
                    data = self._file.read(size)
        except (OSError, ValueError) as error:
            raise DatasetError(f"It cannot be read in the archive: {name}.") from error
        if len(data) != size:
            raise DatasetError(f"It is damaged in the archive: {name}.")
        return data

    def _look_through(self) -> IO[bytes]:
        """List the files, and give what they are to be read from."""
        try:
            raw = self._open.enter_context(open_regular(self._path))
        except OSError as error:
            reason = error.strerror or error
            raise DatasetError(f"The file cannot be read: {self._path.name} ({reason}).") from error
        head = raw.read(HEAD_BYTES)
        raw.seek(0)
        opener = opener_of(head)
        if opener is None:
            if not is_tar_head(head[: tarfile.BLOCKSIZE]) and head.strip(b"\0"):
                raise DatasetError(refusal(head, self._path.name, "a tar archive"))
            heads = _Heads(raw)
            with self._tar(heads) as archive:
                for info in self._infos(archive, heads):
                    self._list(info, info.offset_data, info.size)
                raw.seek(archive.offset)
                self._has_end = self._cancelled() or bool(raw.read(1))
            return raw
        with opener(raw) as stream:
            return self._unpack(_Metered(stream, raw, self._allowance, self._cancelled))

    def _unpack(self, stream: _Metered) -> IO[bytes]:
        try:
            folder = cache_folder()
            folder.mkdir(parents=True, exist_ok=True)
            target = self._open.enter_context(tempfile.TemporaryFile(dir=folder))  # noqa: SIM115
            heads = _Heads(stream)
            with self._tar(heads) as archive:
                for info in self._infos(archive, heads):
                    self._unpack_file(archive, info, target)
            stream.drain()
            target.flush()
        except _StoppedError:
            return target
        except OSError as error:
            if error.errno is None:  # not of the disk, but of the archive
                raise
            raise DatasetError(
                f"There is no room to unpack {self._path.name} in {folder} "
                f"({error.strerror}). Unpack it elsewhere, and import the folder."
            ) from error
        return target

    def _unpack_file(self, archive: tarfile.TarFile, info: tarfile.TarInfo, to: IO[bytes]) -> None:
        """Keep what may be an image; of all else only the beginning, which tells what it is."""
        start = to.tell()
        source = archive.extractfile(info) if info.isreg() else None
        if source is not None and info.size <= MAX_FILE_BYTES:
            head = source.read(HEAD_BYTES)
            to.write(head)
            if self._keeps(info.name, head) or is_label_name(info.name):
                shutil.copyfileobj(source, to)
        self._list(info, start, to.tell() - start)

    def _tar(self, stream: _Heads) -> tarfile.TarFile:
        opened = tarfile.open(  # type: ignore[call-overload]  # noqa: SIM115
            fileobj=stream,
            mode="r:",
            tarinfo=_CheckedInfo,
            encoding="utf-8",
            errors="surrogateescape",
        )
        return cast("tarfile.TarFile", opened)

    def _infos(self, archive: tarfile.TarFile, heads: _Heads) -> Iterator[tarfile.TarInfo]:
        while not self._cancelled():
            heads.begin()
            with self._allowance.listing():
                info = archive.next()
            if info is None:
                return
            heads.end()
            archive.members.clear()  # type: ignore[attr-defined]  # it would keep them all
            if sum(map(len, archive.pax_headers.values())) > _MOST_HEAD_BYTES:
                raise ValueError("It describes more files than there is memory for.")
            self._allowance.take(1, max(info.size, 0))
            if not info.isdir():
                yield info

    def _list(self, info: tarfile.TarInfo, start: int, kept: int) -> None:
        reason, name = "", info.name
        if named := name_refusal(name):
            name = shortened(name)
            reason = named.removesuffix(f": {name}.")
        elif info.issym() or info.islnk():
            reason = "Links are not followed"
        elif not info.isreg() or info.issparse():
            reason = "It is a device or a pipe and no file"
        elif info.size < 0:
            raise ValueError(info.size)
        declared = "path" in info.pax_headers
        self._entries.append(_Entry(name, declared, info.size, start, kept, reason))

    def _understand_names(self, encoding: str) -> NamesReading | None:
        unsaid = [e.name for e in self._entries if not (e.is_declared or e.name.isascii())]
        if sum(map(len, unsaid)) > MAX_UNSAID_BYTES:
            raise DatasetError(
                "The archive does not say how its names are written, and they are too many to find "
                f"it out; unpack it, and import the folder: {self._path.name}."
            )
        reading = read_names(
            list(map(_raw, unsaid)), self._path.name, encoding=encoding, is_of_unix=True
        )
        if reading is not None:
            meant = {name: _raw(name).decode(reading.encoding) for name in unsaid}
            self._entries = [
                entry
                if entry.is_declared
                else replace(entry, name=meant.get(entry.name, entry.name))
                for entry in self._entries
            ]
        return reading


class _StoppedError(Exception):
    """Who looks on has ended it."""


class _CheckedInfo(tarfile.TarInfo):
    """The head of a file; one that no honest archive has ends the reading."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _CheckedInfo:
        if len(buf) not in (0, tarfile.BLOCKSIZE):  # tarfile would take that for the end
            raise ValueError(len(buf))
        try:
            info = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if buf.strip(b"\0"):  # the same
                raise ValueError(buf[:100]) from error
            raise
        too_long = info.type in _HEADS and info.size > _MOST_HEAD_BYTES
        if info.size < 0 or too_long:  # tarfile would go back, or read all of it into memory
            raise ValueError(info.size)
        return info


class _Heads:
    """An archive as its files are listed, from the beginning to the end and never back.

    What stands before a file may say that it goes on, and on; it ends before it fills the memory.
    """

    def __init__(self, stream: IO[bytes] | _Metered) -> None:
        self._stream = stream
        self._at = 0
        self._left: int | None = None

    def begin(self) -> None:
        """The heads of a file come now."""
        self._left = _MOST_HEAD_BYTES

    def end(self) -> None:
        """The file itself comes now."""
        self._left = None

    def tell(self) -> int:
        return self._at

    def seek(self, place: int) -> int:
        if place < self._at:
            raise ValueError(place)
        if isinstance(self._stream, _Metered):
            while self._at < place and self._skip(place - self._at):
                pass
        else:
            self._at = self._stream.seek(place)
        return self._at

    def read(self, size: int = -1) -> bytes:
        if self._left is not None:
            self._left -= size
            if size < 0 or self._left < 0:
                raise ValueError("What stands before a file is too long.")
        data = self._stream.read(size)
        self._at += len(data)
        return data

    def _skip(self, most_bytes: int) -> int:
        skipped = len(self._stream.read(min(most_bytes, 1 << 20)))
        self._at += skipped
        return skipped


class _Metered:
    """A compressed archive as it is unpacked, which ends before it fills the memory or the disk."""

    def __init__(
        self,
        stream: IO[bytes],
        raw: IO[bytes],
        allowance: Allowance,
        cancelled: Callable[[], bool],
    ) -> None:
        self._stream = stream
        self._raw = raw
        self._allowance = allowance
        self._cancelled = cancelled
        self._count = 0

    def read(self, size: int) -> bytes:
        if self._cancelled():
            raise _StoppedError
        with self._allowance.listing():
            data = self._stream.read(size)
        self._count += len(data)
        self._allowance.check_ratio(self._raw.tell(), self._count)
        return data

    def drain(self) -> None:
        """Read what is behind the last file, so that the checksum at the end is looked at."""
        try:
            while self.read(1 << 20):
                pass
        except OSError as error:
            if not str(error).startswith("Not a gzipped file"):  # what follows is not part of it
                raise


def _may_be_image(name: str, head: bytes) -> bool:
    return is_image_name(Path(name)) or readable_suffix(head) is not None


def _raw(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")
