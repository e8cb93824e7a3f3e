"""What stands beside a figure so that it claims no more than it should, in the person's words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication

from cnn_studio.gui.figures import images, percent, whole
from cnn_studio.gui.training.results.evaluation import Evaluation
from cnn_studio.models.scores import Scores
from cnn_studio.models.weak_classes import WeakClass, weak_classes
from cnn_studio.prediction.evaluation import Scope

_tr = partial(QCoreApplication.translate, "Training")
_NAMED = 2


def about_weak(scores: Scores | None, *, absent: bool = True, most: int = _NAMED) -> str:
    """The classes that the accuracy over all hides, so many of them by name; "" without any.

    Args:
        scores: What was measured.
        absent: Whether classes without any image are named.
        most: How many are named.
    """
    weak = weak_classes(scores, absent=absent) if scores is not None else ()
    if not weak:
        return ""
    parts = [_weak(each) for each in weak[:most]]
    more = len(weak) - most
    if more == 1:
        parts.append(_tr("and 1 more class"))
    elif more > 1:
        parts.append(_tr("and {count} more classes").format(count=whole(more)))
    return "; ".join(parts) + "."


def about_learned(learned: int, count: int, without: Scores | None) -> str:
    """That figures are of images that the model has learned from; "" if they are not.

    Args:
        learned: How many of the images it has learned from.
        count: How many they are.
        without: What was measured on the others; None if there is none.
    """
    if not learned:
        return ""
    if without is None:
        text = _tr("Optimistic: the model has learned from all of these {images}.")
        return text.format(images=images(count))
    text = _tr(
        "Optimistic: the model has learned from {learned} of {images}. Without them: {accuracy} "
        "of {others}."
    )
    return text.format(
        learned=whole(learned),
        images=images(count),
        accuracy=percent(without.accuracy),
        others=images(without.count),
    )


def cautions(subject: str, scores: Scores | None, evaluation: Evaluation | None) -> Sequence[str]:
    """What to say beside the scores of a subject, in sentences."""
    if scores is None or subject == Scope.TRAIN:  # which says by its name what was learned from
        return ()
    found = [about_weak(scores, absent=":" not in subject)]
    if evaluation is not None:
        learned = evaluation.answers.learned_count
        found.append(about_learned(learned, len(evaluation.answers), evaluation.without_learned))
        if evaluation.is_untraced:
            found.append(
                _tr(
                    "Optimistic: the model may have learned from some of these images. It is not "
                    "written down which."
                )
            )
    return tuple(filter(None, found))


def unmeasured(stopped_in_first_epoch: bool) -> str:
    """Why a model has no figures, and what can be done."""
    if stopped_in_first_epoch:
        return _tr(
            "Stopped before its first epoch ended, it has learned little. Continue this run, or "
            "choose images to ask the model about."
        )
    return _tr("Choose images to ask the model about.")


def _weak(each: WeakClass) -> str:
    if each.count == 0:
        return _tr("{name}: no image to measure on").format(name=each.name)
    text = _tr("{name}: {right} of {count} right, far below the rest")
    if each.is_few:
        text = _tr("{name}: {right} of {count} right, too few to tell")
    return text.format(name=each.name, right=whole(each.right), count=whole(each.count))
