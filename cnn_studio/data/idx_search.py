"""Finds published IDX files by what is in them, wherever and however they are packed.

They are looked for in a folder and all below it, in zips and tars, gzipped or not, under any name,
and as NumPy arrays, as Keras keeps them. Nothing is unpacked to the disk, and no pickle is read.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import math
import os
import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from cnn_studio.data.archives import is_archive
from cnn_studio.data.idx import MOST_BYTES
from cnn_studio.data.incoming import is_looked_at
from cnn_studio.data.incoming_tar import IncomingTar
from cnn_studio.data.incoming_zip import IncomingZip, is_zip
from cnn_studio.errors import DatasetError
from cnn_studio.untrusted_files import open_regular
from cnn_studio.vision.file_kinds import HEAD_BYTES
from cnn_studio.vision.image_limits import MAX_FILE_BYTES
from cnn_studio.vision.images import is_image_name

_IDX = re.compile(rb"\0\0\x08[\1\3]")
_CALLED = re.compile(r"(train|t10k|test)[^/]*(images|labels)[^/]*ubyte[^/]*$")
_GZIP, _NPY = b"\x1f\x8b", b"\x93NUMPY"
_DAMAGE = (OSError, EOFError, ValueError, zlib.error)

Reader = Callable[[int], bytes]


@dataclass(frozen=True)
class IdxContent:
    """What a file has to hold.

    Attributes:
        shape: Of its values.
        sha256: Of the whole file without compression, in hexadecimal digits.
    """

    shape: tuple[int, ...]
    sha256: str


@dataclass(frozen=True)
class FoundFile:
    """A file that is one of those, or may be meant as one.

    Attributes:
        origin: Where it is, for a person to read.
        content: The IDX file without compression; empty if it is damaged.
        packed: The same gzipped, as it was found; empty if it was not.
    """

    origin: str
    content: bytes
    packed: bytes = b""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape that it says; empty if it says none."""
        count = self.content[3] if _IDX.match(self.content) else 0
        head = self.content[4 : 4 + 4 * count]
        return struct.unpack(f">{count}I", head) if len(head) == 4 * count else ()

    def gzipped(self) -> bytes:
        """The file with compression, always the same bytes."""
        return self.packed or gzip.compress(self.content, 6, mtime=0)


@dataclass(frozen=True)
class IdxSearch:
    """What came of a search.

    Attributes:
        found: Those that are what was looked for, by their names.
        others: Those of the same kind that are not.
    """

    found: Mapping[str, FoundFile]
    others: tuple[FoundFile, ...]


def find_idx(
    source: Path, wanted: Mapping[str, IdxContent], on_step: Callable[[], None] = lambda: None
) -> IdxSearch:
    """Look for IDX files.

    Args:
        source: A folder, a zip, a tar or one of the files.
        wanted: What they have to hold, by their names.
        on_step: Called often; may raise.

    Raises:
        DatasetError: An archive that was named is damaged.
    """
    by_digest = {content.sha256: name for name, content in wanted.items()}
    sizes = {4 + 4 * len(c.shape) + math.prod(c.shape) for c in wanted.values()}
    found: dict[str, FoundFile] = {}
    others: list[FoundFile] = []
    with ExitStack() as archives:
        for origin, read in _files_in(source, archives):
            on_step()
            file = _idx_file(origin, read)
            if file is None:
                continue
            digest = ""
            if len(file.content) in sizes:
                digest = hashlib.sha256(file.content).hexdigest()
            name = by_digest.get(digest)
            if name is None:
                others.append(FoundFile(origin, file.content[:64]))
            else:
                found.setdefault(name, file)
            if len(found) == len(wanted):
                break
    return IdxSearch(found, tuple(others))


def gunzipped(data: bytes) -> bytes:
    """What is in a gzipped file; empty if it is damaged, or has more than any of them."""
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            content = stream.read(MOST_BYTES + 1)
    except _DAMAGE:
        return b""
    return content if len(content) <= MOST_BYTES else b""


def _files_in(source: Path, archives: ExitStack) -> Iterator[tuple[str, Reader]]:
    """All files of a folder or archive, each with what gives its first so many bytes."""
    if not source.is_dir():
        yield from _file_or_archive(source, archives)
        return
    for place, folders, names in os.walk(source):
        folders[:] = sorted(filter(is_looked_at, folders))
        for name in sorted(filter(is_looked_at, names)):
            path = Path(place) / name
            if path.is_file() and not is_image_name(path):
                try:
                    yield from _file_or_archive(path, archives)
                except DatasetError:  # it was not named, and may be anything
                    continue


def _file_or_archive(path: Path, archives: ExitStack) -> Iterator[tuple[str, Reader]]:
    if not is_archive(path):
        yield str(path), partial(_beginning, path)
    elif is_zip(path):
        archive = IncomingZip(path)
        archives.callback(archive.close)
        for name, read in archive.files():
            yield f"{path}/{name}", read
    else:
        tar = IncomingTar(path, keeps=_may_be_idx)
        archives.callback(tar.close)
        for name, read in tar.files():
            yield f"{path}/{name}", read


def _beginning(path: Path, most_bytes: int) -> bytes:
    with open_regular(path) as stream:
        return stream.read(most_bytes)


def _may_be_idx(_name: str, head: bytes) -> bool:
    return bool(_IDX.match(head)) or head.startswith((_GZIP, _NPY))


def _idx_file(origin: str, read: Reader) -> FoundFile | None:
    """The IDX file that a file holds; None for one that is none."""
    try:
        head = read(HEAD_BYTES)
        if not _may_be_idx(origin, head):
            return FoundFile(origin, b"") if _CALLED.search(origin.lower()) else None
        if head.startswith(_GZIP) and not _IDX.match(zlib.decompressobj(31).decompress(head, 4)):
            return None
        data = read(MAX_FILE_BYTES)
    except (DatasetError, *_DAMAGE):
        return None
    if head.startswith(_GZIP):
        return FoundFile(origin, gunzipped(data), data)
    if head.startswith(_NPY):
        content = _from_numpy(data)
        return None if content is None else FoundFile(origin, content)
    return FoundFile(origin, data)


def _from_numpy(data: bytes) -> bytes | None:
    """A NumPy file of images or of labels as an IDX file; None for any other one."""
    try:
        array = np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
    except (*_DAMAGE, MemoryError):
        return None
    if array.ndim == 2 and 1 in array.shape:  # some have a column of labels
        array = array.reshape(-1)
    if array.ndim not in (1, 3) or array.dtype.kind not in "iu" or not array.size:
        return None
    if array.min() < 0 or array.max() > 255:
        return None
    head = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(np.uint8).tobytes()
