"""Finds the images most alike to one, and has the gallery show them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Slot

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.marks import renamed
from cnn_studio.data.samples import Sample
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.editing.edit_flow import EditFlow
from cnn_studio.gui.capture.gallery.chosen_line import Chosen
from cnn_studio.gui.capture.gallery.gallery_flow import GalleryFlow
from cnn_studio.gui.figures import percent, whole
from cnn_studio.gui.jobs import OneJob, Task
from cnn_studio.gui.studio import Studio
from cnn_studio.instant.feature_table import FeatureTable
from cnn_studio.vision.images import read_image

_MOST = 200


@dataclass(frozen=True)
class _Found:
    """An answer: of which image, of how many it is, and those alike with their similarity."""

    name: str
    looked_at: int
    similarities: Mapping[str, float]


class AlikeFlow(QObject):
    """Keeps the one image in question until what is alike to it is shown, or is no longer wanted.

    As long as images are still being looked at, what is shown is found among those that have been;
    it is found again when all have been.

    Signals of the gallery's flow say what is wanted; see `GalleryFlow`.
    """

    def __init__(
        self,
        studio: Studio,
        contents: Contents,
        edits: EditFlow,
        gallery: GalleryFlow,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._contents = contents
        self._gallery = gallery
        self._name = ""  # of the image in question; empty if there is none
        self._shown: Chosen | None = None
        self._is_partial = False
        self._job = OneJob(studio.jobs, self)
        self._job.succeeded.connect(self._on_job_succeeded)
        self._job.failed.connect(self._on_job_failed)
        self._job.finished.connect(self._on_job_finished)
        self._is_asked_again = False
        gallery.alike_wanted.connect(self.find)
        gallery.chosen_changed.connect(self._on_gallery_chosen_changed)
        edits.moved.connect(self._on_edits_moved)
        studio.features.changed.connect(self._on_features_changed)

    @Slot(object)
    def find(self, sample: Sample) -> None:
        """Find what is alike to a sample of the dataset on show."""
        dataset = self._contents.dataset
        if dataset is None or self._contents.folders is None:
            return
        self._name = sample.mark_name
        self._look()

    def _look(self) -> None:
        dataset, name = self._contents.dataset, self._name
        if dataset is None or not name:
            return
        if self._job.is_running:
            self._is_asked_again = True
            return
        table = self._studio.features.table

        def work(task: Task) -> _Found | None:
            return _found(dataset, table, name, task.cancelled)

        self._job.start(work)

    def _file(self) -> str:
        return self._name.rpartition("/")[2]

    def _say_waiting(self) -> None:
        features = self._studio.features
        known, total = features.counts
        if not features.is_complete and total:
            text = self.tr(
                "Looking at the images: {known} of {total}. Then what is alike to {file} is shown."
            )
        elif not features.is_complete:
            text = self.tr("Looking at the images. Then what is alike to {file} is shown.")
        else:
            text = features.problem or self.tr("No other image could be looked at.")
        self._gallery.announce_chosen(
            text.format(known=whole(known), total=whole(total), file=self._file())
        )

    def _show(self, found: _Found) -> None:
        features = self._studio.features
        known, total = features.counts
        self._is_partial = not features.is_complete
        text = self.tr("Alike to {file}").format(file=self._file())
        if self._is_partial and known < total:
            text = self.tr("Alike to {file}, of {known} of {total} images looked at so far").format(
                file=self._file(), known=whole(found.looked_at), total=whole(total)
            )
        names = (found.name, *found.similarities)
        before = self._gallery.chosen
        if self._shown is not None and before is not None and before.names == names:
            self._gallery.announce_chosen(text)  # what is on show is not touched
            return
        self._shown = Chosen(
            text,
            names,
            self.tr("Most alike"),
            {name: percent(share, 0) for name, share in found.similarities.items()},
        )
        self._gallery.show_chosen(self._shown)

    @Slot(object)
    def _on_job_succeeded(self, found: _Found | None) -> None:
        if found is None or not self._name or self._is_asked_again:
            return
        if found.name != self._name:  # it was moved meanwhile
            self._look()
            return
        if found.similarities:
            self._show(found)
        else:
            self._is_partial = True
            self._say_waiting()

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        self._name = ""
        self._gallery.announce_chosen(sentence)

    @Slot()
    def _on_job_finished(self) -> None:
        if self._is_asked_again:
            self._is_asked_again = False
            self._look()

    @Slot(object)
    def _on_gallery_chosen_changed(self, chosen: Chosen | None) -> None:
        if chosen is None or chosen is not self._shown:
            self._name = ""
            self._shown = None
            self._is_partial = False

    @Slot(object)
    def _on_edits_moved(self, moves: Mapping[str, str]) -> None:
        self._name = renamed(self._name, moves)

    @Slot()
    def _on_features_changed(self) -> None:
        if not self._name or not self._is_partial:
            return
        if self._shown is None or self._studio.features.is_complete:
            self._look()


def _found(
    dataset: Dataset, table: FeatureTable, name: str, cancelled: Callable[[], bool]
) -> _Found | None:
    """The job. Everything heavy is imported here, beside the window."""
    from cnn_studio.instant.alike import find_alike

    view = table.view()
    itself = view.names.index(name) if name in view.names else None
    if not view.names or cancelled():
        return _Found(name, 0, {})
    unit = view.features[itself] if itself is not None else _unit(dataset, dataset.folder / name)
    found = find_alike(view.features, unit, _MOST, itself=itself)
    similarities = {
        view.names[place]: min(float(share), 1.0)
        for place, share in zip(found.places.tolist(), found.similarities, strict=True)
    }
    return _Found(name, len(view.names), similarities)


def _unit(dataset: Dataset, path: Path) -> NDArray[np.floating]:
    """The features of an image that the table has not, (1280,), of length one."""
    from cnn_studio.instant.dataset_features import reader_of
    from cnn_studio.models.unknown import unit_length

    features = reader_of(dataset, threads=1).see(read_image(path))
    unit: NDArray[np.floating] = unit_length(features[None])[0]
    return unit
