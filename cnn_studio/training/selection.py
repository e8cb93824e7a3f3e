"""Which images of a dataset a training takes, and whether they will do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import TrainingError, UsageError

MIN_IMAGES_A_CLASS = 2
_NAMES_SHOWN = 5


def check_classes(labels: NDArray[np.int64], classes: Sequence[str]) -> None:
    """See to it that there is something to tell apart.

    Args:
        labels: The class of each image, (n,), int64, indices into `classes`.
        classes: The class names.

    Raises:
        TrainingError: There are no images, fewer than two classes, or a class with fewer than two
            images.
    """
    if len(labels) == 0:
        raise TrainingError("There are no images to learn from. Record or import some first.")
    if len(classes) < 2:
        raise TrainingError(
            f"A training needs two or more classes, not {', '.join(classes) or 'none'} alone."
        )
    counts = np.bincount(labels, minlength=len(classes))
    few = [
        f"{name} ({count})"
        for name, count in zip(classes, counts, strict=True)
        if count < MIN_IMAGES_A_CLASS
    ]
    if few:
        raise TrainingError(
            f"Each class needs {MIN_IMAGES_A_CLASS} images or more. Record or import some, or "
            f"remove the class. Too few: {named(few)}."
        )


def select_evenly(labels: NDArray[np.int64], limit: int | None, seed: int) -> NDArray[np.int64]:
    """Choose at most `limit` images at random, so that the classes keep their shares.

    Each class keeps at least two images.

    Args:
        labels: The class of each image, (n,), int64.
        limit: How many to choose; None takes all.
        seed: Of the random choice.

    Returns:
        Indices of the chosen images in ascending order, int64.

    Raises:
        UsageError: The limit leaves less than two images a class.
    """
    if limit is None or limit >= len(labels):
        return np.arange(len(labels), dtype=np.int64)
    values, counts = np.unique(labels, return_counts=True)
    if limit < MIN_IMAGES_A_CLASS * len(values):
        raise UsageError(
            f"The limit of images must leave {MIN_IMAGES_A_CLASS} for each of {len(values)} "
            f"classes; {limit} are too few."
        )
    random = np.random.default_rng(seed)
    chosen = [
        random.choice(np.flatnonzero(labels == value), share, replace=False)
        for value, share in zip(values, _shares(counts, limit), strict=True)
    ]
    return np.sort(np.concatenate(chosen)).astype(np.int64)


def named(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _shares(counts: NDArray[np.int64], limit: int) -> NDArray[np.int64]:
    """Divide `limit` over the classes by the largest remainder, with two a class at least."""
    least = np.minimum(counts, MIN_IMAGES_A_CLASS)
    wanted = counts * limit / counts.sum()
    shares = np.maximum(np.floor(wanted).astype(np.int64), least)
    while shares.sum() < limit:
        shares[np.argmax(np.where(shares < counts, wanted - shares, -np.inf))] += 1
    while shares.sum() > limit:
        shares[np.argmax(np.where(shares > least, shares - wanted, -np.inf))] -= 1
    return np.asarray(shares, np.int64)


def balanced_weights(labels: NDArray[np.int64], num_classes: int) -> NDArray[np.float32]:
    """Weights by which all classes count alike; over all images they are 1 on average.

    Args:
        labels: The class of each training image, (n,), int64.
        num_classes: How many classes there are.

    Returns:
        (classes,), float32.
    """
    counts = np.maximum(np.bincount(labels, minlength=num_classes), 1)
    return (len(labels) / (num_classes * counts)).astype(np.float32)


def left_out_in_words(names: Sequence[str], why: str) -> str:
    """That images are left out of a training, as a sentence; `why` they are may be several."""
    count = len(names)
    what = (
        "1 image cannot be read and is" if count == 1 else f"{count} images cannot be read and are"
    )
    return f"{what} left out: {named(names)}. {why}"


def check_still_there(unreadable: Sequence[str], why: str) -> None:
    """See to it that every image of a run that goes on can be read.

    Raises:
        TrainingError: Some cannot; `why` may be several sentences.
    """
    if unreadable:
        raise TrainingError(
            f"Images of the run can no longer be read: {named(unreadable)}. {why} Bring them back, "
            "or start a new training with the same recipe."
        )
