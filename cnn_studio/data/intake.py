"""Bringing images in: files, folders, and trees of class folders, in a folder or a zip.

The files keep their bytes; only their names become those of an import session. Nothing is ever
unpacked by a name that somebody else chose.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.class_names import check_class_name, is_same_name
from cnn_studio.data.incoming import Incoming, incoming_from_folder, incoming_from_paths
from cnn_studio.data.incoming_zip import IncomingZip, is_zip
from cnn_studio.data.listing import image_files
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.errors import DatasetError, ImageError
from cnn_studio.vision.images import decode_image

_THREADS = 2
_READ_AT_ONCE = 8  # photos in memory

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class IntakeReport:
    """What an import did.

    Attributes:
        imported: The new samples.
        skipped: The files that were left out, each with a sentence that says why.
    """

    imported: tuple[Sample, ...]
    skipped: tuple[tuple[Path, str], ...]


def import_images(
    folders: ClassFolders,
    class_name: str,
    paths: Iterable[Path],
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> IntakeReport:
    """Import images into one class.

    Args:
        folders: The dataset.
        class_name: What the images show.
        paths: Files, and folders that are searched through.
        progress: Told how many files are done, and of how many.
        cancelled: Asked often; once it says True, the import ends with what it has.

    Raises:
        DatasetError: The class cannot have this name, or its folder cannot be written to.
    """
    intake = _Intake(folders, progress, cancelled)
    intake.take([(class_name, entry) for entry in incoming_from_paths(paths)])
    return intake.report()


def import_class_tree(
    folders: ClassFolders,
    folder_or_zip: Path,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> IntakeReport:
    """Import a folder or a zip in which each class has a folder of its images.

    The class of an image is the nearest folder above it that is called like a class of the
    dataset, in upper or lower case, else the folder that it lies in, which becomes a new class.

    Args:
        folders: The dataset.
        folder_or_zip: Where the images are.
        progress: Told how many files are done, and of how many.
        cancelled: Asked often; once it says True, the import ends with what it has.

    Raises:
        DatasetError: It is neither a folder nor a zip, a zip is damaged, there are no class folders
            in it, or the dataset's folder cannot be written to.
    """
    intake = _Intake(folders, progress, cancelled)
    if folder_or_zip.is_dir():
        intake.take(intake.sorted_into_classes(incoming_from_folder(folder_or_zip)))
    elif is_zip(folder_or_zip):
        with IncomingZip(folder_or_zip) as entries:
            intake.take(intake.sorted_into_classes(entries))
    else:
        raise DatasetError(
            "Class folders are imported from a folder or a zip file. "
            f"Received: {folder_or_zip.name}."
        )
    return intake.report()


class _Intake:
    """One import in the making."""

    def __init__(
        self,
        folders: ClassFolders,
        progress: Progress | None,
        cancelled: Callable[[], bool],
    ) -> None:
        folders.check_changeable()
        self._folders = folders
        self._progress = progress or (lambda _done, _total: None)
        self._cancelled = cancelled
        self._session = Session.new(SessionKind.IMPORT)
        self._imported: list[Sample] = []
        self._skipped: list[tuple[Path, str]] = []
        self._held: dict[str, _HeldContents] = {}

    def report(self) -> IntakeReport:
        """What was done."""
        return IntakeReport(tuple(self._imported), tuple(self._skipped))

    def sorted_into_classes(self, entries: Iterable[Incoming]) -> list[tuple[str, Incoming]]:
        """Each file with its class; files that lie in none are skipped.

        Raises:
            DatasetError: No file lies in a class folder.
        """
        classes = list(self._folders.classes())
        sorted_entries = []
        for entry in entries:
            try:
                name = _class_of(entry, classes)
            except DatasetError as error:
                self._skipped.append((entry.path, str(error)))
                continue
            if name not in classes:
                classes.append(name)
            sorted_entries.append((name, entry))
        if not sorted_entries:
            raise DatasetError("No folder of images was found in it: each class needs one.")
        return sorted_entries

    def take(self, entries: Sequence[tuple[str, Incoming]]) -> None:
        """Import files, each into its class."""
        self._progress(0, len(entries))
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="intake") as pool:
            for start in range(0, len(entries), _READ_AT_ONCE):
                some = entries[start : start + _READ_AT_ONCE]
                contents = pool.map(_read_whole, (entry for _name, entry in some))
                for place, ((name, entry), content) in enumerate(zip(some, contents, strict=True)):
                    if self._cancelled():
                        return
                    self._keep(name, entry, content)
                    self._progress(start + place + 1, len(entries))

    def _keep(self, class_name: str, entry: Incoming, content: bytes | str) -> None:
        if isinstance(content, str):
            self._skipped.append((entry.path, content))
            return
        held = self._held.get(class_name)
        if held is None:
            held = self._held[class_name] = _HeldContents(self._folders.folder_of(class_name))
        if held.has(content):
            self._skipped.append(
                (entry.path, f"{class_name} has this very image already: {entry.path.name}.")
            )
            return
        if class_name not in self._folders.classes():
            self._folders.add_class(class_name)
        sample = self._folders.add_encoded(
            class_name, content, entry.suffix, self._session, len(self._imported) + 1
        )
        self._imported.append(sample)
        held.add(content)


class _HeldContents:
    """Knows whether a class has a file of the same bytes; reads only those of the same size."""

    def __init__(self, folder: Path) -> None:
        self._unread: dict[int, list[Path]] = defaultdict(list)
        self._hashes: set[bytes] = set()
        for entry in image_files(folder):
            with suppress(FileNotFoundError):  # deleted by another program since it was listed
                self._unread[entry.stat().st_size].append(Path(entry.path))

    def has(self, data: bytes) -> bool:
        for path in self._unread.pop(len(data), []):
            with suppress(OSError):  # gone or locked: then it cannot be compared
                self.add(path.read_bytes())
        return hashlib.sha256(data).digest() in self._hashes

    def add(self, data: bytes) -> None:
        self._hashes.add(hashlib.sha256(data).digest())


def _class_of(entry: Incoming, classes: Sequence[str]) -> str:
    if not entry.folders:
        raise DatasetError(f"It lies in no class folder: {entry.path.name}.")
    for folder in reversed(entry.folders):
        known = next((name for name in classes if is_same_name(name, folder)), None)
        if known is not None:
            return known
    return check_class_name(entry.folders[-1], classes)


def _read_whole(entry: Incoming) -> bytes | str:
    """The bytes of a readable image, or why it is none."""
    try:
        data = entry.read()
        decode_image(data, entry.path.name)
    except (ImageError, DatasetError) as error:
        return str(error)
    return data
