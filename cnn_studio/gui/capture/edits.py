"""What can be done to a dataset and undone again. Plain objects; each call may take a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cnn_studio.data.cards import write_card
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.samples import Sample, TrashedSample


class Edit(Protocol):
    """A step that can be taken, taken back and taken again.

    `apply` and `revert` are called in turns. Both raise DatasetError or OSError if the disk does
    not allow it; what was done until then stays done.
    """

    def apply(self) -> None:
        """Take the step."""

    def revert(self) -> None:
        """Take it back."""


class Deletion:
    """Samples go to the trash."""

    def __init__(self, folders: ClassFolders, samples: Sequence[Sample]) -> None:
        self._folders = folders
        self._samples = list(samples)
        self._trashed: list[TrashedSample] = []

    def apply(self) -> None:
        """Move the samples to the trash."""
        self._trashed = self._folders.trash(self._samples)

    def revert(self) -> None:
        """Bring them back."""
        self._samples = self._folders.restore(self._trashed)


class Arrival:
    """Samples that were recorded or imported; they are there already."""

    def __init__(self, folders: ClassFolders, samples: Sequence[Sample]) -> None:
        self._deletion = Deletion(folders, samples)

    def apply(self) -> None:
        """Bring the samples back from the trash."""
        self._deletion.revert()

    def revert(self) -> None:
        """Move them to the trash."""
        self._deletion.apply()


class Move:
    """Samples of one class go to another."""

    def __init__(self, folders: ClassFolders, samples: Sequence[Sample], class_name: str) -> None:
        self._folders = folders
        self._samples = [sample for sample in samples if sample.class_name != class_name]
        self._origin = self._samples[0].class_name if self._samples else class_name
        self._class_name = class_name

    def apply(self) -> None:
        """Move them there."""
        self._samples = self._folders.move(self._samples, self._class_name)

    def revert(self) -> None:
        """Move them back."""
        self._samples = self._folders.move(self._samples, self._origin)


class ClassAddition:
    """A new, empty class."""

    def __init__(self, folders: ClassFolders, class_name: str) -> None:
        self._folders = folders
        self.class_name = class_name

    def apply(self) -> None:
        """Add it."""
        self.class_name = self._folders.add_class(self.class_name)

    def revert(self) -> None:
        """Remove it."""
        self._folders.remove_class(self.class_name)


class ClassRename:
    """A class gets another name."""

    def __init__(self, folders: ClassFolders, old: str, new: str) -> None:
        self._folders = folders
        self.old = old
        self.new = new

    def apply(self) -> None:
        """Give it the new name."""
        self.new = self._folders.rename_class(self.old, self.new)

    def revert(self) -> None:
        """Give it the old name."""
        self._folders.rename_class(self.new, self.old)


class ClassRemoval:
    """A class and its samples go to the trash."""

    def __init__(self, folders: ClassFolders, class_name: str) -> None:
        self._folders = folders
        self.class_name = class_name
        self._place = 0
        self._trashed: list[TrashedSample] = []

    def apply(self) -> None:
        """Remove the class."""
        self._place = self._folders.classes().index(self.class_name)
        self._trashed = self._folders.remove_class(self.class_name)

    def revert(self) -> None:
        """Bring the class and its samples back, in the place where it was."""
        self._folders.restore(self._trashed)
        dataset = self._folders.dataset
        classes = [name for name in dataset.card.classes if name != self.class_name]
        classes.insert(self._place, self.class_name)
        write_card(dataset.folder, dataset.card.with_classes(tuple(classes)))
