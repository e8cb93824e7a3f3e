"""Archives whose images are read as those of a folder: zips, and tars in all usual compressions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

from cnn_studio.data.incoming import Incoming, incoming_from_paths
from cnn_studio.data.incoming_tar import IncomingTar
from cnn_studio.data.incoming_zip import IncomingZip, class_name_of_zip, is_zip
from cnn_studio.data.tar_kinds import TAR_SUFFIXES, is_tar, is_tar_name, opener_of
from cnn_studio.untrusted_files import open_regular
from cnn_studio.vision.images import is_image_name

ARCHIVE_SUFFIXES = (".zip", *TAR_SUFFIXES)
"""How the names of archives end, in lower case, for a file dialog."""

_TAR_ENDING = re.compile(r"\.tar$", re.IGNORECASE)

Archive = IncomingZip | IncomingTar


def is_archive(path: Path) -> bool:
    """Whether a file is an archive that is read, by its name or its content."""
    if is_image_name(path) or not path.is_file():
        return False
    return is_zip(path) or is_tar(path) or (is_tar_name(path.name) and _is_meant_as_tar(path))


def open_archive(
    path: Path,
    names_encoding: str = "",
    cancelled: Callable[[], bool] = lambda: False,
) -> Archive:
    """Open what `is_archive`; see `IncomingZip` and `IncomingTar`.

    Raises:
        DatasetError: It is damaged or not honest.
    """
    if is_tar(path) or (is_tar_name(path.name) and not is_zip(path)):
        return IncomingTar(path, names_encoding, cancelled)
    return IncomingZip(path, names_encoding=names_encoding)


def class_name_of_archive(path: Path) -> str:
    """What a flat archive of one class's images is probably called after."""
    return _TAR_ENDING.sub("", class_name_of_zip(path))


def names_said(archive: Archive, path: Path) -> tuple[str, ...]:
    """The sentence where the names in an archive were read by a guess; else none."""
    names = archive.names
    return () if names is None or names.is_certain else (names.said(path.name),)


def incoming_from_all(
    paths: Iterable[Path],
    archives: ExitStack,
    cancelled: Callable[[], bool] = lambda: False,
    said: Callable[[str], None] = lambda _sentence: None,
) -> Iterator[Incoming]:
    """The files named, and those in the folders and archives named.

    Args:
        paths: Files, folders and archives.
        archives: Where the archives are put, which stay open as long as their files are read.
        cancelled: See `IncomingTar`.
        said: Gets a sentence for each archive whose names were read by a guess.

    Raises:
        DatasetError: An archive is damaged or not honest.
    """
    for path in paths:
        if is_archive(path):
            archive = open_archive(path, cancelled=cancelled)
            archives.enter_context(archive)
            for sentence in names_said(archive, path):
                said(sentence)
            yield from archive
        else:
            yield from incoming_from_paths([path])


def _is_meant_as_tar(path: Path) -> bool:
    """Whether a damaged tar archive may be what is called so, and nothing else."""
    with suppress(OSError), open_regular(path) as stream:
        head = stream.read(512)
        return opener_of(head) is not None or not head.strip(b"\0")
    return False
