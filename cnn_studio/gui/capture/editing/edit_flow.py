"""From what a person asks for to edits that can be undone, each told in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoStack

from cnn_studio.data import class_changes
from cnn_studio.data.cards import Orientation
from cnn_studio.data.changes import Change
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.contradictions import decision
from cnn_studio.data.findings import Finding
from cnn_studio.data.journal import current_watch
from cnn_studio.data.kept_steps import KeptSteps
from cnn_studio.data.marks import Mark
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session
from cnn_studio.data.trash import TrashedSample, empty_trash
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.editing.edits import Edit
from cnn_studio.gui.capture.editing.history import History
from cnn_studio.gui.figures import whole
from cnn_studio.gui.jobs import Jobs

_Then = Callable[[Change], None]


class EditFlow(QObject):
    """Turns requests into edits of the dataset on show.

    Signals:
        began: An edit is being made.
        made(str): An edit was made that can be undone; what was done, in words.
        edited(str): The dataset is another one now; what was done or undone, in words.
        moved(Mapping[str, str]): Files and folders of the dataset were moved within it.
        undo_offered(str): Much has gone or moved with the newest edit; what, as a sentence.
        redo_offered(str): An edit was undone; what, as a sentence.
        class_added(str): This class is there now.
        classes_ordered(list): The classes stand in this order now.
        failed(str): An edit could not be made; the sentence that says why.
        fell_short(str): An edit was undone or redone as far as possible; what was not, in words.
        ended_early(str): An edit was ended by a person; what that means, in a sentence.
        history_changed(str, str): What would be undone and redone; empty where nothing would.
    """

    began = Signal()
    made = Signal(str)
    edited = Signal(str)
    moved = Signal(object)
    undo_offered = Signal(str)
    redo_offered = Signal(str)
    class_added = Signal(str)
    classes_ordered = Signal(list)
    failed = Signal(str)
    fell_short = Signal(str)
    ended_early = Signal(str)
    history_changed = Signal(str, str)

    def __init__(self, contents: Contents, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._contents = contents
        self._history = History(jobs, self)
        self._history.edited.connect(self.edited)
        self._history.failed.connect(self._on_history_failed)
        self._history.began.connect(self.began)
        self._history.fell_short.connect(self.fell_short)
        self._history.ended_early.connect(self.ended_early)
        self._history.done.connect(self._on_history_done)
        self._history.turned.connect(self._on_history_turned)
        self._history.changed.connect(self._on_history_changed)
        self._history.undone.connect(self._on_history_undone)
        self._history.redone.connect(self._on_history_redone)
        self._adding = 0  # classes that were asked for and are not there yet
        contents.dataset_changed.connect(self._on_contents_dataset_changed)

    @property
    def is_adding_class(self) -> bool:
        """Whether a class was asked for that is not there yet; `class_added` or `failed` comes."""
        return self._adding > 0

    @property
    def stack(self) -> QUndoStack:
        """What was done, for a list of it; to go to a place in it see `go_to`."""
        return self._history.stack

    @Slot(str)
    def add_class(self, name: str) -> None:
        """Add a class."""
        text = self.tr("Add class {name}").format(name=name.strip())
        self._adding += self._contents.folders is not None
        self._do(text, class_changes.class_addition, name, then=self._then_added)

    @Slot(str)
    def add_background(self, name: str) -> None:
        """Add the class of pictures that show none of the others."""
        text = self.tr("Add class {name}").format(name=name.strip())
        plan = partial(class_changes.class_addition, background=True)
        self._do(text, plan, name, then=self._then_added)

    @Slot(str, str)
    def rename_class(self, old: str, new: str) -> None:
        """Give a class another name."""

        def then(change: Change) -> None:
            if self._contents.chosen == old and change.card_before and change.card_after:
                place = change.card_before.classes.index(old)
                self._contents.expect(change.card_after.classes[place])

        text = self.tr("Rename {old} to {new}").format(old=old, new=new)
        self._do(text, class_changes.class_rename, old, new, then=then)

    def remove_class(self, name: str, images: int) -> None:
        """Move a class to the trash with its samples, of which a person was shown the number."""
        if name:
            text = self.tr("Delete class {name}").format(name=name)
            said = self.tr("{name} is deleted.")
            if images:
                said = self.tr("{name} is deleted with its {images}.")
            offer = said.format(name=name, images=self.images(images))
            self._do(text, class_changes.class_removal, name, images, offer=offer)

    @Slot(str, str)
    def merge_class(self, source: str, target: str) -> None:
        """Move all samples of a class to another, and remove the class."""

        def then(_change: Change) -> None:
            if self._contents.chosen == source:
                self._contents.expect(target)

        text = self.tr("Merge {source} into {target}").format(source=source, target=target)
        offer = self.tr("{source} is merged into {target}.").format(source=source, target=target)
        self._do(text, class_changes.class_merge, source, target, then=then, offer=offer)

    @Slot(list)
    def order_classes(self, names: Sequence[str]) -> None:
        """Put the classes into another order."""
        order = list(names)
        self._do(
            self.tr("Reorder the classes"),
            class_changes.class_order,
            order,
            then=lambda _change: self.classes_ordered.emit(order),
        )

    @Slot(str, bool)
    def switch_class(self, name: str, enabled: bool) -> None:
        """Have trainings use a class, or leave it out."""
        template = self.tr("Train with {name}") if enabled else self.tr("Train without {name}")
        self._do(template.format(name=name), class_changes.class_switch, name, enabled)

    @Slot(str, str)
    def colour_class(self, name: str, colour: str) -> None:
        """Give a class a colour, or the usual one with an empty text."""
        text = self.tr("Colour {name}").format(name=name)
        self._do(text, class_changes.class_colour, name, colour)

    @Slot(str)
    def choose_background(self, name: str) -> None:
        """Say which class holds the pictures that show none of the others; empty for none."""
        if name:
            text = self.tr("Make {name} the background class").format(name=name)
        else:
            text = self.tr("No background class")
        self._do(text, class_changes.background_class, name)

    @Slot(bool)
    def orient_images(self, has_up: bool) -> None:
        """Say whether the images of the dataset have an up."""
        text = self.tr("Images have an up") if has_up else self.tr("Images have no up")
        orientation = Orientation.UP if has_up else Orientation.ANY
        self._do(text, class_changes.image_orientation, orientation)

    def set_targets(self, targets: Sequence[int]) -> None:
        """Say how many images of each class to aim at, one step after the other."""
        steps = ", ".join(map(whole, targets))
        text = self.tr("Aim at {steps} images of each class").format(steps=steps)
        self._do(text, class_changes.image_targets, list(targets))

    @Slot(list)
    def delete(self, samples: Sequence[Sample]) -> None:
        """Move samples to the trash."""
        if samples:
            images = self.images(len(samples))
            text = self.tr("Delete {images}").format(images=images)
            offer = self.tr("{images} deleted.").format(images=images)
            self._do(text, class_changes.deletion, list(samples), offer=offer)

    @Slot(list)
    def restore(self, trashed: Sequence[TrashedSample]) -> None:
        """Bring samples back from the trash."""
        if trashed:
            text = self.tr("Restore {images}").format(images=self.images(len(trashed)))
            self._do(text, class_changes.restoration, list(trashed))

    @Slot()
    def empty_trash(self) -> None:
        """Delete for good what is in the trash; nothing can be undone after that."""
        folders = self._contents.folders
        if folders is not None:
            step = partial(_emptied, folders.dataset.folder)
            how_it_ends = self.tr("what is not gone yet stays in the trash")
            self._history.do_for_good(step, self.tr("Empty the trash"), how_it_ends)

    @Slot(list, str)
    def move(self, samples: Sequence[Sample], class_name: str) -> None:
        """Move samples to another class."""
        away = [sample for sample in samples if sample.class_name != class_name]
        if away and class_name:
            images = self.images(len(away))
            text = self.tr("Move {images} to {name}").format(images=images, name=class_name)
            offer = self.tr("{images} moved to {name}.").format(images=images, name=class_name)
            self._do(text, class_changes.relabelling, away, class_name, offer=offer)

    @Slot(object, str)
    def review(self, sample: Sample, class_name: str) -> None:
        """Say that a sample was looked at and shows this class."""
        text = self.tr("Review: {name}").format(name=class_name)
        self._do(text, class_changes.review, sample, class_name)

    def review_all(self, labels: Mapping[Sample, str]) -> None:
        """Say that samples were looked at, and which class each of them shows."""
        if labels:
            text = self.tr("Review {images}").format(images=self.images(len(labels)))
            self._do(text, class_changes.reviews, dict(labels))

    def decide(self, finding: Finding, class_name: str) -> None:
        """Say which class a picture is of that stands in several."""
        text = self.tr("Keep a picture in {name} only").format(name=class_name)
        self._do(text, decision, finding, class_name)

    @Slot(list)
    def confirm(self, samples: Sequence[Sample]) -> None:
        """Say that samples were looked at and show the class that they are in."""
        if samples:
            text = self.tr("Confirm the class of {images}").format(images=self.images(len(samples)))
            self._do(text, class_changes.marking, list(samples), Mark.REVIEWED, True)

    @Slot(list, bool)
    def exclude(self, samples: Sequence[Sample], excluded: bool) -> None:
        """Leave samples out of trainings, or take them in again."""
        if samples:
            template = (
                self.tr("Leave {images} out of training")
                if excluded
                else self.tr("Train with {images} again")
            )
            images = self.images(len(samples))
            offer = self.tr("{images} left out of training.") if excluded else ""
            self._do(
                template.format(images=images),
                class_changes.marking,
                list(samples),
                Mark.EXCLUDED,
                excluded,
                offer=offer.format(images=images),
            )

    def keep_for_test(self, samples: Sequence[Sample], kept: bool) -> None:
        """Keep samples for the test, so that no training learns from them, or let it again."""
        if samples:
            images = self.images(len(samples))
            text = self.tr("Keep {images} for the test") if kept else self.tr("Learn from {images}")
            offer = self.tr("{images} kept for the test; no training learns from them.")
            self._do(
                text.format(images=images),
                class_changes.marking,
                list(samples),
                Mark.TEST,
                kept,
                offer=offer.format(images=images) if kept else "",
            )

    def regroup(self, samples: Sequence[Sample], session: Session) -> None:
        """Have samples belong to one session."""
        images = self.images(len(samples))
        text = self.tr("Merge the sessions of {images}").format(images=images)
        offer = self.tr("{images} are of one session now.").format(images=images)
        self._do(text, class_changes.regrouping, list(samples), session, offer=offer)

    def remember_recorded(
        self, folders: ClassFolders, class_name: str, samples: Sequence[Sample]
    ) -> None:
        """Make a recording undoable; another dataset may be on show by now."""
        self._remember(folders, self.tr("Record {images} of {name}"), class_name, samples)

    def keep_recorded(
        self, folders: ClassFolders, class_name: str, samples: Sequence[Sample]
    ) -> None:
        """Make a recording undoable after the next start: the window is closing."""
        if samples:
            template = self.tr("Record {images} of {name}")
            self._arrival(folders, template, class_name, samples).take_note()

    def remember_imported(
        self, folders: ClassFolders, class_name: str, samples: Sequence[Sample]
    ) -> None:
        """Make an import undoable; another dataset may be on show by now."""
        template = self.tr("Import {images} into {name}") if class_name else ""
        self._remember(folders, template or self.tr("Import {images}"), class_name, samples)

    def remember_change(self, folders: ClassFolders, change: Change, text: str) -> None:
        """Make undoable a change that was carried out already; see `remember_imported`."""
        if not change.is_empty:
            edit = Edit(folders, change.inverse, text)
            self._history.remember(edit, is_here=self._contents.shows(folders.dataset))

    @Slot()
    def undo(self) -> None:
        """Take the newest edit back."""
        self._history.undo()

    @Slot()
    def redo(self) -> None:
        """Make the edit again that was taken back last."""
        self._history.redo()

    @Slot(int)
    def go_to(self, index: int) -> None:
        """Undo or redo until so many of the edits in the list are in effect."""
        self._history.go_to(index)

    def images(self, count: int) -> str:
        """A number of images in words."""
        if count == 1:
            return self.tr("1 image")
        return self.tr("{count} images").format(count=whole(count))

    def _do(
        self,
        text: str,
        plan: Callable[..., Change],
        *arguments: object,
        then: _Then | None = None,
        offer: str = "",
    ) -> None:
        """Make an edit; `then` takes what was really changed, `offer` is an offer to undo it."""

        def done(change: Change) -> None:
            if then is not None:
                then(change)
            if not change.is_empty:
                self.made.emit(text)
            if offer and not change.is_empty:
                self.undo_offered.emit(offer)

        folders = self._contents.folders
        if folders is not None:
            self._history.do(Edit(folders, partial(plan, folders, *arguments), text, done))

    def _remember(
        self, folders: ClassFolders, template: str, class_name: str, samples: Sequence[Sample]
    ) -> None:
        if samples:
            edit = self._arrival(folders, template, class_name, samples)
            self._history.remember(edit, is_here=self._contents.shows(folders.dataset))

    def _arrival(
        self, folders: ClassFolders, template: str, class_name: str, samples: Sequence[Sample]
    ) -> Edit:
        text = template.format(images=self.images(len(samples)), name=class_name)
        return Edit(folders, partial(class_changes.deletion, folders, list(samples)), text)

    def _then_added(self, change: Change) -> None:
        self._adding = max(0, self._adding - 1)
        if change.card_after is not None:
            self._contents.add_class(change.card_after)
            self.class_added.emit(change.card_after.classes[-1])

    @Slot(str)
    def _on_history_failed(self, sentence: str) -> None:
        self._adding = 0
        self.failed.emit(sentence)

    @Slot()
    def _on_contents_dataset_changed(self) -> None:
        self._adding = 0
        self._history.load(partial(_kept_edits, self._contents.folders))

    @Slot(object)
    def _on_history_done(self, edit: Edit) -> None:
        if edit.then is not None and edit.last is not None:
            edit.then(edit.last)

    @Slot(object)
    def _on_history_turned(self, edit: Edit) -> None:
        if edit.last is not None and edit.last.moves:
            self.moved.emit(dict(edit.last.moves))

    @Slot(str)
    def _on_history_undone(self, text: str) -> None:
        self.redo_offered.emit(self.tr("Undone: {text}.").format(text=text))

    @Slot(str)
    def _on_history_redone(self, text: str) -> None:
        self.undo_offered.emit(self.tr("Redone: {text}.").format(text=text))

    @Slot()
    def _on_history_changed(self) -> None:
        self.history_changed.emit(self._history.undo_text, self._history.redo_text)


def _kept_edits(folders: ClassFolders | None) -> list[Edit]:
    """What was done to a dataset before, as far as it is kept."""
    if folders is None:
        return []
    labels = KeptSteps(folders.dataset.folder).labels()
    return [Edit.kept(folders, label) for label in labels]


def _emptied(dataset_folder: Path) -> None:
    watch = current_watch()
    empty_trash(dataset_folder, progress=watch.progress, cancelled=watch.cancelled)
    KeptSteps(dataset_folder).clear()
