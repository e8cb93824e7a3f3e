"""A training of the pretrained network from request to model, in seconds and without TensorFlow.

Every image's features are looked up or computed, a linear layer is learned on them, and a
cross-validation says how good it is. Each iteration over all images is an epoch. A training that
was stopped or killed is simply learned again from its own images: it ends in the same numbers.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ImageError, TrainingError
from cnn_studio.models.answers import Answers
from cnn_studio.models.bundle import LITE_FILE, RunStatus
from cnn_studio.models.learned import write_hashes
from cnn_studio.models.scores import Scores
from cnn_studio.models.verify import verify_lite
from cnn_studio.pretrained.backbone import Backbone
from cnn_studio.pretrained.efficientnet_lite import LinearLayer, lite_file
from cnn_studio.training.checkpoint import (
    BestEpoch,
    Checkpoint,
    Position,
    load_fingerprints,
    save_checkpoint,
    save_fingerprints,
)
from cnn_studio.training.cross_validation import CrossValidation, unknown_rule
from cnn_studio.training.estimates import LESS_MEMORY, memory_of_features
from cnn_studio.training.events import (
    Batches,
    Continued,
    EpochDone,
    Event,
    Finished,
    Measured,
    Measuring,
    Message,
    Paused,
    Started,
)
from cnn_studio.training.feature_data import FeatureData, load_features
from cnn_studio.training.fingerprints import check_unchanged
from cnn_studio.training.linear_layer import one_thread, probabilities_of
from cnn_studio.training.memory import available_bytes
from cnn_studio.training.networks import network_of
from cnn_studio.training.outcome import (
    Ending,
    background_class,
    calibration_in_words,
    calibration_on,
    familiarity_in_words,
    keep_answers,
    write_description,
)
from cnn_studio.training.problems import told_in_a_sentence
from cnn_studio.training.publishing import published_whole
from cnn_studio.training.records import (
    append_epoch,
    begin_run,
    claimed,
    rewrite_history,
    write_stretches,
)
from cnn_studio.training.request import TrainingRequest
from cnn_studio.training.resuming import Past, plan_again, take_up
from cnn_studio.training.selection import balanced_weights
from cnn_studio.training.training_data import Plan, plan
from cnn_studio.training.varied_copies import copy_count
from cnn_studio.training.wishes import Wishes
from cnn_studio.vision.preparation import prepare
from cnn_studio.whole_files import write_atomically

if TYPE_CHECKING:
    from cnn_studio.training.team import Team

Array = NDArray[np.float32]
Emit = Callable[[Event], None]

_COMPARED = 8


def train(
    request: TrainingRequest,
    emit: Emit,
    stop: threading.Event,
    team: Team | None = None,
    running: threading.Event | None = None,
) -> Path:
    """Train the pretrained network's linear layer and write its run, or take a run up again.

    See `cnn_studio.training.loop.train`, whose arguments and errors these are. In a cluster the
    first machine alone trains, since it takes no longer than reading the images.
    """
    begun_s = time.monotonic()
    wishes = Wishes.to_stop(stop) if running is None else Wishes(stop, running)
    if team is not None and not team.is_chief:
        emit(Message("The first machine of the cluster trains and writes the run."))
        emit(Finished("", str(RunStatus.FINISHED), None, None, None, 0.0))
        return Path()
    with told_in_a_sentence(LESS_MEMORY), ExitStack() as stack:
        past, split = None, None
        if request.resumes is None:
            planned = plan(request)
        else:
            stack.enter_context(claimed(request.resumes))
            past = take_up(request.resumes, request.more_epochs)
            planned, split = plan_again(request, past)
        _check_memory(planned, request)
        data = load_features(planned, request, emit, stop.is_set, split)
        if data is None:
            raise TrainingError("The training was stopped before its first step. Nothing is kept.")
        folder = _folder(request, planned, past, data, stack)
        stack.enter_context(one_thread())
        training = _Training(request, planned, data, folder, emit, wishes, begun_s)
        if not training.begin():
            if past is None:
                shutil.rmtree(folder, ignore_errors=True)
            raise TrainingError("The training was stopped before its first epoch. Nothing is kept.")
        finished = training.run()
    emit(finished)  # once nobody holds the run any more
    return Path(finished.run)


def _check_memory(planned: Plan, request: TrainingRequest) -> None:
    """Refuse what cannot fit, before the system ends it without a word."""
    recipe = request.recipe
    count = planned.image_count + copy_count(recipe.augmentation) * len(planned.chosen)
    classes = len(planned.images.classes)
    _needed, problem = memory_of_features(
        recipe, planned.input_spec, classes, count, available_bytes()
    )
    if problem:
        raise TrainingError(problem)


def _folder(
    request: TrainingRequest,
    planned: Plan,
    past: Past | None,
    data: FeatureData,
    stack: ExitStack,
) -> Path:
    """A new run's folder, or that of the run taken up, seen to be as it was left."""
    if past is not None:
        check_unchanged(data.names, data.fingerprints(), load_fingerprints(past.folder))
        if past.has_more:
            write_stretches(past.folder, request.recipe, past.stretches)
        return past.folder
    images = planned.images
    folder = begin_run(request, planned.input_spec, data.names, data.split, images.classes)
    stack.enter_context(claimed(folder))
    save_fingerprints(folder, data.fingerprints())
    write_hashes(folder, data.hashes())
    save_checkpoint(folder, Checkpoint(Position(), BestEpoch(), ()))  # it can be taken up
    return folder


