"""What "Sort these for me" promises and keeps: how many are taken as sure, and how many wrong.

Usage: python -m tests.benchmarks.sorting FOLDER [--photos 10] [--seeds 5] [--caution 1 2 3]

The photos of a folder of class folders are dealt into five folds, as the studio deals them: what
belongs together is in one. The photos of each fold in turn are sorted by what was learned from so
many photos of each class, taken at random from the other folds; all five together are one round.

    promised  the share of wrong ones that is allowed
    share     of the photos that are taken as sure
    said      the share of them that is said to be wrong
    true      the share of them that is wrong, of all rounds; the worst round; the worst fold
    unknown   the share of the photos that is taken for none of the classes
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.catalog import find_dataset
from cnn_studio.data.image_sets import open_images
from cnn_studio.instant import sorting
from cnn_studio.instant.feature_table import FeatureTable
from cnn_studio.instant.instant_model import InstantModel
from cnn_studio.instant.learner import Learner
from cnn_studio.instant.sorting import Sorting
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.unknown import unit_length
from cnn_studio.paths import Workspace
from cnn_studio.pretrained.image_features import FeatureReader
from cnn_studio.training.cross_validation import deal
from cnn_studio.training.networks import network_of

SHARE = 0.2
PROMISES = (0.005, 0.01, 0.02, 0.05, 0.1)


@dataclass(frozen=True)
class Photos:
    """Labelled photos, dealt into folds."""

    classes: tuple[str, ...]
    names: tuple[str, ...]
    labels: NDArray[np.int64]
    units: NDArray[np.float32]
    folds: NDArray[np.int64]

    def learned(self, places: Sequence[int]) -> InstantModel:
        """What is learned from some of them."""
        table, learner = FeatureTable(), Learner()
        table.keep([self.names[n] for n in places], [(0, 0)] * len(places), self.units[places])
        learner.take(table.take_changes(), table.features_of)
        learner.judge(table.view())
        model = learner.fit()
        if model is None:
            raise SystemExit("Two classes need three photos each.")
        return model

    def sortings(self, photos: int, seed: int) -> Iterator[tuple[Sorting, NDArray[np.bool_]]]:
        """The photos of each fold, sorted, and whether the class proposed for each is right."""
        for fold in np.unique(self.folds):
            random = np.random.default_rng((seed, int(fold)))
            learned: list[int] = []
            for label in range(len(self.classes)):
                own = np.flatnonzero((self.labels == label) & (self.folds != fold))
                learned += random.permutation(own)[:photos].tolist()
            model = self.learned(learned)
            some = np.flatnonzero(self.folds == fold)
            units = self.units[some]
            found = Sorting(
                model.classes,
                tuple(Path(self.names[n]) for n in some),
                units,
                model.probabilities(units),
                model.scores(units),
                model.images,
            )
            given = np.array([found.class_of(n) for n in range(len(found))])
            yield found, given == np.array(self.classes)[self.labels[some]]


def main() -> None:
    """Sort photos whose classes are known, and print what was promised and kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=int, nargs="+", default=[10], help="labelled, of a class")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--most", type=int, default=1000, help="photos that are sorted in a round")
    parser.add_argument("--caution", type=float, nargs="+", default=[sorting.CAUTION])
    options = parser.parse_args()
    photos = _read(options.folder, options.most)
    print(f"{len(photos.names):,} photos, {len(photos.classes)} classes")
    for count in options.photos:
        rounds = [list(photos.sortings(count, seed)) for seed in range(options.seeds)]
        unknown = np.mean([found.unknown.mean() for folds in rounds for found, _right in folds])
        accuracy = np.mean([right.mean() for folds in rounds for _found, right in folds])
        print(f"\n{count} labelled a class: accuracy {accuracy:.3f}, unknown {unknown:.3f}")
        print("caution  promised  share  said    true    worst round  worst fold")
        for caution in options.caution:
            for promised in PROMISES:
                print(f"{caution:7.2f}  {promised:8.3f}  {_row(rounds, promised, caution)}")


def _read(folder: Path, most: int) -> Photos:
    """All photos of a folder, at random at most so many."""
    with tempfile.TemporaryDirectory() as scratch:
        dataset = find_dataset(Workspace(Path(scratch)), str(folder.absolute()))
        images = open_images(dataset)
        if images is None:
            raise SystemExit(f"{folder} has no images.")
        spec = network_of(NetworkKind.PRETRAINED).input_of(dataset.card.input, None)
        every = np.arange(len(images), dtype=np.int64)
        seen = FeatureReader(spec).read(images, every)
        if seen is None or len(seen) < len(images):
            raise SystemExit("A photo cannot be read.")
        groups = images.group(every, features=lambda: seen.features).groups
    folds = deal(images.labels, groups, images.classes, SHARE, 1).of
    some = np.sort(np.random.default_rng(0).permutation(every)[:most])
    return Photos(
        images.classes,
        tuple(images.names[n] for n in some),
        images.labels[some],
        unit_length(seen.features[some]),
        folds[some],
    )


def _row(
    rounds: Sequence[Sequence[tuple[Sorting, NDArray[np.bool_]]]], promised: float, caution: float
) -> str:
    count, taken, said, wrong = 0, 0, 0.0, 0
    of_rounds, of_folds = [], []
    for folds in rounds:
        taken_now = wrong_now = 0
        for found, right in folds:
            # Twice the caution takes what half the promise does.
            scaled = min(promised * sorting.CAUTION / caution, 1.0)
            sure = found.sure(scaled)
            amiss = int((~right[sure]).sum())
            of_folds.append(amiss / max(len(sure), 1))
            said += found.taking(scaled).wrong * caution / sorting.CAUTION
            taken_now += len(sure)
            wrong_now += amiss
            count += len(right)
        of_rounds.append(wrong_now / max(taken_now, 1))
        taken, wrong = taken + taken_now, wrong + wrong_now
    taken = max(taken, 1)
    return (
        f"{taken / count:.3f}  {said / taken:.4f}  {wrong / taken:.4f}  "
        f"{max(of_rounds):11.4f}  {max(of_folds):10.4f}"
    )


if __name__ == "__main__":
    main()
