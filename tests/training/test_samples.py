"""The samples of a preview: evenly over the classes, prepared, and small enough for a pipe."""

from __future__ import annotations

import numpy as np

from cnn_studio.data.catalog import Dataset, create_dataset, find_dataset
from cnn_studio.paths import Workspace
from cnn_studio.training.samples import read_samples
from tests.training.class_pictures import COLOURS_RGB, colours, put_pictures


def never() -> bool:
    return False


def colour_counts(pixels: np.ndarray) -> dict[str, int]:
    names, means = list(COLOURS_RGB), pixels.reshape(len(pixels), -1, 3).mean(axis=1)
    distances = np.abs(means[:, None] - np.array(list(COLOURS_RGB.values()))).sum(axis=2)
    return dict(
        zip(names, np.bincount(distances.argmin(axis=1), minlength=3).tolist(), strict=True)
    )


def test_sixteen_are_taken_evenly_over_unequal_classes(workspace: Workspace) -> None:
    dataset = colours(workspace, 6)
    put_pictures(dataset.folder, "red", 60, seed=1)
    samples = read_samples(dataset, 24, 1, never)
    assert samples.pixels.shape == (16, 24, 24, 3)
    assert samples.pixels.dtype == np.uint8
    assert sorted(colour_counts(samples.pixels).values()) == [5, 5, 6]


def test_a_small_dataset_gives_what_it_has_and_an_empty_one_nothing(workspace: Workspace) -> None:
    dataset = colours(workspace, 2)
    assert len(read_samples(dataset, 24, 1, never).pixels) == 6
    empty = create_dataset(workspace, "Empty")
    assert read_samples(empty, 24, 1, never).pixels.shape == (0, 24, 24, 3)
    to_fetch = find_dataset(workspace, "fashion-mnist")
    assert len(read_samples(to_fetch, 28, 1, never).pixels) == 0


def test_an_image_that_cannot_be_read_makes_room_for_the_next(workspace: Workspace) -> None:
    dataset = colours(workspace, 6)
    for path in sorted((dataset.folder / "red").iterdir())[:5]:
        path.write_bytes(b"no image")
    counts = colour_counts(read_samples(dataset, 24, 1, never).pixels)
    assert counts == {"blue": 6, "green": 6, "red": 1}


def test_large_images_are_shown_smaller_and_those_of_a_published_set_as_its_card_says(
    workspace: Workspace, idx_dataset: Dataset
) -> None:
    samples = read_samples(colours(workspace, 2), 512, 1, never)
    assert samples.input.size == samples.pixels.shape[1] == 128
    garments = read_samples(idx_dataset, 28, 1, never)
    assert garments.pixels.shape == (16, 28, 28, 1)
    assert garments.input == idx_dataset.card.input
