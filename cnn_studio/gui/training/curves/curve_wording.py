"""What the curves say, as one sentence in the person's language."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication

from cnn_studio.gui.figures import images, percent, whole
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.curves.curves import best_epoch
from cnn_studio.gui.training.curves.plot_choices import XAxis
from cnn_studio.gui.training.runs.runs_order import dataset_title
from cnn_studio.models.learning import (
    Circumstances,
    LearningShape,
    learning_shape,
    more_epochs,
)
from cnn_studio.models.runs import EpochRecord, Run

_tr = partial(QCoreApplication.translate, "Training")
_WHILE_TRAINING = {
    LearningShape.DIVERGED,
    LearningShape.NOTHING,
    LearningShape.JUMPING,
    LearningShape.BY_HEART,
}


def sentence(
    records: Sequence[EpochRecord],
    known: Circumstances | None = None,
    *,
    is_under_way: bool = False,
) -> str:
    """What the shape of the curves says; "" if it is too early to tell.

    While a training is under way only what is wrong is worth a word.

    Args:
        records: Its epochs.
        known: How it was trained and measured; None where nothing is known of that.
        is_under_way: Whether it goes on.
    """
    known = known or Circumstances()
    shape = learning_shape(records, known)
    if shape is None or (is_under_way and shape not in _WHILE_TRAINING):
        return ""
    if shape is LearningShape.STILL_LEARNING and known.epochs_left:
        return _tr("It was still getting better when it ended: let it go on.")
    if shape is LearningShape.TOO_FEW:
        return _tr(
            "Only {images} held back: too few to tell how good it is with new ones. "
            "Add images, or hold more of them back."
        ).format(images=images(known.held_back))
    return {
        LearningShape.DIVERGED: _tr(
            "Learning has broken down: start again with a lower learning rate."
        ),
        LearningShape.NOTHING: _tr(
            "It learns nothing yet: try another learning rate, and look whether each class "
            "holds the right pictures."
        ),
        LearningShape.JUMPING: _tr(
            "It jumps to and fro, because its steps are too large. Halve the learning rate."
        ),
        LearningShape.CEILING: _tr(
            "Good: it knows nearly every image held back, so more epochs could not show more. "
            "Images of new scenes would tell more."
        ),
        LearningShape.BY_HEART: _tr(
            "It learns its images by heart and does worse with new ones: add images or "
            "augmentation."
        ),
        LearningShape.STILL_LEARNING: _tr("It is still getting better: train for more epochs."),
        LearningShape.SCHEDULE_OVER: _tr(
            "It learned to the end of its recipe, where its steps are down to nothing: these "
            "epochs have given what they could."
        ),
        LearningShape.UNMEASURED: _tr(
            "It gets no better any more. Hold some images back for validation to see how good "
            "it is with new ones."
        ),
        LearningShape.LEVELLED_LOW: _tr(
            "It gets no better any more and is not good yet: it needs more images, larger ones, "
            "or less augmentation."
        ),
        LearningShape.GOOD: _tr(
            "Good: it does about as well with new images as with those it learned from, and gets "
            "no better any more."
        ),
    }[shape]


def advised_epochs(records: Sequence[EpochRecord], known: Circumstances) -> int | None:
    """How many epochs to add, as the sentence advises; 0 to train those left, None for none."""
    if learning_shape(records, known) is not LearningShape.STILL_LEARNING:
        return None
    return 0 if known.epochs_left else more_epochs(len(records))


def run_and_dataset(run: Run) -> str:
    """What a run is called, and of which dataset it is, whatever is chosen above."""
    name, dataset = wording.run_name(run), dataset_title(run)
    return name if not run.notes.title or not dataset else f"{name} · {dataset}"


def heading(runs: Sequence[Run]) -> str:
    """Whose curves are on show: the run, or how many they are and of which dataset."""
    if len(runs) == 1:
        return run_and_dataset(runs[0])
    datasets = {dataset_title(run) for run in runs}
    names = wording.runs(len(runs))
    return f"{names} · {datasets.pop()}" if len(datasets) == 1 else names


def fallback(wanted: XAxis, lacking: int, count: int) -> str:
    """That the curves stand over epochs although something else is chosen; "" if they do not."""
    if not lacking:
        return ""
    if wanted is XAxis.TIME:
        text = _tr("By epoch: no times were kept of this run.")
        several = _tr("By epoch: no times were kept of {count} of the runs.")
    else:
        text = _tr("By epoch: it is not known how many steps this run had.")
        several = _tr("By epoch: it is not known how many steps {count} of the runs had.")
    return text if count == 1 else several.format(count=whole(lacking))


Highest = tuple[float, bool, int]
"""A validation accuracy, whether it is of the epoch that is kept, and that epoch below 0."""


def highest(records: Sequence[EpochRecord]) -> Highest | None:
    """The best validation accuracy of a run; None where nothing was held back."""
    kept = best_epoch(records)  # named before others that are as good: it has the ring
    return max(
        (
            (record.val_accuracy, record.epoch == kept, -record.epoch)
            for record in records
            if record.val_accuracy is not None
        ),
        default=None,
    )


def several(runs: Sequence[tuple[Run, Highest | None]], left_out: int) -> str:
    """Which of several runs was best on its own images held back, and when."""
    best: tuple[Highest, Run] | None = None
    for run, found in runs:
        if found is not None and (best is None or found[:2] > best[0][:2]):
            best = (found, run)
    parts = []
    if left_out:
        parts.append(
            _tr("The first {count} of {all} runs are drawn.").format(
                count=whole(len(runs)), all=whole(len(runs) + left_out)
            )
        )
    if best is not None:
        (value, _is_kept, epoch), run = best
        parts.append(
            _tr("Highest validation accuracy: {value}, {run}, epoch {epoch}.").format(
                value=percent(value), run=wording.run_name(run), epoch=whole(-epoch)
            )
        )
    if len({run.dataset for run, _ in runs}) > 1:
        parts.append(_tr("The runs are of different datasets."))
    return " ".join(parts)
