"""Has samples varied while strengths are chosen, and shows them in the dialog."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Slot

from cnn_studio.data.catalog import Dataset
from cnn_studio.gui.jobs import Job, Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.augmentation.augmentation_dialog import AugmentationDialog
from cnn_studio.gui.training.augmentation.preview_state import PreviewState
from cnn_studio.gui.training.training_control import TrainingControl
from cnn_studio.training.events import Previewed
from cnn_studio.training.samples import Samples, read_samples

_ASK_AFTER_MS = 150  # once a slider stands still
_SEED = 1


class PreviewFlow(QObject):
    """Goes between the dialog that is open, the samples on disk and the engine."""

    def __init__(self, studio: Studio, control: TrainingControl, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._control = control
        self._state = PreviewState()
        self._dialog: AugmentationDialog | None = None
        self._job: Job | None = None
        self._patience = QTimer(self, interval=_ASK_AFTER_MS, singleShot=True)
        self._patience.timeout.connect(self._ask)
        control.previewed.connect(self._on_control_previewed)
        control.engine_changed.connect(self._on_control_engine_changed)
        control.began.connect(self._on_control_engine_changed)
        control.ended.connect(self._on_control_engine_changed)

    @Slot(object, int)
    def show_in(self, dialog: AugmentationDialog, image_size: int) -> None:
        """Show samples of the chosen dataset, prepared in that size, as the dialog asks."""
        dataset = self._studio.dataset
        if dataset is None:
            dialog.preview.show_problem(self.tr("Choose a dataset, and its images are shown here."))
            return
        self._dialog = dialog
        self._state.begin(dialog.strengths())
        dialog.strengths_changed.connect(self._on_dialog_strengths_changed)
        dialog.preview.shuffle_requested.connect(self._on_preview_shuffle_requested)
        dialog.finished.connect(self._on_dialog_finished)
        self._control.keep_warm(True)  # once more, if it failed
        self._on_control_engine_changed()
        self._job = self._studio.jobs.create(partial(samples_of, dataset, image_size))
        self._job.succeeded.connect(self._on_job_succeeded)
        self._job.failed.connect(self._on_job_failed)
        self._job.start()

    def _show(self) -> None:
        if self._dialog is not None:
            self._dialog.preview.show_phase(
                self._state.phase, self._state.pictures, self._control.engine_problem
            )

    @Slot()
    def _ask(self) -> None:
        request = self._state.request() if self._dialog is not None else None
        if request is not None:
            self._control.preview(request)

    @Slot()
    def _on_dialog_strengths_changed(self) -> None:
        if self._dialog is not None:
            self._state.set_strengths(self._dialog.strengths())
            self._show()
            self._patience.start()

    @Slot()
    def _on_preview_shuffle_requested(self) -> None:
        self._state.shuffle()
        self._ask()

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
            self._state.set_samples(samples)
            self._show()
            self._ask()

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        if self._dialog is not None and self.sender() is self._job:
            self._dialog.preview.show_problem(sentence)
            self._on_dialog_finished()  # there is nothing to vary

    @Slot()
    def _on_dialog_finished(self) -> None:
        self._patience.stop()
        if self._job is not None:
            self._job.cancel()
        self._dialog = self._job = None


def samples_of(dataset: Dataset, image_size: int, task: Task) -> Samples:
    """The job: the same few images of a dataset each time, prepared in a size in pixels."""
    return read_samples(dataset, image_size, _SEED, task.cancelled)
