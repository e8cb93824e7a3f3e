"""What adapting the backbone's last blocks brings, beside its frozen features.

Usage: python -m tests.benchmarks.fine_tuning FOLDER [--blocks 1] [--epochs 10] [--size 160]

The photos of a folder of class folders, or those of Fashion-MNIST with `--limit`, are dealt into
five folds as the studio deals them. Each is kept back in turn. A linear layer learns the frozen
features of the others as in a training; then the same network goes on with its last blocks, from
that layer and at a low rate, by Adam with a cosine. Printed are both accuracies on the fold.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.catalog import find_dataset
from cnn_studio.data.image_sets import ImageSet, open_images
from cnn_studio.exporting.run_networks import LAST_PICTURE, pretrained_network
from cnn_studio.models.tensorflow import keras
from cnn_studio.paths import Workspace
from cnn_studio.pretrained.efficientnet_lite import LinearLayer
from cnn_studio.pretrained.image_features import FeatureReader
from cnn_studio.training.cross_validation import CrossValidation, Folds, deal
from cnn_studio.training.linear_layer import one_thread
from cnn_studio.training.selection import select_evenly
from cnn_studio.vision.preparation import InputSpec, prepare

BLOCKS = 16
BATCH = 32


def main() -> None:
    """Learn both ways, fold by fold, and print what each reaches."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--blocks", type=int, default=1, help="how many are adapted, with the head")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--folds", type=int, default=2)
    parser.add_argument("--size", type=int, default=160)
    parser.add_argument("--limit", type=int, default=None)
    options = parser.parse_args()
    dataset = find_dataset(Workspace(options.folder.parent), str(options.folder.absolute()))
    images = open_images(dataset)
    if images is None:
        raise SystemExit(f"{options.folder} has no images.")
    spec = InputSpec(options.size, dataset.card.input.channels, dataset.card.input.fit)
    chosen = select_evenly(images.labels, options.limit, 1)
    found = FeatureReader(spec).read(images, chosen)
    if found is None:
        raise SystemExit("It was ended.")
    groups = images.group(found.sources, features=lambda: found.features).groups
    folds = deal(found.labels, groups, images.classes, 0.2, 1)
    cut = _cut(spec, len(images.classes), options.blocks)
    print("before the blocks:", cut.output.shape[1:])
    pictures = _before(images, found.sources, spec, cut)
    for fold in range(options.folds):
        kept = folds.of == fold
        layer, frozen = _frozen(found.features, found.labels, len(images.classes), kept)
        begun_s = time.monotonic()
        adapted = _adapted(pictures, found.labels, kept, layer, spec, options)
        took = f"{time.monotonic() - begun_s:.0f} s"
        print(f"fold {fold}: frozen {frozen:.4f}, adapted {adapted:.4f}, {took}", flush=True)


def _frozen(
    features: NDArray[np.float32], labels: NDArray[np.int64], classes: int, kept: NDArray[np.bool_]
) -> tuple[LinearLayer, float]:
    others = np.flatnonzero(~kept)
    with one_thread():
        nobody = Folds(np.zeros(len(others), np.int64), 0)
        layers = CrossValidation(features[others], labels[others], classes, nobody)
        layers.learn(30, lambda *_said: True)
    layer = layers.layer()
    logits = features[kept] @ layer.weights.T + layer.bias
    return layer, float((logits.argmax(axis=1) == labels[kept]).mean())


def _cut(spec: InputSpec, classes: int, blocks: int) -> Any:
    """The network up to its last blocks."""
    nothing = LinearLayer(np.zeros((classes, 1280), np.float32), np.zeros(classes, np.float32))
    network = pretrained_network(spec, nothing)
    return keras.Model(network.inputs[0], network.get_layer(_last_kept(network, blocks)).output)


def _last_kept(network: Any, blocks: int) -> str:
    name = f"block_{BLOCKS - blocks - 1:02d}_project"
    names = [layer.name for layer in network.layers]
    return f"{name}_sum" if f"{name}_sum" in names else name


def _before(
    images: ImageSet, sources: NDArray[np.int64], spec: InputSpec, cut: Any
) -> NDArray[np.float32]:
    parts = []
    for start in range(0, len(sources), BATCH):
        some = sources[start : start + BATCH]
        pixels = np.stack([prepare(images.read(int(place)), spec) for place in some])
        parts.append(cut(pixels.astype(np.float32), training=False).numpy())
    return np.concatenate(parts)


def _adapted(
    pictures: NDArray[np.float32],
    labels: NDArray[np.int64],
    kept: NDArray[np.bool_],
    layer: LinearLayer,
    spec: InputSpec,
    options: argparse.Namespace,
) -> float:
    """The accuracy on what is kept back once the last blocks have learned on."""
    keras.utils.set_random_seed(1)
    network = pretrained_network(spec, layer)
    start = network.get_layer(_last_kept(network, options.blocks)).output
    tail = keras.Model(start, network.outputs[0])
    steps = -(-int((~kept).sum()) // BATCH) * options.epochs
    rate = keras.optimizers.schedules.CosineDecay(options.rate, steps)
    tail.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    if not any(one.name == LAST_PICTURE for one in tail.layers):
        raise SystemExit("The head is not among what learns.")
    tail.fit(pictures[~kept], labels[~kept], BATCH, options.epochs, verbose=0)
    given = tail.predict(pictures[kept], BATCH, verbose=0)
    return float((given.argmax(axis=1) == labels[kept]).mean())


if __name__ == "__main__":
    main()
