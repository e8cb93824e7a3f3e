"""What is said of a training from the press of Start to its end."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication

from cnn_studio.gui import figures
from cnn_studio.gui.figures import duration, images, percent, whole
from cnn_studio.gui.training.progress import Phase, TrainingProgress
from cnn_studio.gui.training.results import result_sentence
from cnn_studio.gui.training.results.result_sentence import TriedOn
from cnn_studio.models.bundle import Bundle, RunStatus
from cnn_studio.training.events import (
    EpochDone,
    Event,
    Failed,
    Finished,
    Message,
    Ready,
    Started,
)
from cnn_studio.training.networks import network_of

_tr = partial(QCoreApplication.translate, "Training")


def headline(progress: TrainingProgress) -> str:
    """What is going on, in a few words."""
    if progress.phase is Phase.WARMING and network_of(progress.network).needs_tensorflow:
        return _tr("Getting ready, about 5 seconds")
    if progress.phase is Phase.WARMING:
        return _tr("Getting the pretrained network ready")
    if progress.phase is Phase.PREPARING and progress.is_comparing:
        return _tr("Looking for pictures that are nearly the same")
    if progress.phase is Phase.PREPARING:
        return _tr("Reading the images")
    if progress.phase is Phase.FINAL_FIT and progress.final is not None:
        return _tr("Learning from all {images}").format(images=images(progress.final.images))
    if progress.phase is Phase.MEASURING:
        return _tr("Checking what it has learned, and saving it")
    if progress.phase is Phase.STOPPING:
        return _tr("Stopping: the best model so far is kept")
    if progress.phase is Phase.PAUSED and progress.final is not None:
        return _tr("Paused while learning from all images")
    if progress.phase is Phase.PAUSED:
        text = _tr("Paused in round {epoch} of {epochs}")
    else:
        text = _tr("Round {epoch} of {epochs}")
    return text.format(epoch=whole(max(1, progress.epoch)), epochs=whole(progress.epochs))


def details(progress: TrainingProgress) -> str:
    """Time left and speed, or how many images are read."""
    if progress.phase is Phase.PREPARING and progress.is_comparing:
        return ""
    if progress.phase is Phase.PREPARING and progress.to_prepare:
        return _tr("{done} of {total}").format(
            done=whole(progress.prepared), total=images(progress.to_prepare)
        )
    if progress.phase is Phase.FINAL_FIT:
        return time_left(progress)
    if progress.phase is not Phase.TRAINING or not progress.images_per_second:
        return ""
    rate = _tr("{rate} images/s").format(rate=whole(round(progress.images_per_second)))
    return " · ".join(filter(None, (time_left(progress), rate)))


def time_left(progress: TrainingProgress) -> str:
    """How long a training still takes; "" while that cannot be told."""
    return "" if progress.seconds_left is None else figures.time_left(progress.seconds_left)


def status(progress: TrainingProgress) -> str:
    """The line at the bottom of the window."""
    title = progress.dataset_title
    if progress.is_under_way:
        if progress.phase is Phase.TRAINING:
            return _tr("Training {title}: round {epoch} of {epochs}").format(
                title=title, epoch=whole(progress.epoch), epochs=whole(progress.epochs)
            )
        return _tr("Training {title}. {doing}.").format(title=title, doing=headline(progress))
    if progress.phase is Phase.FINISHED and progress.finished is not None:
        return (
            _tr("{title} is trained. {sentence}")
            .format(title=title, sentence=_how_good(progress.finished, progress.started))
            .rstrip()
        )
    if progress.phase is Phase.STOPPED:
        return _tr("The training of {title} was stopped.").format(title=title)
    if progress.phase is Phase.FAILED:
        return _tr("The training of {title} could not be done.").format(title=title)
    return ""


def so_far(progress: TrainingProgress, *, of_images: bool) -> str:
    """What is known of a training under way besides its figures so far, and when the rest comes.

    Args:
        progress: How far it is.
        of_images: Whether what single images show is looked for.
    """
    parts = [_tr("{doing}.").format(doing=headline(progress))]
    if progress.last_epoch is not None:
        parts.append(_so_good(progress.last_epoch, progress.started))
    if progress.started is not None and not progress.started.validation_count:
        parts.append(_tr("No images are held back, so its figures come at its end."))
    elif of_images and progress.measured is not None:
        parts.append(_tr("What it says of single images comes at its end."))
    elif progress.measured is None:
        parts.append(_tr("The first figures come when its first round ends."))
    return " ".join(filter(None, parts))


def _so_good(epoch: EpochDone, started: Started | None) -> str:
    """How good a model is that is still learning; the figures stand in the log."""
    if epoch.val_accuracy is None or started is None:
        return ""
    return result_sentence.of_share(epoch.val_accuracy, started.validation_count)


def _how_good(finished: Finished, started: Started | None) -> str:
    """How good the model of a finished training is with pictures that it had not been given."""
    if started is None:
        return ""
    new = TriedOn.JUDGED if started.folds else TriedOn.HELD_BACK
    tried = (
        (finished.val_accuracy, started.validation_count, new),
        (finished.test_accuracy, started.test_count, TriedOn.TEST),
    )
    for accuracy, count, pictures in tried:
        if accuracy is not None and count:
            return result_sentence.of_share(accuracy, count, pictures)
    return result_sentence.untried()


def busy() -> str:
    """Why a run cannot go on just now."""
    return _tr("A training is under way. Stop it or wait for its end, then continue this run.")


def called_off() -> str:
    """What to say of a training that was stopped before the engine had begun with it."""
    return _tr("Stopped before the training had begun. Nothing was changed.")


def stopped(bundle: Bundle) -> str:
    """What is left of a training that the person stopped."""
    if bundle.best_epoch > 0:
        return _tr("Stopped. The best model so far, from epoch {epoch}, is kept.").format(
            epoch=whole(bundle.best_epoch)
        )
    return _tr(
        "Stopped before the first epoch ended: the model has learned little and was not measured. "
        "Continue this run to go on from here."
    )


def log_line(event: Event) -> str:
    """An event for the log; "" for those that a log does not need."""
    if isinstance(event, Ready):
        if network_of(event.network).needs_tensorflow:
            return _tr("TensorFlow is ready.")
        return _tr("The pretrained network is ready.")
    if isinstance(event, Started):
        return _started(event)
    if isinstance(event, EpochDone):
        return _epoch(event)
    if isinstance(event, Message):
        return event.text
    if isinstance(event, Failed):
        return event.message
    if isinstance(event, Finished):
        if event.status == str(RunStatus.STOPPED):
            return _tr("Stopped after {time}.").format(time=duration(event.seconds))
        return _tr("Finished in {time}: {figures}.").format(
            time=duration(event.seconds), figures=_figures(event)
        )
    return ""


def _started(event: Started) -> str:
    if event.folds:
        line = _tr(
            "{train} to learn from, each measured in one of {folds} parts by what was learned from "
            "the others."
        )
        text = line.format(train=images(event.train_count), folds=whole(event.folds))
        return "\n".join([text, *event.notes])
    line = _tr("{train} to learn from, {validation} to validate on, {steps} steps an epoch.")
    text = line.format(
        train=images(event.train_count),
        validation=whole(event.validation_count),
        steps=whole(event.steps_per_epoch),
    )
    return "\n".join([text, *event.notes])


def _epoch(event: EpochDone) -> str:
    parts = [_tr("accuracy {value}").format(value=percent(event.accuracy))]
    if event.val_accuracy is not None:
        parts.append(_tr("validation {value}").format(value=percent(event.val_accuracy)))
    if event.best:
        parts.append(_tr("best so far"))
    return _tr("Epoch {epoch}: {figures}").format(
        epoch=whole(event.epoch), figures=", ".join(parts)
    )


def _figures(event: Finished) -> str:
    named = (
        (_tr("training {value}"), event.accuracy),
        (_tr("validation {value}"), event.val_accuracy),
        (_tr("test {value}"), event.test_accuracy),
    )
    return ", ".join(text.format(value=percent(v)) for text, v in named if v is not None)
