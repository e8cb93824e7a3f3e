"""A training from request to model.

TensorFlow computes the steps; what surrounds them is here: epochs, validation, keeping the best
weights, and writing a model whether the training finishes or is stopped.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import TrainingError
from cnn_studio.models.answers import Answers
from cnn_studio.models.bundle import RunStatus, Scores
from cnn_studio.models.export import LiteForm
from cnn_studio.models.tensorflow import keras, tf
from cnn_studio.training.augmentation import build_augmentation
from cnn_studio.training.checkpoint import BestEpoch, load_best, save_best
from cnn_studio.training.evaluation import predict_all
from cnn_studio.training.events import EpochDone, Event, Finished, Message, Started
from cnn_studio.training.memory import check_memory
from cnn_studio.training.network import build_network
from cnn_studio.training.outcome import (
    Ending,
    calibration_in_words,
    keep_answers,
    write_compared_models,
    write_description,
)
from cnn_studio.training.pipeline import BatchSource, as_tensors
from cnn_studio.training.prepared_images import PreparedImages
from cnn_studio.training.problems import told_in_a_sentence
from cnn_studio.training.progress import Progress
from cnn_studio.training.records import append_epoch, begin_run
from cnn_studio.training.request import TrainingRequest
from cnn_studio.training.steps import Steps
from cnn_studio.training.training_data import Plan, TrainingData, load, plan

Emit = Callable[[Event], None]


def train(
    request: TrainingRequest, emit: Emit, stop: threading.Event, strategy: Any | None = None
) -> Path:
    """Train a network and write its run.

    Args:
        request: What to learn from, and how.
        emit: Told every event; the last one is `Finished`.
        stop: Set it to stop between two steps; the best weights so far become the model.
        strategy: TensorFlow's distribution strategy; None trains on one device.

    Returns:
        The run's folder.

    Raises:
        TrainingError: It cannot be trained, or was stopped before the first step.
        DatasetError, UsageError: The dataset or the recipe cannot be used.
        ModelError: The two model files differ.
    """
    begun_s = time.monotonic()
    with told_in_a_sentence():
        planned = plan(request)
        num_classes, batch_size = len(planned.images.classes), request.recipe.batch_size
        check_memory(planned.input_spec, num_classes, batch_size, planned.image_bytes)
        network = _fresh_network(planned, request.recipe.seed, strategy)
        # Images are read by all processors but one meanwhile, so the conversion costs no time.
        with ThreadPoolExecutor(1, thread_name_prefix="lite-form") as aside:
            lite_form = aside.submit(LiteForm, network)
            data = load(planned, request, emit, stop.is_set)
        if data is None:
            raise TrainingError("The training was stopped before its first step. Nothing is kept.")
        training = _Training(request, planned, data, network, lite_form, emit, stop, strategy)
        return training.run(begun_s)


def _fresh_network(planned: Plan, seed: int, strategy: Any | None) -> Any:
    """Build the network so that one seed always gives the same weights and the same training."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
    with (strategy or tf.distribute.get_strategy()).scope():
        return build_network(planned.input_spec, len(planned.images.classes))


