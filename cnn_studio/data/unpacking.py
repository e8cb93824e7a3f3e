"""A packed dataset, brought in again with the names that its files had."""

from __future__ import annotations

import hashlib
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from cnn_studio.data.archive_limits import name_refusal, shortened
from cnn_studio.data.cards import CARD_NAME, DatasetCard, has_card, write_card
from cnn_studio.data.catalog import Dataset
from cnn_studio.data.changes import Change
from cnn_studio.data.class_changes import removal_of_empty
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.class_names import ClassNaming
from cnn_studio.data.file_moves import explained
from cnn_studio.data.file_names import portable_names
from cnn_studio.data.import_notes import BrokenImport, ImportKind, ImportNote
from cnn_studio.data.import_removal import TakenBack
from cnn_studio.data.import_turn import import_turn
from cnn_studio.data.incoming_zip import IncomingZip
from cnn_studio.data.left_out import AlreadyHere
from cnn_studio.data.listing import class_folder_names
from cnn_studio.data.marks import Marking
from cnn_studio.data.pack_manifest import (
    PackedFile,
    PackManifest,
    is_packed,
    packed_card,
    packed_images,
    read_manifest,
)
from cnn_studio.data.packing import Progress
from cnn_studio.data.samples import Sample
from cnn_studio.errors import DatasetError, ImageError
from cnn_studio.vision.file_kinds import refusal as file_refusal
from cnn_studio.vision.images import is_image_name, read_file
from cnn_studio.whole_files import write_atomically
from cnn_studio.work_notes import Halt


@dataclass(frozen=True)
class UnpackReport:
    """What came out of a zip.

    Attributes:
        samples: The images that were stored.
        skipped: Those that were left out, each with a sentence that says why; it is an
            `AlreadyHere` where the dataset has the image.
        taken_back: What had been stored and was taken back again; None if it stays.
    """

    samples: tuple[Sample, ...]
    skipped: tuple[tuple[Path, str], ...]
    taken_back: TakenBack | None = None

    @property
    def imported(self) -> int:
        """How many images were stored."""
        return len(self.samples)


@dataclass(frozen=True)
class PackedDataset:
    """What a zip says of the dataset in it.

    Attributes:
        path: The zip.
        title: What the dataset is called.
        classes: The names of its classes, in order.
        images: How many images it has.
    """

    path: Path
    title: str
    classes: tuple[str, ...]
    images: int


def is_packed_dataset(path: Path) -> bool:
    """Whether a file is a zip that `pack_dataset` wrote."""
    try:
        with IncomingZip(path) as entries:
            return is_packed(entries)
    except DatasetError:
        return False


def look_into(path: Path) -> PackedDataset:
    """What a packed dataset holds, without an image being read.

    Raises:
        DatasetError: The zip or its card is damaged.
    """
    with IncomingZip(path) as entries:
        manifest = read_manifest(entries, path)
        card, _text = packed_card(entries, path, path.stem, manifest)
        packed_images(entries.archive, path)
        return PackedDataset(path, card.title, card.classes, len(manifest.files))


