"""The last part of a training: the best weights become the model of its run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from cnn_studio.models.bundle import RunStatus
from cnn_studio.models.export import LiteForm, write_models
from cnn_studio.models.verify import verify_lite
from cnn_studio.training.checkpoint import load_best
from cnn_studio.training.course import Course
from cnn_studio.training.events import Event, Finished, Message
from cnn_studio.training.familiarity import Familiarity
from cnn_studio.training.final_fit import FinalFit
from cnn_studio.training.outcome import (
    Ending,
    background_class,
    calibration_in_words,
    calibration_on,
    familiarity_in_words,
    keep_answers,
    write_description,
)
from cnn_studio.training.publishing import published_whole
from cnn_studio.training.request import TrainingRequest
from cnn_studio.training.steps import Steps
from cnn_studio.training.training_data import Plan, TrainingData

Emit = Callable[[Event], None]

_COMPARED = 64
_COMPARED_AFTER_STOP = 16  # whoever pressed Stop waits for it


def leave(course: Course, emit: Emit) -> Finished:
    """End a worker that is not the chief, which alone writes the run."""
    emit(Message("The first machine of the cluster writes the run."))
    return Finished("", str(_status(course)), None, None, None, course.position.seconds)


def end_run(
    folder: Path,
    request: TrainingRequest,
    planned: Plan,
    data: TrainingData,
    model: tuple[Any, LiteForm, Steps],
    course: Course,
    final: FinalFit,
    emit: Emit,
) -> Finished:
    """Measure the best weights, let them learn from all images, and write the model.

    Args:
        folder: The run's folder.
        request: What was asked for.
        planned: What was read.
        data: What it learned from.
        model: The network, its LiteRT form and its compiled steps.
        course: How the training went.
        final: What the network still learns, once it is measured.
        emit: Told what a person should know.

    Returns:
        What is to be told once the run is let go.

    Raises:
        ModelError: The two model files do not say the same.
        OSError: The disk is full, or the folder cannot be written to.
    """
    network, lite_form, steps = model
    is_whole, best = course.is_whole, course.best
    notes = [*data.split.notes]
    about_end = _about_end(course)
    if about_end:
        emit(Message(about_end))
        notes.append(about_end)
    if best.epoch:
        load_best(network, folder, best.epoch)
    else:
        steps.take_average()
    with published_whole(folder) as apart:
        train = course.ask_training() if is_whole else None
        held_back = course.ask_held_back()
        calibration = calibration_on(held_back)
        if calibration is not None:
            emit(Message(calibration_in_words(calibration)))
        familiarity = Familiarity(
            network,
            data,
            request.recipe.batch_size,
            background_class(request, planned.images.classes),
            is_whole,
        )
        final_epochs = final.run(course) if is_whole else 0
        unknown = familiarity.rule(has_learned_on=final_epochs > 0)
        emit(Message(familiarity_in_words(unknown)))
        test = course.ask_test()
        keep_answers(apart, held_back, test)
        compared = _write_compared_models(
            network, lite_form, steps.predict, data.images.pixels, apart, _status(course)
        )
        emit(Message(f"model.keras and model.tflite agree on {compared} images."))
        ending = Ending(
            status=_status(course),
            epochs_done=course.epochs_done,
            best_epoch=best.epoch,
            train=None if train is None else train.scores(),
            validation=best.scores,
            test=None if test is None else test.scores(),
            seconds=course.position.seconds,
            notes=tuple(notes),
            calibration=calibration,
            unknown=unknown,
            final_epochs=final_epochs,
        )
        bundle = write_description(
            request,
            planned.images.classes,
            planned.input_spec,
            network.count_params(),
            ending,
            apart,
        )
    return Finished(
        run=str(folder),
        status=str(bundle.status),
        accuracy=bundle.train_accuracy,
        val_accuracy=bundle.val_accuracy,
        test_accuracy=bundle.test_accuracy,
        seconds=course.position.seconds,
        final_epochs=final_epochs,
    )


def _status(course: Course) -> RunStatus:
    return RunStatus.FINISHED if course.is_whole else RunStatus.STOPPED


def _about_end(course: Course) -> str:
    """Why the training ended where it did; empty if it went through all of its epochs."""
    best = course.best.epoch
    if not course.is_whole and best == 0:
        return (
            "Stopped. The model is kept as it was within its first epoch, so it has learned little."
        )
    if not course.is_whole:
        return f"Stopped. The model of epoch {best}, the best so far, is kept."
    if course.has_settled:
        return (
            f"Ended after epoch {course.epochs_done}, because no epoch was better than epoch "
            f"{best} for as long as the recipe's early stopping waits."
        )
    return ""


def _write_compared_models(
    network: Any,
    lite_form: LiteForm,
    predict: Callable[[Any], Any],
    pixels: Any,
    run_folder: Path,
    status: RunStatus,
) -> int:
    """Write model.keras and model.tflite and compare them on real images.

    Args:
        network: The trained keras.Model.
        lite_form: Made from the same network.
        predict: A compiled step: pixels (batch, size, size, channels) uint8 to probabilities.
        pixels: The dataset's images, (n, size, size, channels), uint8.
        run_folder: Where they are written.
        status: After a stop fewer images are compared.

    Returns:
        How many images were compared.

    Raises:
        ModelError: The two do not say the same.
        OSError: The disk is full, or the folder cannot be written to.
    """
    write_models(network, lite_form, run_folder)
    most = _COMPARED if status is RunStatus.FINISHED else _COMPARED_AFTER_STOP
    chosen = np.unique(np.linspace(0, len(pixels) - 1, min(most, len(pixels))).astype(np.int64))
    images = pixels[chosen]
    verify_lite(run_folder, images, predict(images).numpy())
    return len(chosen)
