"""How well an image that shows none of the classes is told from a new image of one of them.

Usage: python -m tests.benchmarks.unknown OBJECTS [--fashion FOLDER --satellite FOLDER]

OBJECTS has a folder of photos for each class. For each class in turn a network learns the others,
and is then asked about photos of those that were kept aside, and about all photos of the one that
it has never seen. With the other two folders a network for Fashion-MNIST is asked about its test
part, and about satellite photos in grey. Several scores are compared on the same networks:

    AUROC     the chance that a known photo is more familiar than an unknown one
    accuracy  on the known photos that are answered, when 95 % of those held back in training are
    answered  the share of the known photos that is then answered
    refused   the share of the unknown photos that is then called unknown

The studio's own score is the last one. With `--network pretrained` the pretrained network learns
the same photos, and the studio's own score of it is printed beside its highest probability.
"""

from __future__ import annotations

import argparse
import math
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from cnn_studio.data.catalog import Dataset, find_dataset
from cnn_studio.data.image_sets import Part, open_images
from cnn_studio.data.split import split_by_group
from cnn_studio.models.bundle import KERAS_FILE, LITE_FILE, read_bundle
from cnn_studio.models.lite import LiteModel, LiteOutputs
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.runs import open_run, split_names
from cnn_studio.models.unknown import UnknownRule
from cnn_studio.paths import Workspace
from cnn_studio.training.networks import network_of
from cnn_studio.training.presets import PRETRAINED
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.request import TrainingRequest
from cnn_studio.vision.images import ImageArray, is_image_name, read_image
from cnn_studio.vision.preparation import InputSpec, prepare
from tests.benchmarks.unknown_scores import SCORES, Case, Score, Told

ANSWERED = 0.95
TEST_SHARE = 0.25
FASHION_STEP = 5  # every fifth picture of its test part is asked about

Images = list[tuple[int, ImageArray]]  # class and what the network sees


def objects_cases(photos: Path, size: int, epochs: int) -> Iterator[tuple[str, Case]]:
    """A network for each class of a folder that has not seen that class."""
    for stranger in sorted(folder.name for folder in photos.iterdir() if folder.is_dir()):
        with tempfile.TemporaryDirectory() as scratch:
            learned = Path(scratch) / "learned"
            fresh = _copied_without(photos, stranger, learned)
            recipe = Recipe(epochs=epochs, batch_size=32, image_size=size)
            run = _trained(learned, recipe, Path(scratch))
            spec = read_bundle(run).input
            known = [(label, prepare(read_image(path), spec)) for label, path in fresh]
            yield stranger, _case(run, learned, known, _strangers(photos / stranger, spec))


def fashion_case(fashion: Path, satellite: Path, epochs: int) -> tuple[str, Case]:
    """A network for Fashion-MNIST, asked about satellite photos in grey."""
    with tempfile.TemporaryDirectory() as scratch:
        run = _trained(fashion, Recipe(epochs=epochs, limit=12_000), Path(scratch))
        spec = read_bundle(run).input
        test = open_images(_dataset(fashion), Part.TEST)
        if test is None:
            raise SystemExit(f"{fashion} has no test part.")
        places = range(0, len(test), FASHION_STEP)
        known = [(int(test.labels[p]), prepare(test.read(p), spec)) for p in places]
        return "satellite", _case(run, fashion, known, _strangers(satellite, spec))


def _copied_without(photos: Path, stranger: str, target: Path) -> list[tuple[int, Path]]:
    """Copy the photos to learn from; class and place of those that are kept to ask about."""
    images = open_images(_dataset(photos))
    if images is None:
        raise SystemExit(f"{photos} has no images.")
    groups = images.group(np.arange(len(images), dtype=np.int64)).groups
    split = split_by_group(images.labels, groups, images.names, TEST_SHARE, seed=1)
    for name in (Path(images.names[place]) for place in split.train):
        if name.parent.name != stranger:
            (target / name.parent).mkdir(parents=True, exist_ok=True)
            shutil.copy(photos / name, target / name)
    classes = sorted(folder.name for folder in target.iterdir())
    kept = [Path(images.names[place]) for place in split.validation]
    return [
        (classes.index(name.parent.name), photos / name)
        for name in kept
        if name.parent.name != stranger
    ]


def _trained(folder: Path, recipe: Recipe, scratch: Path) -> Path:
    request = TrainingRequest(_dataset(folder), recipe, Workspace(scratch).runs)
    trainer = network_of(recipe.network).trainer
    return trainer(request, lambda _event: None, threading.Event())


def _strangers(folder: Path, spec: InputSpec) -> Images:
    paths = sorted(path for path in folder.rglob("*") if is_image_name(path))
    return [(-1, prepare(read_image(path), spec)) for path in paths]


def _dataset(folder: Path) -> Dataset:
    return find_dataset(Workspace(folder / "nowhere"), str(folder))


def _case(run_folder: Path, learned: Path, known: Images, unknown: Images) -> Case:
    run, model = open_run(run_folder), LiteModel(run_folder / LITE_FILE)
    images = open_images(_dataset(learned))
    if images is None or run.bundle is None:
        raise SystemExit(f"{learned} cannot be learned from.")
    sides = []
    for side in ("train", "validation"):
        names = split_names(run, side)
        places = [place for place, name in enumerate(images.names) if name in names]
        spec = run.bundle.input
        sides.append([(int(images.labels[p]), prepare(images.read(p), spec)) for p in places])
    from cnn_studio.models.tensorflow import keras

    last = keras.models.load_model(run_folder / KERAS_FILE).get_layer("probabilities")
    weights, bias = last.get_weights()
    train_told, validation = (_told(model, side) for side in sides)
    return Case(train_told, validation, _told(model, known), _told(model, unknown), weights, bias)


