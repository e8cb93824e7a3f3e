"""Memory of a training whose images stay on disk, and how long its steps wait for them.

    .venv/bin/python tests/benchmarks/streaming.py [--images 50000] [--size 64] [--epochs 2]

Makes that many JPEG samples in five classes, trains on them with the images kept in a file, and
again with the images in memory, each in a process of its own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np

from cnn_studio.data.catalog import find_dataset
from cnn_studio.paths import Workspace
from cnn_studio.training.events import EpochDone, Event, Started
from cnn_studio.training.loop import train
from cnn_studio.training.memory import IMAGE_MEMORY_VARIABLE
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.request import TrainingRequest
from cnn_studio.vision.images import encode_jpeg

CLASSES = ("a", "b", "c", "d", "e")


def main() -> None:
    """Make the samples, and train with and without room for them in memory."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=50_000)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--train", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.train:
        _train(Workspace(Path(options.train)), options.epochs)
        return
    with tempfile.TemporaryDirectory() as folder:
        _make(Workspace(Path(folder)).datasets / "many", options.images, options.size)
        print(f"{options.images} images of {options.size} px are made.", flush=True)
        for name, megabytes in (("on disk", "0"), ("in memory", "1000000")):
            print(f"Images {name}:", flush=True)
            words = [sys.executable, __file__, "--train", folder, "--epochs", str(options.epochs)]
            subprocess.run(words, check=True, env={**os.environ, IMAGE_MEMORY_VARIABLE: megabytes})


def _make(folder: Path, count: int, size: int) -> None:
    random = np.random.default_rng(0)
    for number in range(count):
        label = number % len(CLASSES)
        picture = random.integers(0, 60, (8, 8, 3)) + 40 * label
        pixels = np.kron(picture, np.ones((size // 8, size // 8, 1))).astype(np.uint8)
        path = folder / CLASSES[label] / f"{number:06d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode_jpeg(pixels))


def _train(workspace: Workspace, epochs: int) -> None:
    def emit(event: Event) -> None:
        if isinstance(event, Started):
            print(f"  before the first step: {_memory()}", flush=True)
        elif isinstance(event, EpochDone):
            print(
                f"  epoch {event.epoch}: {event.images_per_second:,.0f} images/s, "
                f"waited {event.data_wait:.1%} of the time; {_memory()}",
                flush=True,
            )

    request = TrainingRequest(
        find_dataset(workspace, "many"), Recipe(epochs=epochs, image_size=None), workspace.runs
    )
    train(request, emit, threading.Event())
    print(f"  at the end: {_memory()}", flush=True)


def _memory() -> str:
    """What Linux says this process has now, and has had at most."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    values = dict(line.split(":", 1) for line in lines)
    now, most = (int(values[name].split()[0]) / 1e3 for name in ("VmRSS", "VmHWM"))
    return f"{now:,.0f} MB, {most:,.0f} MB at most"


if __name__ == "__main__":
    main()
