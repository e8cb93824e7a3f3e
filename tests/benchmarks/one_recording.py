"""How many new pictures are answered after one short recording a class, by the margin given.

Usage: python -m tests.benchmarks.one_recording [--frames 60] [--recordings 1] [--seeds 10] \
           [--network pretrained]

The demo camera shows four of its objects, a network learns them, and is then asked about forty new
scenes of each and of the fifth object, which it has never seen. With one recording a class the
images held back come from recordings that were learned from, and say little about new ones.

    answered  the share of the new known pictures, where 95 % of what was held back is answered
    worst     the same for the class that fares worst, on average
    refused   the share of the unknown pictures that is then called unknown
"""

from __future__ import annotations

import argparse
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from cnn_studio.camera.demo import FRAMES_PER_SCENE, DemoCamera
from cnn_studio.data.catalog import find_dataset
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.models.bundle import LITE_FILE, read_bundle
from cnn_studio.models.lite import LiteModel
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.unknown import ACCEPT, is_unknown
from cnn_studio.paths import Workspace
from cnn_studio.training.networks import network_of
from cnn_studio.training.presets import PRETRAINED
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.request import TrainingRequest
from cnn_studio.vision.images import ImageArray, encode_jpeg
from cnn_studio.vision.preparation import prepare

MARGINS = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0)
SCENES = 40


def main() -> None:
    """Record, train and ask, and print a row for each margin."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=60, help="of each class")
    parser.add_argument("--recordings", type=int, default=1, help="of each class")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--network", choices=list(NetworkKind), default="cnn", type=NetworkKind)
    options = parser.parse_args()
    found = []
    for seed in range(1, options.seeds + 1):
        camera = DemoCamera(seed=seed, paced=False)
        camera.open()
        stranger = DemoCamera.OBJECTS[seed % len(DemoCamera.OBJECTS)]
        with tempfile.TemporaryDirectory() as scratch:
            photos = Path(scratch) / "objects"
            for _recording in range(options.recordings):
                record(camera, stranger, options.frames // options.recordings, photos)
            recipe = Recipe(epochs=options.epochs, batch_size=32, seed=seed)
            if options.network is NetworkKind.PRETRAINED:
                recipe = PRETRAINED.recipe(overriding={"seed": seed})
            found.append(_judged(trained(photos, recipe), camera, stranger))
        print(f"{len(found)} of {options.seeds}: never seen {stranger}", flush=True)
    print("margin  answered  worst  refused")
    for margin, (answered, worst, refused) in zip(MARGINS, np.mean(found, axis=0), strict=True):
        print(f"{margin:6.1f}  {answered:8.3f}  {worst:5.3f}  {refused:7.3f}")


def record(camera: DemoCamera, stranger: str, frames: int, photos: Path) -> None:
    """Record each object but one once more, so many frames of it."""
    for name in DemoCamera.OBJECTS:
        if name != stranger:
            camera.show(name)
            (photos / name).mkdir(parents=True, exist_ok=True)
            session = Session.new(SessionKind.RECORDING)
            for number in range(1, frames + 1):
                jpeg = encode_jpeg(camera.read())
                (photos / name / session.file_name(number)).write_bytes(jpeg)


def trained(photos: Path, recipe: Recipe) -> Path:
    """The run of a training on photos."""
    workspace = Workspace(photos.parent)
    request = TrainingRequest(find_dataset(workspace, str(photos)), recipe, workspace.runs)
    trainer = network_of(recipe.network).trainer
    return trainer(request, lambda _event: None, threading.Event())


def _judged(run: Path, camera: DemoCamera, stranger: str) -> list[tuple[float, float, float]]:
    """Answered, answered of the worst class, and refused, for each margin."""
    bundle, model = read_bundle(run), LiteModel(run / LITE_FILE)
    if bundle.unknown is None:
        raise SystemExit("Too little was held back for a rule.")
    told = {
        name: [model.run(prepare(shown, bundle.input)) for shown in new_scenes(camera, name)]
        for name in DemoCamera.OBJECTS
    }
    rows = []
    for margin in MARGINS:
        shift = np.float32(bundle.unknown.margin - margin)
        rule = replace(bundle.unknown, levels=bundle.unknown.levels + shift, margin=margin)
        refused = {
            name: float(np.mean([is_unknown(rule.score(outputs), ACCEPT) for outputs in some]))
            for name, some in told.items()
        }
        known = [1 - share for name, share in refused.items() if name != stranger]
        rows.append((float(np.mean(known)), min(known), refused[stranger]))
    return rows


def new_scenes(camera: DemoCamera, name: str) -> Iterator[ImageArray]:
    """Frames of an object in scenes that were not recorded, two of each."""
    camera.show(name)
    for number in range(SCENES * FRAMES_PER_SCENE):
        frame = camera.read()
        if number % (FRAMES_PER_SCENE // 2) == 0:
            yield frame


if __name__ == "__main__":
    main()
