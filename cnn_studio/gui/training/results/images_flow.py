"""Opens the images behind a figure, and has done to them what a person asks for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from cnn_studio.data.packed_images import PackedReader
from cnn_studio.data.samples import Sample
from cnn_studio.gui.edit_requests import Deletion, Exclusion, Relabelling, Wish
from cnn_studio.gui.figures import images, percent, whole
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.results.evaluation import Evaluation
from cnn_studio.gui.training.results.images_dialog import ImagesDialog
from cnn_studio.gui.widgets.notice import Kind
from cnn_studio.models.answers import Places
from cnn_studio.vision.images import read_image

_CLASSES_TOLD = 3


class ImagesFlow(QObject):
    """One window at a time, kept in step with the dataset.

    Signals:
        train_requested(str): A training on the dataset of this name shall be started.
    """

    train_requested = Signal(str)

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._studio = studio
        self._dialog: ImagesDialog | None = None
        self._evaluation: Evaluation | None = None
        self._places: Places = np.empty(0, np.int64)
        self._is_training = False
        self._is_waiting = False  # for an edit that was asked for here
        self._is_undoing = False
        studio.dataset_edited.connect(self._refresh)
        studio.training_changed.connect(self._on_studio_training_changed)
        studio.edit_requests.edited.connect(self._on_requests_edited)
        studio.edit_requests.failed.connect(self._on_requests_failed)

    def open(
        self, evaluation: Evaluation, title: str, places: Places, chosen: int | None = None
    ) -> None:
        """Show the images in these places; `chosen` is the one to select."""
        self.close()
        dataset = evaluation.dataset
        writable = evaluation.is_writable
        dialog = ImagesDialog(
            evaluation.classes(),
            PackedReader(dataset) if dataset is not None and evaluation.is_packed else read_image,
            self._studio.theme,
            self._studio.jobs,
            writable=writable,
            parent=self._window,
        )
        self._dialog, self._evaluation, self._places = dialog, evaluation, places
        dialog.set_title(title)
        dialog.set_training(self._is_training or dataset is None or dataset.is_outside)
        dialog.delete_requested.connect(self._on_dialog_delete_requested)
        dialog.move_requested.connect(self._on_dialog_move_requested)
        dialog.exclude_requested.connect(self._on_dialog_exclude_requested)
        dialog.gallery_requested.connect(self._on_dialog_gallery_requested)
        dialog.train_requested.connect(self._on_dialog_train_requested)
        dialog.undo_requested.connect(self._on_dialog_undo_requested)
        self._studio.edit_requests.history_changed.connect(dialog.undo_bar.withdraw)
        dialog.closed.connect(self._on_dialog_closed)
        dialog.set_details(self._details)
        self._refresh()
        if chosen is not None:
            for sample in evaluation.samples([chosen]):
                dialog.select(sample)
        dialog.show()
        dialog.view.setFocus()

    @Slot()
    def close(self) -> None:
        """Close the window."""
        if self._dialog is not None:
            self._dialog.close()

    @Slot()
    def _refresh(self) -> None:
        """Show what is still there."""
        if self._dialog is None or self._evaluation is None:
            return
        found = self._evaluation.samples(self._places)
        excluded = self._evaluation.excluded()
        notes = {
            sample: self._note(place, sample.mark_name in excluded)
            for sample, place in found.items()
        }
        gone = len(self._places) - len(found)
        why = images(len(found))
        if gone:
            why += " · " + self.tr("{count} moved or deleted since").format(count=whole(gone))
        if not self._evaluation.is_writable and self._evaluation.dataset is not None:
            title = self._evaluation.dataset.title
            kept = self.tr("{title} is kept as it was published")
            if not self._evaluation.is_packed:
                kept = self.tr("{title} lies outside the workspace and is only read")
            why += " · " + kept.format(title=title)
        self._dialog.set_samples(list(found), notes, why)

    def _note(self, place: int, is_excluded: bool) -> str:
        """What stands on a thumbnail: what the model said, and how sure it was."""
        if is_excluded:
            return self.tr("left out")
        if self._evaluation is None:
            return ""
        answer = self._evaluation.answers.answer(place)
        return f"{answer.said} {percent(answer.confidence)}"

    def _details(self, sample: Sample) -> str:
        """The name of an image, and the classes that the model thought of most."""
        found = self._evaluation.samples(self._places) if self._evaluation else {}
        if self._evaluation is None or sample not in found:
            return sample.path.name
        ranked = self._evaluation.answers.ranked(found[sample])[:_CLASSES_TOLD]
        said = ", ".join(f"{name} {percent(share)}" for name, share in ranked)
        return f"{sample.path.name}: {said}"

    def _ask(self, wish: Wish) -> None:
        if self._evaluation is not None and self._evaluation.dataset is not None:
            self._is_waiting, self._is_undoing = True, False
            self._studio.edit_requests.ask(self._evaluation.dataset.name, wish)

    @Slot(list)
    def _on_dialog_delete_requested(self, samples: Sequence[Sample]) -> None:
        self._ask(Deletion(tuple(samples)))

    @Slot(list, str)
    def _on_dialog_move_requested(self, samples: Sequence[Sample], class_name: str) -> None:
        self._ask(Relabelling(tuple(samples), class_name))

    @Slot(list)
    def _on_dialog_exclude_requested(self, samples: Sequence[Sample]) -> None:
        if self._evaluation is not None:
            excluded = self._evaluation.excluded()
            are_in = [sample for sample in samples if sample.mark_name not in excluded]
            self._ask(Exclusion(tuple(are_in or samples), bool(are_in)))

    @Slot(list)
    def _on_dialog_gallery_requested(self, samples: Sequence[Sample]) -> None:
        if samples and self._evaluation is not None and self._evaluation.dataset is not None:
            name = self._evaluation.dataset.name
            self.close()
            self._studio.edit_requests.show(name, samples)

    @Slot()
    def _on_dialog_train_requested(self) -> None:
        if self._evaluation is not None and self._evaluation.dataset is not None:
            name = self._evaluation.dataset.name
            self.close()
            self.train_requested.emit(name)

    @Slot()
    def _on_dialog_undo_requested(self) -> None:
        dataset = self._evaluation.dataset if self._evaluation is not None else None
        chosen = self._studio.dataset
        # What would be undone is an edit of the dataset that is chosen above.
        if dataset is not None and chosen is not None and dataset.folder == chosen.folder:
            self._is_waiting, self._is_undoing = True, True
            self._studio.edit_requests.undo_requested.emit()

    @Slot()
    def _on_dialog_closed(self) -> None:
        self._dialog = None

    @Slot(bool)
    def _on_studio_training_changed(self, is_training: bool) -> None:
        self._is_training = is_training
        if self._dialog is not None:
            self._dialog.set_training(is_training)

    @Slot(str)
    def _on_requests_edited(self, text: str) -> None:
        if self._dialog is not None and self._is_waiting:
            self._is_waiting = False
            self._dialog.say(f"{text}.", Kind.GOOD, undoable=not self._is_undoing)
            self._refresh()

    @Slot(str)
    def _on_requests_failed(self, sentence: str) -> None:
        if self._dialog is not None and self._is_waiting:
            self._is_waiting = False
            self._dialog.say(sentence, Kind.ERROR)
            self._refresh()
