"""The one training that may run: begins it, follows it, stops it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.data.catalog import Dataset
from cnn_studio.gui.training.progress import Phase, TrainingProgress
from cnn_studio.gui.training.training_thread import TrainingThread
from cnn_studio.models.batch_history import BatchHistory
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.runs import EpochRecord
from cnn_studio.paths import Workspace
from cnn_studio.training.estimates import DatasetFacts
from cnn_studio.training.events import Estimated, Event, Previewed, Ready, Started
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.request import EstimateRequest, PreviewRequest, TrainingRequest

_LEAVE_MS = 10_000


class TrainingControl(QObject):
    """Keeps the thread and the progress of the training.

    Signals:
        began: A training was asked for.
        run_made: It has got its folder among the runs.
        told(Event): An event has been taken into the progress; for the log.
        progressed: The progress is another one.
        ended: The training has ended; `progress` says how.
        timed(EstimateRequest, StepTimes): How long steps take with a recipe; not said where they
            could not be timed.
        previewed(Previewed): An answer to `preview`, possibly not to the newest.
        engine_changed: TensorFlow is loaded, or no longer, or it could not be.
    """

    began = Signal()
    run_made = Signal()
    told = Signal(object)
    progressed = Signal()
    ended = Signal()
    timed = Signal(object, object)
    previewed = Signal(object)
    engine_changed = Signal()

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._number = 0
        self._loaded: frozenset[NetworkKind] = frozenset()
        self._engine_problem = ""
        self._progress = TrainingProgress()
        self._request: TrainingRequest | None = None
        self._thread = TrainingThread(self)
        self._thread.event_received.connect(self._on_thread_event_received)
        self._measured: EstimateRequest | None = None
        self._thread.estimated.connect(self._on_thread_estimated)
        self._thread.previewed.connect(self._on_thread_previewed)
        self._thread.called_off.connect(self._on_thread_called_off)
        self._thread.engine_ready_changed.connect(self._on_thread_engine_ready_changed)
        self._thread.engine_failed.connect(self._on_thread_engine_failed)

    @property
    def progress(self) -> TrainingProgress:
        """How far the training is, or how the last one ended."""
        return self._progress

    @property
    def request(self) -> TrainingRequest | None:
        """What is trained, or was last; None before the first training."""
        return self._request

    @property
    def is_engine_ready(self) -> bool:
        """Whether TensorFlow is loaded."""
        return NetworkKind.CNN in self._loaded

    @property
    def engine_problem(self) -> str:
        """Why TensorFlow does not run, since it failed and nobody asked for it again; else ""."""
        return self._engine_problem

    def keep_warm(self, warm: bool, network: NetworkKind | None = None) -> None:
        """Load a network ahead, once more if that failed, or let it go soon.

        Args:
            warm: Whether it is wanted.
            network: Which; None leaves it as it was.
        """
        if warm:
            self._engine_problem = ""
        self._thread.keep_warm(warm, network)
        if warm and not self._thread.isRunning():
            self._thread.start()

    def start(self, dataset: Dataset, recipe: Recipe) -> None:
        """Begin a training; nothing happens while one is under way."""
        self._begin(TrainingRequest(dataset, recipe, runs_folder=self._workspace.runs), ())

    def resume(
        self,
        request: TrainingRequest,
        past: Sequence[EpochRecord],
        batches: BatchHistory | None = None,
    ) -> None:
        """Take up a run again; nothing happens while a training is under way.

        Args:
            request: From `cnn_studio.training.resuming.request_to_resume`.
            past: The epochs that the run has behind it.
            batches: Its batches, as far as they were kept.
        """
        self._begin(request, past, batches)

    def measure(self, recipe: Recipe, facts: DatasetFacts) -> None:
        """Have the time of a training measured; `timed` follows if nothing else is asked first."""
        number = self._measured.number + 1 if self._measured else 1
        self._measured = EstimateRequest(number, recipe, facts)
        self._thread.estimate(self._measured)

    def preview(self, request: PreviewRequest) -> None:
        """Have images varied as a training would; `previewed` follows if nothing newer is asked."""
        self._thread.preview(request)

    def pause(self, is_paused: bool) -> None:
        """Let the training stand still, or go on; `progressed` follows once it does."""
        if self._progress.is_under_way:
            self._thread.pause(is_paused)

    def stop(self) -> None:
        """Stop the training; `ended` follows, within a second as a rule."""
        if self._progress.is_under_way:
            self._progress.stop_requested()
            self._thread.stop()
            self.progressed.emit()

    def shutdown(self) -> None:
        """End the engine, whatever it does."""
        self._number += 1  # what is still on its way belongs to nobody
        self._thread.leave()
        self._thread.wait(_LEAVE_MS)

    @Slot(object)
    def _on_thread_engine_ready_changed(self, loaded: frozenset[NetworkKind]) -> None:
        self._loaded = loaded
        network = self._request.recipe.network if self._request is not None else None
        if network in loaded and self._progress.phase is Phase.WARMING:
            self._take(Ready(network))
        self.engine_changed.emit()

    @Slot(str)
    def _on_thread_engine_failed(self, sentence: str) -> None:
        self._engine_problem = sentence
        self.engine_changed.emit()

    @Slot(int, object)
    def _on_thread_event_received(self, number: int, event: Event) -> None:
        if number == self._number:
            self._take(event)

    @Slot(object)
    def _on_thread_estimated(self, told: Estimated) -> None:
        request, times = self._measured, told.estimates.times
        if request is not None and told.number == request.number and times is not None:
            self.timed.emit(request, times)

    @Slot(object)
    def _on_thread_previewed(self, told: Previewed) -> None:
        self.previewed.emit(told)

    @Slot(int)
    def _on_thread_called_off(self, number: int) -> None:
        if number == self._number:
            self._progress.called_off()
            self.progressed.emit()
            self.ended.emit()

    def _begin(
        self,
        request: TrainingRequest,
        past: Sequence[EpochRecord],
        batches: BatchHistory | None = None,
    ) -> None:
        if self._progress.is_under_way:
            return
        self._number += 1
        self._request = request
        self._engine_problem = ""  # it is tried once more
        self._progress = TrainingProgress(
            request.dataset.title,
            request.recipe.epochs,
            request.recipe.network in self._loaded,
            past,
            request.recipe.network,
            batches,
        )
        if not self._thread.isRunning():
            self._thread.start()
        self._thread.train(self._number, request)
        self.began.emit()
        self.progressed.emit()

    def _take(self, event: Event) -> None:
        self._progress.feed(event)
        self.told.emit(event)
        if isinstance(event, Started):
            self.run_made.emit()
        self.progressed.emit()
        if not self._progress.is_under_way:
            self.ended.emit()
