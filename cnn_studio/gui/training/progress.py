"""How far a training is, told by its events alone: no screen, no engine."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

import numpy as np

from cnn_studio.gui.training.curves.curves import Curve, Curves, GrowingCurve, Measure
from cnn_studio.models.batch_history import BatchHistory
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.runs import EpochRecord
from cnn_studio.training.events import (
    Batches,
    Continued,
    EpochDone,
    Event,
    Failed,
    FinalStep,
    Finished,
    Measured,
    Measuring,
    Paused,
    Preparing,
    Ready,
    Started,
)
from cnn_studio.training.networks import network_of


class Phase(StrEnum):
    """Where a training stands; the last four have no training under way."""

    WARMING = "warming"
    PREPARING = "preparing"
    TRAINING = "training"
    PAUSED = "paused"
    FINAL_FIT = "final fit"
    MEASURING = "measuring"
    STOPPING = "stopping"
    IDLE = "idle"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


_UNDER_WAY = {
    Phase.WARMING,
    Phase.PREPARING,
    Phase.TRAINING,
    Phase.PAUSED,
    Phase.FINAL_FIT,
    Phase.MEASURING,
    Phase.STOPPING,
}


class TrainingProgress:
    """Follows one training from the press of Start to its last event.

    Args:
        dataset_title: What the dataset is called.
        epochs: How many the recipe asks for.
        engine_ready: Whether its network is loaded already.
        past: The epochs of a run that is taken up again.
        network: What is trained.
        past_batches: Its batches, as far as they were kept.
    """

    def __init__(
        self,
        dataset_title: str = "",
        epochs: int = 0,
        engine_ready: bool = True,
        past: Sequence[EpochRecord] = (),
        network: NetworkKind = NetworkKind.CNN,
        past_batches: BatchHistory | None = None,
    ) -> None:
        self.network = network
        self.dataset_title = dataset_title
        self.epochs = epochs
        self.phase = Phase.IDLE
        self.prepared = 0
        self.to_prepare = 0
        self.is_comparing = False
        self.started: Started | None = None
        self.epoch = 0
        self.steps_done = 0
        self.images_per_second = 0.0
        self.seconds_left: float | None = None
        self.final: FinalStep | None = None
        self.last_epoch: EpochDone | None = None
        self.records: list[EpochRecord] = []
        self.measured: Measured | None = None
        self._best_epoch = 0
        self._past = tuple(past)
        self._past_batches = past_batches or BatchHistory()
        self._times = GrowingCurve()
        self._elapsed_s = 0.0
        self.finished: Finished | None = None
        self.failure = ""
        self._losses, self._accuracies = GrowingCurve(), GrowingCurve()
        self._train_loss, self._train_accuracy = GrowingCurve(), GrowingCurve()
        self._val_loss, self._val_accuracy = GrowingCurve(), GrowingCurve()
        if epochs:
            self.phase = Phase.PREPARING if engine_ready else Phase.WARMING

    @property
    def is_under_way(self) -> bool:
        """Whether the training has begun and not ended."""
        return self.phase in _UNDER_WAY

    @property
    def whole_seconds(self) -> float | None:
        """How long it took to find all there is to find; None where it has not gone so far."""
        has_gone_through = self.epoch == self.epochs or network_of(self.network).settles
        if self.phase is not Phase.FINISHED or self.finished is None or not has_gone_through:
            return None
        return self.finished.seconds

    @property
    def run(self) -> Path | None:
        """The run's folder, once there is one."""
        told = self.finished or self.started
        return Path(told.run) if told else None

    @property
    def fraction(self) -> float | None:
        """How much of the work is done, 0..1; None while that cannot be told."""
        if self.phase is Phase.FINISHED:
            return 1.0
        if self.phase is Phase.MEASURING and self.final is None:
            return 1.0
        if self.phase is Phase.PREPARING and self.to_prepare:
            return self.prepared / self.to_prepare
        if self.started is None:
            return None
        steps = self.epochs * self.started.steps_per_epoch
        if self.final is not None:  # the epochs that early stopping has saved count as done
            return (steps + self.final.step) / (steps + self.final.steps)
        return min(1.0, self.steps_done / (steps + self.started.final_steps))

    def stop_requested(self) -> None:
        """The person has pressed Stop."""
        if self.is_under_way:
            self.phase = Phase.STOPPING
            self.seconds_left = None

    def called_off(self) -> None:
        """The training was stopped before the engine had begun with it."""
        self.phase = Phase.STOPPED

    def feed(self, event: Event) -> None:
        """Take in the next event."""
        if isinstance(event, Ready):
            self._go_on(Phase.PREPARING)
        elif isinstance(event, Preparing):
            self._go_on(Phase.PREPARING)
            self.prepared, self.to_prepare = event.done, event.total
            self.is_comparing = event.comparing
        elif isinstance(event, Started):
            self._go_on(Phase.TRAINING)
            self.started = event
            self.epochs = event.epochs
            self.epoch = event.epochs_before + 1
            self.steps_done = event.epochs_before * event.steps_per_epoch + event.steps_before
            for record in self._past:
                if record.epoch <= event.epochs_before:
                    self._add(record)
            before = event.epochs_before + event.steps_before / max(1, event.steps_per_epoch)
            kept = self._past_batches.until(before)
            self._losses.extend(kept.x, kept.losses)
            self._accuracies.extend(kept.x, kept.accuracies)
        elif isinstance(event, Batches):
            self._take_batches(event)
        elif isinstance(event, EpochDone):
            self._take_epoch(event)
        elif isinstance(event, FinalStep):
            self._take_final_step(event)
        elif isinstance(event, Measuring):
            self._go_on(Phase.MEASURING)
        elif isinstance(event, Measured):
            self.measured = event
        elif isinstance(event, Paused):
            self._go_on(Phase.PAUSED)
            self.seconds_left = None
        elif isinstance(event, Continued):
            self._go_on(Phase.TRAINING if self.final is None else Phase.FINAL_FIT)
        elif isinstance(event, Finished):
            self.finished = event
            self.seconds_left = None
            self.phase = Phase.STOPPED if event.status == "stopped" else Phase.FINISHED
        elif isinstance(event, Failed):
            self.failure = event.message
            self.seconds_left = None
            self.phase = Phase.FAILED

    def curves(self) -> Curves:
        """What can be drawn by now; later events do not change what was given."""
        return Curves(
            self.epochs,
            Measure(self._losses.curve(), self._train_loss.curve(), self._val_loss.curve()),
            Measure(
                self._accuracies.curve(), self._train_accuracy.curve(), self._val_accuracy.curve()
            ),
            self._best_epoch,
            self.started.steps_per_epoch if self.started else 0,
            self._times_so_far(),
        )

    def _times_so_far(self) -> Curve:
        """The seconds at the end of each epoch; of the first one as it will be at this speed."""
        times = self._times.curve()
        if not times.is_empty or self.started is None or self.images_per_second <= 0:
            return times
        images = self.started.steps_per_epoch * self.started.batch_size
        return Curve(np.array([1.0]), np.array([images / self.images_per_second]))

    def _go_on(self, phase: Phase) -> None:
        if self.phase is not Phase.STOPPING:
            self.phase = phase

    def _take_batches(self, event: Batches) -> None:
        self._go_on(Phase.TRAINING)
        self.epoch = event.epoch
        self.steps_done = (event.epoch - 1) * event.steps_per_epoch + event.step
        self.images_per_second = event.images_per_second
        if self.phase is not Phase.STOPPING:
            self.seconds_left = event.seconds_left
        first = event.epoch - 1 + event.first_step / event.steps_per_epoch
        x = [first + step / event.steps_per_epoch for step in range(len(event.losses))]
        self._losses.extend(x, event.losses)
        self._accuracies.extend(x, event.accuracies)

    def _take_final_step(self, event: FinalStep) -> None:
        self.final = event
        self._go_on(Phase.FINAL_FIT if event.step < event.steps else Phase.MEASURING)
        if self.phase is not Phase.STOPPING:
            self.seconds_left = event.seconds_left

    def _take_epoch(self, event: EpochDone) -> None:
        self.last_epoch = event
        self.epoch = event.epoch
        self._add(event)
        if event.epoch == self.epochs:
            # The figures and the model files are still to come.
            self._go_on(Phase.MEASURING)

    def _add(self, record: EpochRecord) -> None:
        self.records.append(record)
        if record.best:
            self._best_epoch = record.epoch
        self._elapsed_s += max(record.seconds, 1e-6)
        self._times.extend([record.epoch], [self._elapsed_s])
        self._train_loss.extend([record.epoch], [record.loss])
        self._train_accuracy.extend([record.epoch], [record.accuracy])
        if record.val_loss is not None and record.val_accuracy is not None:
            self._val_loss.extend([record.epoch], [record.val_loss])
            self._val_accuracy.extend([record.epoch], [record.val_accuracy])