def _told(model: LiteModel, images: Images) -> Told:
    probabilities, features, filter_means = [], [], []
    for _label, prepared in images:
        outputs = model.run(prepared)
        if outputs.features is None or outputs.activations is None:
            raise SystemExit("The model must tell features and activations.")
        probabilities.append(outputs.probabilities)
        features.append(outputs.features)
        filter_means.append(outputs.activations.mean(axis=(0, 1)))
    labels = np.array([label for label, _prepared in images], np.int64)
    return Told(labels, np.stack(probabilities), np.stack(features), np.stack(filter_means))


def _judged(score: Score, case: Case) -> tuple[float, float, float, float]:
    """AUROC, accuracy, share answered and share refused."""
    usual, known, unknown = (score(told) for told in (case.validation, case.known, case.unknown))
    truth = np.repeat([1, 0], [len(known), len(unknown)])
    threshold = np.sort(usual)[math.ceil((1 - ANSWERED) * len(usual) - 1e-9) - 1]
    answered = known > threshold
    right = case.known.probabilities.argmax(axis=1) == case.known.labels
    return (
        float(roc_auc_score(truth, np.concatenate([known, unknown]))),
        float(right[answered].mean()),
        float(answered.mean()),
        float((unknown <= threshold).mean()),
    )


def main() -> None:
    """Train, ask, and print how each score does."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("objects", type=Path)
    parser.add_argument("--fashion", type=Path)
    parser.add_argument("--satellite", type=Path)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--network", choices=list(NetworkKind), default="cnn", type=NetworkKind)
    options = parser.parse_args()
    if options.network is NetworkKind.PRETRAINED:
        _tell_pretrained(options.objects)
        return
    found = []
    for name, case in objects_cases(options.objects, options.size, options.epochs):
        found.append(_tell(f"never seen: {name}", case))
    rows = np.mean(found, axis=0)
    print(f"mean of {len(found)}")
    _print_rows(rows)
    if options.fashion and options.satellite:
        name, case = fashion_case(options.fashion, options.satellite, options.epochs)
        _tell(f"Fashion-MNIST, asked about {name} photos in grey", case)


def _tell_pretrained(photos: Path) -> None:
    """Learn the others of each class with the pretrained network, and print how it does."""
    rows = []
    print("never seen    AUROC  accuracy  answered  refused  highest probability's AUROC")
    for stranger in sorted(folder.name for folder in photos.iterdir() if folder.is_dir()):
        with tempfile.TemporaryDirectory() as scratch:
            learned = Path(scratch) / "learned"
            fresh = _copied_without(photos, stranger, learned)
            run = _trained(learned, PRETRAINED.recipe(), Path(scratch))
            bundle, model = read_bundle(run), LiteModel(run / LITE_FILE)
            rule, spec = bundle.unknown, bundle.input
            if rule is None:
                raise SystemExit("Too little was held back for a rule.")
            known = [(label, prepare(read_image(path), spec)) for label, path in fresh]
            sides = known, _strangers(photos / stranger, spec)
            given = [[model.run(prepared) for _label, prepared in side] for side in sides]
        familiar = [np.array([_familiarity(rule, one) for one in side]) for side in given]
        answered = familiar[0] > rule.threshold(ANSWERED)
        named = np.array([one.probabilities.argmax() for one in given[0]])
        right = named == np.array([label for label, _prepared in known])
        highest = [[float(one.probabilities.max()) for one in side] for side in given]
        truth = np.repeat([1, 0], [len(side) for side in given])
        rows.append(
            (
                float(roc_auc_score(truth, np.concatenate(familiar))),
                float(right[answered].mean()),
                float(answered.mean()),
                float((familiar[1] <= rule.threshold(ANSWERED)).mean()),
                float(roc_auc_score(truth, np.concatenate(highest))),
            )
        )
        print(f"{stranger:12}  " + "     ".join(f"{figure:.3f}" for figure in rows[-1]), flush=True)
    print("mean          " + "     ".join(f"{figure:.3f}" for figure in np.mean(rows, axis=0)))


def _familiarity(rule: UnknownRule, outputs: LiteOutputs) -> float:
    if outputs.features is None or outputs.activations is None:
        raise SystemExit("The model must tell features and activations.")
    description = rule.describe(outputs.features, outputs.activations)
    if description is None:
        raise SystemExit("The rule is of another network.")
    return float(rule.familiarity(outputs.probabilities, description))


def _tell(title: str, case: Case) -> list[tuple[float, float, float, float]]:
    right = case.known.probabilities.argmax(axis=1) == case.known.labels
    counts = [len(told.labels) for told in (case.train, case.validation, case.known, case.unknown)]
    print(
        f"{title} (learned {counts[0]}, held back {counts[1]}, known {counts[2]}, "
        f"unknown {counts[3]}; accuracy if all are answered {right.mean():.3f})"
    )
    rows = [_judged(make(case), case) for make in SCORES]
    _print_rows(rows)
    return rows


def _print_rows(rows: Any) -> None:
    print(f"  {'':26} AUROC  accuracy  answered  refused")
    for make, (area, accuracy, answered, refused) in zip(SCORES, rows, strict=True):
        name = make.__name__.replace("_", " ")
        print(f"  {name:26} {area:.3f}     {accuracy:.3f}     {answered:.3f}    {refused:.3f}")


if __name__ == "__main__":
    main()
