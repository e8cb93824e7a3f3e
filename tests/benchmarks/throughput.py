"""Images a second of the studio's training, as a ratio to plain `keras.Model.fit`.

    .venv/bin/python tests/benchmarks/throughput.py [--images 12800] [--rounds 3]

The same network learns the same images with the same batches, once by the studio's whole training
with its events and once by `fit`, in turns, so that what else runs on the machine meets both. The
epoch in which the graph is built does not count.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from cnn_studio.data.catalog import Dataset, find_dataset
from cnn_studio.data.image_sets import open_images
from cnn_studio.errors import StudioError
from cnn_studio.models.tensorflow import keras
from cnn_studio.paths import Workspace, default_workspace
from cnn_studio.training.events import Batches, EpochDone, Event
from cnn_studio.training.loop import train
from cnn_studio.training.network import build_network
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.request import TrainingRequest
from cnn_studio.vision.preparation import InputSpec, prepare

EPOCHS = 3
BATCH_SIZE = 128


class _EpochTimes(keras.callbacks.Callback):
    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self._begun_s = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._begun_s = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.seconds.append(time.perf_counter() - self._begun_s)


def main() -> None:
    """Train by turns and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", default="/usr/share/datasets/fashion-mnist")
    parser.add_argument("--images", type=int, default=12_800)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    dataset = find_dataset(default_workspace(), options.dataset)
    try:
        pixels, labels = _images(dataset, options.images)
    except StudioError as error:
        parser.error(str(error))
    ratios = []
    for number in range(1, options.rounds + 1):
        ours, events = _by_the_studio(dataset, options.images)
        fit = _by_fit(pixels, labels, dataset.card.input, len(dataset.card.classes))
        ratios.append(ours / fit)
        print(
            f"round {number}: studio {ours:,.0f} images/s ({events} Batches events an epoch), "
            f"fit {fit:,.0f} images/s, ratio {ours / fit:.3f}",
            flush=True,
        )
    print(f"ratio studio / fit: median {statistics.median(ratios):.3f} (aim 0.97 or more)")


def _images(dataset: Dataset, count: int) -> tuple[Any, Any]:
    images = open_images(dataset)
    if images is None or len(images) < count:
        raise StudioError(f"The dataset needs {count} images or more.")
    prepared = [prepare(images.read(index), dataset.card.input) for index in range(count)]
    return np.stack(prepared), images.labels[:count]


def _by_the_studio(dataset: Dataset, count: int) -> tuple[float, float]:
    events: list[Event] = []
    recipe = Recipe(epochs=EPOCHS, batch_size=BATCH_SIZE, validation_share=0.0, limit=count)
    with tempfile.TemporaryDirectory() as folder:
        runs = Workspace(Path(folder)).runs
        train(TrainingRequest(dataset, recipe, runs), events.append, threading.Event())
    speeds = [e.images_per_second for e in events if isinstance(e, EpochDone) and e.epoch > 1]
    return statistics.median(speeds), sum(isinstance(e, Batches) for e in events) / EPOCHS


def _by_fit(pixels: Any, labels: Any, input_spec: InputSpec, num_classes: int) -> float:
    network = build_network(input_spec, num_classes)
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    times = _EpochTimes()
    network.fit(pixels, labels, batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=0, callbacks=[times])
    return len(pixels) / statistics.median(times.seconds[1:])


if __name__ == "__main__":
    main()
