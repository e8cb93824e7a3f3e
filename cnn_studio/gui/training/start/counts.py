"""How many images a training would learn from, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cnn_studio.data.cards import Part, Storage
from cnn_studio.data.catalog import Dataset
from cnn_studio.data.image_sets import count_images

LEAST_PER_CLASS = 2  # one to learn from, one to measure on
LEAST_CLASSES = 2


@dataclass(frozen=True)
class DatasetCounts:
    """The images of a dataset at one moment.

    Attributes:
        dataset: Which dataset.
        by_class: Images of each class that is trained, in the order of the card.
        test_count: Images of the test part that the dataset brings along; 0 if it has none.
    """

    dataset: Dataset
    by_class: Mapping[str, int]
    test_count: int = 0

    @property
    def total(self) -> int:
        """Images to learn from and to validate on."""
        return sum(self.by_class.values())

    @property
    def is_to_fetch(self) -> bool:
        """Whether this is a published dataset whose files are not here yet."""
        return self.dataset.card.storage is Storage.IDX and self.total == 0

    @property
    def short_classes(self) -> dict[str, int]:
        """The classes that have too few images, with how many they have."""
        return {name: count for name, count in self.by_class.items() if count < LEAST_PER_CLASS}

    @property
    def disabled_count(self) -> int:
        """How many classes are switched off."""
        card = self.dataset.card
        return sum(1 for name in card.disabled if name in card.classes)


def take_counts(dataset: Dataset) -> DatasetCounts:
    """Count a dataset's images; it looks at the disk.

    Raises:
        DatasetError: The dataset's files are damaged.
    """
    by_class = count_images(dataset)
    return DatasetCounts(dataset, by_class, sum(count_images(dataset, Part.TEST).values()))
