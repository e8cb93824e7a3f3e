"""Edits of a dataset that are asked for outside the capture tab, whose history takes them up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from cnn_studio.data.samples import Sample


@dataclass(frozen=True)
class Deletion:
    """Move these to the trash."""

    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class Relabelling:
    """Move these to another class."""

    samples: tuple[Sample, ...]
    class_name: str


@dataclass(frozen=True)
class Exclusion:
    """Leave these out of trainings, or take them in again."""

    samples: tuple[Sample, ...]
    excluded: bool


Wish = Deletion | Relabelling | Exclusion


class EditRequests(QObject):
    """Between those who ask for edits and the one who makes them and can take them back.

    Signals:
        requested(str, Wish): In the dataset of this name, this shall be done.
        undo_requested: The newest edit shall be taken back.
        samples_requested(str, list): These samples of that dataset shall be shown in the gallery.
        edited(str): An edit has been made or taken back; what it was.
        failed(str): An edit could not be made; the sentence that says why.
        history_changed: What would be undone is another edit now.
    """

    requested = Signal(str, object)
    undo_requested = Signal()
    samples_requested = Signal(str, list)
    edited = Signal(str)
    failed = Signal(str)
    history_changed = Signal()

    def ask(self, dataset_name: str, wish: Wish) -> None:
        """Ask for an edit."""
        self.requested.emit(dataset_name, wish)

    def show(self, dataset_name: str, samples: Sequence[Sample]) -> None:
        """Ask for samples to be shown."""
        self.samples_requested.emit(dataset_name, list(samples))
