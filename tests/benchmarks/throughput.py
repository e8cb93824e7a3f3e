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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cnn_studio.data.catalog import Dataset, find_dataset
from cnn_studio.data.image_sets import open_images
from cnn_studio.errors import StudioError
from cnn_studio.models.tensorflow import keras
from cnn_studio.paths import Workspace, default_workspace
from cnn_studio.training.events import EpochDone, Event
from cnn_studio.training.loop import train
from cnn_studio.training.network import build_network
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.request import TrainingRequest
from cnn_studio.vision.preparation import InputSpec, prepare

EPOCHS = 3
BATCH_SIZE = 128


class _EpochTimes(keras.callbacks.Callback):
    """Wall and processor seconds of each epoch of a fit."""

    def __init__(self) -> None:
        super().__init__()
        self.wall_s: list[float] = []
        self.processor_s: list[float] = []
        self._begun = (0.0, 0.0)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._begun = (time.perf_counter(), time.process_time())

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.wall_s.append(time.perf_counter() - self._begun[0])
        self.processor_s.append(time.process_time() - self._begun[1])


@dataclass(frozen=True)
class _Speed:
    """Images a second of the clock, and a second of processor time."""

    by_clock: float
    by_processor: float


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
    by_clock, by_processor = list[float](), list[float]()
    for number in range(1, options.rounds + 1):
        ours = _by_the_studio(dataset, options.images)
        fit = _by_fit(pixels, labels, dataset.card.input, len(dataset.card.classes))
        by_clock.append(ours.by_clock / fit.by_clock)
        by_processor.append(ours.by_processor / fit.by_processor)
        print(
            f"round {number}: studio {ours.by_clock:,.0f} images/s, fit {fit.by_clock:,.0f}; "
            f"ratio {by_clock[-1]:.3f}, in processor time {by_processor[-1]:.3f}",
            flush=True,
        )
    print(f"ratio studio / fit: {_median(by_clock):.3f} (aim 0.97 or more)")
    print(f"in processor time, which other programs disturb less: {_median(by_processor):.3f}")


def _images(dataset: Dataset, count: int) -> tuple[Any, Any]:
    images = open_images(dataset)
    if images is None or len(images) < count:
        raise StudioError(f"The dataset needs {count} images or more.")
    prepared = [prepare(images.read(index), dataset.card.input) for index in range(count)]
    return np.stack(prepared), images.labels[:count]


def _by_the_studio(dataset: Dataset, count: int) -> _Speed:
    speeds: list[float] = []
    processor_s: list[float] = []

    def emit(event: Event) -> None:
        if isinstance(event, EpochDone):
            speeds.append(event.images_per_second)
            processor_s.append(time.process_time())

    recipe = Recipe(epochs=EPOCHS, batch_size=BATCH_SIZE, validation_share=0.0, limit=count)
    with tempfile.TemporaryDirectory() as folder:
        runs = Workspace(Path(folder)).runs
        train(TrainingRequest(dataset, recipe, runs), emit, threading.Event())
    epochs_s = np.diff(processor_s)  # saving the weights after each epoch is in it
    return _Speed(_median(speeds[1:]), count / _median(epochs_s))


def _by_fit(pixels: Any, labels: Any, input_spec: InputSpec, num_classes: int) -> _Speed:
    network = build_network(input_spec, num_classes)
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    times = _EpochTimes()
    network.fit(pixels, labels, batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=0, callbacks=[times])
    count = len(pixels)
    return _Speed(count / _median(times.wall_s[1:]), count / _median(times.processor_s[1:]))


def _median(values: Any) -> float:
    return float(statistics.median(values))


if __name__ == "__main__":
    main()
