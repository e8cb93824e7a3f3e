"""Trains a dataset by several recipes and seeds, and prints what each comes to on average.

    .venv/bin/python tests/benchmarks/recipes.py WORKSPACE DATASET [--recipes classic best]

Every training is a run of the workspace. A recipe is chosen by its validation accuracy; the test
accuracy is for the one that was chosen. Other options go to `cnn-studio train`.

With `--kept-back 0.2` a fifth of a dataset of class folders is put aside first, another one for
each seed, with recordings and near duplicates on one side. The training, in a temporary workspace,
never sees it, and no epoch is chosen by it; the model that is handed over, after its final fit, is
asked about it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from cnn_studio.data.cards import CARD_NAME, Storage
from cnn_studio.data.catalog import find_dataset
from cnn_studio.data.image_sets import open_images
from cnn_studio.data.split import split_by_group
from cnn_studio.models.bundle import Bundle, read_bundle
from cnn_studio.paths import Workspace


def main() -> None:
    """Train one after the other, and print a row for each recipe."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("dataset")
    parser.add_argument("--recipes", nargs="+", default=["classic", "best"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--kept-back", type=float, default=0.0, metavar="SHARE")
    options, more = parser.parse_known_args()
    head = "".join(f"{part:>28}" for part in ("validation", "test", "kept back"))
    print(f"{'recipe':<28}{head}{'calibration error':>20}{'minutes':>9}", flush=True)
    for recipe in options.recipes:
        with tempfile.TemporaryDirectory() as scratch:
            ends = [
                _train_without(options, recipe, seed, more, Path(scratch) / str(seed))
                if options.kept_back
                else _train(options.workspace, options.dataset, recipe, seed, more)
                for seed in options.seeds
            ]
            error = _calibration_error([read_bundle(Path(end["run"])) for end in ends])
        figures = "".join(
            f"{_told([end.get(part) for end in ends]):>28}"
            for part in ("val_accuracy", "test_accuracy", "kept_back")
        )
        minutes = sum(end["seconds"] for end in ends) / 60
        print(f"{Path(recipe).stem:<28}{figures}{error:>20}{minutes:>9.1f}", flush=True)


def _train(
    workspace: Path, dataset: str, recipe: str, seed: int, more: list[str]
) -> dict[str, Any]:
    options = ("--recipe", recipe, "--seed", str(seed))
    return _last_line(workspace, "train", dataset, *options, *more)


def _train_without(
    options: argparse.Namespace, recipe: str, seed: int, more: list[str], scratch: Path
) -> dict[str, Any]:
    """Train without a part of the images, and ask the model about these."""
    dataset = find_dataset(Workspace(options.workspace), options.dataset)
    images = open_images(dataset)
    if images is None or dataset.card.storage is not Storage.FOLDERS:
        raise SystemExit("Only images of class folders can be put aside.")
    groups = images.group(np.arange(len(images))).groups
    split = split_by_group(images.labels, groups, images.names, options.kept_back, seed)
    aside = scratch / "aside"
    for place, part in (
        (scratch / "datasets" / dataset.name, split.train),
        (aside, split.validation),
    ):
        place.mkdir(parents=True)
        shutil.copy2(dataset.folder / CARD_NAME, place)
        for name in (images.names[index] for index in part):
            (place / name).parent.mkdir(exist_ok=True)
            shutil.copy2(dataset.folder / name, place / name)
    end = _train(scratch, dataset.name, recipe, seed, more)
    asked = _last_line(scratch, "evaluate", end["run"], str(aside), "--part", "all")
    return {**end, "kept_back": asked["accuracy"]}


def _last_line(workspace: Path, *arguments: str) -> dict[str, Any]:
    """Run the studio's command, and read the last line of what it says as JSON."""
    command = [sys.executable, "-m", "cnn_studio", "--workspace", str(workspace), *arguments]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)}: {done.stderr}")
    end: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return end


def _calibration_error(bundles: list[Bundle]) -> str:
    """The mean expected calibration error on the images held back, without and with temperature."""
    found = [bundle.calibration for bundle in bundles if bundle.calibration is not None]
    if not found:
        return "-"
    before, after = (
        100 * np.mean([getattr(calibration, name) for calibration in found])
        for name in ("ece_before", "ece_after")
    )
    return f"{before:.1f} -> {after:.1f} %"


def _told(values: list[float | None]) -> str:
    """The mean and all values, where they were measured."""
    known = [value for value in values if value is not None]
    if not known:
        return "-"
    each = " ".join(f"{100 * value:.2f}" for value in known)
    return f"{100 * np.mean(known):.2f} ({each})" if len(known) > 1 else each


if __name__ == "__main__":
    main()
