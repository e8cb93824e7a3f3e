"""A training from request to model.

TensorFlow computes the steps, and `course` takes them; what surrounds them is here: a new run or
one that is taken up again, and writing a model whether the training finishes or is stopped.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from cnn_studio.data.split import Split
from cnn_studio.errors import TrainingError
from cnn_studio.models.export import LiteForm
from cnn_studio.models.learned import write_hashes
from cnn_studio.models.runs import open_run, read_history
from cnn_studio.models.tensorflow import keras, tf
from cnn_studio.training.checkpoint import (
    load_fingerprints,
    save_fingerprints,
)
from cnn_studio.training.course import Course
from cnn_studio.training.ending import end_run, leave
from cnn_studio.training.events import Event, Finished, Measured, Message, Started
from cnn_studio.training.final_fit import FinalFit
from cnn_studio.training.fingerprints import check_unchanged, fingerprints_of, hashes_of
from cnn_studio.training.memory import check_memory
from cnn_studio.training.network import build_network
from cnn_studio.training.problems import told_in_a_sentence
from cnn_studio.training.rate import average_momentum, build_rate
from cnn_studio.training.records import begin_run, claimed, rewrite_history, write_stretches
from cnn_studio.training.request import TrainingRequest
from cnn_studio.training.resuming import Past, plan_again, take_up
from cnn_studio.training.schedule import Stretch
from cnn_studio.training.steps import build_steps
from cnn_studio.training.team import Team, team_of_one
from cnn_studio.training.tensorboard import EventFiles
from cnn_studio.training.training_data import Plan, TrainingData, load, plan
from cnn_studio.training.wishes import Wishes
from cnn_studio.training.wording import how_added_epochs_go

Emit = Callable[[Event], None]


def train(
    request: TrainingRequest,
    emit: Emit,
    stop: threading.Event,
    team: Team | None = None,
    running: threading.Event | None = None,
) -> Path:
    """Train a network and write its run, or take a run up again.

    Args:
        request: What to learn from, and how.
        emit: Told every event; the last one is `Finished`.
        stop: Set it to stop between two steps; the best weights so far become the model.
        team: Who trains together; None is this machine alone.
        running: Clear it to pause between two steps and set it to go on; None never pauses. Who
            stops a training that is paused must set it as well.

    Returns:
        The run's folder; "." on a worker that is not the chief, which alone writes.

    Raises:
        TrainingError: It cannot be trained, or was stopped before the first step.
        DatasetError, UsageError: The dataset or the recipe cannot be used.
        ModelError: The two model files differ, or the run to go on with is damaged.
    """
    begun_s = time.monotonic()
    wishes = Wishes.to_stop(stop) if running is None else Wishes(stop, running)
    with told_in_a_sentence(), ExitStack() as stack:
        team = team or team_of_one()
        past, split = None, None
        if request.resumes is None:
            planned = plan(request)
        else:
            if team.is_chief:
                stack.enter_context(claimed(request.resumes))
            past = take_up(request.resumes, request.more_epochs)
            planned, split = plan_again(request, past)
        training = _Training(request, planned, past, emit, wishes, team)
        del past
        finished = training.run(begun_s, split)
    emit(finished)  # once nobody holds the run any more
    return Path(finished.run)


class _Training:
    """One training from its images to its model."""

    def __init__(
        self,
        request: TrainingRequest,
        planned: Plan,
        past: Past | None,
        emit: Emit,
        wishes: Wishes,
        team: Team,
    ) -> None:
        self._request = request
        self._planned = planned
        self._past = past
        self._emit = emit
        self._wishes = wishes
        self._team = team
        self._strategy = team.strategy
        self._num_classes = len(planned.images.classes)

    def run(self, begun_s: float, split: Split | None) -> Finished:
        """Read the images, train and write the model; what is to be told at the end."""
        recipe, planned = self._request.recipe, self._planned
        check_memory(planned.input_spec, self._num_classes, recipe.batch_size, planned.image_count)
        network = self._fresh_network()
        # Images are read by all processors but one meanwhile, so the conversion costs no time.
        with ThreadPoolExecutor(1, thread_name_prefix="lite-form") as aside:
            lite_form = aside.submit(LiteForm, network)
            data = load(planned, self._request, self._emit, self._wishes.stop.is_set, split)
        if data is None:
            raise TrainingError("The training was stopped before its first step. Nothing is kept.")
        with ExitStack() as stack:
            folder = self._folder(data, stack)
            final = FinalFit(
                network,
                data,
                planned.input_spec,
                recipe,
                self._team,
                self._emit,
                self._wishes,
            )
            course = self._course(folder, data, network, final)
            self._tell_start(folder, data, network, course, final)
            if self._past is not None and self._past.has_more:
                self._emit(Message(how_added_epochs_go(recipe, self._past.stretches[-1])))
            self._past = None  # what it saved is as large as the network and its optimizer
            course.run(begun_s)
            if self._team.workers > 1:
                self._emit(Message(f"Weights after the last step: {_digest(network)}."))
            if folder is None:
                return leave(course, self._emit)
            model = network, lite_form.result(), self._steps
            return end_run(folder, self._request, planned, data, model, course, final, self._emit)

    def _fresh_network(self) -> Any:
        """Build the network so that one seed always gives the same weights and training."""
        keras.backend.clear_session()
        keras.utils.set_random_seed(self._request.recipe.seed)
        tf.config.experimental.enable_op_determinism()
        with self._strategy.scope():
            return build_network(self._planned.input_spec, self._num_classes)

    def _folder(self, data: TrainingData, stack: ExitStack) -> Path | None:
        """A new run's folder, or that of the run taken up, seen to be as it was left.

        None on a worker that is not the chief.
        """
        past, fingerprints = self._past, fingerprints_of(data)
        self._team.check_same_images(fingerprints)
        if not self._team.is_chief:
            return None
        if past is None:
            folder = begin_run(
                self._request,
                self._planned.input_spec,
                data.names,
                data.split,
                self._planned.images.classes,
            )
            stack.enter_context(claimed(folder))
            save_fingerprints(folder, fingerprints)
            write_hashes(folder, hashes_of(data))
            return folder
        order = np.concatenate([data.split.train, data.split.validation])
        names = [data.names[place] for place in order]
        check_unchanged(names, fingerprints, load_fingerprints(past.folder))
        write_hashes(past.folder, hashes_of(data))  # an older run has none
        if past.has_more:
            write_stretches(past.folder, self._request.recipe, past.stretches)
        rows = read_history(open_run(past.folder))
        rewrite_history(
            past.folder, [row for row in rows if row.epoch < past.checkpoint.position.epoch]
        )
        return past.folder

    def _course(
        self, folder: Path | None, data: TrainingData, network: Any, final: FinalFit
    ) -> Course:
        recipe, past = self._request.recipe, self._past
        stretches = (Stretch(0, recipe.epochs),) if past is None else past.stretches
        steps_per_epoch = -(-len(data.split.train) // recipe.batch_size)
        self._steps = build_steps(
            network,
            self._planned.input_spec,
            recipe,
            data.images.labels[data.split.train],
            build_rate(recipe, stretches, steps_per_epoch),
            self._team,
            average_momentum(recipe, stretches, steps_per_epoch),
        )
        course = Course(
            folder,
            recipe,
            self._planned.images.classes,
            data,
            network,
            self._steps,
            self._team,
            self._emit,
            self._wishes,
            added_after=stretches[-1].start,
            final_steps=final.steps_after(recipe.epochs),
            event_files=(
                EventFiles(folder) if folder is not None and self._request.tensorboard else None
            ),
        )
        if past is not None:
            course.take_up(past.checkpoint)
        return course

    def _tell_start(
        self,
        folder: Path | None,
        data: TrainingData,
        network: Any,
        course: Course,
        final: FinalFit,
    ) -> None:
        self._emit(
            Started(
                run="" if folder is None else str(folder),
                weights=network.count_params(),
                train_count=len(data.split.train),
                validation_count=len(data.split.validation),
                test_count=0 if data.test is None else len(data.test),
                epochs=self._request.recipe.epochs,
                steps_per_epoch=course.steps_per_epoch,
                batch_size=self._request.recipe.batch_size,
                notes=data.split.notes,
                epochs_before=course.epochs_done,
                steps_before=course.position.step,
                final_steps=final.steps_after(self._request.recipe.epochs),
            )
        )
        if course.best.scores is not None:  # from before it was taken up again
            self._emit(Measured(course.best.epoch, course.best.scores))


def _digest(network: Any) -> str:
    """Tells whether two workers have the same weights."""
    digest = hashlib.sha256()
    for weight in network.get_weights():
        digest.update(np.ascontiguousarray(weight).tobytes())
    return digest.hexdigest()[:16]
