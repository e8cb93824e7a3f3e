"""What a dataset lacks before its network can be good, in a few short sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from cnn_studio.gui.figures import whole

if TYPE_CHECKING:  # the window is there sooner without it
    from cnn_studio.instant.instant_model import HeldBack

_FEW = 20
_IMBALANCE = 3
_LEAST_TO_COMPARE = 10
_MOST_SENTENCES = 3


def advice(
    counts: Mapping[str, int],
    target: int,
    recordings: Mapping[str, frozenset[str]],
    held_back: HeldBack | None = None,
) -> list[str]:
    """Say what to do next for a dataset of class folders.

    Args:
        counts: Images of each class that is trained on, in the order of the classes.
        target: How many images each class should have.
        recordings: What each class was recorded in; "" stands for images from elsewhere.
        held_back: How well they are told apart already; None where that is not known yet.

    Returns:
        One to three sentences; the most urgent want comes first.
    """
    wants = _missing(counts)
    enough = held_back.enough if held_back is not None else frozenset()
    if not wants:
        wants = [*_mixed_up(held_back), *_few(counts), *_one_recording(counts, recordings)]
        wants += _unequal(counts)
        if enough.issuperset(counts):
            wants.append(_tr("All classes are told apart well: ready to train."))
        else:
            wants += _below_target({n: c for n, c in counts.items() if n not in enough}, target)
    if not wants:
        text = _tr("Every class has its {target} images: ready to train.")
        wants = [text.format(target=whole(target))]
    return wants[:_MOST_SENTENCES]


def _missing(counts: Mapping[str, int]) -> list[str]:
    """What stands in the way of any training."""
    if not counts:
        return [_tr("Add a class for each thing that the network shall tell apart.")]
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


def _few(counts: Mapping[str, int]) -> list[str]:
    few = {name: count for name, count in counts.items() if count < _FEW}
    if not few:
        return []
    name = min(few, key=lambda name: few[name])
    return [_tr("Too few: {name} has {count}.").format(name=name, count=few[name])]


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


def _below_target(counts: Mapping[str, int], target: int) -> list[str]:
    fewest = min(counts, key=lambda name: counts[name])
    if counts[fewest] >= target:
        return []
    text = _tr("{name} has {count} of {target}.")
    return [text.format(name=fewest, count=whole(counts[fewest]), target=whole(target))]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Coach", text)
