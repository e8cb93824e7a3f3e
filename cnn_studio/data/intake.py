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
from dataclasses import dataclass, replace
from pathlib import Path

from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_notes import BrokenImport, ImportKind, ImportNote
from cnn_studio.data.import_plan import ImportPlan, plan_import
from cnn_studio.data.import_removal import TakenBack
from cnn_studio.data.incoming import Incoming
from cnn_studio.data.incoming_zip import IncomingZip, is_zip
from cnn_studio.data.listing import image_files
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.errors import DatasetError, ImageError
from cnn_studio.vision.images import decode_image, keepable
from cnn_studio.work_notes import Halt

_THREADS = 2
_READ_AT_ONCE = 8  # photos in memory

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class IntakeReport:
    """What an import did.

    Attributes:
        imported: The new samples.
        skipped: The files that were left out, each with a sentence that says why.
        taken_back: What had come in and was taken back again; None if it stays.
    """

    imported: tuple[Sample, ...]
    skipped: tuple[tuple[Path, str], ...]
    taken_back: TakenBack | None = None


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
    halted: Callable[[], Halt] = lambda: Halt.KEEP,
    note: ImportNote | None = None,
) -> IntakeReport:
    """Import what was planned.

    JPEG, PNG, GIF and BMP files keep their bytes; other kinds are stored as PNG or JPEG, which
    every program reads. What its class has already, byte for byte, is skipped.

    Args:
        plan: What goes where.
        move: Whether files go away from where they were, once they are in; not out of a zip.
        progress: Told how many files are done, and of how many.
        cancelled: Called often; once it returns True, the import ends.
        halted: Called then; says what becomes of what is in.
        note: Of an import that was broken off and goes on, see `plan_again`; None for a new one.

    Raises:
        DatasetError: The dataset's folder cannot be written to. What is in stays, and is found by
            `broken_imports`.
    """
    with note or _note_of(plan, move) as held:
        intake = _Intake(plan, move, held, progress, cancelled)
        intake.take([each for each in plan.files if held.is_to_come(each[1].path)])
        report = intake.report()
        samples, taken_back = held.settle(report.imported, ended_early=cancelled(), halted=halted)
    return replace(report, imported=samples, taken_back=taken_back)


def plan_again(
    broken: BrokenImport, cancelled: Callable[[], bool] = lambda: False
) -> tuple[ImportPlan, ImportNote]:
    """Plan the rest of an import that was broken off, as it was planned before.

    Args:
        broken: Of the kind `ImportKind.IMAGES`.
        cancelled: Called now and then; once it returns True, the plan ends with what it has.

    Returns:
        The plan, and the note to give to `run_import` with it.

    Raises:
        DatasetError: What it came from is not there any more, or another studio goes on with it.
    """
    folders = ClassFolders(broken.dataset)
    plan = plan_import(folders, broken.sources, cancelled=cancelled)
    try:
        chosen = {(root, tuple(within)): name for root, within, name in broken.values["groups"]}
        for place, group in enumerate(plan.groups):
            plan.choose_class([place], chosen.get((str(group.root), group.folders), ""))
        return plan, ImportNote(folders, broken.values, broken)
    except BaseException:
        plan.close()
        raise


def _note_of(plan: ImportPlan, move: bool) -> ImportNote:
    files = plan.files
    return ImportNote.begin(
        plan.folders,
        ImportKind.IMAGES,
        plan.paths,
        len(files),
        groups=[[str(g.root.absolute()), g.folders, g.class_name] for g in plan.groups],
        files=[str(entry.path.absolute()) for _class_name, entry in files],
        session=Session.new(SessionKind.IMPORT).id,
        moves=move,
    )


class _Intake:
    """One import in the making."""

    def __init__(
        self,
        plan: ImportPlan,
        move: bool,
        note: ImportNote,
        progress: Progress | None,
        cancelled: Callable[[], bool],
    ) -> None:
        self._folders = plan.folders
        self._move = move
        self._progress = progress or (lambda _done, _total: None)
        self._cancelled = cancelled
        self._note = note
        self._session = note.session
        self._imported: list[Sample] = []
        self._skipped = plan.left_out
        self._held: dict[str, HeldContents] = {}

    def report(self) -> IntakeReport:
        """What was done."""
        return IntakeReport(tuple(self._imported), tuple(self._skipped))

    def take(self, entries: Sequence[tuple[str, Incoming]]) -> None:
        """Import files, each into its class."""
        before = len(self._note.before)
        total = before + len(entries)
        self._progress(before, total)
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="intake") as pool:
            for start in range(0, len(entries), _READ_AT_ONCE):
                some = entries[start : start + _READ_AT_ONCE]
                contents = pool.map(_read_whole, (entry for _name, entry in some))
                for place, ((name, entry), content) in enumerate(zip(some, contents, strict=True)):
                    if self._cancelled():
                        return
                    self._keep(name, entry, content)
                    self._progress(before + start + place + 1, total)

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
        # Its number says which file it came from, should the import be broken off.
        sample = self._folders.add_encoded(
            class_name,
            content.data,
            content.suffix,
            self._session,
            self._note.place_of(entry.path) or 0,
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