class _Training:
    """One training under way."""

    def __init__(
        self,
        request: TrainingRequest,
        planned: Plan,
        data: TrainingData,
        network: Any,
        lite_form: Future[LiteForm],
        emit: Emit,
        stop: threading.Event,
        strategy: Any | None,
    ) -> None:
        recipe = request.recipe
        strategy = strategy or tf.distribute.get_strategy()
        with strategy.scope():
            augmentation = build_augmentation(recipe.augmentation, planned.input_spec)
        self._request = request
        self._recipe = recipe
        self._input_spec = planned.input_spec
        self._classes = planned.images.classes
        self._data = data
        self._network = network
        self._lite_form = lite_form
        self._emit = emit
        self._stop = stop
        self._pixels, labels = as_tensors(data.images)
        self._steps = Steps(network, augmentation, recipe.learning_rate, strategy)
        self._batches = BatchSource(
            self._pixels, labels, data.split.train, recipe.batch_size, recipe.seed
        )
        self._progress = Progress(recipe.epochs, self._batches.steps, emit)
        self._best = BestEpoch()
        self._best_answers: Answers | None = None  # on the images held back
        self._epochs_done = 0
        self._steps_since_best = 0

    def run(self, begun_s: float) -> Path:
        """Train all epochs, or until stopped, and write the model."""
        folder = begin_run(self._request, self._input_spec, self._data.names, self._data.split)
        self._tell_start(folder)
        while self._epochs_done < self._recipe.epochs:
            if not self._run_epoch(self._epochs_done + 1, folder):
                break
            self._epochs_done += 1
        return self._end(folder, begun_s)

    def _tell_start(self, folder: Path) -> None:
        split, test = self._data.split, self._data.test
        self._emit(
            Started(
                run=str(folder),
                weights=self._network.count_params(),
                train_count=len(split.train),
                validation_count=len(split.validation),
                test_count=0 if test is None else len(test),
                epochs=self._recipe.epochs,
                steps_per_epoch=self._batches.steps,
                batch_size=self._recipe.batch_size,
                notes=split.notes,
            )
        )

    def _run_epoch(self, epoch: int, folder: Path) -> bool:
        """Learn from every image once, measure, and keep what is best; False if it was left."""
        begun_s = time.monotonic()
        learned = self._learn(epoch)
        if learned is None:
            return False
        learned_s = time.monotonic() - begun_s
        answers = self._ask(self._data.split.validation)
        if answers is None and len(self._data.split.validation) > 0:
            return False
        validation = None if answers is None else answers.scores()
        is_best = self._best.is_beaten_by(validation)
        if is_best:
            self._best = BestEpoch(epoch, validation)
            self._best_answers = answers
            self._steps_since_best = 0
            save_best(self._network, folder)
        done = EpochDone(
            epoch=epoch,
            loss=learned[0],
            accuracy=learned[1],
            val_loss=None if validation is None else validation.loss,
            val_accuracy=None if validation is None else validation.accuracy,
            images_per_second=len(self._data.split.train) / learned_s,
            seconds=time.monotonic() - begun_s,
            best=is_best,
        )
        append_epoch(folder, done)
        self._emit(done)
        return True

    def _learn(self, epoch: int) -> tuple[float, float] | None:
        """Take the steps of an epoch; its mean loss and accuracy, or None if it was left."""
        self._batches.shuffle(epoch)
        self._progress.begin_epoch(epoch)
        loss_sum, hits, images = 0.0, 0.0, 0
        for pixels, labels in self._batches.dataset:
            if self._stop.is_set():
                return None
            loss, accuracy = (float(value) for value in self._steps.train(pixels, labels))
            self._steps_since_best += 1
            count = int(labels.shape[0])
            loss_sum, hits, images = (
                loss_sum + loss * count,
                hits + accuracy * count,
                images + count,
            )
            self._progress.add_step(loss, accuracy, count)
        self._progress.end_epoch()
        return loss_sum / images, hits / images

    def _ask(self, members: NDArray[np.int64]) -> Answers | None:
        """Measure without dropout; None if there is nothing to measure on, or it was stopped."""
        return self._ask_about(self._data.images, self._data.names, self._pixels, members)

    def _ask_about(
        self,
        images: PreparedImages,
        names: Sequence[str],
        pixels: Any,
        members: NDArray[np.int64],
    ) -> Answers | None:
        if len(members) == 0:
            return None
        probabilities = predict_all(
            self._steps.predict, pixels, members, self._recipe.batch_size, self._stop.is_set
        )
        if probabilities is None:
            return None
        chosen = tuple(names[place] for place in members)
        return Answers(chosen, images.labels[members], probabilities, self._classes)

    def _end(self, folder: Path, begun_s: float) -> Path:
        """Write the model of the best weights, measure it, and say so."""
        is_whole = self._epochs_done == self._recipe.epochs
        status = RunStatus.FINISHED if is_whole else RunStatus.STOPPED
        notes = list(self._data.split.notes)
        if not is_whole:
            notes.append(self._early_end())
            self._emit(Message(notes[-1]))
        if self._best.epoch and self._steps_since_best:
            load_best(self._network, folder)
        compared = write_compared_models(
            self._network,
            self._lite_form.result(),
            self._steps.predict,
            self._data.images.pixels,
            folder,
            status,
        )
        self._emit(Message(f"model.keras and model.tflite agree on {compared} images."))
        train = self._ask(self._data.split.train) if is_whole else None
        test = self._ask_about_test() if is_whole else None
        calibration = keep_answers(folder, self._best_answers, test)
        if calibration is not None:
            self._emit(Message(calibration_in_words(calibration)))
        ending = Ending(
            status=status,
            epochs_done=self._epochs_done,
            best_epoch=self._best.epoch,
            train=_scores(train),
            validation=self._best.scores,
            test=_scores(test),
            seconds=time.monotonic() - begun_s,
            notes=tuple(notes),
            calibration=calibration,
        )
        weights = self._network.count_params()
        bundle = write_description(
            self._request, self._classes, self._input_spec, weights, ending, folder
        )
        self._emit(
            Finished(
                run=str(folder),
                status=str(status),
                accuracy=bundle.train_accuracy,
                val_accuracy=bundle.val_accuracy,
                test_accuracy=bundle.test_accuracy,
                seconds=time.monotonic() - begun_s,
            )
        )
        return folder

    def _ask_about_test(self) -> Answers | None:
        test = self._data.test
        if test is None:
            return None
        everything = np.arange(len(test), dtype=np.int64)
        return self._ask_about(test, self._data.test_names, as_tensors(test)[0], everything)

    def _early_end(self) -> str:
        if self._best.epoch == 0:
            return (
                "Stopped. The model is kept as it was within its first epoch, so it has learned "
                "little."
            )
        return f"Stopped. The model of epoch {self._best.epoch}, the best so far, is kept."


def _scores(answers: Answers | None) -> Scores | None:
    return None if answers is None else answers.scores()
