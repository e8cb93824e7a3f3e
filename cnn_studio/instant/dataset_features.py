"""Reads the features of a dataset's images into its table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.image_facts import file_stamp
from cnn_studio.data.image_sets import ImageSet
from cnn_studio.instant.feature_table import FeatureTable, Stamp
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.unknown import unit_length
from cnn_studio.pretrained.image_features import FeatureReader
from cnn_studio.training.networks import network_of


def reader_of(dataset: Dataset, *, threads: int | None = None) -> FeatureReader:
    """What computes the features of a dataset's images; see `FeatureReader`."""
    spec = network_of(NetworkKind.PRETRAINED).input_of(dataset.card.input, None)
    return FeatureReader(spec, threads=threads)


def stamps_of(folder: Path, names: Iterable[str]) -> dict[str, Stamp]:
    """Size and time of each image that is there, by its name.

    Args:
        folder: The dataset's folder.
        names: As "Class/file.jpg".
    """
    return {name: stamp for name in names if (stamp := file_stamp(folder / name)) is not None}


def read_into(
    table: FeatureTable,
    reader: FeatureReader,
    images: ImageSet,
    places: Sequence[int],
    stamps: dict[str, Stamp],
    *,
    progress: Callable[[int], None] = lambda _done: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> bool:
    """Put the features of images into a table; those that cannot be read are passed over.

    Args:
        table: The table.
        reader: Computes them.
        images: Where they come from.
        places: Which of them.
        stamps: Of each of them, see `stamps_of`.
        progress: Gets how many are done.
        cancelled: Called between images.

    Returns:
        Whether it came to its end.

    Raises:
        ModelError: The network's weights are missing or damaged.
    """
    sources = np.array(places, np.int64)
    found = reader.read(images, sources, progress=progress, cancelled=cancelled)
    if found is None:
        return False
    names = [images.names[int(source)] for source in found.sources]
    table.keep(names, [stamps[name] for name in names], unit_length(found.features))
    return True
