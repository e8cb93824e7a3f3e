"""What is read out of an archive: bounded, however it is packed, and on the disk where it is large.

`zipfile` unpacks whatever a piece of bzip2 or LZMA unpacks to, before it looks at how much was
wanted: 2 kB of bzip2 become 2 GB in memory. Those two are read here piece by piece.
"""

from __future__ import annotations

import bz2
import io
import lzma
import os
import struct
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

from cnn_studio.data.archive_limits import MAX_DICTIONARY_BYTES
from cnn_studio.paths import cache_folder

_PIECE_BYTES = 1 << 20


@contextmanager
def entry_stream(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
    """What gives the bytes of an entry, and never unpacks more at a time than is read.

    Raises:
        NotImplementedError: It is packed in a way that is not read.
        zipfile.BadZipFile: It is damaged; as do reading and leaving it.
        OSError, ValueError, lzma.LZMAError, EOFError: The same.
    """
    if entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        with archive.open(entry) as stream:
            yield stream
    elif entry.compress_type in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        is_bzip2 = entry.compress_type == zipfile.ZIP_BZIP2
        with (
            archive.open(_as_stored(entry)) as packed,
            bz2.BZ2File(packed) if is_bzip2 else _lzma_in_zip(packed) as unpacked,
        ):
            yield cast("IO[bytes]", _Checked(unpacked, entry))
    else:
        raise NotImplementedError(entry.compress_type)


def read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most_bytes: int) -> bytes:
    """The first so many bytes of an entry; see `entry_stream`."""
    pieces = []
    with entry_stream(archive, entry) as stream:
        while most_bytes > 0 and (piece := stream.read(min(_PIECE_BYTES, most_bytes))):
            pieces.append(piece)
            most_bytes -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


class InnerFiles:
    """Files out of an archive that are needed as files, in one file without a name on the disk.

    The system removes it with the last program that has it open, however that ends.
    """

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._end = 0
        self._lock = threading.Lock()

    def add(self, stream: IO[bytes], most_bytes: int) -> IO[bytes] | None:
        """Keep a file.

        Args:
            stream: What it is read from.
            most_bytes: Nothing is kept of one that has more.

        Returns:
            The file, to be read; None if it has more.

        Raises:
            OSError: There is no room for it.
        """
        if self._file is None:
            folder = cache_folder()
            folder.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.TemporaryFile(buffering=0, dir=folder)  # noqa: SIM115 - as long as this
        start = end = self._end
        while piece := stream.read(_PIECE_BYTES):
            with self._lock:
                self._file.seek(end)
                self._file.write(piece)
            end += len(piece)
            if end - start > most_bytes:
                return None
        self._end = end
        return cast("IO[bytes]", io.BufferedReader(_Window(self._file, self._lock, start, end)))

    def close(self) -> None:
        """Nothing can be read any more."""
        if self._file is not None:
            self._file.close()


class _Window(io.RawIOBase):
    """A part of a file as a file of its own."""

    def __init__(self, file: IO[bytes], lock: threading.Lock, start: int, end: int) -> None:
        self._file = file
        self._lock = lock
        self._start, self._size = start, end - start
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise OSError(None, "A place before the beginning.")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        target = memoryview(buffer)
        with self._lock:
            self._file.seek(self._start + self._at)
            data = self._file.read(max(0, min(len(target), self._size - self._at)))
        target[: len(data)] = data
        self._at += len(data)
        return len(data)


class _Checked:
    """The bytes of an entry up to the size that the zip says, which must be the right ones."""

    def __init__(self, stream: IO[bytes], entry: zipfile.ZipInfo) -> None:
        self._stream = stream
        self._left = entry.file_size
        self._expected, self._crc = entry.CRC, 0

    def read(self, size: int) -> bytes:
        data = self._stream.read(min(size, self._left))
        self._left -= len(data)
        self._crc = zlib.crc32(data, self._crc)
        if (self._left == 0 and self._crc != self._expected) or (self._left and size and not data):
            raise zipfile.BadZipFile("It does not hold what the zip says.")
        return data


def _as_stored(entry: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """The packed bytes of an entry as an entry; it has no checksum of those."""
    stored = zipfile.ZipInfo(entry.filename)
    stored.orig_filename, stored.flag_bits = entry.orig_filename, entry.flag_bits
    stored.header_offset, stored.compress_type = entry.header_offset, zipfile.ZIP_STORED
    stored.compress_size = stored.file_size = entry.compress_size
    return stored


def _lzma_in_zip(packed: IO[bytes]) -> lzma.LZMAFile:
    """What unpacks LZMA as it is in a zip, where its settings stand before it."""
    head = packed.read(9)
    if len(head) < 9 or struct.unpack_from("<H", head, 2)[0] != 5 or head[4] >= 9 * 5 * 5:
        raise zipfile.BadZipFile("The settings are none.")
    settings, dictionary = struct.unpack_from("<BI", head, 4)
    if dictionary > MAX_DICTIONARY_BYTES:
        raise NotImplementedError("It needs too much memory.")
    rest, lc = divmod(settings, 9)
    pb, lp = divmod(rest, 5)
    size = max(dictionary, 4096)
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": size, "lc": lc, "lp": lp, "pb": pb}]
    return lzma.LZMAFile(packed, format=lzma.FORMAT_RAW, filters=filters)
