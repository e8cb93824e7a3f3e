"""A workspace with one good dataset and one good run, and beside them whatever can be broken."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np

from cnn_studio.data.cards import CARD_NAME
from cnn_studio.data.catalog import BUILT_IN
from cnn_studio.models.bundle import BUNDLE_FILE
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_jpeg
from tests.hostile import ODD_NAMES

GOOD = "good"
CLASSES = ("blue", "red")
IMAGES_A_CLASS = 4

IN_A_DATASET = (
    CARD_NAME,
    "red",
    "red/1.jpg",
    ".studio",
    ".studio/lock",
    ".studio/marks.jsonl",
    ".studio/doubts.json",
    ".studio/sorting.jsonl",
    ".studio/journal",
    ".studio/journal/1.json",
    ".studio/steps",
    ".studio/steps/1.json",
    ".studio/imports",
    ".studio/imports/1.json",
    ".studio/imports/2.done",
    ".studio/imports/2.lock",
    ".trash",
    "",
)
"""Where something stands that should be something else, in a dataset's folder; "" is itself."""

IN_A_RUN = (
    BUNDLE_FILE,
    "recipe.json",
    "history.csv",
    "split.json",
    "contents.json",
    "answers-validation.npz",
    "notes.json",
    "flattering.json",
    ".training",
    "model.tflite",
    "model.keras",
    "checkpoints",
    "checkpoints/state.npz",
    "checkpoints/images.npz",
    "",
)

Put = Callable[[Path], None]


def make_good(workspace: Workspace, trained: Path) -> Path:
    """Put the good dataset and a copy of a run into a workspace; the run's folder."""
    random = np.random.default_rng(0)
    for number, name in enumerate(CLASSES):
        folder = workspace.datasets / GOOD / name
        folder.mkdir(parents=True)
        for image in range(IMAGES_A_CLASS):
            pixels = random.integers(100 * number, 100 * number + 80, (24, 24, 3))
            (folder / f"{image}.jpg").write_bytes(encode_jpeg(pixels.astype(np.uint8)))
    return Path(shutil.copytree(trained, workspace.runs / GOOD))


def spoil_datasets(
    workspace: Workspace, things: Mapping[str, Put], places: Iterable[str] = IN_A_DATASET
) -> dict[str, str]:
    """A copy of the good dataset for each place and each thing that stands there.

    Returns:
        What is wrong with each, by the name of its folder.
    """
    return _spoil(workspace.datasets, things, places)


def spoil_runs(
    workspace: Workspace, things: Mapping[str, Put], places: Iterable[str] = IN_A_RUN
) -> dict[str, str]:
    """A copy of the good run for each place and each thing that stands there."""
    return _spoil(workspace.runs, things, places)


def name_oddly(folder: Path) -> list[str]:
    """Copies of the good dataset or run under names that systems allow and nobody expects."""
    made = []
    for name in ODD_NAMES:
        copy = folder / os.fsdecode(name)
        shutil.copytree(folder / GOOD, copy)
        made.append(copy.name)
    return made


def class_folders_named_oddly(workspace: Workspace) -> str:
    """A dataset whose classes and images are called as nobody expects; its name."""
    for name in (*ODD_NAMES[:-1], rb"back\slash"):
        folder = workspace.datasets / "odd-classes" / os.fsdecode(name)
        shutil.copytree(workspace.datasets / GOOD / "red", folder)
        image = os.fsdecode(name[:200] + b".jpg")
        (folder / "1.jpg").rename(folder / image)
    return "odd-classes"


def _spoil(folder: Path, things: Mapping[str, Put], places: Iterable[str]) -> dict[str, str]:
    made = {}
    for place_number, place in enumerate(places):
        for number, (what, put) in enumerate(things.items()):
            copy = folder / f"bad-{place_number:02}-{number:02}"
            if place:
                shutil.copytree(folder / GOOD, copy, copy_function=os.link)
            target = copy / place
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_dir():
                shutil.rmtree(target)
            target.unlink(missing_ok=True)
            if place == ".studio/imports/2.done":
                target.with_suffix(".json").write_text('{"kind": "images", "total": 1}')
            put(target)
            made[copy.name] = f"{what} as {place or 'its folder'}"
    assert not set(made) & set(BUILT_IN)
    return made
