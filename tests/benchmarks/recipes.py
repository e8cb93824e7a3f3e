"""Trains a dataset by several recipes and seeds, and prints what each comes to on average.

    .venv/bin/python tests/benchmarks/recipes.py WORKSPACE DATASET [--recipes classic best]

Every training is a run of the workspace. A recipe is chosen by its validation accuracy; the test
accuracy is for the one that was chosen. Other options go to `cnn-studio train`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from cnn_studio.models.bundle import Bundle, read_bundle


def main() -> None:
    """Train one after the other, and print a row for each recipe."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("dataset")
    parser.add_argument("--recipes", nargs="+", default=["classic", "best"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    options, more = parser.parse_known_args()
    print(f"{'recipe':<28}{'validation':>28}{'test':>28}{'calibration error':>20}{'minutes':>9}")
    for recipe in options.recipes:
        ends = [
            _train(options.workspace, options.dataset, recipe, seed, more) for seed in options.seeds
        ]
        figures = [_told([end[part] for end in ends]) for part in ("val_accuracy", "test_accuracy")]
        error = _calibration_error([read_bundle(Path(end["run"])) for end in ends])
        minutes = sum(end["seconds"] for end in ends) / 60
        print(
            f"{Path(recipe).stem:<28}{figures[0]:>28}{figures[1]:>28}{error:>20}{minutes:>9.1f}",
            flush=True,
        )


def _train(
    workspace: Path, dataset: str, recipe: str, seed: int, more: list[str]
) -> dict[str, Any]:
    command = [sys.executable, "-m", "cnn_studio", "--workspace", str(workspace), "train", dataset]
    done = subprocess.run(
        [*command, "--recipe", recipe, "--seed", str(seed), "--json", *more],
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise SystemExit(f"{recipe}, seed {seed}: {done.stderr}")
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
