"""Bringing images in: files, folders, and trees of class folders, in a folder or an archive.

Their names become those of an import session: nothing is ever stored under a name that somebody
else chose.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from cnn_studio.data.archives import is_archive
from cnn_studio.data.changes import Change
from cnn_studio.data.class_changes import removal_of_empty
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.class_names import in_order
from cnn_studio.data.file_moves import explained
from cnn_studio.data.held_contents import HeldContents
from cnn_studio.data.import_notes import BrokenImport, ImportKind, ImportNote
from cnn_studio.data.import_plan import ImportPlan, plan_import
from cnn_studio.data.import_removal import TakenBack
from cnn_studio.data.import_turn import import_turn
from cnn_studio.data.incoming import Incoming
from cnn_studio.data.incoming_zip import IncomingZip
from cnn_studio.data.labels.finding import LabelChoice
from cnn_studio.data.left_out import AlreadyHere
from cnn_studio.data.marks import Mark, Marking
from cnn_studio.data.pixel_survey import PixelSurvey, surveyed
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.errors import DatasetError, ImageError
from cnn_studio.vision.images import kept_file
from cnn_studio.vision.pixel_ranges import PixelReading, readings_from
from cnn_studio.whole_files import FileInMaking
from cnn_studio.work_notes import Halt

_READERS = 2
_READ_AHEAD = 8  # photos in memory
_WRITERS = 16  # they wait for the disk, which takes hardly longer for all than for one

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class IntakeReport:
    """What an import did.

    Attributes:
        imported: The new samples.
        skipped: The files that were left out, each with a sentence that says why; it is an
            `AlreadyHere` where the class has the image.
        taken_back: What had come in and was taken back again; None if it stays.
        pixels: A sentence for each kind of files of more than 8 bits or three bands: how all of
            them were read.
    """

    imported: tuple[Sample, ...]
    skipped: tuple[tuple[Path, str], ...]
    taken_back: TakenBack | None = None
    pixels: tuple[str, ...] = ()


def import_class_tree(
    folders: ClassFolders,
    folder_or_zip: Path,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    names_encoding: str = "",
    say: Callable[[str], None] = lambda _sentence: None,
) -> IntakeReport:
    """Import a folder or an archive of class folders; see `plan_import`.

    Args:
        folders: The dataset.
        folder_or_zip: Where the images are.
        progress: Told how many files are done, and of how many.
        cancelled: Asked often; once it says True, the import ends with what it has.
        names_encoding: See `plan_import`.
        say: Gets a sentence for names that were read as they probably are written, and one while
            another import into the dataset is under way.

    Raises:
        DatasetError: It is neither a folder nor an archive, it is damaged, its names can be read in
            more than one way, there are no class folders in it, or the dataset's folder cannot be
            written to.
    """
    if not folder_or_zip.exists():
        raise DatasetError(
            "Class folders are imported from a folder, a zip or a tar archive. "
            f"{folder_or_zip.name} is none of them."
        )
    if not folder_or_zip.is_dir() and not is_archive(folder_or_zip):
        IncomingZip(folder_or_zip).close()  # says what it is instead
    planned = plan_import(
        folders, [folder_or_zip], cancelled=cancelled, names_encoding=names_encoding
    )
    with planned as plan:
        doubts = [reading for reading in plan.readings.values() if reading.is_doubtful]
        if doubts:
            raise DatasetError(doubts[0].asked(folder_or_zip.name))
        for path, reading in plan.readings.items():
            if not reading.is_certain:
                say(reading.said(path.name))
        if cancelled():  # what was found by then says nothing of the rest
            return IntakeReport((), ())
        if plan.is_empty:
            raise DatasetError("No folder of images was found in it: each class needs one.")
        return run_import(plan, progress=progress, cancelled=cancelled, waits=say)


def run_import(
    plan: ImportPlan,
    *,
    move: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    halted: Callable[[], Halt] = lambda: Halt.KEEP,
    note: ImportNote | None = None,
    waits: Callable[[str], object] = lambda _sentence: None,
) -> IntakeReport:
    """Import what was planned.

    JPEG, PNG, GIF and BMP files keep their bytes; other kinds are stored as PNG or JPEG, which
    every program reads. What its class has already, byte for byte, is skipped.

    Args:
        plan: What goes where.
        move: Whether files go away from where they were, once they are in; not out of an archive.
        progress: Told how many files are done, and of how many.
        cancelled: Called often; once it returns True, the import ends.
        halted: Called then; says what becomes of what is in.
        note: Of an import that was broken off and goes on, see `plan_again`; None for a new one.
        waits: Gets a sentence, once, while another import into the dataset is under way.

    Raises:
        DatasetError: It is not plain where the classes stand, and nobody has said it; or the
            dataset's folder cannot be written to. What is in stays, and is found by
            `broken_imports`.
    """
    plan.check_decided()
    if plan.pixels is None:
        known = plan.folders.dataset.card.pixels
        plan.pixels = surveyed(plan.files, cancelled=cancelled, known=known)
    plan.folders.check_changeable()
    with import_turn(plan.folders.dataset.folder, cancelled, waits) as has_come:
        if not has_come:
            with note or nullcontext():  # it is let go of, for another time
                return IntakeReport((), ())
        with note or _note_of(plan, move) as held:
            intake = _Intake(plan, move, held, progress, cancelled)
            intake.take([each for each in plan.files if held.is_to_come(each[1].path)])
            report = intake.report()
            samples, taken_back = held.settle(
                report.imported, ended_early=cancelled(), halted=halted
            )
    if samples:
        _note_readings(plan.folders, plan.pixels.readings)
    pixels = tuple(plan.pixels.sentences) if samples else ()
    return replace(report, imported=samples, taken_back=taken_back, pixels=pixels)


def _note_readings(folders: ClassFolders, readings: Mapping[str, PixelReading]) -> None:
    """Note on the card how files were read, so that others are read alike: later ones of the
    dataset, and those that a model is asked about that learned from it."""
    card = folders.card_for_writing()
    after = replace(card, pixels={**card.pixels, **readings})
    if after != card:
        folders.carry_out(Change(card_before=card, card_after=after))


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
    keeps_parts = bool(broken.values.get("keeps_parts", True))
    choice = LabelChoice(key=str(broken.values.get("labels", "")), keeps_parts=keeps_parts)
    encoding = str(broken.values.get("names_encoding", ""))
    plan = plan_import(
        folders, broken.sources, cancelled=cancelled, choice=choice, names_encoding=encoding
    )
    try:
        chosen = {(root, tuple(within)): name for root, within, name in broken.values["groups"]}
        for place, group in enumerate(plan.groups):
            plan.choose_class([place], chosen.get((str(group.root), group.folders), ""))
        plan.pixels = PixelSurvey(frozen=readings_from(broken.values.get("pixels")))
        if "file_classes" in broken.values:
            names = map(str, broken.values["file_classes"])
            plan.assign(dict(zip(map(Path, broken.values["files"]), names, strict=False)))
        plan.doubt = ""
        return plan, ImportNote(folders, broken.values, broken)
    except BaseException:
        plan.close()
        raise


def _marks_of_files(plan: ImportPlan) -> dict[Path, Mark]:
    """How the files of a given split are to be marked."""
    if not plan.keeps_parts or not plan.parts:
        return {}
    return {
        file.path: group.part.mark
        for group in plan.groups
        if group.part is not None and group.part.mark is not None
        for file in group.files
    }


def _note_of(plan: ImportPlan, move: bool) -> ImportNote:
    files = [(place, entry.path) for place, (_class_name, entry) in enumerate(plan.files, 1)]
    return ImportNote.begin(
        plan.folders,
        ImportKind.IMAGES,
        plan.paths,
        len(files),
        groups=[[str(g.root.absolute()), g.folders, g.class_name] for g in plan.groups],
        files=[str(path.absolute()) for _place, path in files],
        session=Session.new(SessionKind.IMPORT).id,
        pixels=plan.pixels.to_values() if plan.pixels is not None else {},
        labels=plan.source.key,
        keeps_parts=plan.keeps_parts,
        marks={str(path.absolute()): mark for path, mark in _marks_of_files(plan).items()},
        moves=[place for place, path in files if move and path.is_file()],  # not out of a zip
        names_encoding=plan.names_encoding,
        **({"file_classes": [name for name, _entry in plan.files]} if plan.is_by_file else {}),
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
        self._readings = plan.pixels.readings if plan.pixels is not None else {}
        self._note = note
        self._session = note.session
        self._done = self._total = 0
        self._imported: list[Sample] = []
        self._skipped = plan.left_out
        self._held: dict[str, HeldContents] = {}
        self._made: set[str] = set()  # classes
        self._marks = note.marks_of_files

    def report(self) -> IntakeReport:
        """What was done."""
        return IntakeReport(tuple(self._imported), tuple(self._skipped))

    def take(self, entries: Sequence[tuple[str, Incoming]]) -> None:
        """Import files, each into its class.

        Several are read at a time, and several are written: the disk is waited for once for all of
        them. They come in one after the other all the same.
        """
        self._done = len(self._note.before)
        self._total = self._done + len(entries)
        self._progress(self._done, self._total)
        self._make_classes({name for name, _entry in entries})
        with (
            ThreadPoolExecutor(_READERS, thread_name_prefix="intake") as readers,
            ThreadPoolExecutor(_WRITERS, thread_name_prefix="intake-disk") as writers,
        ):
            coming: deque[_Coming] = deque()
            contents = _read_ahead(readers, [entry for _name, entry in entries], self._readings)
            try:
                for (name, entry), content in zip(entries, contents, strict=True):
                    coming.append(self._begin(name, entry, content, writers))
                    if len(coming) == _WRITERS:
                        if self._cancelled():
                            return
                        self._finish(coming)
                while coming and not self._cancelled():
                    self._finish(coming)
            except DatasetError:
                self._keep_written(coming)
                raise
            finally:
                for file in coming:
                    file.discard()
                self._remove_empty_classes()

    def _begin(
        self,
        class_name: str,
        entry: Incoming,
        content: _Content | str,
        writers: ThreadPoolExecutor,
    ) -> _Coming:
        """Have an image written beside its place, unless there is a reason not to."""
        if isinstance(content, str):
            return _Coming(class_name, entry, content)
        held = self._held.get(class_name)
        if held is None:
            is_there = class_name not in self._made
            folder = self._folders.folder_of(class_name) if is_there else None
            held = self._held[class_name] = HeldContents(folder)
        if held.has(content.data, content.digest):
            mark = self._marks.get(entry.path.absolute())
            other = f", which is not marked for {mark}" if mark else ""
            reason = f"{class_name} has this very image already{other}: {entry.path.name}."
            return _Coming(class_name, entry, reason if mark else AlreadyHere(reason))
        # Its number says which file it came from, should the import be broken off.
        number = self._note.place_of(entry.path) or 0
        file = self._folders.file_to_come(
            class_name, content.suffix, self._session, number, entry.source
        )
        held.add(content.data, content.digest)
        return _Coming(class_name, entry, "", file, writers.submit(file.write, content.data))

    def _finish(self, coming: deque[_Coming]) -> None:
        """Put the first image that is coming in its place."""
        if coming[0].entry.path.absolute() in self._marks:
            self._mark(coming)
        first = coming.popleft()
        if first.reason:
            self._skipped.append((first.entry.path, first.reason))
        else:
            self._imported.append(first.put_in_place())
        if self._move and not first.reason and first.entry.path.is_file():
            # The copy is whole and flushed by now. A kill before this line leaves both; the next
            # import of the file then finds the image there already.
            self._remove_source(first.entry.path)
        self._done += 1
        self._progress(self._done, self._total)

    def _mark(self, coming: Iterable[_Coming]) -> None:
        """Mark images that were given to a part of a split, before they stand among the others.

        Whenever the import is broken off, no image for the test is one to learn from. Those that
        are coming are marked together, as each marking waits for the disk.
        """
        names: dict[Mark, list[str]] = defaultdict(list)
        for image in coming:
            mark = self._marks.pop(image.entry.path.absolute(), None)
            if mark is not None and image.file is not None:
                names[mark].append(f"{image.class_name}/{image.file.path.name}")
        if names:
            markings = tuple(Marking(mark, True, tuple(own)) for mark, own in names.items())
            self._folders.carry_out(Change(markings=markings))

    def _keep_written(self, coming: deque[_Coming]) -> None:
        """Put what is on the disk already in its place, after the disk has refused another one."""
        while coming:
            with suppress(DatasetError):
                self._finish(coming)

    def _make_classes(self, names: Iterable[str]) -> None:
        """Make the classes that are not there yet, in their order and at once."""
        known = set(self._folders.classes())
        missing = in_order(name for name in names if name not in known)
        if missing:
            self._made.update(self._folders.add_classes(missing))

    def _remove_empty_classes(self) -> None:
        """Remove the classes that were made for images of which none has come in."""
        empty = self._made - {sample.class_name for sample in self._imported}
        if empty:
            with suppress(DatasetError, OSError):
                self._folders.carry_out(removal_of_empty(self._folders, empty))

    def _remove_source(self, path: Path) -> None:
        try:
            path.unlink()
        except OSError as error:
            reason = error.strerror or error
            self._skipped.append((path, f"It was copied, but cannot be removed there: {reason}."))


@dataclass(frozen=True)
class _Content:
    """A readable image, as it is to be stored; `digest` is the SHA-256 of its data."""

    data: bytes
    suffix: str
    digest: bytes


@dataclass(frozen=True)
class _Coming:
    """A file that is being imported, or the reason why it is not."""

    class_name: str
    entry: Incoming
    reason: str
    file: FileInMaking | None = None
    written: Future[None] | None = None

    def put_in_place(self) -> Sample:
        """Wait until it is written, and let it stand among the others.

        Raises:
            DatasetError: It cannot be written, and nothing is left of it.
        """
        if self.file is None or self.written is None:
            raise ValueError(f"It does not come in: {self.reason}")
        with explained(f"The image cannot be saved in {self.file.path.parent}"):
            self.written.result()
            self.file.put_in_place()
        return Sample(self.file.path, self.class_name)

    def discard(self) -> None:
        """Delete what was written of it."""
        if self.file is None or self.written is None:
            return
        with suppress(OSError):
            self.written.result()
            self.file.discard()


def _read_ahead(
    readers: ThreadPoolExecutor,
    entries: Sequence[Incoming],
    readings: Mapping[str, PixelReading],
) -> Iterator[_Content | str]:
    """What files hold, in their order, with some more being read meanwhile."""
    reading: deque[Future[_Content | str]] = deque()
    try:
        for entry in entries:
            reading.append(readers.submit(_read_whole, entry, readings))
            if len(reading) > _READ_AHEAD:
                yield reading.popleft().result()
        while reading:
            yield reading.popleft().result()
    finally:
        for future in reading:
            future.cancel()


def _read_whole(entry: Incoming, readings: Mapping[str, PixelReading]) -> _Content | str:
    """The bytes of a readable image, or why it is none."""
    try:
        data = entry.read() if entry.read_alike is None else entry.read_alike(readings)
        kept, suffix = kept_file(data, entry.path.name, entry.suffix, readings)
        return _Content(kept, suffix, hashlib.sha256(kept).digest())
    except (ImageError, DatasetError) as error:
        return str(error)
