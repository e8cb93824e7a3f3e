"""Has an image of the dataset varied for the strip under the augmentation."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QDialog

from cnn_studio.data.catalog import Dataset
from cnn_studio.gui.jobs import Job
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.augmentation.preview_flow import samples_of
from cnn_studio.gui.training.augmentation.preview_state import PreviewPhase, PreviewState
from cnn_studio.gui.training.augmentation.samples_grid import COLUMNS
from cnn_studio.gui.training.augmentation.varied_strip import VariedStrip
from cnn_studio.gui.training.training_control import TrainingControl
from cnn_studio.training.events import Previewed
from cnn_studio.training.samples import Samples

_ASK_AFTER_MS = 150
_NO_PICTURES = (PreviewPhase.EMPTY, PreviewPhase.ENGINELESS, PreviewPhase.FAILED)


class StripFlow(QObject):
    """Goes between the strip, the samples on disk and the engine; idle while it is not seen.

    One image is varied four times, so that what differs is the augmentation and nothing else.
    """

    def __init__(
        self, studio: Studio, control: TrainingControl, strip: VariedStrip, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._control = control
        self._strip = strip
        self._state = PreviewState()
        self._read_for: tuple[Dataset, int] | None = None
        self._samples: Samples | None = None
        self._draw = 0
        self._job: Job | None = None
        self._dialog: QDialog | None = None  # has the engine to itself while it is open
        self._patience = QTimer(self, interval=_ASK_AFTER_MS, singleShot=True)
        self._patience.timeout.connect(self._ask)
        strip.wanted_changed.connect(self.refresh)
        strip.shown.connect(self.refresh)
        strip.clicked.connect(self._on_strip_clicked)
        studio.dataset_changed.connect(self._on_studio_dataset_changed)
        control.previewed.connect(self._on_control_previewed)
        for changed in (control.engine_changed, control.began, control.ended):
            changed.connect(self._on_control_engine_changed)

    @Slot()
    def refresh(self) -> None:
        """Look at what is wanted, and have it made."""
        dataset = self._studio.dataset
        if dataset is None or not self._strip.is_wanted:
            return
        wanted = (dataset, self._strip.image_size)
        was_empty = self._samples is not None and not len(self._samples.pixels)
        if wanted != self._read_for or was_empty:
            self._read(*wanted)
        self._state.set_strengths(self._strip.strengths)
        self._on_control_engine_changed()
        self._patience.start()

    @Slot(object, int)
    def give_way(self, dialog: QDialog, _image_size: int) -> None:
        """A dialog asks the engine for pictures: ask again once it is closed."""
        self._dialog = dialog
        dialog.finished.connect(self._on_dialog_finished)

    def _read(self, dataset: Dataset, image_size: int) -> None:
        self._read_for, self._samples = (dataset, image_size), None
        self._state.begin(self._strip.strengths)
        if self._job is not None:
            self._job.cancel()
        self._job = self._studio.jobs.create(partial(samples_of, dataset, image_size))
        self._job.succeeded.connect(self._on_job_succeeded)
        self._job.failed.connect(self._on_job_failed)
        self._job.start()

    def _take_draw(self) -> None:
        """Have the image varied whose turn it is."""
        if self._samples is None:
            return
        pixels = self._samples.pixels
        place = self._draw % max(1, len(pixels))
        one = np.repeat(pixels[place : place + 1], COLUMNS, axis=0)
        self._state.set_samples(Samples(one, self._samples.input))

    def _show(self) -> None:
        is_possible = self._state.phase not in _NO_PICTURES
        self._strip.set_pictures(self._state.varied, is_possible=is_possible)

    @Slot()
    def _ask(self) -> None:
        is_idle = self._strip.is_wanted and self._dialog is None
        request = self._state.request() if is_idle else None
        if request is not None:
            self._control.preview(request)

    @Slot()
    def _on_strip_clicked(self) -> None:
        self._draw += 1
        self._take_draw()
        self._state.shuffle()
        self._ask()

    @Slot()
    def _on_dialog_finished(self) -> None:
        self._dialog = None
        self._state.ask_again()
        self.refresh()

    @Slot()
    def _on_studio_dataset_changed(self) -> None:
        self._strip.set_pictures(None, is_possible=True)
        self.refresh()

    @Slot()
    def _on_control_engine_changed(self) -> None:
        self._state.set_engine(
            is_ready=self._control.is_engine_ready,
            is_training=self._control.progress.is_under_way,
            problem=self._control.engine_problem,
        )
        self._show()
        self._ask()

    @Slot(object)
    def _on_control_previewed(self, told: Previewed) -> None:
        if self._state.take(told):
            self._show()

    @Slot(object)
    def _on_job_succeeded(self, samples: Samples) -> None:
        if self.sender() is self._job:
            self._samples = samples
            self._take_draw()
            self._show()
            self._ask()

    @Slot(str)
    def _on_job_failed(self, _sentence: str) -> None:
        if self.sender() is self._job:
            self._strip.set_pictures(None, is_possible=False)
