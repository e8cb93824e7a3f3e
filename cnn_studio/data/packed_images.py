"""Datasets that are kept as they were published: looked at, never written to."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np

from cnn_studio.data import fashion_mnist
from cnn_studio.data.cards import Part
from cnn_studio.data.catalog import Dataset
from cnn_studio.data.image_sets import ImageSet, count_images, open_images
from cnn_studio.data.samples import Sample
from cnn_studio.errors import DatasetError
from cnn_studio.vision.images import ImageArray


def count_packed(dataset: Dataset) -> dict[str, int]:
    """How many images each class has, both parts together.

    Raises:
        DatasetError: The dataset's files are damaged.
    """
    train, test = (count_images(dataset, part) for part in Part)
    return {name: train[name] + test[name] for name in train}


def packed_samples(dataset: Dataset, class_name: str) -> list[Sample]:
    """The images of a class, both parts. Their paths name no files: see `PackedReader`.

    Raises:
        DatasetError: The dataset's files are damaged.
    """
    if class_name not in dataset.card.classes or not fashion_mnist.is_present(dataset.folder):
        return []
    label = dataset.card.classes.index(class_name)
    return [
        Sample(Path(part) / f"{place:05d}", class_name)
        for part in Part
        for place in np.flatnonzero(
            fashion_mnist.load_labels(dataset.folder, part) == label
        ).tolist()
    ]


class PackedReader:
    """Reads the images that `packed_samples` names; from any thread."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._lock = threading.Lock()
        self._images: dict[Part, ImageSet] = {}

    def __call__(self, path: Path) -> ImageArray:
        """Read one image.

        Returns:
            Pixels (height, width, 3) RGB or (height, width) grey; uint8.

        Raises:
            DatasetError: The dataset's files are missing or damaged.
        """
        part = Part(path.parent.name)
        with self._lock:  # opening takes half a second, and once is enough
            images = self._images.get(part) or open_images(self._dataset, part)
            if images is None:
                raise DatasetError(f"{self._dataset.title} has no images of this part: {part}.")
            self._images[part] = images
        return images.read(int(path.name))
