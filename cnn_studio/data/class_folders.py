"""A dataset's class folders: the images that a person captured, as plain files.

The folders are the truth. Any other program may read and change them, so nothing is remembered
here but the card, and that is read again when its file has changed. Every write is a whole file or
a rename.
"""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from cnn_studio.data.cards import (
    CARD_NAME,
    DatasetCard,
    Storage,
    has_card,
    read_card,
    write_card,
)
from cnn_studio.data.catalog import BUILT_IN, Dataset
from cnn_studio.data.changes import Change
from cnn_studio.data.class_names import ClassNaming, check_class_name, folded, is_folder_name
from cnn_studio.data.file_moves import explained, free_path
from cnn_studio.data.journal import Journal
from cnn_studio.data.kept_steps import StepLabel
from cnn_studio.data.listing import class_folder_names, image_files
from cnn_studio.data.marks import STUDIO_FOLDER, Marks
from cnn_studio.data.samples import Sample, list_samples
from cnn_studio.data.sessions import Session, recordings_of
from cnn_studio.errors import DatasetError
from cnn_studio.vision.images import IMAGE_SUFFIXES, ImageArray, encode_jpeg
from cnn_studio.vision.preparation import InputSpec
from cnn_studio.whole_files import FileInMaking

__all__ = ["ClassFolders", "Sample", "check_class_name"]

_NO_STAMP = (0, 0, 0)