class _Training:
    """One training from its features to its model."""

    def __init__(
        self,
        request: TrainingRequest,
        planned: Plan,
        data: FeatureData,
        folder: Path,
        emit: Emit,
        wishes: Wishes,
        begun_s: float,
    ) -> None:
        self._request = request
        self._planned = planned
        self._data = data
        self._folder = folder
        self._emit = emit
        self._wishes = wishes
        self._begun_s = self._passed_s = begun_s
        self._classes = planned.images.classes
        recipe, labels = request.recipe, data.images.labels
        counts = balanced_weights(labels, len(self._classes)) if recipe.class_weights else None
        self._layers = CrossValidation(
            data.images.features,
            labels,
            len(self._classes),
            data.folds,
            counts,
            recipe.weight_decay,
            data.copies,
        )
        self._epochs_done = 0
        self._train: Scores | None = None
        self._validation: Scores | None = None
        self._held_back: Answers | None = None

    def begin(self) -> bool:
        """What comes before the first epoch; False if the training was stopped in it."""
        self._say_start()
        if not self._layers.choose(self._goes_on):
            return False
        if self._data.copies is not None:
            self._say(
                "It learns from varied copies of the images as well."
                if self._layers.learns_from_copies
                else "Varied copies of the images were tried. They did not help, so it learns from "
                "the images alone."
            )
        return True

    def run(self) -> Finished:
        """Learn, measure and write the model; what is to be said at the end."""
        recipe = self._request.recipe
        rewrite_history(self._folder, [])  # a run that is taken up again learns from the beginning
        is_whole = self._layers.learn(recipe.epochs, self._after_pass)
        if is_whole and self._epochs_done < recipe.epochs:
            self._say(
                f"It has settled after {self._epochs_done} epochs: more would change nothing."
            )
        return self._written(RunStatus.FINISHED if is_whole else RunStatus.STOPPED)

    def _say_start(self) -> None:
        data, network = self._data, network_of(self._request.recipe.network)
        count = len(data.images)
        self._emit(
            Started(
                run=str(self._folder),
                weights=network.count_weights(self._planned.input_spec, len(self._classes)),
                train_count=count,
                validation_count=count if data.folds.count else 0,
                test_count=0 if data.test is None else len(data.test),
                epochs=self._request.recipe.epochs,
                steps_per_epoch=1,
                batch_size=count,
                notes=data.split.notes,
                folds=data.folds.count,
            )
        )
        if self._request.tensorboard:
            self._say("Files for TensorBoard are not written: that takes TensorFlow.")
        self._passed_s = time.monotonic()

    def _goes_on(self) -> bool:
        """Stand still while that is wanted; False if it is to stop."""
        if self._wishes.is_to_pause:
            self._emit(Paused(self._epochs_done + 1, 0))
            paused_s = time.monotonic()
            self._wishes.running.wait()
            paused_s = time.monotonic() - paused_s
            self._begun_s, self._passed_s = self._begun_s + paused_s, self._passed_s + paused_s
            if not self._wishes.stop.is_set():
                self._emit(Continued())
        return not self._wishes.stop.is_set()

    def _after_pass(self, epoch: int, learned: Array, held_back: Array | None) -> bool:
        labels, names = self._data.images.labels, self._data.names
        train = self._train = Answers(names, labels, learned, self._classes).scores()
        if held_back is not None:
            self._held_back = Answers(names, labels, held_back, self._classes)
            self._validation = self._held_back.scores()
        validation = self._validation
        now = time.monotonic()
        took_s, self._passed_s = max(now - self._passed_s, 1e-6), now
        self._epochs_done = epoch
        loss = train.loss or 0.0
        rate, left_s = len(names) / took_s, took_s * (self._request.recipe.epochs - epoch)
        self._emit(Batches(epoch, 1, (loss,), (train.accuracy,), 1, 1, rate, left_s))
        done = EpochDone(
            epoch=epoch,
            loss=loss,
            accuracy=train.accuracy,
            val_loss=None if validation is None else validation.loss,
            val_accuracy=None if validation is None else validation.accuracy,
            images_per_second=rate,
            seconds=took_s,
            best=True,  # there is one best layer, and every epoch comes nearer to it
        )
        append_epoch(self._folder, done)
        if validation is not None:
            self._emit(Measured(epoch, validation))
        self._emit(done)
        return self._goes_on()

    def _written(self, status: RunStatus) -> Finished:
        """Measure what is left to be measured, and write the model."""
        self._emit(Measuring())
        data, layer = self._data, self._layers.layer()
        calibration = calibration_on(self._held_back)
        if calibration is not None:
            self._say(calibration_in_words(calibration))
        unknown = None
        if self._held_back is not None:
            unknown = unknown_rule(
                data.images.features,
                data.images.labels,
                data.folds,
                self._held_back.probabilities,
                background_class(self._request, self._classes),
            )
        self._say(familiarity_in_words(unknown))
        test = self._on_test(layer)
        ending = Ending(
            status=status,
            epochs_done=self._epochs_done,
            best_epoch=self._epochs_done,
            train=self._train,
            validation=self._validation,
            test=None if test is None else test.scores(),
            seconds=time.monotonic() - self._begun_s,
            notes=data.split.notes,
            calibration=calibration,
            unknown=unknown,
            final_epochs=self._epochs_done if data.folds.count else 0,
            folds=data.folds.count,
        )
        with published_whole(self._folder) as apart:
            keep_answers(apart, self._held_back, test)
            spec = self._planned.input_spec
            write_atomically(apart / LITE_FILE, lite_file(spec.size, spec.channels, layer))
            compared = self._compare(layer, apart)
            self._say(f"{LITE_FILE} says what was learned, on {compared} images.")
            weights = layer.weights.size + layer.bias.size
            write_description(self._request, self._classes, spec, weights, ending, apart)
        return Finished(
            run=str(self._folder),
            status=str(status),
            accuracy=None if ending.train is None else ending.train.accuracy,
            val_accuracy=None if ending.validation is None else ending.validation.accuracy,
            test_accuracy=None if ending.test is None else ending.test.accuracy,
            seconds=ending.seconds,
            final_epochs=ending.final_epochs,
        )

    def _on_test(self, layer: LinearLayer) -> Answers | None:
        test = self._data.test
        if test is None or not len(test):
            return None
        probabilities = probabilities_of(test.features @ layer.weights.T + layer.bias)
        return Answers(self._data.test_names, test.labels, probabilities, self._classes)

    def _compare(self, layer: LinearLayer, folder: Path) -> int:
        """See to it that the file says what was learned, on a few images read once more.

        Raises:
            ModelError: It does not.
        """
        images, spec = self._planned.images, self._planned.input_spec
        backbone = Backbone(spec)
        prepared, expected = [], []
        for source in self._data.images.sources[:: max(1, len(self._data.images) // _COMPARED)]:
            try:
                pixels = prepare(images.read(int(source)), spec)
            except ImageError:  # it was deleted meanwhile
                continue
            logits = layer.weights @ backbone.features(pixels) + layer.bias
            prepared.append(pixels)
            expected.append(probabilities_of(logits))
        if prepared:
            verify_lite(folder, np.stack(prepared), np.stack(expected))
        return len(prepared)

    def _say(self, text: str) -> None:
        self._emit(Message(text))
