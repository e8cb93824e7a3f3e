"""A dataset stored as Fashion-MNIST is, small enough for a test."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_studio.data.catalog import Dataset, find_dataset
from cnn_studio.paths import Workspace
from tests.data.pictures import write_part


@pytest.fixture
def idx_dataset(workspace: Workspace) -> Dataset:
    """Forty images to learn from and ten to test on, 28x28 grey, in the ten classes of garments."""
    dataset = find_dataset(workspace, "fashion-mnist")
    random = np.random.default_rng(0)
    for prefix, count in (("train", 40), ("t10k", 10)):
        labels = [index % 10 for index in range(count)]
        images = random.integers(0, 40, (count, 28, 28), np.uint8)
        for image, label in zip(images, labels, strict=True):
            image[2 * label : 2 * label + 6, 8:20] += 180
        write_part(dataset.folder, prefix, images, labels)
    return dataset