class ClassFolders:
    """The class folders of one dataset. Safe to use from several threads.

    Args:
        dataset: Whose folders.

    Attributes:
        marks: What a person has said of single images.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._card_stamp = _NO_STAMP
        self._was_there = dataset.folder.is_dir()
        self._reading = threading.Lock()  # a slow reader must not bring an older card back
        self.marks = Marks(dataset.folder)

    @property
    def dataset(self) -> Dataset:
        """The dataset, with its card as it is on disk now."""
        with self._reading:
            try:
                status = (self._dataset.folder / CARD_NAME).stat()
                stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
                if stamp != self._card_stamp:
                    card = read_card(self._dataset.folder)
                    self._dataset = replace(self._dataset, card=card, problem="")
                    self._card_stamp = stamp
            except (OSError, DatasetError):  # none yet, or broken: the last good one stays
                pass
            return self._dataset

    def classes(self) -> tuple[str, ...]:
        """The classes on the card, in its order, then others found on disk."""
        card = self.dataset.card
        if card.storage is not Storage.FOLDERS:
            return card.classes
        listed = dict.fromkeys(self._as_on_disk(card.classes))
        found = class_folder_names(self._dataset.folder)
        return (*listed, *(name for name in found if name not in listed))

    def counts(self) -> dict[str, int]:
        """How many images each class has, by the names of the files."""
        return {name: sum(1 for _ in image_files(self.folder_of(name))) for name in self.classes()}

    def recordings(self) -> dict[str, frozenset[str]]:
        """What each class was recorded in; "" among them stands for images from elsewhere."""
        return {
            name: recordings_of(entry.name for entry in image_files(self.folder_of(name)))
            for name in self.classes()
        }

    def samples(self, class_name: str, known: Iterable[Sample] = ()) -> list[Sample]:
        """The images of a class, newest first.

        Args:
            class_name: The class.
            known: Those of its samples that were listed before; see `list_samples`.

        Raises:
            DatasetError: The name could not be a class's.
        """
        return list_samples(self.folder_of(class_name), class_name, known)

    def folder_of(self, class_name: str) -> Path:
        """Where the images of a class are.

        Raises:
            DatasetError: The name could not be a class's: it would lead out of the dataset.
        """
        if not is_folder_name(class_name):
            raise DatasetError(f"This cannot be the name of a class: {class_name!r}.")
        return self._dataset.folder / class_name

    def card_for_writing(self) -> DatasetCard:
        """The card as it is on disk, its classes called as their folders are.

        Raises:
            DatasetError: The dataset has no class folders, or its card is not understood: then it
                is never written over.
        """
        self.check_changeable()
        folder = self._dataset.folder
        card = read_card(folder) if has_card(folder) else self._dataset.card
        names = dict(zip(card.classes, self._as_on_disk(card.classes), strict=True))
        return card.with_all_renamed(names)

    def check_changeable(self) -> None:
        """Check that images can be added and moved.

        Raises:
            DatasetError: The dataset has no class folders, or was only named to be read.
        """
        if self._dataset.is_outside:
            raise DatasetError(
                f"{self._dataset.folder} lies outside the workspace and is only read. Name it as "
                "where the images go, or bring it into the workspace with import."
            )
        if self._dataset.card.storage is not Storage.FOLDERS:
            raise DatasetError(
                f"{self._dataset.title} is kept as it was published and cannot be changed. "
                "Choose or create another dataset."
            )

    def add_class(self, name: str) -> str:
        """Add a class, last in the card.

        Returns:
            Its name as it now stands.

        Raises:
            DatasetError: The name cannot be used, or the folder cannot be written to.
        """
        return self.add_classes([name])[0]

    def add_classes(self, names: Iterable[str]) -> list[str]:
        """Add classes in one change; see `add_class`."""
        naming = ClassNaming(self.classes())
        checked = [naming.new(name) for name in names]
        card = self.card_for_writing()
        after = card.with_classes((*card.classes, *checked))
        self.carry_out(Change(card_before=card, card_after=after))
        return checked

    def set_input(self, spec: InputSpec) -> None:
        """Write on the card what a network trained from now on expects of an image.

        The images stay as they are, and so do the models that there are: each has its own.

        Raises:
            DatasetError: The card is not understood, the folder lies outside the workspace, or it
                cannot be written to.
        """
        if self._dataset.card.storage is Storage.FOLDERS:
            card = self.card_for_writing()
            self.carry_out(Change(card_before=card, card_after=replace(card, input=spec)))
            return
        self._check_there()
        folder = self._dataset.folder
        card = read_card(folder) if has_card(folder) else self._dataset.card
        write_card(folder, replace(card, input=spec))

    def add_image(
        self, class_name: str, image_rgb: ImageArray, session: Session, sequence: int
    ) -> Sample:
        """Store an image as JPEG of quality 95.

        Args:
            class_name: The class it shows.
            image_rgb: Pixels (height, width, 3), uint8, RGB.
            session: The session it was taken in.
            sequence: Its place in the session.

        Raises:
            ImageError: The pixels cannot be encoded.
            DatasetError: The file cannot be written.
        """
        return self.add_encoded(class_name, encode_jpeg(image_rgb), ".jpg", session, sequence)

    def add_encoded(
        self, class_name: str, data: bytes, suffix: str, session: Session, sequence: int
    ) -> Sample:
        """Store an image file's bytes as they are; see `add_image`.

        Args:
            class_name: The class it shows.
            data: The whole file.
            suffix: How its name ends, as in ".png".
            session: The session it came in with.
            sequence: Its place in the session.

        Raises:
            DatasetError: The suffix is no image's, or the file cannot be written.
        """
        file = self.file_to_come(class_name, suffix, session, sequence)
        with explained(f"The image cannot be saved in {file.path.parent}"):
            file.write(data)
            file.put_in_place()
        return Sample(file.path, class_name)

    def file_to_come(
        self, class_name: str, suffix: str, session: Session, sequence: int, photo: int = 0
    ) -> FileInMaking:
        """A file for an image, to be written and put in place; see `add_encoded`.

        Args:
            class_name: The class it shows.
            suffix: How its name ends.
            session: The session it came in with.
            sequence: Its place in the session.
            photo: The number of the photo that it was cut out of; 0 for none.

        Raises:
            DatasetError: The suffix is no image's, or the class's folder cannot be made.
        """
        if suffix.lower() not in IMAGE_SUFFIXES:
            raise DatasetError(f"Images cannot be stored under this ending: {suffix}.")
        folder = self.folder_of(class_name)
        if not has_card(self._dataset.folder):
            self.check_changeable()
            self._write_first_card()
        workshop = self._dataset.folder / STUDIO_FOLDER
        if self._made(workshop).st_dev != self._made(folder).st_dev:
            workshop = folder
        path = free_path(folder / session.file_name(sequence, suffix.lower(), photo))
        return FileInMaking(path, workshop)

    def carry_out(self, change: Change, label: StepLabel | None = None) -> Change:
        """Carry out a change; see `cnn_studio.data.class_changes` for those that there are.

        Args:
            change: What to do.
            label: Keeps it as a step that can be undone, also after a restart.

        Returns:
            What was really done. Its inverse takes it back.

        Raises:
            DatasetError: The system does not allow it, and everything is as it was.
        """
        self.check_changeable()
        if not has_card(self._dataset.folder):
            self._write_first_card()
        done = Journal(self._dataset.folder, self.marks).carry_out(change, label)
        self._card_stamp = _NO_STAMP
        return done

    def take_note(self, change: Change, label: StepLabel) -> Change:
        """Keep what has happened already as a step that can be undone; see `Journal.take_note`."""
        return Journal(self._dataset.folder, self.marks).take_note(change, label)

    def _write_first_card(self) -> None:
        """Write the card of a dataset that has none yet, and with it make its folder."""
        self._check_there()
        write_card(self._dataset.folder, self._dataset.card)
        self._was_there = True

    def _check_there(self) -> None:
        """Check that the dataset was not renamed or deleted: a second folder in its old place would
        look like it. Those that come with the program stay where they are.

        Raises:
            DatasetError: Its folder has gone.
        """
        folder = self._dataset.folder
        if self._was_there and self._dataset.name not in BUILT_IN and not folder.is_dir():
            raise DatasetError(
                f"The folder of {self._dataset.title} has gone: {folder}. The dataset was renamed, "
                "deleted or moved. Choose it again where it is now."
            )

    def _as_on_disk(self, on_card: tuple[str, ...]) -> tuple[str, ...]:
        """The card's classes; where a folder differs in upper and lower case, it is right."""
        found = dict.fromkeys(class_folder_names(self._dataset.folder))
        others: dict[str, str] = {}
        if any(listed not in found for listed in on_card):  # else nobody looks at them
            known = set(on_card)
            for name in found:
                if name not in known:
                    others.setdefault(folded(name), name)
        return tuple(
            listed if listed in found else others.get(folded(listed), listed) for listed in on_card
        )

    def _made(self, folder: Path) -> os.stat_result:
        """Where a class's images go, or are written; made if it is not there yet.

        They are written in the studio's folder, as what a kill leaves of them there is in nobody's
        way; in the class's folder it would keep an empty class from going. A class's folder may
        also be a link to another disk.
        """
        with explained(f"The folder {folder} cannot be made"):
            try:
                status = folder.stat()
            except FileNotFoundError:
                status = None
            if status is None or not stat.S_ISDIR(status.st_mode):
                self.check_changeable()
                folder.mkdir(exist_ok=True)
                status = folder.stat()
        return status
