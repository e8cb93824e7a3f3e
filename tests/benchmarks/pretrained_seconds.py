"""How long a pretrained training takes, from Start to a model that answers.

Usage: python -m tests.benchmarks.pretrained_seconds [--rounds 3]

The demo camera records 2,500 images of five classes, and 50. With the engine warm and the features
kept, it is measured from the request to the first answer of the new model. Then the whole command
`cnn-studio train` on 50 images that nobody has looked at, beside `python -c "import tensorflow"`,
in turn. Memory is the engine's at its end, and with 50,000 images' features, of noise.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from cnn_studio.camera.demo import DemoCamera
from cnn_studio.data.catalog import find_dataset
from cnn_studio.models.networks import NetworkKind
from cnn_studio.paths import Workspace
from cnn_studio.prediction.classifier import Classifier
from cnn_studio.pretrained.efficientnet_lite import FEATURES
from cnn_studio.training.cross_validation import CrossValidation, deal, unknown_rule
from cnn_studio.training.engine import Engine
from cnn_studio.training.events import Finished, Ready
from cnn_studio.training.linear_layer import one_thread
from cnn_studio.training.presets import PRETRAINED
from cnn_studio.training.request import TrainingRequest
from tests.benchmarks.one_recording import record

RECORDINGS = 5
WAIT_S = 600.0
MANY, MANY_CLASSES = 50_000, 10


def main() -> None:
    """Record, train and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for count in (2500, 50):
            folder = Path(scratch) / f"photos-{count}"
            recorded(folder, count // len(DemoCamera.OBJECTS))
            taken = [_to_first_answer(folder) for _round in range(options.rounds + 1)]
            times = ", ".join(f"{each:.2f}" for each in taken[1:])
            print(f"{count:,} images: {times} s to the first answer (first time {taken[0]:.1f} s)")
        ours, theirs = [], []
        for number in range(options.rounds):
            fresh = Path(scratch) / f"fresh-{number}"
            recorded(fresh, 10, seed=100 + number)
            command = ["-m", "cnn_studio", "train", str(fresh), "--network", "pretrained"]
            ours.append(_seconds_of([*command, "--workspace", scratch]))
            theirs.append(_seconds_of(["-c", "import tensorflow"]))
        ratio = np.median(ours) / np.median(theirs)
        print(f"whole command, 50 images: {np.median(ours):.2f} s, ", end="")
        print(f"import tensorflow {np.median(theirs):.2f} s, ratio {ratio:.2f}")
    _many()


def recorded(folder: Path, frames: int, seed: int = 1) -> None:
    """So many frames of each of the demo camera's objects, in some recordings."""
    camera = DemoCamera(seed=seed, paced=False)
    camera.open()
    recordings = min(RECORDINGS, frames)
    for _recording in range(recordings):
        record(camera, "", frames // recordings, folder)


def _to_first_answer(folder: Path) -> float:
    """Seconds from the request to a warm engine until the new model has answered."""
    workspace = Workspace(folder.parent)
    dataset = find_dataset(workspace, str(folder))
    engine = Engine()
    try:
        engine.warm(NetworkKind.PRETRAINED)
        if not isinstance(engine.poll_event(WAIT_S), Ready):
            raise SystemExit("The engine does not start.")
        begun_s = time.monotonic()
        engine.train(TrainingRequest(dataset, PRETRAINED.recipe(), workspace.runs))
        last = list(engine.events(WAIT_S))[-1]
        if not isinstance(last, Finished):
            raise SystemExit(f"The training did not finish: {last}")
        Classifier.open(Path(last.run)).classify(np.zeros((480, 640, 3), np.uint8))
        return time.monotonic() - begun_s
    finally:
        engine.close()


def _seconds_of(words: list[str]) -> float:
    begun_s = time.monotonic()
    subprocess.run([sys.executable, *words], check=True, capture_output=True, env=os.environ)
    return time.monotonic() - begun_s


def _many() -> None:
    """Learn from 50,000 features in this process, and tell its memory."""
    random = np.random.default_rng(1)
    labels = random.integers(0, MANY_CLASSES, MANY)
    centres = random.random((MANY_CLASSES, FEATURES), np.float32)
    features = centres[labels] + random.random((MANY, FEATURES), np.float32)
    groups = [str(place) for place in range(MANY)]
    begun_s = time.monotonic()
    with one_thread():
        folds = deal(labels, groups, [str(n) for n in range(MANY_CLASSES)], 0.2, 1)
        layers = CrossValidation(features, labels, MANY_CLASSES, folds)
        goes_on = threading.Event()
        layers.choose(lambda: not goes_on.is_set())
        layers.learn(PRETRAINED.recipe().epochs, lambda *_said: True)
        held_back = layers.held_back()
        if held_back is not None:
            unknown_rule(features, labels, folds, held_back, None)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{MANY:,} images: {time.monotonic() - begun_s:.0f} s, at most {peak:.1f} GB")


if __name__ == "__main__":
    main()
