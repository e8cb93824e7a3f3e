"""Images read once, kept once, and dealt out in an order that depends on seed and epoch alone."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest

from cnn_studio.data.image_sets import open_images
from cnn_studio.paths import Workspace
from cnn_studio.training.pipeline import BatchSource, as_tensors
from cnn_studio.training.prepared_images import (
    PreparedImages,
    aligned_pixels,
    prepare_images,
)
from cnn_studio.vision.images import read_image
from cnn_studio.vision.preparation import InputSpec, prepare
from tests.training.class_pictures import colours

INPUT = InputSpec(16, 3)


def _numbered(count: int) -> PreparedImages:
    pixels = aligned_pixels((count, 2, 2, 1))
    pixels[:] = np.arange(count).reshape(-1, 1, 1, 1)
    return PreparedImages(pixels, np.arange(count), np.arange(count), ())


def _dealt(source: BatchSource) -> list[list[int]]:
    batches = []
    for pixels, labels in source.dataset:
        assert pixels.numpy()[:, 0, 0, 0].tolist() == labels.numpy().tolist()
        batches.append(labels.numpy().tolist())
    return batches


@pytest.fixture
def source() -> BatchSource:
    pixels, labels = as_tensors(_numbered(23))
    return BatchSource(pixels, labels, np.arange(3, 23), batch_size=8, seed=5)


def test_an_epoch_deals_every_image_once(source: BatchSource) -> None:
    source.shuffle(1)
    batches = _dealt(source)
    assert [len(batch) for batch in batches] == [8, 8, 4]
    assert source.steps == 3
    assert sorted(chain.from_iterable(batches)) == list(range(3, 23))


def test_the_order_depends_on_seed_and_epoch_alone(source: BatchSource) -> None:
    source.shuffle(2)
    second = _dealt(source)
    source.shuffle(1)
    first = _dealt(source)
    source.shuffle(2)
    assert _dealt(source) == second
    assert first != second


def test_tensorflow_works_on_the_very_memory_of_the_images() -> None:
    images = _numbered(4)
    pixels, _labels = as_tensors(images)
    images.pixels[2] = 77
    assert pixels[2, 0, 0, 0].numpy() == 77


def test_memory_that_is_not_aligned_is_copied() -> None:
    images = _numbered(4)
    odd = np.empty(4 * 4 + 65, np.uint8)
    start = -odd.ctypes.data % 64 + 1
    pixels = odd[start : start + 16].reshape(images.pixels.shape)
    pixels[:] = images.pixels
    tensor, labels = as_tensors(PreparedImages(pixels, images.labels, images.sources, ()))
    source = BatchSource(tensor, labels, np.arange(4), batch_size=4, seed=1)
    assert sorted(_dealt(source)[0]) == [0, 1, 2, 3]


def test_images_are_prepared_in_order_and_bad_ones_left_out(workspace: Workspace) -> None:
    dataset = colours(workspace, count=40)
    bad = sorted((dataset.folder / "green").iterdir())[3]
    bad.write_bytes(b"no image")
    images = open_images(dataset)
    assert images is not None
    told: list[int] = []
    everything = np.arange(len(images), dtype=np.int64)
    prepared = prepare_images(
        images, everything, INPUT, progress=told.append, cancelled=lambda: False
    )
    assert prepared is not None
    assert prepared.unreadable == (f"green/{bad.name}",)
    assert prepared.why_unreadable == "The file is text and not an image."
    assert len(prepared) == len(prepared.pixels) == 119
    assert told[-1] == 120
    for place in (0, 42, 43, 118):
        path = dataset.folder / images.names[prepared.sources[place]]
        assert np.array_equal(prepared.pixels[place], prepare(read_image(path), INPUT))
        assert images.classes[prepared.labels[place]] == path.parent.name


def test_preparing_can_be_cancelled(workspace: Workspace) -> None:
    images = open_images(colours(workspace))
    assert images is not None
    answers = iter([False] * 5)
    assert (
        prepare_images(
            images,
            np.arange(len(images), dtype=np.int64),
            INPUT,
            progress=lambda _done: None,
            cancelled=lambda: next(answers, True),
        )
        is None
    )
