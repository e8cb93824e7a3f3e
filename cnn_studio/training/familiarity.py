"""How familiar images are to a network, measured at the end of a training."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.sessions import recording_of, recordings_of
from cnn_studio.models.tensorflow import keras, tf
from cnn_studio.models.unknown import (
    ACCEPT,
    LEAST_IMAGES,
    Known,
    UnknownRule,
    described,
    fit_unknown,
)
from cnn_studio.training.pipeline import as_tensors, gather
from cnn_studio.training.training_data import TrainingData

_MOST = 2000  # images of either side; more cost time and change little
_PIXELS_AFTER_STOP = 200 * 64**2  # whoever pressed Stop waits for it
_LEAST_AFTER_STOP = 2 * LEAST_IMAGES


def measure_familiarity(
    network: Any, data: TrainingData, batch_size: int, background: int | None, is_whole: bool
) -> UnknownRule | None:
    """Ask the network what it makes of images of either side, and learn what is usual.

    Args:
        network: The trained keras.Model.
        data: What it learned from, and what was held back.
        batch_size: Images a step.
        background: The class of pictures that show none of the others, if there is one.
        is_whole: Whether the training came to its end; after a stop fewer images are asked about.

    Returns:
        The rule; None where too little was held back.
    """
    if len(data.split.validation) < LEAST_IMAGES:
        return None
    size = data.images.pixels.shape[1]
    after_stop = max(_LEAST_AFTER_STOP, _PIXELS_AFTER_STOP // size**2)
    most = _MOST if is_whole else min(_MOST, after_stop)
    train, held_back = (
        _ask(network, data, _evenly(members, most), batch_size)
        for members in (data.split.train, data.split.validation)
    )
    return fit_unknown(train, held_back, background, _seen(data))


def familiarity_in_words(rule: UnknownRule | None) -> str:
    """What the rule does, or why there is none, for the log."""
    if rule is None:
        return (
            f"Unknown objects will not be told from known ones: {LEAST_IMAGES} or more images must "
            "be held back for that."
        )
    effect = rule.effect(ACCEPT)
    margin = (
        " There is a margin, because some of them come from recordings it learned from: with more "
        "recordings of each class more is called unknown."
        if rule.margin
        else ""
    )
    return (
        f"Of {len(rule.levels):,} images held back {effect.answered:.0%} are answered and "
        f"{effect.right_of_answered:.1%} of these rightly; what is less familiar is called unknown."
        f"{margin}"
    ).replace("%", " %")


def _seen(data: TrainingData) -> float:
    """The share of the images held back that come from recordings that were learned from, 0..1."""
    learned = recordings_of(data.names[place] for place in data.split.train) - {""}
    held_back = [recording_of(data.names[place]) for place in data.split.validation]
    return sum(recording in learned for recording in held_back) / len(held_back)


def _ask(network: Any, data: TrainingData, members: NDArray[np.int64], batch_size: int) -> Known:
    features = network.get_layer("features").output
    filter_means = keras.layers.GlobalAveragePooling2D()(network.get_layer("pool").output)
    telling = keras.Model(network.inputs[0], [network.outputs[0], features, filter_means])
    pixels, told = as_tensors(data.images)[0], []
    for start in range(0, len(members), batch_size):
        batch = gather(pixels, members[start : start + batch_size])
        told.append(telling(tf.cast(batch, tf.float32), training=False))
    probabilities, *parts = (np.concatenate(batches) for batches in zip(*told, strict=True))
    return Known(data.images.labels[members], probabilities, described(*parts))


def _evenly(members: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    if len(members) <= most:
        return members
    return members[np.linspace(0, len(members) - 1, most).astype(np.int64)]
