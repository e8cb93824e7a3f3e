"""Files that are to be imported, before anybody has looked into them."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from cnn_studio.data.class_names import in_order
from cnn_studio.data.tar_kinds import is_tar
from cnn_studio.errors import DatasetError
from cnn_studio.untrusted_files import leads_to_folder, open_regular, read_bytes
from cnn_studio.vision.file_kinds import HEAD_BYTES, other_kind, readable_suffix, refusal
from cnn_studio.vision.image_limits import MAX_FILE_BYTES
from cnn_studio.vision.images import is_image_name
from cnn_studio.vision.pixel_ranges import PixelReading

_OF_SYSTEMS = frozenset(
    {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "picasa.ini", "icon\r", "@eadir"}
    | {"$recycle.bin", "system volume information", "lost+found"}
)
LABEL_SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".json", ".xml", ".yaml", ".yml", ".names"})
_TAKEN_BY_THEMSELVES = {
    "a video": "named by itself, with a video's ending, it gives its frames",
    "a zip archive": "named by itself it gives its images",
    "a tar archive": "named by itself it gives its images",
}
_IDX, _GZIP = re.compile(rb"\0\0\x08[\1\3]"), b"\x1f\x8b"
_IDX_NAME = re.compile(r"idx[13]|ubyte")


@dataclass(frozen=True)
class Incoming:
    """A file that may be an image.

    Attributes:
        path: Where it is, for a person to read; in an archive, its path and then the entry's.
        folders: The folders that it lies in, within what was chosen, outermost first.
        suffix: How its name should end among the samples.
        read: Gives its bytes, or raises DatasetError with the reason why it is left out. A table or
            another text that may hold labels is left out, and gives its bytes all the same.
        refusal: Why it is left out without being read; empty if it is not.
        look: Gives its first so many bytes in the same way; None if only all can be read.
        photo: The photo that it is a part of; None where it is all of a file.
        read_alike: Gives the bytes of a part of a photo that is read as all of an import are, by
            the family of its pixels; None where it is all of a file.
        source: The number of the photo that it is a part of; 0 where it is all of a file.
    """

    path: Path
    folders: tuple[str, ...]
    suffix: str
    read: Callable[[], bytes]
    refusal: str = ""
    look: Callable[[int], bytes] | None = None
    photo: Incoming | None = None
    read_alike: Callable[[Mapping[str, PixelReading]], bytes] | None = None
    source: int = 0


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
            refused = left_out(path, folders, _refusal(head, path.name))
            is_text = is_label_name(path.name) and size_bytes <= MAX_FILE_BYTES
            return replace(refused, read=read) if is_text else refused
    if size_bytes > MAX_FILE_BYTES:
        reason = f"It has more than {MAX_FILE_BYTES >> 20} MB: {path.name}."
        return left_out(path, folders, reason)
    return Incoming(path, folders, suffix or "", read, look=look)


def left_out(path: Path, folders: tuple[str, ...], reason: str) -> Incoming:
    """A file that is not to be read, for this reason."""

    def refuse() -> bytes:
        raise DatasetError(reason)

    return Incoming(path, folders, path.suffix, refuse, reason)


def is_label_name(name: str) -> bool:
    """Whether a file of this name may say of images what class they are of, or where things are."""
    return PurePosixPath(name).suffix.lower() in LABEL_SUFFIXES


def is_looked_at(name: str) -> bool:
    """Whether a file or folder of this name is one that a person put there."""
    return not name.startswith(".") and name.casefold() not in _OF_SYSTEMS


def incoming_from_paths(paths: Iterable[Path]) -> Iterator[Incoming]:
    """The files named, and those in the folders named."""
    for path in paths:
        if path.is_dir():
            yield from incoming_from_folder(path)
        else:
            yield _incoming_file(path, ())


def incoming_from_folder(folder: Path) -> Iterator[Incoming]:
    """The files in a folder and in the folders below it; see `files_below`."""
    for path, folders, problem in files_below(folder):
        yield left_out(path, folders, problem) if problem else _incoming_file(path, folders)


def files_below(folder: Path) -> Iterator[tuple[Path, tuple[str, ...], str]]:
    """The files in a folder and in the folders below it, in the order of `in_order`.

    Links are followed, as a dataset's are; a folder that a link leads back to is passed over.

    Yields:
        A file, the folders that it lies in within this one, and an empty text; or a folder that is
        not looked into, and a sentence that says why.
    """
    to_come: list[tuple[Path, tuple[str, ...], tuple[Path, ...]]]
    to_come = [(folder, (), (folder.resolve(),))]  # with the real places of the folders around it
    while to_come:
        place, folders, around = to_come.pop()
        try:
            with os.scandir(place) as entries:
                found = {entry.name: entry for entry in entries if is_looked_at(entry.name)}
        except OSError as error:
            reason = error.strerror or error
            yield place, folders, f"The folder cannot be read: {place.name} ({reason})."
            continue
        below = []
        for name in in_order(found):
            path, is_link = place / name, found[name].is_symlink()
            if not leads_to_folder(found[name]):
                yield path, folders, ""
            elif is_link and path.resolve() in around:
                yield path, folders, f"The link leads back to where it lies: {name}."
            else:
                real = path.resolve() if is_link else around[-1] / name
                below.append((path, (*folders, name), (*around, real)))
        to_come += reversed(below)


def _incoming_file(path: Path, folders: tuple[str, ...]) -> Incoming:
    try:
        status = path.stat()
    except OSError:
        what = "The link leads nowhere" if path.is_symlink() else "The file is not there"
        return left_out(path, folders, f"{what}: {path.name}.")
    if not stat.S_ISREG(status.st_mode):  # reading a pipe or a device might never end
        return left_out(path, folders, f"It is a device or a pipe and no file: {path.name}.")
    read = partial(read_bytes, path, MAX_FILE_BYTES, DatasetError)
    found = incoming(path, folders, status.st_size, read, partial(_beginning, path))
    if found.refusal and is_tar(path):  # with a compression around it
        return left_out(path, folders, _not_by_itself("a tar archive", path.name))
    return found


def _refusal(head: bytes, name: str) -> str:
    if _IDX.match(head) or (head.startswith(_GZIP) and _IDX_NAME.search(name.lower())):
        return (
            "Images in IDX files, as of MNIST, are not imported; Fashion-MNIST comes in with "
            f"“cnn-studio datasets fetch fashion-mnist --from FOLDER”: {name}."
        )
    what = other_kind(head)
    if what in _TAKEN_BY_THEMSELVES:
        return _not_by_itself(what, name)
    return refusal(head, name)


def _not_by_itself(what: str, name: str) -> str:
    return f"The file is {what} and not an image; {_TAKEN_BY_THEMSELVES[what]}: {name}."


def _beginning(path: Path, most_bytes: int) -> bytes:
    try:
        with open_regular(path) as stream:
            return stream.read(most_bytes)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DatasetError(f"The file cannot be read: {path.name} ({reason}).") from error
