"""How right the answers without a training are, beside those of the trained linear layer.

Usage: python -m tests.benchmarks.instant FOLDER [--photos 3 5 10 30 0] [--seeds 3]

The photos of a folder of class folders are dealt into five folds, as the studio deals them. Each
fold is kept back in turn, and of the others so many photos of each class are taken at random, 0 for
all. The strip's statistics and the linear layer learn from the same, and are asked about the same
kept-back ones.

    instant, linear  accuracy on all photos kept back
    error            expected calibration error of the strip's probabilities
    auroc            how well the strip tells photos of a class that was left out from the others
    refused          of photos of such a class, the share that is called unknown
    answered         of photos of the classes that were learned, the share that is not
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from cnn_studio.data.catalog import find_dataset
from cnn_studio.data.image_sets import open_images
from cnn_studio.instant.feature_table import FeatureTable
from cnn_studio.instant.instant_model import InstantModel
from cnn_studio.instant.learner import Learner
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.reliability import reliability
from cnn_studio.models.unknown import unit_length
from cnn_studio.paths import Workspace
from cnn_studio.pretrained.image_features import FeatureReader
from cnn_studio.training.cross_validation import CrossValidation, deal
from cnn_studio.training.linear_layer import one_thread, probabilities_of
from cnn_studio.training.networks import network_of

Indices = NDArray[np.int64]
_SHARE, _ITERATIONS = 0.2, 60


def main() -> None:
    """Learn from parts of a folder, and print how right it is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=int, nargs="+", default=[3, 5, 10, 30, 0])
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, one_thread():
        dataset = find_dataset(Workspace(Path(scratch)), str(options.folder.absolute()))
        images = open_images(dataset)
        if images is None:
            raise SystemExit(f"{options.folder} has no images.")
        spec = network_of(NetworkKind.PRETRAINED).input_of(dataset.card.input, None)
        seen = FeatureReader(spec).read(images, np.arange(len(images), dtype=np.int64))
        if seen is None:
            raise SystemExit("It was cancelled.")
        groups = images.group(seen.sources, features=lambda: seen.features).groups
        folds = deal(seen.labels, groups, images.classes, _SHARE, 1).of
        print(f"{len(seen):,} photos, {len(images.classes)} classes")
        print("photos  instant  linear  error  auroc  refused  answered")
        for photos in options.photos:
            found: defaultdict[str, list[float]] = defaultdict(list)
            for seed in range(options.seeds if photos else 1):
                for fold in range(int(folds.max()) + 1):
                    learned = _taken(seen.labels, folds != fold, photos, seed)
                    _try(found, seen.features, seen.labels, learned, np.flatnonzero(folds == fold))
            row = "  ".join(f"{np.mean(found[name]):.3f}" for name in found)
            print(f"{photos or 'all':>6}  {row}", flush=True)


def _taken(labels: Indices, is_learned: NDArray[np.bool_], photos: int, seed: int) -> Indices:
    random = np.random.default_rng(seed)
    own = [
        random.permutation(np.flatnonzero((labels == label) & is_learned))[: photos or None]
        for label in np.unique(labels)
    ]
    return np.concatenate(own)


def _try(
    found: dict[str, list[float]],
    features: NDArray[np.float32],
    labels: Indices,
    learned: Indices,
    kept: Indices,
) -> None:
    units, true = unit_length(features), labels[kept]
    model = learn(units[learned], labels[learned])
    given = model.probabilities(units[kept])
    found["instant"].append(float((given.argmax(axis=1) == true).mean()))
    found["linear"].append(_linear(features, labels, learned, kept))
    found["error"].append(reliability(true, given).ece)
    for label in np.unique(labels):
        others = learned[labels[learned] != label]
        partial = learn(units[others], labels[others])
        scores, is_stranger = partial.scores(units[kept]), true == label
        if scores is None or not is_stranger.any():
            continue
        found["auroc"].append(float(roc_auc_score(~is_stranger, scores)))
        unknown = partial.unknowns(units[kept])
        found["refused"].append(float(unknown[is_stranger].mean()))
        found["answered"].append(float(1 - unknown[~is_stranger].mean()))


def learn(units: NDArray[np.float32], labels: Indices) -> InstantModel:
    """What the strip knows after these images."""
    table, learner = FeatureTable(), Learner()
    names = [f"{label:03d}/{place:06d}.jpg" for place, label in enumerate(labels)]
    table.keep(names, [(0, 0)] * len(names), units)
    learner.take(table.take_changes(), table.features_of)
    learner.judge(table.view())
    model = learner.fit()
    if model is None:
        raise SystemExit("Two classes with three photos are needed.")
    return model


def _linear(
    features: NDArray[np.float32], labels: Indices, learned: Indices, kept: Indices
) -> float:
    classes = int(labels.max()) + 1
    folds = deal(labels[learned], [str(place) for place in learned], [""] * classes, _SHARE, 1)
    layers = CrossValidation(features[learned], labels[learned], classes, folds)
    layers.choose(lambda: True)
    layers.learn(_ITERATIONS, lambda *_given: True)
    layer = layers.layer()
    given = probabilities_of(features[kept] @ layer.weights.T + layer.bias)
    return float((given.argmax(axis=1) == labels[kept]).mean())


if __name__ == "__main__":
    main()
