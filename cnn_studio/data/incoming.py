"""Files that are to be imported, before anybody has looked into them."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cnn_studio.data.tar_kinds import is_tar
from cnn_studio.errors import DatasetError
from cnn_studio.vision.file_kinds import HEAD_BYTES, other_kind, readable_suffix, refusal
from cnn_studio.vision.images import is_image_name

MAX_FILE_BYTES = 256 << 20
"""No photo is larger; a file that is would only fill the memory."""

_NOT_LOOKED_AT = frozenset({"__macosx", "thumbs.db", "desktop.ini"})
_TAKEN_BY_THEMSELVES = {
    "a video": "named by itself, with a video's ending, it gives its frames",
    "a zip archive": "named by itself it gives its images",
    "a tar archive": "named by itself it gives its images",
}


@dataclass(frozen=True)
class Incoming:
    """A file that may be an image.

    Attributes:
        path: Where it is, for a person to read; in an archive, its path and then the entry's.
        folders: The folders that it lies in, within what was chosen, outermost first.
        suffix: How its name should end among the samples.
        read: Gives its bytes, or raises DatasetError with the reason why it is left out.
        refusal: Why it is left out without being read; empty if it is not.
    """

    path: Path
    folders: tuple[str, ...]
    suffix: str
    read: Callable[[], bytes]
    refusal: str = ""


def incoming(
    path: Path,
    folders: tuple[str, ...],
    size_bytes: int,
    read: Callable[[], bytes],
    look: Callable[[int], bytes],
) -> Incoming:
    """What is known of a file by its name and size.

    Of one that is not called as an image the beginning tells whether it is one all the same.

    Args:
        path: See `Incoming`.
        folders: The same.
        size_bytes: How large it is said to be.
        read: Gives its bytes; see `Incoming`.
        look: Gives the first so many bytes, or raises DatasetError.
    """
    suffix: str | None = path.suffix.lower()
    if not is_image_name(path):
        try:
            head = look(HEAD_BYTES)
        except DatasetError as error:
            return left_out(path, folders, str(error))
        suffix = readable_suffix(head)
        if suffix is None:
            return left_out(path, folders, _refusal(head, path.name))
    if size_bytes > MAX_FILE_BYTES:
        reason = f"It has more than {MAX_FILE_BYTES >> 20} MB: {path.name}."
        return left_out(path, folders, reason)
    return Incoming(path, folders, suffix or "", read)


def left_out(path: Path, folders: tuple[str, ...], reason: str) -> Incoming:
    """A file that is not to be read, for this reason."""

    def refuse() -> bytes:
        raise DatasetError(reason)

    return Incoming(path, folders, path.suffix, refuse, reason)


def is_looked_at(name: str) -> bool:
    """Whether a file or folder of this name is one that a person put there."""
    return not name.startswith(".") and name.casefold() not in _NOT_LOOKED_AT


def incoming_from_paths(paths: Iterable[Path]) -> Iterator[Incoming]:
    """The files named, and those in the folders named."""
    for path in paths:
        if path.is_dir():
            yield from incoming_from_folder(path)
        elif path.is_file():
            yield _incoming_file(path, ())
        else:
            yield left_out(path, (), f"The file is not there: {path.name}.")


def incoming_from_folder(folder: Path) -> Iterator[Incoming]:
    """The files in a folder and in the folders below it, in alphabetical order.

    Links are not followed: they could lead anywhere, or round in circles.
    """
    for place, folder_names, file_names in os.walk(folder):
        folder_names[:] = sorted(
            name
            for name in folder_names
            if is_looked_at(name) and not (Path(place) / name).is_symlink()
        )
        folders = Path(place).relative_to(folder).parts
        for name in sorted(filter(is_looked_at, file_names)):
            path = Path(place) / name
            if path.is_symlink():
                yield left_out(path, folders, f"Links are not followed: {name}.")
            else:
                yield _incoming_file(path, folders)


def _incoming_file(path: Path, folders: tuple[str, ...]) -> Incoming:
    try:
        status = path.stat()
    except OSError:
        return left_out(path, folders, f"The file is not there: {path.name}.")
    if not stat.S_ISREG(status.st_mode):  # reading a pipe or a device might never end
        return left_out(path, folders, f"It is a device or a pipe and no file: {path.name}.")
    read = partial(_read_bytes, path)
    found = incoming(path, folders, status.st_size, read, read)
    if found.refusal and is_tar(path):  # with a compression around it
        return left_out(path, folders, _not_by_itself("a tar archive", path.name))
    return found


def _refusal(head: bytes, name: str) -> str:
    what = other_kind(head)
    if what in _TAKEN_BY_THEMSELVES:
        return _not_by_itself(what, name)
    return refusal(head, name)


def _not_by_itself(what: str, name: str) -> str:
    return f"The file is {what} and not an image; {_TAKEN_BY_THEMSELVES[what]}: {name}."


def _read_bytes(path: Path, most_bytes: int = -1) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(most_bytes)
    except OSError as error:
        raise DatasetError(
            f"The file cannot be read: {path.name} ({error.strerror or error})."
        ) from error
