"""What the capture tab shows of a dataset: its classes, their counts, the chosen one's samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.data.cards import DatasetCard, Storage, next_step
from cnn_studio.data.catalog import Dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import recordings_of
from cnn_studio.gui.capture.folder_watch import FolderWatch
from cnn_studio.gui.capture.listing import (
    Listing,
    list_folders,
    list_packed,
    unlisted,
    with_added,
)
from cnn_studio.gui.jobs import Jobs, Task


class Contents(QObject):
    """Keeps in step with the disk, listing it beside the window.

    Signals:
        dataset_changed: Another dataset is shown, nothing is known of it yet.
        classes_changed: Classes or counts are others now, or the chosen class is another one.
        samples_changed: The samples of the chosen class are others now.
        class_chosen: Another class was chosen.
        listed: The disk was looked at again, be it changed or not.
        samples_added(list): These samples have come in front, newest first.
        failed(str): The folder could not be listed.
    """

    dataset_changed = Signal()
    classes_changed = Signal()
    samples_changed = Signal()
    class_chosen = Signal()
    listed = Signal()
    samples_added = Signal(list)
    failed = Signal(str)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._dataset: Dataset | None = None
        self._folders: ClassFolders | None = None
        self._listing: Listing | None = None
        self._chosen = ""
        self._everything = False
        self._remembered: dict[str, str] = {}  # the class that was chosen last, by dataset
        self._request = 0
        self._added: list[Sample] = []  # since the newest request
        self._watch = FolderWatch(self)
        self._watch.changed.connect(self.reload)

    @property
    def dataset(self) -> Dataset | None:
        """The dataset that is shown."""
        return self._dataset

    @property
    def folders(self) -> ClassFolders | None:
        """Where images are written; None if the dataset cannot be written to."""
        return self._folders

    @property
    def is_known(self) -> bool:
        """Whether the disk has been listed since the dataset was chosen."""
        return self._listing is not None

    @property
    def is_present(self) -> bool:
        """Whether the dataset's files are there; False only for packed ones not fetched yet."""
        return self._listing is None or self._listing.present

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes in order."""
        if self._listing is not None:
            return self._listing.classes
        return self._dataset.card.classes if self._dataset else ()

    @property
    def counts(self) -> dict[str, int]:
        """Images of each class, in the order of the classes."""
        counts = self._listing.counts if self._listing else {}
        return {name: counts.get(name, 0) for name in self.classes}

    @property
    def recordings(self) -> Mapping[str, frozenset[str]]:
        """What each class was recorded in; "" among them stands for images from elsewhere."""
        return self._listing.recordings if self._listing else {}

    @property
    def chosen(self) -> str:
        """The chosen class; empty if none."""
        return self._chosen

    @property
    def samples(self) -> Sequence[Sample]:
        """The samples of the chosen class, or of every class; newest first."""
        if self._listing is None or not self._is_listed(self._chosen):
            return ()
        return self._listing.samples

    @property
    def target(self) -> int:
        """How many images each class should have in the end."""
        return self.card.target_per_class if self.card else 0

    @property
    def targets(self) -> tuple[int, ...]:
        """How many images each class should have, one step after the other."""
        return self.card.targets if self.card else ()

    def next_target(self, class_name: str) -> int:
        """How many images a class should have next; the last target once it has them."""
        return next_step(self.targets, self.counts.get(class_name, 0))

    @property
    def card(self) -> DatasetCard | None:
        """The card of the dataset, as it was when the disk was last listed."""
        if self._listing is not None and self._listing.card is not None:
            return self._listing.card
        return self._dataset.card if self._dataset else None

    @property
    def is_everything(self) -> bool:
        """Whether the samples of every class are shown."""
        return self._everything

    def show_everything(self, everything: bool) -> None:
        """Show the samples of every class, or of the chosen one again."""
        if everything != self._everything:
            self._everything = everything
            self.reload()

    def shows(self, dataset: Dataset) -> bool:
        """Whether a dataset is the one on show; its card may have been edited."""
        return self._dataset is not None and dataset.folder == self._dataset.folder

    def show_dataset(self, dataset: Dataset | None) -> None:
        """Show another dataset, or the same one with an edited card."""
        same = dataset is not None and self.shows(dataset)
        self._dataset = dataset
        writable = dataset is not None and dataset.card.storage is Storage.FOLDERS
        self._folders = ClassFolders(dataset) if dataset is not None and writable else None
        if not same:
            self._listing = None
            first = next(iter(dataset.card.classes), "") if dataset else ""  # keys act at once
            self._chosen = self._remembered.get(dataset.name, first) if dataset else ""
            # Before the folders are listed, or what comes between would not be noticed.
            self._watch.watch(
                _folders(dataset, dataset.card.classes) if writable and dataset else []
            )
            self.dataset_changed.emit()
            self.classes_changed.emit()
            self.samples_changed.emit()
        self.reload()

    def choose(self, class_name: str) -> None:
        """Choose a class; empty for none."""
        if class_name == self._chosen:
            return
        self.expect(class_name)
        self.classes_changed.emit()
        self.samples_changed.emit()
        self.reload()
        self.class_chosen.emit()

    def expect(self, class_name: str) -> None:
        """Choose a class that the next look at the disk will find, and not before."""
        self._chosen = class_name
        if self._dataset is not None:
            self._remembered[self._dataset.name] = class_name

    def add_class(self, card: DatasetCard) -> None:
        """Choose the last class of a card, just made, before the next look at the disk finds it."""
        class_name = card.classes[-1]
        self.expect(class_name)
        listing = self._listing
        if listing is None or class_name in listing.classes:
            return
        self._request += 1  # a look from before knows nothing of it
        self._listing = replace(
            listing,
            card=card,
            classes=(*listing.classes, class_name),
            class_name=class_name,
            samples=listing.samples if listing.is_everything else (),
        )
        self.classes_changed.emit()
        self.samples_changed.emit()
        self.class_chosen.emit()

    @Slot()
    def reload(self) -> None:
        """List the disk again, in the background."""
        if self._dataset is None:
            return
        self._request += 1
        self._added = []
        request, dataset, folders = self._request, self._dataset, self._folders
        classes, chosen = self.classes, self._chosen
        place = classes.index(chosen) if chosen in classes else 0
        known = self._listing.samples if self._listing is not None else ()
        everything = self._everything

        def work(_task: Task) -> tuple[int, Listing]:
            if folders is None:
                return request, list_packed(dataset, chosen, place, everything)
            return request, list_folders(folders, chosen, place, known, everything)

        job = self._jobs.create(work)
        job.succeeded.connect(self._on_job_succeeded)
        job.failed.connect(self._on_job_failed)
        job.start()

    def add_samples(self, samples: Sequence[Sample]) -> None:
        """Take note of samples that were written by the tab itself.

        Args:
            samples: Of one class, oldest first.
        """
        if not samples or not self._is_here(samples[0]):
            return
        self._added += samples
        if self._listing is None:
            return
        listing, name = self._listing, samples[0].class_name
        shown = self._is_listed(name) and (self._everything or name == self._chosen)
        newest_first = list(reversed(samples))
        if shown:
            newest_first = unlisted(newest_first, listing)
        if newest_first:
            counts = {**listing.counts, name: listing.counts.get(name, 0) + len(newest_first)}
            together = [*newest_first, *listing.samples] if shown else listing.samples
            seen = recordings_of(sample.path.name for sample in newest_first)
            recordings = {**listing.recordings, name: listing.recordings.get(name, seen) | seen}
            self._listing = replace(listing, counts=counts, samples=together, recordings=recordings)
            self.classes_changed.emit()
            if shown:
                self.samples_added.emit(newest_first)

    def _is_listed(self, class_name: str) -> bool:
        listing = self._listing
        return listing is not None and (
            listing.is_everything == self._everything
            and (listing.is_everything or listing.class_name == class_name)
        )

    def _is_here(self, sample: Sample) -> bool:
        return self._dataset is not None and self._dataset.folder in sample.path.parents

    @Slot(object)
    def _on_job_succeeded(self, answer: tuple[int, Listing]) -> None:
        request, listing = answer
        if request != self._request:
            return
        listing = with_added(listing, self._added)
        before, self._listing = self._listing, listing
        self._chosen = listing.class_name
        self.listed.emit()
        scope_changed = before is None or before.is_everything != listing.is_everything
        if before is None or scope_changed or before.head != listing.head:
            self.classes_changed.emit()
        self.samples_changed.emit()
        if self._folders is not None and self._dataset is not None:
            self._watch.watch(_folders(self._dataset, listing.classes))

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        self.failed.emit(sentence)


def _folders(dataset: Dataset, classes: Sequence[str]) -> list[Path]:
    """The dataset's folder and those of its classes."""
    return [dataset.folder, *(dataset.folder / name for name in classes)]
