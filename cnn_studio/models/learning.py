"""What the shape of a training's curves says of it: a plain look at its epochs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise
from statistics import fmean

from cnn_studio.models.runs import EpochRecord

_FEWEST_EPOCHS = 3
_LEARNED = 0.995  # an accuracy with which nothing is left to learn
_GOOD = 0.8
_LITTLE_LOSS = 0.05  # a difference of losses that means nothing
_GAP = 0.1  # between accuracies
_FLAT = 0.05  # the share of a loss that it must fall by, to have learned anything
_STILL_FALLING = 0.02  # the share of a loss that it falls by in an epoch
_RISEN = 1.15  # times the lowest loss
_LAST_EPOCHS = 5
_JUMP = 0.15  # the share of the highest loss that a jump rises by


class LearningShape(StrEnum):
    """What a person should know, the worst first."""

    DIVERGED = "diverged"
    """The loss is not a number any more."""
    NOTHING = "nothing"
    """Neither loss nor accuracy has changed to speak of."""
    JUMPING = "jumping"
    """The loss rises and falls by turns."""
    BY_HEART = "by heart"
    """It knows the training images far better than those held back."""
    STILL_LEARNING = "still learning"
    """The loss was still falling at the end."""
    UNMEASURED = "unmeasured"
    """The curve has levelled off, and no images were held back to say how good that is."""
    LEVELLED_LOW = "levelled low"
    """Both curves have levelled off close together, at a low accuracy."""
    GOOD = "good"
    """Both curves have levelled off close together."""


def learning_shape(records: Sequence[EpochRecord]) -> LearningShape | None:
    """Look at the epochs of a training.

    Args:
        records: Its epochs in order; accuracies 0..1, losses as mean cross-entropy.

    Returns:
        The worst that is true of them; None of fewer than three, which say too little.
    """
    losses = [record.loss for record in records]
    if not all(map(math.isfinite, losses)):
        return LearningShape.DIVERGED
    if len(records) < _FEWEST_EPOCHS:
        return None
    measured = [record for record in records if record.val_loss is not None]
    val_losses = [record.val_loss or 0.0 for record in measured]
    val_accuracies = [record.val_accuracy or 0.0 for record in measured]
    if not all(map(math.isfinite, val_losses)):
        return LearningShape.DIVERGED
    if _is_flat(records):
        return LearningShape.NOTHING
    if _jumps(losses) or _jumps(val_losses):
        return LearningShape.JUMPING
    if len(measured) < _FEWEST_EPOCHS:
        return LearningShape.STILL_LEARNING if _is_falling(losses) else LearningShape.UNMEASURED
    if _is_by_heart(records, val_losses, val_accuracies):
        return LearningShape.BY_HEART
    accuracy = _late(val_accuracies)
    if accuracy < _LEARNED and _is_falling(val_losses):
        return LearningShape.STILL_LEARNING
    if _late([record.accuracy for record in records]) - accuracy > _GAP:
        return LearningShape.BY_HEART
    return LearningShape.GOOD if accuracy >= _GOOD else LearningShape.LEVELLED_LOW


def _late(values: Sequence[float]) -> float:
    """The mean of the last fifth, of two values at least: one epoch may be a matter of luck."""
    return fmean(values[-max(2, len(values) // 5) :])


def _is_flat(records: Sequence[EpochRecord]) -> bool:
    first, last = records[0], records[-1]
    gained = max(record.accuracy for record in records) - first.accuracy
    return last.loss > (1 - _FLAT) * first.loss and gained < _FLAT and last.accuracy < _GOOD


def _jumps(losses: Sequence[float]) -> bool:
    """Whether a fifth of the steps, two at least, rise far in a curve that ought to fall.

    What rises for good is another matter, so a jump must have come down again.
    """
    if not losses:
        return False
    far = max(_JUMP * max(losses), _LITTLE_LOSS)
    jumps = sum(
        after - before > far and min(losses[place:]) < after - far / 2
        for place, (before, after) in enumerate(pairwise(losses), 1)
    )
    return jumps >= max(2, len(losses) // 5)


def _is_by_heart(
    records: Sequence[EpochRecord], val_losses: Sequence[float], val_accuracies: Sequence[float]
) -> bool:
    """Whether the loss on images held back rises for good while that on the others falls."""
    late, lowest = _late(val_losses), min(val_losses)
    if late < max(_RISEN * lowest, lowest + _LITTLE_LOSS):
        return False
    # A network that is ever surer of its few mistakes has a rising loss and loses nothing by it.
    gap = _late([record.accuracy for record in records]) - _late(val_accuracies)
    turned = val_losses.index(lowest)
    return records[-1].loss < records[turned].loss and gap > _GAP / 4


def _is_falling(losses: Sequence[float]) -> bool:
    """Whether a loss falls by more than a little in each of the last epochs."""
    steps = min(_LAST_EPOCHS, max(2, len(losses) // 3))
    # Two epochs together, for a small validation part wobbles.
    before, after = fmean(losses[: len(losses) - steps][-2:]), fmean(losses[-2:])
    if before - after < _LITTLE_LOSS / 2:
        return False
    pace = (max(after, 0.0) / before) ** (1 / steps)
    return bool(pace < 1 - _STILL_FALLING)
