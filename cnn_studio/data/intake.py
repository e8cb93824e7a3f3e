"""Bringing images in: files, folders, and trees of class folders, in a folder or a zip.

Their names become those of an import session: nothing is ever stored under a name that somebody
else chose.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_plan import ImportPlan, plan_import
from cnn_studio.data.incoming import Incoming
from cnn_studio.data.incoming_zip import IncomingZip, is_zip
from cnn_studio.data.listing import image_files
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.errors import DatasetError, ImageError
from cnn_studio.vision.images import decode_image, keepable

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


def import_class_tree(
    folders: ClassFolders,
    folder_or_zip: Path,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> IntakeReport:
    """Import a folder or a zip in which each class has a folder of its images; see `plan_import`.

    Args:
        folders: The dataset.
        folder_or_zip: Where the images are.
        progress: Told how many files are done, and of how many.
        cancelled: Asked often; once it says True, the import ends with what it has.

    Raises:
        DatasetError: It is neither a folder nor a zip, a zip is damaged, there are no class folders
            in it, or the dataset's folder cannot be written to.
    """
    if not folder_or_zip.exists():
        raise DatasetError(
            "Class folders are imported from a folder or a zip file. "
            f"Received: {folder_or_zip.name}."
        )
    if not folder_or_zip.is_dir() and not is_zip(folder_or_zip):
        IncomingZip(folder_or_zip).close()  # says what it is instead
    with plan_import(folders, [folder_or_zip], cancelled=cancelled) as plan:
        if plan.is_empty:
            raise DatasetError("No folder of images was found in it: each class needs one.")
        return run_import(plan, progress=progress, cancelled=cancelled)


def run_import(
    plan: ImportPlan,
    *,
    move: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> IntakeReport:
    """Import what was planned.

    JPEG, PNG, GIF and BMP files keep their bytes; other kinds are stored as PNG or JPEG, which
    every program reads. What its class has already, byte for byte, is skipped.

    Args:
        plan: What goes where.
        move: Whether files go away from where they were, once they are in; not out of a zip.
        progress: Told how many files are done, and of how many.
        cancelled: Asked often; once it says True, the import ends with what it has.

    Raises:
        DatasetError: The dataset's folder cannot be written to.
    """
    intake = _Intake(plan, move, progress, cancelled)
    intake.take(plan.files)
    return intake.report()


class _Intake:
    """One import in the making."""

    def __init__(
        self,
        plan: ImportPlan,
        move: bool,
        progress: Progress | None,
        cancelled: Callable[[], bool],
    ) -> None:
        self._folders = plan.folders
        self._move = move
        self._progress = progress or (lambda _done, _total: None)
        self._cancelled = cancelled
        self._session = Session.new(SessionKind.IMPORT)
        self._imported: list[Sample] = []
        self._skipped = plan.left_out
        self._held: dict[str, HeldContents] = {}

    def report(self) -> IntakeReport:
        """What was done."""
        return IntakeReport(tuple(self._imported), tuple(self._skipped))

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

    def _keep(self, class_name: str, entry: Incoming, content: _Content | str) -> None:
        if isinstance(content, str):
            self._skipped.append((entry.path, content))
            return
        held = self._held.get(class_name)
        if held is None:
            held = self._held[class_name] = HeldContents(self._folders.folder_of(class_name))
        if held.has(content.data):
            self._skipped.append(
                (entry.path, f"{class_name} has this very image already: {entry.path.name}.")
            )
            return
        if class_name not in self._folders.classes():
            self._folders.add_class(class_name)
        sample = self._folders.add_encoded(
            class_name, content.data, content.suffix, self._session, len(self._imported) + 1
        )
        self._imported.append(sample)
        held.add(content.data)
        if self._move and entry.path.is_file():
            # The copy is whole and flushed by now. A kill before this line leaves both; the next
            # import of the file then finds the image there already.
            self._remove_source(entry.path)

    def _remove_source(self, path: Path) -> None:
        try:
            path.unlink()
        except OSError as error:
            reason = error.strerror or error
            self._skipped.append((path, f"It was copied, but cannot be removed there: {reason}."))


@dataclass(frozen=True)
class _Content:
    """A readable image, as it is to be stored."""

    data: bytes
    suffix: str


class HeldContents:
    """Knows whether a class has a file of the same bytes; reads only those of the same size.

    Args:
        folder: The class's.
    """

    def __init__(self, folder: Path) -> None:
        self._unread: dict[int, list[Path]] = defaultdict(list)
        self._hashes: set[bytes] = set()
        for entry in image_files(folder):
            with suppress(FileNotFoundError):  # deleted by another program since it was listed
                self._unread[entry.stat().st_size].append(Path(entry.path))

    def has(self, data: bytes) -> bool:
        """Whether there is such a file."""
        for path in self._unread.pop(len(data), []):
            with suppress(OSError):  # gone or locked: then it cannot be compared
                self.add(path.read_bytes())
        return hashlib.sha256(data).digest() in self._hashes

    def add(self, data: bytes) -> None:
        """There is such a file now."""
        self._hashes.add(hashlib.sha256(data).digest())


def _read_whole(entry: Incoming) -> _Content | str:
    """The bytes of a readable image, or why it is none."""
    try:
        data = entry.read()
        image_rgb = decode_image(data, entry.path.name)
        return _Content(*keepable(data, image_rgb, entry.suffix))
    except (ImageError, DatasetError) as error:
        return str(error)
