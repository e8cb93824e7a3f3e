"""What is said of a training on the prediction tab."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication

from cnn_studio.gui.figures import percent, whole
from cnn_studio.models.runs import Run, RunStatus
from cnn_studio.prediction.lesson import Lesson

_tr = partial(QCoreApplication.translate, "Retraining")


def busy() -> str:
    """Why no training can begin now."""
    return _tr("A training is under way. Stop it or wait for its end, then train again.")


def offer(run: Run) -> str:
    """Which new model can be used."""
    return _tr("New model: {name}").format(name=_name(run))


def use_it() -> str:
    """The button beside it."""
    return _tr("Use it")


def in_use(run: Run) -> str:
    """That a new model is in use."""
    return _tr("The new model is in use: {name}").format(name=_name(run))


def lesson(told: Lesson) -> str:
    """What came of teaching."""
    if told.taught == 1:
        return _of_one(told)
    text = _tr("You taught {count} images. It gets {right} of them right now.")
    if told.right_before is not None:
        text = _tr("You taught {count} images. It gets {right} of them right now, before {before}.")
    return text.format(
        count=whole(told.taught), right=whole(told.right), before=whole(told.right_before or 0)
    )


def _of_one(told: Lesson) -> str:
    before = told.right_before
    if told.right:
        return {
            None: _tr("You taught 1 image. It gets it right now."),
            0: _tr("You taught 1 image. It gets it right now, before it did not."),
        }.get(before, _tr("You taught 1 image. It gets it right now, as before."))
    if before:
        return _tr("You taught 1 image. It gets it wrong now, before it did not.")
    return _tr("You taught 1 image. It still gets it wrong.")


def _name(run: Run) -> str:
    parts = [run.dataset]
    if run.accuracy is not None:
        parts.append(percent(run.accuracy))
    if run.status is RunStatus.STOPPED:
        parts.append(_tr("stopped early"))
    return ", ".join(parts)
