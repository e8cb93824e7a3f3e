"""Whether images are still what a training has learned from."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import TrainingError
from cnn_studio.models.learned import ImageHashes
from cnn_studio.training.disk_images import release
from cnn_studio.training.prepared_images import PreparedImages
from cnn_studio.training.selection import named
from cnn_studio.training.training_data import TrainingData

_IMAGES_A_RELEASE = 2048
_REMEDY = (
    "Bring them back (Undo, or the trash) and resume again, or start a new training with the same "
    "recipe."
)


def fingerprints_of(data: TrainingData) -> NDArray[np.uint32]:
    """A checksum of each image as it was prepared.

    Returns:
        Checksums (n,), uint32: of the images trained on, those held back and the test part.
    """
    of_images = _checksums(data.images)
    parts = [of_images[data.split.train], of_images[data.split.validation]]
    if data.test is not None:
        parts.append(_checksums(data.test))
    return np.concatenate(parts)


def hashes_of(data: TrainingData) -> dict[str, ImageHashes]:
    """What the images of each part hold, as `models.learned` keeps it."""
    held, split = data.images.hashes, data.split
    if held is None:
        return {}
    parts = {"train": held.chosen(split.train), "validation": held.chosen(split.validation)}
    if data.test is not None and data.test.hashes is not None:
        parts["test"] = data.test.hashes
    return parts


def check_unchanged(
    names: Sequence[str], now: NDArray[np.uint32], before: NDArray[np.uint32]
) -> None:
    """See to it that a run goes on with the images that it began with.

    Args:
        names: What the images are called, in their order, those of the test part not among them.
        now: What `fingerprints_of` tells of them.
        before: What it told when the run began.

    Raises:
        TrainingError: An image has changed.
    """
    if len(now) != len(before):
        raise TrainingError(
            f"The test part of the dataset has changed since the run began. {_REMEDY}"
        )
    changed = np.flatnonzero(now != before)
    if len(changed) == 0:
        return
    ours = [names[int(place)] for place in changed if place < len(names)]
    what = named(ours) if ours else "images of the test part"
    raise TrainingError(
        f"{_images_have(len(changed))} changed since the run began: {what}. {_REMEDY}"
    )


def gone(names: list[str]) -> TrainingError:
    """The error for images that a run needs and that are not there any more."""
    return TrainingError(
        f"{_images_have(len(names))} gone since the run began: {named(names)}. {_REMEDY}"
    )


def _images_have(count: int) -> str:
    return "1 image has" if count == 1 else f"{count} images have"


def _checksums(images: PreparedImages) -> NDArray[np.uint32]:
    values = np.empty(len(images), np.uint32)
    for place in range(len(images)):
        image = images.pixels[place]
        values[place] = zlib.crc32(image)
        if place % _IMAGES_A_RELEASE == 0:
            release(images.pixels)
    release(images.pixels)
    return values
