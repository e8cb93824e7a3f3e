"""Tar archives, plain and compressed: which file is one, and what takes the compression off."""

from __future__ import annotations

import bz2
import gzip
import importlib
import io
import lzma
import tarfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, cast

from cnn_studio.errors import NOT_UNDERSTOOD, DatasetError
from cnn_studio.untrusted_files import open_regular
from cnn_studio.untrusted_zips import MAX_DICTIONARY_BYTES
from cnn_studio.vision.images import is_image_name

TAR_SUFFIXES = (
    *(".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tbz2", ".tar.xz", ".txz"),
    *(".tar.lzma", ".tlz", ".tar.zst", ".tzst"),
)
"""How the names of tar archives end, in lower case."""

DAMAGE: tuple[type[Exception], ...] = (
    OSError,
    EOFError,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    *NOT_UNDERSTOOD,  # as of numbers in a head that are none
)
_BLOCK_BYTES = 512
_PIECE_BYTES = 1 << 16

Opener = Callable[[IO[bytes]], IO[bytes]]


class _Xz(io.RawIOBase):
    """What is in an .xz or .lzma, which itself says how much memory it takes; up to a limit."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._unpacker = self._new()
        self._is_begun = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        target = memoryview(buffer)
        data = b""
        while not data and len(target):
            packed = b""
            if self._unpacker.eof:  # another one may follow, with zeros between them
                packed = self._unpacker.unused_data.lstrip(b"\0") or self._next()
                if not packed:
                    return 0
                self._unpacker = self._new()
            elif self._unpacker.needs_input and not (packed := self._raw.read(_PIECE_BYTES)):
                raise EOFError("It ends too early.")
            try:
                data = self._unpacker.decompress(packed, len(target))
            except lzma.LZMAError as error:
                if "emory" in str(error):  # it has no error of its own for that
                    name, limit = Path(self._raw.name).name, MAX_DICTIONARY_BYTES >> 20
                    raise DatasetError(
                        f"Unpacking it takes more than {limit} MB of memory: {name}."
                    ) from error
                raise
        target[: len(data)] = data
        return len(data)

    def _next(self) -> bytes:
        while packed := self._raw.read(_PIECE_BYTES):
            if packed := packed.lstrip(b"\0"):
                return packed
        return b""

    def _new(self) -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(lzma.FORMAT_AUTO, memlimit=MAX_DICTIONARY_BYTES)


def _xz(raw: IO[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", io.BufferedReader(_Xz(raw)))


def _zstandard() -> dict[bytes, Opener]:
    try:
        module: Any = importlib.import_module("compression.zstd")  # Python 3.14 has it
    except ImportError:
        return {}
    return {b"\x28\xb5\x2f\xfd": cast("Opener", module.ZstdFile)}


_COMPRESSIONS: dict[bytes, Opener] = {
    b"\x1f\x8b": lambda raw: cast("IO[bytes]", gzip.GzipFile(fileobj=raw)),
    b"BZh": lambda raw: cast("IO[bytes]", bz2.BZ2File(raw)),
    b"\xfd7zXZ\0": _xz,
    b"]\0\0": _xz,  # the form before xz
    **_zstandard(),
}
"""What takes a compression off, by how such files begin."""


def is_tar(path: Path) -> bool:
    """Whether a file is a tar archive that is read, by its name or its content."""
    if is_image_name(path) or not path.is_file():
        return False
    with (
        suppress(DatasetError, *DAMAGE),
        open_regular(path) as raw,
        unpacked(raw) as stream,
    ):
        return is_tar_head(stream.read(_BLOCK_BYTES))
    return False


def is_tar_name(name: str) -> bool:
    """Whether a file is called as a tar archive."""
    return name.lower().endswith(TAR_SUFFIXES)


def is_tar_head(block: bytes) -> bool:
    """Whether 512 bytes are the head of a file in a tar archive; they have a checksum."""
    try:
        tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.TarError, *NOT_UNDERSTOOD):
        # An archive without files is nothing but zeros.
        return False
    return True


def unpacked(raw: IO[bytes]) -> IO[bytes]:
    """What is in a file without its compression; the file itself where it has none."""
    opener = opener_of(raw.read(8))
    raw.seek(0)
    return raw if opener is None else opener(raw)


def opener_of(head: bytes) -> Opener | None:
    """What takes the compression off a file that begins so; None if it has none that is read."""
    return next((opener for start, opener in _COMPRESSIONS.items() if head.startswith(start)), None)
