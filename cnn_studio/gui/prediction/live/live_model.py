"""The model in use: which runs there are, which one is chosen, and its thread."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.camera.mailbox import Mailbox
from cnn_studio.camera.source import Frame
from cnn_studio.gui.jobs import Task
from cnn_studio.gui.prediction.live.live_settings import LiveSettings
from cnn_studio.gui.prediction.live.prediction_thread import LiveResult, PredictionThread
from cnn_studio.gui.prediction.model.run_choice import RunChoice, UsedModel
from cnn_studio.gui.studio import Studio
from cnn_studio.models.bundle import Bundle
from cnn_studio.models.runs import Run, usable_runs
from cnn_studio.models.unknown import ACCEPT

_STOP_TIMEOUT_MS = 5000


class LiveModel(QObject):
    """Keeps the chosen run open and classifies the camera with it, unless it is paused.

    Signals:
        runs_listed: `choice` is up to date with the disk.
        opening: Another model is being opened.
        opened(Bundle): It classifies from now on.
        heat_missed: It does not tell where it looks, which was asked for.
        failed(sentence): It could not be opened, or broke.
    """

    runs_listed = Signal()
    opening = Signal()
    opened = Signal(object)
    heat_missed = Signal()
    failed = Signal(str)

    def __init__(
        self,
        studio: Studio,
        settings: LiveSettings,
        mailbox: Mailbox,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._settings = settings
        self.choice = RunChoice()
        self._thread = PredictionThread(mailbox, self)
        self._thread.opened.connect(self._on_thread_opened)
        self._thread.heat_missed.connect(self._on_thread_heat_missed)
        self._thread.failed.connect(self._on_thread_failed)
        self._number = 0
        self._used: UsedModel | None = None
        self._listing = 0
        studio.dataset_changed.connect(self._on_studio_dataset_changed)

    @property
    def run(self) -> Run | None:
        """The chosen run."""
        return self.choice.chosen

    def refresh(self) -> None:
        """Look in the background for runs that came or went, and open the chosen one."""
        self._listing += 1
        number, workspace = self._listing, self._studio.workspace

        def list_them(_task: Task) -> tuple[int, list[Run]]:
            return number, usable_runs(workspace)

        job = self._studio.jobs.create(list_them)
        job.succeeded.connect(self._on_listing_succeeded)
        job.failed.connect(self.failed)
        job.start()

    def pick(self, folder: Path) -> None:
        """Use this run, and try again if it is the one that failed."""
        self.choice.pick(folder)
        self._used = None
        self._open_chosen()

    def use(self, folder: Path) -> None:
        """Use this run, which may have come just now."""
        self.choice.pick(folder)
        self.refresh()

    def latest(self) -> LiveResult | None:
        """What the chosen model says about the newest frame; None before it has said anything."""
        result = self._thread.latest()
        return result if result is not None and result.number == self._number else None

    @property
    def accept(self) -> float:
        """The share of the images held back that the chosen model answers, 0..1."""
        run = self.run
        return self.accept_of(run) if run is not None else ACCEPT

    def accept_of(self, run: Run) -> float:
        """The same for any run."""
        return self._settings.accept_of(run.name)

    def set_accept(self, accept: float) -> None:
        """Have the chosen model answer more or less, and remember it for this run."""
        run = self.run
        if run is not None:
            self._settings.set_accept_of(run.name, accept)
            self._thread.set_accept(accept)

    def set_heat(self, is_wanted: bool) -> None:
        """Find out where the model looks; `heat_missed` follows if it does not tell."""
        self._thread.set_heat(is_wanted)

    def look_for(self, class_name: str) -> None:
        """Find out where the model sees this class; see `PredictionThread.look_for`."""
        self._thread.look_for(class_name)

    def hold(self, frame: Frame | None) -> None:
        """Stay with a frame, or go on with the camera; see `PredictionThread.hold`."""
        self._thread.hold(frame)

    def start(self) -> None:
        """Classify the camera from now on."""
        self.choice.release()
        if not self._thread.isRunning():
            self._thread.start()
        self._thread.set_paused(False)

    def pause(self) -> None:
        """Leave the camera and the processor to others."""
        self._thread.set_paused(True)

    def shutdown(self) -> bool:
        """End the thread; False if it did not."""
        self._thread.stop()
        return self._thread.wait(_STOP_TIMEOUT_MS)

    def _open_chosen(self) -> None:
        used = self.choice.used
        self.runs_listed.emit()
        if used is not None and used != self._used:
            self._used = used
            self._number = self._thread.open_run(used.folder, self.accept)
            self.opening.emit()
        self.choice.hold()

    @Slot(object)
    def _on_listing_succeeded(self, answer: tuple[int, list[Run]]) -> None:
        number, runs = answer
        if number == self._listing:
            dataset = self._studio.dataset
            self.choice.set_dataset(dataset.name if dataset else None)
            self.choice.set_runs(runs)
            wanted = self._studio.take_run_to_try()
            if wanted is not None:
                self.choice.pick(wanted)
            self._open_chosen()

    @Slot()
    def _on_studio_dataset_changed(self) -> None:
        dataset = self._studio.dataset
        self.choice.set_dataset(dataset.name if dataset else None)
        if self._thread.isRunning():
            self._open_chosen()

    @Slot(int, object)
    def _on_thread_opened(self, number: int, bundle: Bundle) -> None:
        if number == self._number:
            self.opened.emit(bundle)

    @Slot(int)
    def _on_thread_heat_missed(self, number: int) -> None:
        if number == self._number:
            self.heat_missed.emit()

    @Slot(int, str)
    def _on_thread_failed(self, number: int, sentence: str) -> None:
        if number == self._number:
            self.failed.emit(sentence)
