"""What a training shows beside what it reaches on series of photos that were kept back whole.

Usage: python -m tests.benchmarks.common_origin FOLDER FEATURES.npz [--learner pixels features]
       [--draws 6] [--likeness 0.8 0.85 0.9] [--a-class 0] [--series colour] [--train best]

FOLDER has a folder a class. FEATURES.npz has what the pretrained network sees in its photos: X,
(n, 1280), and names, "Class/file.jpg". (It is to read them from the cache of features, once there
is one.) What is a series is told by other clues than those of the studio: names with a running
number that less than half of a class share, else nearly one colour of the object and of what is
around it, or with --series single, no series at all. About a quarter of each class is kept back,
whole series, drawn by chance; the rest is a dataset of its own, grouped and split as it would be.

    kept     accuracy on the series kept back of a model that learned from all of the rest
    folds    accuracy of a cross-validation in five folds, and by how much it is above `kept`
    split    accuracy on the validation images of three splits, and by how much it is above `kept`
    off      the mean of how far each draw is off, whichever way
    share    the least and the greatest share of the images that validated
    grouped  the share of the images that are not alone in their group, and the largest group

The learners are logistic regression on the features, and a support vector machine on 16 x 16
pixels, which learns photos by heart about as well as the shared CNN does and takes a second. With
--train the shared CNN itself learns by a recipe, once for each draw, with features and without.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from unittest import mock

os.environ.setdefault("OMP_NUM_THREADS", "2")

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer
from sklearn.svm import SVC

from cnn_studio.data.catalog import find_dataset
from cnn_studio.data.common_origin import Directions, joined_by_links, links_in_features
from cnn_studio.data.grouping import group_files
from cnn_studio.data.image_sets import ImageSet
from cnn_studio.data.split import split_by_group
from cnn_studio.models.bundle import LITE_FILE, read_bundle
from cnn_studio.models.lite import LiteModel
from cnn_studio.paths import Workspace
from cnn_studio.training import training_data
from cnn_studio.training.label_search import dealt, loosened
from cnn_studio.training.loop import train
from cnn_studio.training.presets import find_preset
from cnn_studio.training.request import TrainingRequest
from cnn_studio.vision.images import read_image
from cnn_studio.vision.preparation import prepare

_SIDE_PX, _COLOUR_SIDE_PX, _ONE_COLOUR = 16, 48, 20.0
_KEPT_SHARE, _VALIDATION_SHARE, _SPLITS, _FOLDS = 0.25, 0.2, 3, 5

Indices = NDArray[np.int64]
Learner = Callable[[Indices, Indices], NDArray[np.int64]]
Row = tuple[float, float, float, float, float, int]


class Photos:
    """The photos of a folder that have features, what they show and what series they are of."""

    def __init__(self, folder: Path, features: Path, by_colour: bool) -> None:
        with np.load(features) as stored:
            self.names = [str(name) for name in stored["names"]]
            self.features = stored["X"].astype(np.float32)
        self.files = [folder / name for name in self.names]
        self.class_of = [name.partition("/")[0] for name in self.names]
        self.classes = sorted(set(self.class_of))
        self.labels = np.array([self.classes.index(name) for name in self.class_of], np.int64)
        images = [read_image(path) for path in self.files]
        shrunk = [_shrunk(image, _SIDE_PX) for image in images]
        self.pixels = np.array(shrunk, np.float32).reshape(len(images), -1) / 255
        self.series = list(self.names)
        if by_colour:
            colours = np.array([_colours(_shrunk(image, _COLOUR_SIDE_PX)) for image in images])
            self._find_series(colours)

    def _find_series(self, colours: NDArray[np.float32]) -> None:
        stems = [re.sub(r"\d+\.\w+$", "", name) for name in self.names]
        counts, sizes = Counter(stems), Counter(self.class_of)
        for class_name in self.classes:
            rest = []
            for place, name in enumerate(self.class_of):
                if name != class_name:
                    continue
                stem = stems[place]
                if 2 < counts[stem] <= sizes[class_name] / 2:
                    self.series[place] = stem
                else:
                    rest.append(place)
            if len(rest) > 1:
                found = fcluster(linkage(colours[rest], "complete"), _ONE_COLOUR, "distance")
                for place, number in zip(rest, found, strict=True):
                    self.series[place] = f"{class_name}, colour {number}"

    def kept_back(self, seed: int) -> Indices:
        """About a quarter of each class, whole series."""
        random = np.random.default_rng(seed)
        kept: list[int] = []
        for label in range(len(self.classes)):
            members = np.flatnonzero(self.labels == label)
            of_series: dict[str, list[int]] = {}
            for place in members:
                of_series.setdefault(self.series[place], []).append(int(place))
            every, wanted, taken = list(of_series.values()), _KEPT_SHARE * len(members), 0
            for number in random.permutation(len(every)):
                if taken < 0.9 * wanted and taken + len(every[number]) <= 1.25 * wanted:
                    kept += every[number]
                    taken += len(every[number])
        return np.array(sorted(kept), np.int64)


def _shrunk(image: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def _colours(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The colours of the rim and of what differs from it most; lightness counts half."""
    lab = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB) * np.float32([0.5, 1, 1])
    inner = np.zeros(lab.shape[:2], np.bool_)
    inner[4:-4, 4:-4] = True
    ground = np.median(lab[~inner], axis=0)
    every = lab.reshape(-1, 3)
    farthest = np.argsort(np.linalg.norm(every - ground, axis=1))[-len(every) // 20 :]
    return np.concatenate([ground, np.median(every[farthest], axis=0)])


def main() -> None:
    """Print a table for each learner, and with --train one for the shared CNN."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("features", type=Path)
    parser.add_argument("--learner", nargs="*", default=["features", "pixels"])
    parser.add_argument("--draws", type=int, default=6)
    parser.add_argument("--likeness", type=float, nargs="+", default=[0.8, 0.85, 0.9])
    parser.add_argument("--a-class", type=int, default=0, help="so many photos of each class")
    parser.add_argument("--series", choices=["colour", "single"], default="colour")
    parser.add_argument("--train", help="a recipe by which the shared CNN learns as well")
    options = parser.parse_args()
    photos = Photos(options.folder, options.features, options.series == "colour")
    with tempfile.TemporaryDirectory() as scratch:
        for name in options.learner:
            rows: dict[str, list[Row]] = {}
            for seed in range(options.draws):
                kept = photos.kept_back(seed)
                own = _limited(photos, np.setdiff1d(np.arange(len(photos.files)), kept), options)
                for way, groups in _ways(photos, own, options.likeness, Path(scratch)):
                    row = _judged(_learner(name, photos), photos, (own, kept), groups, seed)
                    rows.setdefault(way, []).append(row)
            _print(name, rows)
        if options.train:
            for seed in range(options.draws):
                _train(photos, seed, options.train, Path(scratch))


def _limited(photos: Photos, own: Indices, options: argparse.Namespace) -> Indices:
    if not options.a_class:
        return own
    random = np.random.default_rng(0)
    labels = range(len(photos.classes))
    members = [random.permutation(own[photos.labels[own] == label]) for label in labels]
    return np.sort(np.concatenate([some[: options.a_class] for some in members]))


def _ways(
    photos: Photos, own: Indices, likeness: Sequence[float], scratch: Path
) -> Iterator[tuple[str, list[str]]]:
    """Ways to group the photos of a dataset."""
    yield "at random", [photos.names[place] for place in own]
    files = [photos.files[place] for place in own]
    groups = list(group_files(files, store_path=scratch / "facts.sqlite").groups)
    yield "without features", groups
    directions = Directions(photos.features[own])
    classes = [photos.class_of[place] for place in own]
    for least in likeness:
        links = links_in_features(directions, classes, least)
        yield f"likeness {least}", joined_by_links(groups, classes, links)


def _learner(name: str, photos: Photos) -> Learner:
    def judge(learned: Indices, judged: Indices) -> NDArray[np.int64]:
        if name == "pixels":
            seen, model = photos.pixels, SVC(C=10)
        else:
            seen = photos.features
            model = make_pipeline(Normalizer(), LogisticRegression(C=30, tol=0.01))
        model.fit(seen[learned], photos.labels[learned])
        return np.asarray(model.predict(seen[judged]), np.int64)

    return judge


def _judged(
    learner: Learner, photos: Photos, parts: tuple[Indices, Indices], groups: list[str], seed: int
) -> Row:
    own, kept = parts
    labels = photos.labels[own]

    def share_right(learned: Indices, judged: Indices) -> float:
        return float((learner(learned, judged) == photos.labels[judged]).mean())

    folds = dealt(labels, loosened(groups, labels, _FOLDS), _FOLDS, seed)
    right = [
        len(fold) * share_right(np.delete(own, fold), own[fold]) for fold in folds if len(fold)
    ]
    splits = [
        split_by_group(
            labels,
            groups,
            [photos.names[place] for place in own],
            _VALIDATION_SHARE,
            100 * seed + n,
        )
        for n in range(_SPLITS)
    ]
    shown = [share_right(own[split.train], own[split.validation]) for split in splits]
    shares = [len(split.validation) / len(own) for split in splits]
    sizes = Counter(groups)
    grouped = sum(size for size in sizes.values() if size > 1) / len(own)
    figures = (share_right(own, kept), sum(right) / len(own), float(np.mean(shown)))
    return (*figures, float(np.mean(shares)), grouped, max(sizes.values()))


def _print(learner: str, rows: dict[str, list[Row]]) -> None:
    print(f"\n{learner:18} kept   folds  above   off    split  above   off    share      grouped")
    for way, found in rows.items():
        table = np.array(found)
        kept, folds, split, shares, grouped, largest = table.T
        told = "  ".join(
            f"{figure.mean():.3f}  {(figure - kept).mean():+.3f}  {abs(figure - kept).mean():.3f}"
            for figure in (folds, split)
        )
        print(
            f"{way:18} {kept.mean():.3f}  {told}  {shares.min():.2f}-{shares.max():.2f}  "
            f"{grouped.mean():.2f}, {largest.max():.0f}",
            flush=True,
        )


def _train(photos: Photos, seed: int, recipe: str, scratch: Path) -> None:
    """Let the shared CNN learn, and print what it shows and what it reaches on what was kept."""
    kept = photos.kept_back(seed)
    folder = scratch / "photos"
    shutil.rmtree(folder, ignore_errors=True)
    for place in np.setdiff1d(np.arange(len(photos.files)), kept):
        copy = folder / photos.names[place]
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(photos.files[place], copy)
    features_of = dict(zip(photos.names, photos.features, strict=True))

    def known(images: ImageSet, sources: Indices, *_more: object) -> NDArray[np.float32]:
        return np.array([features_of[images.names[int(source)]] for source in sources])

    for way, found in (("without features", lambda *_of: None), ("with features", known)):
        workspace = Workspace(scratch)
        dataset = find_dataset(workspace, str(folder))
        chosen = find_preset(workspace, recipe).recipe(overriding={"seed": seed})
        request = TrainingRequest(dataset, chosen, workspace.runs)
        with mock.patch.object(training_data, "_features", found):
            run = train(request, lambda _event: None, threading.Event())
        bundle, model = read_bundle(run), LiteModel(run / LITE_FILE)
        answers = [
            model.run(prepare(read_image(photos.files[place]), bundle.input)).probabilities
            for place in kept
        ]
        right = [
            bundle.classes[int(answer.argmax())] == photos.class_of[place]
            for place, answer in zip(kept, answers, strict=True)
        ]
        shown = bundle.validation.accuracy if bundle.validation else float("nan")
        reached = float(np.mean(right))
        print(
            f"{recipe}, draw {seed}, {way:18} shown {shown:.3f}  kept {reached:.3f}  "
            f"above {shown - reached:+.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
