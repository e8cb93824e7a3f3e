"""From what a person asks for to edits that can be undone, each told in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.data.samples import Sample
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.edits import (
    Arrival,
    ClassAddition,
    ClassRemoval,
    ClassRename,
    Deletion,
    Move,
)
from cnn_studio.gui.capture.history import History
from cnn_studio.gui.jobs import Jobs


class EditFlow(QObject):
    """Turns requests into edits of the dataset on show.

    Signals:
        began(str): An edit is being made, in words.
        edited(str): The dataset is another one now; what was done, in words.
        class_removed(str): The same for a removed class, which is worth an offer to undo.
        class_added(str): This class is there now.
        failed(str): An edit could not be made; the sentence that says why.
        history_changed(str, str): What would be undone and redone; empty where nothing would.
    """

    began = Signal(str)
    edited = Signal(str)
    class_removed = Signal(str)
    class_added = Signal(str)
    failed = Signal(str)
    history_changed = Signal(str, str)

    def __init__(self, contents: Contents, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._contents = contents
        self._history = History(jobs, self)
        self._history.began.connect(self.began)
        self._history.edited.connect(self.edited)
        self._history.failed.connect(self.failed)
        self._history.done.connect(self._on_history_done)
        self._history.changed.connect(self._on_history_changed)
        contents.dataset_changed.connect(self._history.clear)

    @Slot(str)
    def add_class(self, name: str) -> None:
        """Add a class."""
        if self._contents.folders is not None:
            text = self.tr("Add class {name}").format(name=name.strip())
            self._history.do(ClassAddition(self._contents.folders, name), text)

    @Slot(str, str)
    def rename_class(self, old: str, new: str) -> None:
        """Give a class another name."""
        if self._contents.folders is not None:
            text = self.tr("Rename {old} to {new}").format(old=old, new=new)
            self._history.do(ClassRename(self._contents.folders, old, new), text)

    @Slot(str)
    def remove_class(self, name: str) -> None:
        """Move a class and its samples to the trash."""
        if self._contents.folders is not None and name:
            text = self.tr("Remove class {name}").format(name=name)
            self._history.do(ClassRemoval(self._contents.folders, name), text)

    @Slot(list)
    def delete(self, samples: Sequence[Sample]) -> None:
        """Move samples to the trash."""
        if self._contents.folders is not None and samples:
            text = self.tr("Delete {images}").format(images=self.images(len(samples)))
            self._history.do(Deletion(self._contents.folders, samples), text)

    @Slot(list, str)
    def move(self, samples: Sequence[Sample], class_name: str) -> None:
        """Move samples to another class."""
        away = [sample for sample in samples if sample.class_name != class_name]
        if self._contents.folders is not None and away and class_name:
            text = self.tr("Move {images} to {name}").format(
                images=self.images(len(away)), name=class_name
            )
            self._history.do(Move(self._contents.folders, away, class_name), text)

    def remember_recorded(self, class_name: str, samples: Sequence[Sample]) -> None:
        """Make a recording undoable."""
        self._remember(self.tr("Record {images} of {name}"), class_name, samples)

    def remember_imported(self, class_name: str, samples: Sequence[Sample]) -> None:
        """Make an import undoable."""
        if class_name:
            self._remember(self.tr("Import {images} into {name}"), class_name, samples)
        else:
            self._remember(self.tr("Import {images}"), class_name, samples)

    @Slot()
    def undo(self) -> None:
        """Take the newest edit back."""
        self._history.undo()

    @Slot()
    def redo(self) -> None:
        """Make the edit again that was taken back last."""
        self._history.redo()

    def images(self, count: int) -> str:
        """A number of images in words."""
        if count == 1:
            return self.tr("1 image")
        return self.tr("{count} images").format(count=f"{count:,}")

    def _remember(self, template: str, class_name: str, samples: Sequence[Sample]) -> None:
        if self._contents.folders is not None and samples:
            text = template.format(images=self.images(len(samples)), name=class_name)
            self._history.remember(Arrival(self._contents.folders, samples), text)

    @Slot(object)
    def _on_history_done(self, edit: object) -> None:
        if isinstance(edit, ClassAddition):
            self.class_added.emit(edit.class_name)
        elif isinstance(edit, ClassRename):
            if self._contents.chosen == edit.old:
                self._contents.expect(edit.new)
        elif isinstance(edit, ClassRemoval):
            self.class_removed.emit(edit.class_name)

    @Slot()
    def _on_history_changed(self) -> None:
        self.history_changed.emit(self._history.undo_text, self._history.redo_text)