def unpack_dataset(
    dataset: Dataset,
    path: Path,
    *,
    title: str = "",
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    halted: Callable[[], Halt] = lambda: Halt.KEEP,
    broken: BrokenImport | None = None,
    waits: Callable[[str], object] = lambda _sentence: None,
) -> UnpackReport:
    """Bring a packed dataset into a dataset, with the names that its files have.

    An empty dataset gets the packed card as well, so that it is identical. What is there already
    under the same name and with the same bytes is skipped; nothing is written over. What has a name
    that no class or file can have on every system is left out, or called a little differently.

    Args:
        dataset: Where it comes in; its folder may not exist yet.
        path: A zip that `pack_dataset` wrote.
        title: What a dataset that was made for it is called then, if not as the packed one was.
        progress: Told how many images are done, and of how many.
        cancelled: Called often; once it returns True, it ends.
        halted: Called then; says what becomes of what is in.
        broken: The import of this zip that was broken off and goes on; None for a new one.
        waits: Gets a sentence, once, while another import into the dataset is under way.

    Raises:
        DatasetError: The zip is damaged, or the dataset's folder cannot be written to. What is in
            stays, and is found by `broken_imports`.
    """
    unpacking = _Unpacking(dataset, path)
    report = progress or (lambda _done, _total: None)
    with IncomingZip(path) as entries:
        # All that the zip says is read and checked here, before anything is written.
        manifest, packed = unpacking.read(entries)
        with import_turn(dataset.folder, cancelled, waits) as has_come:
            if not has_come:
                return UnpackReport((), ())
            with unpacking.noted(title, broken) as note:
                unpacking.receive(*packed, title)
                unpacking.take_all(entries, manifest, note, report, cancelled)
                if not cancelled():
                    unpacking.undo_in_vain(is_new=broken is None)
                kept, taken_back = note.settle(
                    unpacking.samples, ended_early=cancelled(), halted=halted
                )
    return UnpackReport(kept, tuple(unpacking.skipped), taken_back)


class _RefusedError(DatasetError):
    """One file is left out; the others come in."""


class _PresentError(_RefusedError):
    """A file is left out because the dataset has it."""


