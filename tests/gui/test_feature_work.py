"""Features are computed beside the window, and stand still for what comes first."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset, create_dataset, find_dataset
from cnn_studio.gui import feature_work
from cnn_studio.gui.feature_work import FeatureWork
from cnn_studio.gui.jobs import Jobs
from cnn_studio.models.networks import NetworkKind
from cnn_studio.paths import Workspace
from cnn_studio.pretrained.feature_store import FeatureStore, image_key, preparation_key
from cnn_studio.training.networks import network_of
from cnn_studio.vision.images import encode_jpeg

IMAGES = 6
PATIENCE_MS = 60_000


def add_image(dataset: Dataset, name: str, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (48, 48, 3), np.uint8)
    folder = dataset.folder / "thing"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(encode_jpeg(pixels))


def kept_count(dataset: Dataset) -> int:
    """Of how many images features stand in the store."""
    spec = network_of(NetworkKind.PRETRAINED).input_of(dataset.card.input, None)
    preparation = preparation_key(spec)
    files = sorted(dataset.folder.glob("thing/*.jpg"))
    with FeatureStore() as store:
        digests = [hashlib.sha256(path.read_bytes()).digest() for path in files]
        keys = [image_key(digest, preparation) for digest in digests]
        return len(store.known(keys))


@pytest.fixture
def dataset(workspace: Workspace) -> Dataset:
    found = create_dataset(workspace, "mine")
    for number in range(IMAGES):
        add_image(found, f"{number}.jpg", number)
    return found


@pytest.fixture
def work(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[FeatureWork]:
    monkeypatch.setattr(feature_work, "_AFTER_MS", 10)
    jobs = Jobs()
    yield FeatureWork(jobs)
    assert jobs.shutdown()


def test_each_image_is_computed_once_and_what_comes_later_too(
    qtbot: QtBot, work: FeatureWork, dataset: Dataset
) -> None:
    work.follow(dataset)
    qtbot.waitUntil(lambda: work.known_count(dataset) == IMAGES, timeout=PATIENCE_MS)
    assert kept_count(dataset) == IMAGES
    add_image(dataset, "later.jpg", 99)
    work.follow(dataset)
    qtbot.waitUntil(lambda: work.known_count(dataset) == IMAGES + 1, timeout=PATIENCE_MS)
    assert kept_count(dataset) == IMAGES + 1


def test_it_stands_still_as_long_as_anyone_holds_it(
    qtbot: QtBot, work: FeatureWork, dataset: Dataset
) -> None:
    work.hold("recording", True)
    work.hold("training", True)
    work.follow(dataset)
    qtbot.waitUntil(lambda: work._job.is_running, timeout=PATIENCE_MS)
    work.hold("recording", False)
    qtbot.wait(300)
    assert kept_count(dataset) == 0
    work.hold("training", False)
    qtbot.waitUntil(lambda: work.known_count(dataset) == IMAGES, timeout=PATIENCE_MS)


def test_held_work_ends_with_the_window(qtbot: QtBot, dataset: Dataset) -> None:
    jobs = Jobs()
    work = FeatureWork(jobs)
    work.hold("recording", True)
    work.follow(dataset)
    qtbot.waitUntil(lambda: work._job.is_running, timeout=PATIENCE_MS)
    assert jobs.shutdown()


def test_what_is_kept_as_it_was_published_is_left_to_its_training(
    qtbot: QtBot, work: FeatureWork, workspace: Workspace
) -> None:
    work.follow(find_dataset(workspace, "fashion-mnist"))
    qtbot.wait(100)
    assert not work._job.is_running
    assert work.known_count(find_dataset(workspace, "fashion-mnist")) == 0
