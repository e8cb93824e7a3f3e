"""The course of a training: its epochs and steps, from wherever it stands to its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.models.answers import Answers
from cnn_studio.training.checkpoint import (
    BestEpoch,
    Checkpoint,
    Position,
    save_best,
    save_checkpoint,
)
from cnn_studio.training.evaluation import predict_all
from cnn_studio.training.events import Continued, EpochDone, Event, Measured, Paused
from cnn_studio.training.pipeline import BatchSource, as_tensors
from cnn_studio.training.prepared_images import PreparedImages
from cnn_studio.training.progress import Progress
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.records import BatchRecords, append_epoch
from cnn_studio.training.saving import SavingClock
from cnn_studio.training.steps import Steps
from cnn_studio.training.team import Team
from cnn_studio.training.tensorboard import EventFiles
from cnn_studio.training.training_data import TrainingData
from cnn_studio.training.wishes import Wishes


class Course:
    """A training under way.

    Args:
        folder: The run's folder; None on a worker that is not the chief and writes nothing.
        recipe: How it learns; its `epochs` are all those that the run is to have.
        classes: The class names in the order of the model's outputs.
        data: What it learns from.
        network: What learns.
        steps: Its compiled steps.
        team: Who trains together.
        emit: Told every event.
        wishes: What the person wants.
        added_after: How many epochs the run had when the last ones were added; an early end counts
            from there.
        final_steps: Steps that follow the last epoch.
        event_files: Where TensorBoard's events go, if a person wants them.
    """

    def __init__(
        self,
        folder: Path | None,
        recipe: Recipe,
        classes: tuple[str, ...],
        data: TrainingData,
        network: Any,
        steps: Steps,
        team: Team,
        emit: Callable[[Event], None],
        wishes: Wishes,
        added_after: int = 0,
        final_steps: int = 0,
        event_files: EventFiles | None = None,
    ) -> None:
        self._folder = folder
        self._recipe = recipe
        self._classes = classes
        self._data = data
        self._network = network
        self._steps = steps
        self._team = team
        self._emit = emit
        self._wishes = wishes
        self._added_after = added_after
        self._event_files = event_files
        self._pixels, labels = as_tensors(data.images)
        self._batches = BatchSource(
            self._pixels,
            labels,
            data.split.train,
            recipe.batch_size,
            recipe.seed,
            team.workers,
            team.place,
        )
        self._progress = Progress(recipe.epochs, self._batches.steps, emit, steps_after=final_steps)
        self._batch_records = BatchRecords(folder, recipe.epochs, self._batches.steps)
        self._saving = SavingClock()
        self._begun_s = time.monotonic()
        self._at = Position()
        self.best = BestEpoch()
        self._best_answers: Answers | None = None

    @property
    def steps_per_epoch(self) -> int:
        """How many steps an epoch has."""
        return self._batches.steps

    @property
    def position(self) -> Position:
        """Where the training stands."""
        return replace(self._at, seconds=self._at.seconds + time.monotonic() - self._begun_s)

    @property
    def epochs_done(self) -> int:
        """How many epochs are trained and measured."""
        return self._at.epoch - 1

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left to train."""
        return self.epochs_done >= self._recipe.epochs or self.has_settled

    @property
    def has_settled(self) -> bool:
        """Whether more epochs in a row than the recipe's patience brought no better one."""
        if self._recipe.patience == 0 or self.best.scores is None:
            return False
        since = self.epochs_done - max(self.best.epoch, self._added_after)
        return since >= self._recipe.patience

    def take_up(self, checkpoint: Checkpoint) -> None:
        """Stand where a training stood before."""
        self._steps.restore(checkpoint.values)
        self._at, self.best = checkpoint.position, checkpoint.best

    def run(self, begun_s: float) -> None:
        """Train until it is whole or stopped, and save the state.

        Args:
            begun_s: When the training began, by time.monotonic().
        """
        self._begun_s = begun_s
        while not self._team.any_wants(self.is_whole) and self._run_epoch():
            pass
        self.save()

    def pause(self) -> None:
        """Stand still until the person wants it to go on, or to stop."""
        self._emit(Paused(self._at.epoch, self._at.step))
        paused_s = time.monotonic()
        self._wishes.running.wait()
        self._begun_s += time.monotonic() - paused_s
        if not self._wishes.stop.is_set():
            self._emit(Continued())

    def save(self) -> None:
        """Save the state as it is now."""
        self._batch_records.write()
        self._saving.save(self._write_checkpoint)

    def ask_training(self) -> Answers | None:
        """What the network says of the images that are trained on; None if it was stopped."""
        return self._ask(self._data.split.train, self._wishes.stop.is_set)

    def ask_test(self) -> Answers | None:
        """What it says of the dataset's test part; None if there is none."""
        test = self._data.test
        if test is None:
            return None
        everything = np.arange(len(test), dtype=np.int64)
        pixels = as_tensors(test)[0]
        return self._answers(test, self._data.test_names, pixels, everything, lambda: False)

    def ask_held_back(self) -> Answers | None:
        """What it says of the images held back, with the best weights; None if none are.

        They are known from the best epoch, unless that came before the training was taken up.
        """
        if self._best_answers is None and self.best.epoch:
            self._best_answers = self._ask(self._data.split.validation, lambda: False)
        return self._best_answers

    def _ask(self, members: NDArray[np.int64], cancelled: Callable[[], bool]) -> Answers | None:
        return self._answers(self._data.images, self._data.names, self._pixels, members, cancelled)

    def _answers(
        self,
        images: PreparedImages,
        names: Sequence[str],
        pixels: Any,
        members: NDArray[np.int64],
        cancelled: Callable[[], bool],
    ) -> Answers | None:
        """Ask without dropout; None if there is nothing to ask about, or it was cancelled."""
        if len(members) == 0:
            return None
        probabilities = predict_all(
            self._steps.predict, pixels, members, self._recipe.batch_size, cancelled
        )
        if probabilities is None:
            return None
        chosen = tuple(names[place] for place in members)
        return Answers(chosen, images.labels[members], probabilities, self._classes)

    def _run_epoch(self) -> bool:
        """Learn from every image once, measure, and keep what is best; False if it was left."""
        if not self._learn():
            return False
        measured_from_s, at = time.monotonic(), self._at
        if self._folder is None:
            self._at = Position(epoch=at.epoch + 1, seconds=at.seconds)
            return not self._team.any_wants(self._wishes.stop.is_set())
        held_back = self._data.split.validation
        with self._steps.averaged():
            answers = self._ask(held_back, self._wishes.stop.is_set)
            is_left = answers is None and len(held_back) > 0
            if self._team.any_wants(is_left):
                return False
            validation = None if answers is None else answers.scores()
            is_best = self.best.is_beaten_by(validation)
            if is_best:
                save_best(self._network, self._folder, at.epoch)
        if is_best:
            self.best = BestEpoch(at.epoch, validation)
            self._best_answers = answers
        done = EpochDone(
            epoch=at.epoch,
            loss=at.loss_sum / at.images,
            accuracy=at.hits / at.images,
            val_loss=None if validation is None else validation.loss,
            val_accuracy=None if validation is None else validation.accuracy,
            images_per_second=at.images / at.learned_s,
            seconds=at.learned_s + time.monotonic() - measured_from_s,
            best=is_best,
            data_wait=at.waited_s / at.learned_s,
        )
        append_epoch(self._folder, done)
        self._batch_records.write()
        if self._event_files is not None:
            self._event_files.add(done, self._steps.learning_rate)
        self._at = Position(epoch=at.epoch + 1, seconds=at.seconds)
        if self._saving.is_due(at_epochs_end=True):
            self.save()
        if is_best and validation is not None:
            self._emit(Measured(at.epoch, validation))
        self._emit(done)
        return True

    def _learn(self) -> bool:
        """Take the steps of the epoch that are left; False if it was left before its end."""
        self._batches.shuffle(self._at.epoch)
        self._progress.begin_epoch(self._at.epoch, self._at.step)
        for pixels, labels, waited_s, begun_s in self._timed_batches():
            if not self._goes_on():
                return False
            loss, accuracy = (float(value) for value in self._steps.train(pixels, labels))
            at = self._at
            count = self._batches.images_in(at.step)
            self._progress.add_step(loss, accuracy, count)
            self._batch_records.add(at.epoch, at.step + 1, loss, accuracy)
            self._at = replace(
                at,
                step=at.step + 1,
                loss_sum=at.loss_sum + loss * count,
                hits=at.hits + accuracy * count,
                images=at.images + count,
                waited_s=at.waited_s + waited_s,
                learned_s=at.learned_s + waited_s + time.monotonic() - begun_s,
            )
            if self._saving.is_due(at_epochs_end=False):
                self.save()
        self._progress.end_epoch()
        return True

    def _timed_batches(self) -> Iterator[tuple[Any, Any, float, float]]:
        """Pixels and labels, the seconds that were waited for them, and when they came."""
        batches = iter(self._batches.remaining(self._at.step))
        while True:
            asked_s = time.monotonic()
            batch = next(batches, None)
            if batch is None:
                return
            came_s = time.monotonic()
            yield *batch, came_s - asked_s, came_s

    def _goes_on(self) -> bool:
        """Stand still while that is wanted; False if it is to stop."""
        if self._wishes.is_to_pause:
            self.save()
            self.pause()
            self._progress.skip_time()
        return not self._team.any_wants(self._wishes.stop.is_set())

    def _write_checkpoint(self) -> None:
        if self._folder is None:
            return
        save_checkpoint(self._folder, Checkpoint(self.position, self.best, self._steps.values()))
