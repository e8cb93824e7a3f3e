"""Makes the edits, and shows the samples, that other tabs ask for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject, Slot

from cnn_studio.data.samples import Sample
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.editing.edit_flow import EditFlow
from cnn_studio.gui.capture.gallery.arrangement import Show
from cnn_studio.gui.capture.gallery.gallery_flow import GalleryFlow
from cnn_studio.gui.capture.gallery.gallery_panel import GalleryPanel
from cnn_studio.gui.edit_requests import Deletion, Exclusion, Relabelling, Wish
from cnn_studio.gui.studio import Studio


class OutsideEdits(QObject):
    """Hands what is asked for to the tab's own edits, so that one history has them all."""

    def __init__(
        self,
        studio: Studio,
        contents: Contents,
        edits: EditFlow,
        arranging: GalleryFlow,
        gallery: GalleryPanel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._contents = contents
        self._edits = edits
        self._arranging = arranging
        self._gallery = gallery
        self._wanted: frozenset[Path] = frozenset()
        requests = studio.edit_requests
        requests.requested.connect(self._on_requested)
        requests.undo_requested.connect(edits.undo)
        requests.samples_requested.connect(self._on_samples_requested)
        edits.edited.connect(requests.edited)
        edits.history_changed.connect(requests.history_changed)
        edits.failed.connect(requests.failed)
        contents.samples_changed.connect(self._on_contents_samples_changed)

    @Slot(str, object)
    def _on_requested(self, dataset_name: str, wish: Wish) -> None:
        self._studio.choose_dataset(dataset_name)
        match wish:
            case Deletion(samples):
                self._edits.delete(samples)
            case Relabelling(samples, class_name):
                self._edits.move(samples, class_name)
            case Exclusion(samples, excluded):
                self._edits.exclude(samples, excluded)

    @Slot(str, list)
    def _on_samples_requested(self, dataset_name: str, samples: Sequence[Sample]) -> None:
        self._studio.choose_dataset(dataset_name)
        self._wanted = frozenset(sample.path for sample in samples)
        classes = {sample.class_name for sample in samples}
        self._gallery.set_filter_visible(False)
        if len(classes) > 1:
            self._arranging.show_only(Show.ALL, all_classes=True)
        elif classes:
            self._contents.show_everything(False)
            self._contents.choose(next(iter(classes)))
        self._studio.page_requested.emit("capture")
        self._contents.reload()

    @Slot()
    def _on_contents_samples_changed(self) -> None:
        """Select what is wanted as soon as it is listed; it connects after the gallery does."""
        if not self._wanted:
            return
        rows = [n for n, sample in enumerate(self._gallery.samples) if sample.path in self._wanted]
        if not rows:
            return
        self._wanted = frozenset()
        view = self._gallery.view
        selection = QItemSelection()
        for row in rows:
            index = view.model().index(row, 0)
            selection.select(index, index)
        flags = QItemSelectionModel.SelectionFlag
        first = view.model().index(rows[0], 0)
        view.selectionModel().setCurrentIndex(first, flags.NoUpdate)
        view.selectionModel().select(selection, flags.ClearAndSelect)
        view.scrollTo(first)
        view.setFocus()