class _Unpacking:
    """One packed dataset on its way in; all that its manifest names comes in, or is said not to."""

    def __init__(self, dataset: Dataset, path: Path) -> None:
        self._path = path
        self._folders = ClassFolders(dataset)
        self._files: Mapping[str, PackedFile] = {}
        self._inside: dict[str, zipfile.ZipInfo] = {}
        self._known: set[str] = set()  # the classes that have a folder
        self._naming = ClassNaming()  # the classes of the dataset, and those that are to be made
        self._file_names: dict[str, dict[str, str]] = {}
        self._own: dict[str, str] = {}  # what the images that are here now are called in the zip
        self._promised: set[str] = set()  # what the images would be called here
        self._made: set[str] = set()  # classes
        self._card_before: bytes | None = None  # of an empty dataset; no bytes where it had none
        self.samples: list[Sample] = []
        self.skipped: list[tuple[Path, str]] = []

    def read(self, entries: IncomingZip) -> tuple[PackManifest, tuple[DatasetCard, bytes]]:
        """What the zip says, and the card in it."""
        self._folders.check_changeable()
        manifest = read_manifest(entries, self._path)
        entries.understand_names(expected=frozenset(manifest.files))
        packed = packed_card(entries, self._path, self._folders.dataset.name, manifest)
        self._inside = packed_images(entries.archive, self._path)
        self._files = manifest.files
        self._file_names = _names_by_class(self._files)
        for name, reason in manifest.refused.items():
            self._inside.pop(name, None)
            self._leave_out(shortened(name), reason)
        return manifest, packed

    def noted(self, title: str, broken: BrokenImport | None) -> ImportNote:
        """The note of this import, which also keeps the card that is about to be replaced."""
        if broken is not None:
            return ImportNote(self._folders, broken.values, broken)
        is_empty = not any(self._folders.counts().values())
        return ImportNote.begin(
            self._folders,
            ImportKind.PACKED,
            [self._path],
            len(self._files),
            title=title,
            is_new=bool(title),
            card=self._folders.dataset.card.to_dict() if is_empty else None,
        )

    def take_all(
        self,
        entries: IncomingZip,
        manifest: PackManifest,
        note: ImportNote,
        progress: Progress,
        cancelled: Callable[[], bool],
    ) -> None:
        """Bring in the images, with their marks."""
        coming = self._names_to_come()
        note.names_come(list(coming.values()))
        self._mark(manifest, coming)  # none for the test is ever one to learn from
        self._take_each(entries, note, progress, cancelled)
        self._mark(manifest, self._own)
        left = {name: own for name, own in coming.items() if name not in self._own}
        self._mark(manifest, left, on=False)

    def _take_each(
        self,
        entries: IncomingZip,
        note: ImportNote,
        progress: Progress,
        cancelled: Callable[[], bool],
    ) -> None:
        """Bring in what the manifest names and had not come in before."""
        inside = self._inside
        composed = {_composed(name): name for name in inside}
        for done, name in enumerate(self._files):
            if cancelled():
                return
            try:
                found = name if name in inside else composed.get(_composed(name), name)
                info = inside.pop(found, None)
                own = self._own_name(name)
                if note.is_stored(own):
                    self._own[name] = own
                else:
                    self._take(name, entries, info)
            except _PresentError as error:
                self._leave_out(name, AlreadyHere(error))
            except _RefusedError as error:
                self._leave_out(name, str(error))
            progress(done + 1, len(self._files))
        for name in inside:
            called = shortened(name) if name_refusal(name) else name
            self._leave_out(called, f"It is not in the manifest: {shortened(name)}.")

    def _names_to_come(self) -> dict[str, str]:
        """What the images of the zip that are not there yet will be called."""
        names = {}
        folder = self._folders.dataset.folder
        for name in self._files:
            with suppress(_RefusedError):
                own = self._own_name(name)
                self._promised.add(own)
                if not (folder / own).exists():
                    names[name] = own
        return names

    def _own_name(self, name: str) -> str:
        """The class and file that an image of the zip becomes here, as in "cup/1.jpg"."""
        packed_class, _slash, file_name = name.rpartition("/")
        if not packed_class:
            raise _RefusedError(f"It lies in no class folder: {name}.")
        return f"{self._class_for(packed_class)}/{self._file_names[packed_class][file_name]}"

    def receive(self, card: DatasetCard, text: bytes, title: str) -> None:
        """Make the classes; an empty dataset takes the whole card over."""
        is_empty = sum(self._folders.counts().values()) == 0
        folder = self._folders.dataset.folder
        here = class_folder_names(folder) if is_empty else self._folders.classes()
        self._naming, self._known = ClassNaming(here), set(here)
        meant: dict[str, str] = {}
        taken: set[str] = set()
        for name in card.classes:
            try:
                own = self._class_for(name)
                if own not in taken:
                    taken.add(own)
                    meant[name] = own
            except _RefusedError as error:
                if name not in self._file_names:  # else it is said of its images
                    self._leave_out(name, str(error))
        if is_empty:
            self._take_card(card, text, meant, title or card.title)
        else:
            missing = [name for name in meant.values() if name not in self._known]
            if missing:
                self._folders.add_classes(missing)
        self._made = set(meant.values()) - self._known
        self._known |= self._made

    def _take_card(
        self, card: DatasetCard, text: bytes, meant: Mapping[str, str], title: str
    ) -> None:
        folder = self._folders.dataset.folder
        wanted = card.with_classes(meant).with_all_renamed(meant)
        with explained(f"The card of {card.title} cannot be saved in {folder}"):
            folder.mkdir(parents=True, exist_ok=True)
            has_one = has_card(folder)
            self._card_before = (folder / CARD_NAME).read_bytes() if has_one else b""
            write_atomically(folder / CARD_NAME, text)
            for name in wanted.classes:
                (folder / name).mkdir(exist_ok=True)
        wanted = replace(wanted, title=title)
        if wanted != card:
            write_card(folder, wanted)
        self._folders = ClassFolders(replace(self._folders.dataset, card=wanted))

    def undo_in_vain(self, is_new: bool) -> None:
        """Remove the classes again that were made for images of which none has come in.

        Where there is nothing else of the zip, the card is as it was, too.
        """
        promised = {own.rpartition("/")[0] for own in self._promised}
        came = {own.rpartition("/")[0] for own in self._own.values()}
        empty = self._made & (promised - came)
        folder = self._folders.dataset.folder
        with suppress(DatasetError, OSError):
            if self._card_before is not None and is_new and self._files and not self._own:
                for name in self._made:
                    with suppress(OSError):  # somebody has put something there
                        (folder / name).rmdir()
                if self._card_before:
                    write_atomically(folder / CARD_NAME, self._card_before)
                else:
                    (folder / CARD_NAME).unlink(missing_ok=True)
            elif empty:
                self._folders.carry_out(removal_of_empty(self._folders, empty))

    def _class_for(self, name: str) -> str:
        """The class of the dataset that a class of the zip is."""
        try:
            return self._naming.meant(name)
        except DatasetError as error:
            raise _RefusedError(str(error)) from error

    def _take(self, name: str, entries: IncomingZip, info: zipfile.ZipInfo | None) -> None:
        """Bring one image in, under its own name as far as every system takes it."""
        class_name, _slash, own_file_name = self._own_name(name).rpartition("/")
        file_name = PurePosixPath(name).name
        if info is None:
            raise _RefusedError(f"It is missing in the zip: {file_name}.")
        data = self._read_checked(name, entries, info)
        if class_name not in self._known:
            self._folders.add_class(class_name)
            self._known.add(class_name)
            self._made.add(class_name)
        target = self._folders.folder_of(class_name) / own_file_name
        with explained(f"{file_name} cannot be saved in {target.parent}"):
            target.parent.mkdir(exist_ok=True)
            here = self._here(target, name, data)
            self._own[name] = f"{class_name}/{(here or target).name}"
            if here is not None:
                raise _PresentError(f"{class_name} has this very image already: {file_name}.")
            if target.exists():
                del self._own[name]
                raise _RefusedError(f"{class_name} has another image of this name: {file_name}.")
            write_atomically(target, data)
        self.samples.append(Sample(target, class_name))

    def _here(self, target: Path, name: str, data: bytes) -> Path | None:
        """The same image where it is already, maybe as it was called before it was packed."""
        for file_name in (target.name, self._files[name].own_name or target.name):
            with suppress(ImageError, ValueError):  # a name that this system does not have
                place = target.with_name(file_name)
                if read_file(place) == data:
                    return place
        return None

    def _read_checked(self, name: str, entries: IncomingZip, info: zipfile.ZipInfo) -> bytes:
        """The bytes of a file, which must be those that were packed."""
        file_name, said = PurePosixPath(name).name, self._files[name]
        refusal = entries.refusal(info)
        if refusal:
            raise _RefusedError(refusal)
        if said.size_bytes not in (None, info.file_size):
            raise _RefusedError(f"It is damaged in the zip: {file_name}.")
        try:
            data = entries.read(info)
        except DatasetError as error:
            raise _RefusedError(str(error)) from error
        if not is_image_name(Path(file_name)):
            raise _RefusedError(file_refusal(data, file_name))
        if said.sha256 != hashlib.sha256(data).hexdigest():
            raise _RefusedError(f"It is damaged in the zip: {file_name}.")
        return data

    def _leave_out(self, name: str, reason: str) -> None:
        self.skipped.append((Path(f"{self._path}/{name}"), reason))

    def _mark(self, manifest: PackManifest, own: Mapping[str, str], *, on: bool = True) -> None:
        """Put the marks of the zip on images, by what they are called here, or take them off."""
        markings = [
            Marking(mark, on, tuple(own[name] for name in names if name in own))
            for mark, names in manifest.marks.items()
        ]
        self._folders.carry_out(Change(markings=tuple(m for m in markings if m.names)))


def _names_by_class(files: Iterable[str]) -> dict[str, dict[str, str]]:
    """The files of each class, with the name that each can have on every system."""
    by_class: dict[str, list[str]] = {}
    for name in files:
        class_name, _slash, file_name = name.rpartition("/")
        by_class.setdefault(class_name, []).append(file_name)
    return {class_name: portable_names(names) for class_name, names in by_class.items()}


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)  # packed again on a Mac, letters come in pieces
