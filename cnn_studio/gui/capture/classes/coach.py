"""What a dataset lacks before its network can be good, in a few short sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from cnn_studio.data.cards import next_step
from cnn_studio.gui.figures import whole

if TYPE_CHECKING:  # the window is there sooner without it
    from cnn_studio.instant.instant_model import HeldBack

_IMBALANCE = 3
_LEAST_TO_COMPARE = 10
_MOST_SENTENCES = 3


def advice(
    counts: Mapping[str, int],
    targets: Sequence[int],
    recordings: Mapping[str, frozenset[str]],
    held_back: HeldBack | None = None,
) -> list[str]:
    """Say what to do next for a dataset of class folders.

    Args:
        counts: Images of each class that is trained on, in the order of the classes.
        targets: How many images each class should have, one step after the other.
        recordings: What each class was recorded in; "" stands for images from elsewhere.
        held_back: How well they are told apart already; None where that is not known yet.

    Returns:
        One to three sentences: that there is enough to train, if so, then what to do next, the most
        urgent first.
    """
    wants = _missing(counts)
    enough = held_back.enough if held_back is not None else frozenset()
    if not wants:
        wants = [*_too_few(counts, targets), *_enough_to_train(counts, targets)]
        wants += [*_mixed_up(held_back), *_one_recording(counts, recordings), *_unequal(counts)]
        if enough.issuperset(counts):
            wants.append(_tr("All classes are recognised well: ready to train."))
        else:
            others = {name: count for name, count in counts.items() if name not in enough}
            wants += _below_next(others, targets)
    return wants[:_MOST_SENTENCES]


def _missing(counts: Mapping[str, int]) -> list[str]:
    """What stands in the way of any training."""
    if not counts:
        return [_tr("Add a class for each thing that the computer is to learn.")]
    empty = [name for name, count in counts.items() if count == 0]
    if len(empty) == 1:
        return [_tr("{name} has no images yet.").format(name=empty[0])]
    if empty:
        text = _tr("{name} and {number} more have no images yet.")
        return [text.format(name=empty[0], number=len(empty) - 1)]
    if len(counts) == 1:
        return [_tr("Add a second class: a network tells things apart.")]
    return []


def _mixed_up(held_back: HeldBack | None) -> list[str]:
    """The two classes that are taken for each other most often."""
    pairs = held_back.mix_ups if held_back is not None else ()
    text = _tr(
        "{one} and {other} are mixed up: {wrong} of {images}. "
        "Record {one} from more sides and in more light."
    )
    return [
        text.format(
            one=pair.one, other=pair.other, wrong=whole(pair.wrong), images=whole(pair.images)
        )
        for pair in pairs[:1]
    ]


def _too_few(counts: Mapping[str, int], targets: Sequence[int]) -> list[str]:
    """The class that has the fewest, below the first step."""
    fewest = min(counts, key=lambda name: counts[name])
    if counts[fewest] >= targets[0]:
        return []
    text = _tr("{name} has {count} of the first {target}.")
    return [text.format(name=fewest, count=whole(counts[fewest]), target=whole(targets[0]))]


def _enough_to_train(counts: Mapping[str, int], targets: Sequence[int]) -> list[str]:
    """That a training is worth its time, once each class has reached the first step."""
    fewest = min(counts.values())
    if fewest < targets[0]:
        return []
    key = QKeySequence("Ctrl+2").toString(QKeySequence.SequenceFormat.NativeText)
    if fewest >= targets[-1]:
        text = _tr("Every class has its {target} images: train with {key}")
    else:
        text = _tr("Enough to train: {key}")
    return [text.format(key=key, target=whole(targets[-1]))]


def _one_recording(
    counts: Mapping[str, int], recordings: Mapping[str, frozenset[str]]
) -> list[str]:
    """Classes that were only ever seen in one place and light."""
    alone = [
        name
        for name, count in counts.items()
        if count >= _LEAST_TO_COMPARE
        and len(ids := recordings.get(name, ())) == 1
        and "" not in ids
    ]
    text = _tr("{name} is all from one recording: move, change the light, record again.")
    more = _tr("{name} and {number} more are each from one recording: move, change the light.")
    if len(alone) > 1:
        return [more.format(name=alone[0], number=len(alone) - 1)]
    return [text.format(name=alone[0])] if alone else []


def _unequal(counts: Mapping[str, int]) -> list[str]:
    most = max(counts, key=lambda name: counts[name])
    least = min(counts, key=lambda name: counts[name])
    if counts[most] < _LEAST_TO_COMPARE or counts[most] < _IMBALANCE * counts[least]:
        return []
    text = _tr("{name} has {times} times as many images as {other}.")
    return [text.format(name=most, times=whole(counts[most] // counts[least]), other=least)]


def _below_next(counts: Mapping[str, int], targets: Sequence[int]) -> list[str]:
    """How far the class with the fewest images is to the step that it aims at."""
    fewest = min(counts, key=lambda name: counts[name])
    target = next_step(targets, counts[fewest])
    if not targets[0] <= counts[fewest] < target:  # of less than the first step it is said above
        return []
    text = _tr("{name} has {count} of {target}.")
    return [text.format(name=fewest, count=whole(counts[fewest]), target=whole(target))]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Coach", text)
