"""A few samples of a dataset, prepared for looking at what a training makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.image_sets import count_images, open_images
from cnn_studio.errors import ImageError
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import InputSpec, prepare

SAMPLE_COUNT = 16
LARGEST_PX = 128
"""A larger image size is shown at this one; strengths are shares, so it looks the same."""


@dataclass(frozen=True, eq=False)
class Samples:
    """Prepared images.

    Attributes:
        pixels: (n, size, size, channels), uint8; n is 16, or less in a small dataset.
        input: How they were prepared.
    """

    pixels: ImageArray
    input: InputSpec


def read_samples(
    dataset: Dataset, image_size: int, seed: int, cancelled: Callable[[], bool]
) -> Samples:
    """Read and prepare up to sixteen images, evenly over the classes.

    Args:
        dataset: Where they come from.
        image_size: Height and width that the training will use.
        seed: Of the random choice.
        cancelled: Asked between images.

    Raises:
        DatasetError: The dataset's files are damaged.
    """
    spec = replace(dataset.card.input, size=min(image_size, LARGEST_PX))
    is_empty = not any(count_images(dataset).values())  # or its files are yet to be fetched
    images = None if is_empty else open_images(dataset)
    found: list[ImageArray] = []
    for index in () if images is None else _in_turn(images.labels, seed):
        if images is None or len(found) == SAMPLE_COUNT or cancelled():
            break
        try:
            found.append(prepare(images.read(index), spec))
        except ImageError:
            continue  # the next one of its class comes later
    return Samples(np.array(found, np.uint8).reshape(-1, *spec.shape), spec)


def _in_turn(labels: NDArray[np.int64], seed: int) -> Iterator[int]:
    """All places, one of each class in turn, both at random."""
    random = np.random.default_rng(seed)
    classes = random.permutation(np.unique(labels))
    waiting = [iter(random.permutation(np.flatnonzero(labels == one))) for one in classes]
    while waiting:
        for places in list(waiting):
            place = next(places, None)
            if place is None:
                waiting.remove(places)
            else:
                yield int(place)
