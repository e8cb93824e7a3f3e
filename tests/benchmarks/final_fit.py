"""What learning from all images in the end brings to new pictures, and the time that it adds.

Usage: python -m tests.benchmarks.final_fit [--recordings 1 2 3] [--frames 60] [--seeds 10]

The demo camera shows four of its objects in so many recordings of each, and two networks learn them
with one seed, without the final fit and with it. Both are then asked about forty new scenes of each
object, and of the fifth, which they have never seen.

    right    the share of the new pictures of known objects whose class is named rightly
    worst    the same for the class that fares worst
    live     the share that is named rightly and not called unknown
    unknown  the share of them that is called unknown, where 5 % of what was held back is
    refused  the share of the pictures of the fifth object that is called unknown
    seconds  the whole training, without TensorFlow's start
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from cnn_studio.camera.demo import DemoCamera
from cnn_studio.models.bundle import LITE_FILE, Bundle, read_bundle
from cnn_studio.models.lite import LiteModel
from cnn_studio.models.unknown import ACCEPT, is_unknown
from cnn_studio.training.recipe import Recipe, suggested_batch_size
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import prepare
from tests.benchmarks.one_recording import new_scenes, record, trained

Row = tuple[float, float, float, float, float, float]
_COLUMNS = ("right", "worst", "live", "unknown", "refused", "seconds")


def main() -> None:
    """Record, train twice, ask both, and print the means for each number of recordings."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recordings", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--frames", type=int, default=60, help="of each class, in all recordings")
    parser.add_argument("--seeds", type=int, default=10)
    options = parser.parse_args()
    print("recordings  final fit  " + "  ".join(f"{name:>7}" for name in _COLUMNS), flush=True)
    for recordings in options.recordings:
        found = [
            _judged_twice(seed, recordings, options.frames) for seed in range(1, options.seeds + 1)
        ]
        for place, words in enumerate(("no", "yes")):
            means = np.mean([rows[place] for rows in found], axis=0)
            figures = "  ".join(f"{mean:7.3f}" for mean in means)
            print(f"{recordings:10}  {words:>9}  {figures}", flush=True)


def _judged_twice(seed: int, recordings: int, frames: int) -> tuple[Row, Row]:
    camera = DemoCamera(seed=seed, paced=False)
    camera.open()
    stranger = DemoCamera.OBJECTS[seed % len(DemoCamera.OBJECTS)]
    with tempfile.TemporaryDirectory() as scratch:
        photos = Path(scratch) / "objects"
        for _recording in range(recordings):
            record(camera, stranger, frames // recordings, photos)
        shown = {name: list(new_scenes(camera, name)) for name in DemoCamera.OBJECTS}
        learned = round(0.8 * frames * (len(DemoCamera.OBJECTS) - 1))
        recipe = Recipe(batch_size=suggested_batch_size(learned), seed=seed)
        without, with_it = (
            _judged(trained(photos, replace(recipe, final_fit=is_on)), shown, stranger)
            for is_on in (False, True)
        )
    return without, with_it


def _judged(run: Path, shown: dict[str, list[ImageArray]], stranger: str) -> Row:
    bundle, model = read_bundle(run), LiteModel(run / LITE_FILE)
    right, live, unknown, refused = [], [], [], 0.0
    for name, frames in shown.items():
        is_named, is_refused = _asked(bundle, model, name, frames)
        if name == stranger:
            refused = float(is_refused.mean())
        else:
            right.append(is_named.mean())
            live.append((is_named & ~is_refused).mean())
            unknown.append(is_refused.mean())
    means = (float(np.mean(some)) for some in (live, unknown))
    return (float(np.mean(right)), float(min(right)), *means, refused, bundle.seconds)


def _asked(
    bundle: Bundle, model: LiteModel, name: str, frames: Sequence[ImageArray]
) -> tuple[np.ndarray, np.ndarray]:
    """Whether each frame is named rightly, and whether it is called unknown, two of (n,), bool."""
    if bundle.unknown is None:
        raise SystemExit("Too little was held back for a rule.")
    named, refused = [], []
    for frame in frames:
        outputs = model.run(prepare(frame, bundle.input))
        named.append(bundle.classes[int(outputs.probabilities.argmax())] == name)
        refused.append(is_unknown(bundle.unknown.score(outputs), ACCEPT))
    return np.array(named), np.array(refused)


if __name__ == "__main__":
    main()
