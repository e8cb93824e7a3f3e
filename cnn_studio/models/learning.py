"""What the shape of a training's curves says of it: a plain look at its epochs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import fmean

from cnn_studio.errors import ModelError
from cnn_studio.models.fields import Fields
from cnn_studio.models.runs import RECIPE_FILE, EpochRecord, Run, RunStatus

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
_FEWEST_HELD_BACK = 10  # images; with fewer, each of them is more than a tenth of the accuracy
_STEADY_HELD_BACK = 30  # with fewer, a loss that jumps may be one image's
_MISSES_OF_LUCK = 1.5  # images; a model that misses no more cannot be shown to become better
_MORE_EPOCHS = (5, 50)  # what is added at least and at most: half of those behind it


class LearningShape(StrEnum):
    """What a person should know, the worst first."""

    DIVERGED = "diverged"
    """The loss is not a number any more."""
    NOTHING = "nothing"
    """Neither loss nor accuracy has changed to speak of."""
    JUMPING = "jumping"
    """The loss rises and falls by turns."""
    TOO_FEW = "too few"
    """So few images were held back that their curve is a matter of luck."""
    CEILING = "ceiling"
    """All images held back are recognised, or all but what may be luck: no more can be shown."""
    BY_HEART = "by heart"
    """It knows the training images far better than those held back."""
    STILL_LEARNING = "still learning"
    """The loss was still falling at the end, and more epochs at this rate would go on with it."""
    SCHEDULE_OVER = "schedule over"
    """The loss fell to the end of a schedule whose learning rate is 0 by then."""
    UNMEASURED = "unmeasured"
    """The curve has levelled off, and no images were held back to say how good that is."""
    LEVELLED_LOW = "levelled low"
    """Both curves have levelled off close together, at a low accuracy."""
    GOOD = "good"
    """Both curves have levelled off close together."""


@dataclass(frozen=True)
class Circumstances:
    """What must be known of a training besides its epochs to tell what they say.

    Attributes:
        held_back: How many images it was measured on; 0 where that is not known.
        is_averaged: Whether its model is an average of its weights, which follows them late.
        rate_falls: Whether the schedule takes the learning rate down to 0.
        gave_up: Whether it ended early because no epoch was better than the best.
        epochs_left: How many epochs that were asked for it has not trained; 0 if it is finished.
    """

    held_back: int = 0
    is_averaged: bool = False
    rate_falls: bool = False
    gave_up: bool = False
    epochs_left: int = 0

    @classmethod
    def of(cls, run: Run, epochs_done: int) -> Circumstances:
        """Those of a run that has so many epochs behind it; the recipe may come from anywhere."""
        recipe = Fields(run.recipe, RECIPE_FILE)
        try:
            wanted = recipe.whole("epochs") if recipe.has("epochs") else epochs_done
            ema = recipe.number("ema") if recipe.has("ema") else 0.0
            schedule = recipe.text("schedule") if recipe.has("schedule") else ""
        except ModelError:
            return cls()
        validation = run.bundle.validation if run.bundle is not None else None
        left = max(0, wanted - epochs_done)
        is_finished = run.status is RunStatus.FINISHED
        return cls(
            held_back=validation.count if validation is not None else 0,
            is_averaged=ema > 0,
            rate_falls=schedule == "cosine",
            gave_up=is_finished and left > 0,
            epochs_left=0 if is_finished else left,
        )


@dataclass(frozen=True)
class _Held:
    """The curves of the images held back, where there are such."""

    losses: list[float]
    accuracies: list[float]
    best: float


def more_epochs(epochs_done: int) -> int:
    """How many epochs to add to a run that is still learning."""
    least, most = _MORE_EPOCHS
    return min(max(least, epochs_done // 2), most)


def learning_shape(
    records: Sequence[EpochRecord], known: Circumstances = Circumstances()
) -> LearningShape | None:
    """Look at the epochs of a training.

    Args:
        records: Its epochs in order; accuracies 0..1, losses as mean cross-entropy.
        known: How it was trained and measured.

    Returns:
        The worst that is true of them; None of fewer than three, which say too little.
    """
    losses = [record.loss for record in records]
    held = _held_back(records)
    if not all(map(math.isfinite, (*losses, *held.losses))):
        return LearningShape.DIVERGED
    if len(records) < _FEWEST_EPOCHS:
        return None
    if _is_flat(records):
        return LearningShape.NOTHING
    is_steady = not 0 < known.held_back < _STEADY_HELD_BACK
    if _jumps(losses) or (is_steady and _jumps(held.losses)):
        return LearningShape.JUMPING
    if len(held.losses) < _FEWEST_EPOCHS:
        return _still_learning(losses, known) or LearningShape.UNMEASURED
    if 0 < known.held_back < _FEWEST_HELD_BACK:
        return LearningShape.TOO_FEW
    if held.best >= _LEARNED or (1 - held.best) * known.held_back < _MISSES_OF_LUCK <= (
        known.held_back
    ):
        return LearningShape.CEILING
    accuracy, trained = _late(held.accuracies), _late([record.accuracy for record in records])
    if _is_by_heart(records, held.losses, held.accuracies, known.held_back):
        return LearningShape.BY_HEART
    # An average of the weights is still nearing them when they themselves have long levelled off.
    if not known.is_averaged or _is_falling(losses):
        still = _still_learning(held.losses, known)
        if still is not None:
            return still
    if trained - accuracy > max(_GAP, 2 * _luck(accuracy, known.held_back)):
        return LearningShape.BY_HEART
    return LearningShape.GOOD if accuracy >= _GOOD else LearningShape.LEVELLED_LOW


def _held_back(records: Sequence[EpochRecord]) -> _Held:
    measured = [record for record in records if record.val_loss is not None]
    accuracies = [record.val_accuracy or 0.0 for record in measured]
    best = [record.val_accuracy or 0.0 for record in measured if record.best] or accuracies[-1:]
    return _Held([record.val_loss or 0.0 for record in measured], accuracies, max(best, default=0))


def _still_learning(losses: Sequence[float], known: Circumstances) -> LearningShape | None:
    """Whether a loss that falls to the end would go on falling; None if it has levelled off."""
    if known.gave_up or not _is_falling(losses):
        return None
    if known.rate_falls and known.epochs_left == 0:
        return LearningShape.SCHEDULE_OVER
    return LearningShape.STILL_LEARNING


def _luck(accuracy: float, count: int) -> float:
    """The standard error of an accuracy on so many images; 0 where their number is not known."""
    return math.sqrt(accuracy * (1 - accuracy) / count) if count else 0.0


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
    records: Sequence[EpochRecord],
    val_losses: Sequence[float],
    val_accuracies: Sequence[float],
    held_back: int,
) -> bool:
    """Whether the loss on images held back rises for good while that on the others falls."""
    late, lowest = _late(val_losses), min(val_losses)
    if late < max(_RISEN * lowest, lowest + _LITTLE_LOSS):
        return False
    # A network that is ever surer of its few mistakes has a rising loss and loses nothing by it.
    gap = _late([record.accuracy for record in records]) - _late(val_accuracies)
    turned = val_losses.index(lowest)
    least = max(_GAP / 4, _luck(_late(val_accuracies), held_back))
    return records[-1].loss < records[turned].loss and gap > least


def _is_falling(losses: Sequence[float]) -> bool:
    """Whether a loss falls by more than a little in each of the last epochs."""
    steps = min(_LAST_EPOCHS, max(2, len(losses) // 3))
    # Two epochs together, for a small validation part wobbles.
    before, after = fmean(losses[: len(losses) - steps][-2:]), fmean(losses[-2:])
    if before - after < max(_LITTLE_LOSS / 2, _wobble(losses[-steps - 2 :])):
        return False
    pace = (max(after, 0.0) / before) ** (1 / steps)
    return bool(pace < 1 - _STILL_FALLING)


def _wobble(losses: Sequence[float]) -> float:
    """How far a loss lies from the middle between those before and after it, on average."""
    return fmean(
        [abs(b - (a + c) / 2) for a, b, c in zip(losses, losses[1:], losses[2:], strict=False)]
        or [0.0]
    )
