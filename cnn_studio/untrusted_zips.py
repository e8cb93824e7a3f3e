"""Zips that may come from anybody, or be broken: opened and read within limits, as in
`cnn_studio.untrusted_files`.

`zipfile` keeps a directory of any size in memory, and unpacks whatever a piece of bzip2 or LZMA
unpacks to before it looks at how much was wanted: 2 kB of bzip2 become 2 GB. Every zip of the
studio is therefore opened here, and its entries are read here piece by piece.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

from cnn_studio.errors import NOT_UNDERSTOOD, StudioError

MAX_ENTRIES = 200_000
MAX_DIRECTORY_BYTES = 64 << 20
"""Of a zip, which is read into memory; that of 200,000 files has about 30 MB."""

MAX_DICTIONARY_BYTES = 256 << 20
"""What a compression may keep in memory; the programs' strongest setting needs a quarter."""

DAMAGE = (
    OSError,
    EOFError,
    NotImplementedError,  # packed in a way that Python does not know
    RuntimeError,  # locked, or needs a library that is not there
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    *NOT_UNDERSTOOD,  # ValueError of a zip that has been closed, among others
)
"""What opening and reading a damaged zip raises."""

_PIECE_BYTES = 1 << 20


def open_zip(
    stream: IO[bytes],
    name: object,
    error: type[StudioError] = StudioError,
    *,
    most_directory_bytes: int = MAX_DIRECTORY_BYTES,
) -> zipfile.ZipFile:
    """Open a zip whose list of entries is not too large to be kept in memory.

    Args:
        stream: Where it is read from; it stays open when the zip is closed.
        name: What to call it in an error.
        error: Which kind of error is raised for a list that is too large.
        most_directory_bytes: The most that the list may have.

    Raises:
        StudioError: Of the kind `error`: its list is too large.
        Exception: It is no zip, or damaged: one of `DAMAGE`.
    """
    looked_at = _LookedAt(stream, name, error, most_directory_bytes)
    archive = zipfile.ZipFile(cast("IO[bytes]", looked_at))
    looked_at.is_open = True
    return archive


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


class _LookedAt:
    """A zip as it is opened, whose directory is looked at before anybody keeps it in memory."""

    def __init__(
        self, stream: IO[bytes], name: object, error: type[StudioError], most_bytes: int
    ) -> None:
        self._stream = stream
        self._name, self._error, self._most_bytes = name, error, most_bytes
        self.is_open = False
        self.seek, self.tell, self.close = stream.seek, stream.tell, stream.close
        self.seekable = stream.seekable

    def read(self, size: int = -1) -> bytes:
        if self.is_open:
            return self._stream.read(size)
        if size > self._most_bytes:
            limit = self._most_bytes >> 20
            raise self._error(f"The zip file has a directory of over {limit} MB: {self._name}.")
        data = self._stream.read(size)
        if data.count(b"PK\1\2") > MAX_ENTRIES:  # one stands before each entry
            raise self._error(f"The zip file has more than {MAX_ENTRIES:,} files: {self._name}.")
        return data


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
            raise zipfile.BadZipFile("Its content is not what the zip lists.")
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
