"""Tar archives, plain and compressed: which file is one, and what takes the compression off."""

from __future__ import annotations

import bz2
import gzip
import importlib
import lzma
import tarfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

from cnn_studio.untrusted_files import open_regular
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
    ValueError,  # numbers in a head that are none
)
_BLOCK_BYTES = 512

Opener = Callable[[IO[bytes]], IO[bytes]]


def _zstandard() -> dict[bytes, Opener]:
    try:
        module: Any = importlib.import_module("compression.zstd")  # Python 3.14 has it
    except ImportError:
        return {}
    return {b"\x28\xb5\x2f\xfd": cast("Opener", module.ZstdFile)}


_COMPRESSIONS: dict[bytes, Opener] = {
    b"\x1f\x8b": lambda raw: cast("IO[bytes]", gzip.GzipFile(fileobj=raw)),
    b"BZh": lambda raw: cast("IO[bytes]", bz2.BZ2File(raw)),
    b"\xfd7zXZ\0": partial(lzma.open),
    b"]\0\0": partial(lzma.open),  # the form before xz
    **_zstandard(),
}
"""What takes a compression off, by how such files begin."""


def is_tar(path: Path) -> bool:
    """Whether a file is a tar archive that is read, by its name or its content."""
    if is_image_name(path) or not path.is_file():
        return False
    with suppress(*DAMAGE), open_regular(path) as raw, unpacked(raw) as stream:
        return is_tar_head(stream.read(_BLOCK_BYTES))
    return False


def is_tar_name(name: str) -> bool:
    """Whether a file is called as a tar archive."""
    return name.lower().endswith(TAR_SUFFIXES)


def is_tar_head(block: bytes) -> bool:
    """Whether 512 bytes are the head of a file in a tar archive; they have a checksum."""
    try:
        tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.TarError, ValueError):
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
