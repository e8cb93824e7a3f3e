"""How many photos each network needs: accuracy on photos kept back, by the photos a class.

Usage: python -m tests.benchmarks.few_photos FOLDER [--photos 3 5 10 30 0] [--folds 5]

The photos of a folder of class folders are dealt into five folds, as the studio deals them: what
belongs together is in one. Each fold is kept back in turn, and of the others so many photos of each
class are taken at random, 0 for all. Both networks learn from the same photos, the shared CNN by
the recipe Best, and are asked about the same kept-back ones through the studio's own classifier.

    accuracy  of all photos kept back
    folds     the lowest and the highest of a fold
    error     expected calibration error of the calibrated probabilities
    shown     the figure that the studio showed of the run, on average
    seconds   of a training, on average, features kept already
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_studio.camera.demo import DemoCamera
from cnn_studio.data.catalog import find_dataset
from cnn_studio.data.image_sets import ImageSet, open_images
from cnn_studio.models.bundle import read_bundle
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.reliability import reliability
from cnn_studio.paths import Workspace
from cnn_studio.prediction.classifier import Classifier
from cnn_studio.pretrained.image_features import FeatureReader
from cnn_studio.training.cross_validation import deal
from cnn_studio.training.networks import network_of
from cnn_studio.training.presets import BEST, PRETRAINED
from cnn_studio.training.recipe import suggested_batch_size
from cnn_studio.training.request import TrainingRequest
from tests.benchmarks.one_recording import record

SHARE = 0.2
DEMO = "demo"
DEMO_FRAMES, DEMO_RECORDINGS = 60, 5


@dataclass
class Found:
    """What one network reached with so many photos, fold by fold."""

    labels: list[NDArray[np.int64]] = field(default_factory=list)
    probabilities: list[NDArray[np.float32]] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def row(self) -> str:
        """Its figures."""
        folds = [
            float((given.argmax(axis=1) == labels).mean())
            for labels, given in zip(self.labels, self.probabilities, strict=True)
        ]
        labels, given = np.concatenate(self.labels), np.concatenate(self.probabilities)
        accuracy = float((given.argmax(axis=1) == labels).mean())
        error = reliability(labels, given).ece
        shown = f"{np.mean(self.shown):.3f}" if self.shown else "  -  "
        return (
            f"{accuracy:.3f}  {min(folds):.3f} to {max(folds):.3f}  {error:.3f}  {shown}  "
            f"{np.mean(self.seconds):7.1f}"
        )


def main() -> None:
    """Train both networks on parts of a folder, and print what they reach."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help=f"{DEMO} takes the demo camera's objects")
    parser.add_argument("--photos", type=int, nargs="+", default=[3, 5, 10, 30, 0])
    parser.add_argument("--folds", type=int, default=5, help="how many of the five are kept back")
    parser.add_argument("--networks", nargs="+", default=list(NetworkKind), type=NetworkKind)
    parser.add_argument("--epochs", type=int, default=10, help="of the shared CNN")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder
        if str(folder) == DEMO:
            folder = Path(scratch) / DEMO
            _record_demo(folder)
        images = open_images(find_dataset(Workspace(Path(scratch)), str(folder.absolute())))
        if images is None:
            raise SystemExit(f"{folder} has no images.")
        folds = _folds(images, folder)
        print(f"{len(images):,} photos, {len(images.classes)} classes, {folds.max() + 1} folds")
        print("photos  network      accuracy  folds           error  shown  seconds")
        for photos in options.photos:
            for network in options.networks:
                found = Found()
                for fold in range(min(options.folds, int(folds.max()) + 1)):
                    _try(found, images, folder, folds == fold, photos, network, options.epochs)
                title = str(photos) if photos else "all"
                print(f"{title:>6}  {network.label:11}  {found.row()}", flush=True)


def _record_demo(folder: Path) -> None:
    camera = DemoCamera(seed=1, paced=False)
    camera.open()
    for _recording in range(DEMO_RECORDINGS):
        record(camera, "", DEMO_FRAMES // DEMO_RECORDINGS, folder)


def _folds(images: ImageSet, folder: Path) -> NDArray[np.int64]:
    dataset = find_dataset(Workspace(folder / "nowhere"), str(folder.absolute()))
    spec = network_of(NetworkKind.PRETRAINED).input_of(dataset.card.input, None)
    every = np.arange(len(images), dtype=np.int64)
    seen = FeatureReader(spec).read(images, every)
    features = None if seen is None or len(seen) < len(images) else seen.features
    groups = images.group(every, features=lambda: features).groups
    return deal(images.labels, groups, images.classes, SHARE, 1).of


def _try(
    found: Found,
    images: ImageSet,
    folder: Path,
    is_kept: NDArray[np.bool_],
    photos: int,
    network: NetworkKind,
    epochs: int,
) -> None:
    """Train once, and ask about the photos kept back."""
    random = np.random.default_rng(1)
    learned: list[int] = []
    for label in range(len(images.classes)):
        own = random.permutation(np.flatnonzero((images.labels == label) & ~is_kept))
        learned += own[: photos or None].tolist()
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "learned"
        for place in learned:
            name = Path(images.names[place])
            (target / name.parent).mkdir(parents=True, exist_ok=True)
            _lay(folder / name, target / name)
        workspace = Workspace(Path(scratch))
        dataset = find_dataset(workspace, str(target))
        if network is NetworkKind.PRETRAINED:
            recipe = PRETRAINED.recipe()
        else:
            batch = suggested_batch_size(round(len(learned) * (1 - SHARE)))
            recipe = BEST.recipe(batch, overriding={"epochs": epochs, "batch_size": min(64, batch)})
        begun_s = time.monotonic()
        request = TrainingRequest(dataset, recipe, workspace.runs)
        run = network_of(network).trainer(request, lambda _event: None, threading.Event())
        found.seconds.append(time.monotonic() - begun_s)
        bundle, classifier = read_bundle(run), Classifier.open(run)
        if bundle.val_accuracy is not None:
            found.shown.append(bundle.val_accuracy)
        kept = np.flatnonzero(is_kept)
        given = [classifier.classify(images.read(int(place))).probabilities for place in kept]
        found.labels.append(images.labels[kept])
        found.probabilities.append(np.stack(given))


def _lay(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copyfile(source, target)


if __name__ == "__main__":
    main()
