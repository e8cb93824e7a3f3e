"""Drawings of three shapes, and trainings of the pretrained network on them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np

from cnn_studio.data.catalog import Dataset, find_dataset
from cnn_studio.models.answers import read_answers
from cnn_studio.models.bundle import BUNDLE_FILE, LITE_FILE
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.runs import HISTORY_FILE, SPLIT_FILE
from cnn_studio.paths import Workspace
from cnn_studio.training.recipe import Recipe
from cnn_studio.vision.images import encode_jpeg

RECIPE = Recipe(epochs=8, image_size=128, network=NetworkKind.PRETRAINED)
CLASSES = ("ball", "box", "stripes")
COUNT = 9  # of each class
TIMES = ("images_per_second", "seconds")


def draw(class_name: str, number: int) -> np.ndarray:
    """A picture of a class, (64, 80, 3), uint8: a ball, a box or stripes on uneven ground."""
    random = np.random.default_rng((number, *class_name.encode()))
    rows, columns = np.mgrid[:64, :80]
    image = np.full((64, 80, 3), random.integers(20, 100, 3)) + random.integers(
        -20, 20, (64, 80, 3)
    )
    y, x, size = random.integers(24, 40), random.integers(28, 52), random.integers(12, 20)
    inside = {
        "ball": (rows - y) ** 2 + (columns - x) ** 2 < size**2,
        "box": (abs(rows - y) < size) & (abs(columns - x) < size),
        "stripes": (rows + number) // 6 % 2 == 0,
    }[class_name]
    image[inside] = random.integers(140, 255, 3)
    return np.clip(image, 0, 255).astype(np.uint8)


def put_drawings(folder: Path, class_name: str, count: int, first: int = 0) -> None:
    """Add drawings of a class, each different from the others."""
    (folder / class_name).mkdir(parents=True, exist_ok=True)
    for number in range(first, first + count):
        path = folder / class_name / f"{number:03d}.jpg"
        path.write_bytes(encode_jpeg(draw(class_name, number)))


def put_unsorted(folder: Path, count: int) -> Path:
    """Store drawings in one folder, so many of each class, whose names tell the class."""
    folder.mkdir()
    for class_name in CLASSES:
        for number in range(100, 100 + count):
            path = folder / f"{class_name}-{number}.jpg"
            path.write_bytes(encode_jpeg(draw(class_name, number)))
    return folder


def shapes(workspace: Workspace) -> Dataset:
    """A dataset of the three, `COUNT` of each."""
    for class_name in CLASSES:
        put_drawings(workspace.datasets / "shapes", class_name, COUNT)
    return find_dataset(workspace, "shapes")


def history(run: Path) -> list[dict[str, str]]:
    """The epochs without what differs each time."""
    rows = csv.DictReader((run / HISTORY_FILE).read_text().splitlines())
    return [{key: row[key] for key in row if key not in TIMES} for row in rows]


def figures(run: Path) -> dict[str, Any]:
    """Everything in studio.json but when it was and how long it took."""
    values: dict[str, Any] = json.loads((run / BUNDLE_FILE).read_text())
    return {key: value for key, value in values.items() if key not in ("created", "seconds")}


def split_of(run: Path) -> dict[str, Any]:
    """What split.json says."""
    values: dict[str, Any] = json.loads((run / SPLIT_FILE).read_text())
    return values


def assert_same(run: Path, other: Path) -> None:
    """See that two runs are the same but for their times."""
    assert (run / LITE_FILE).read_bytes() == (other / LITE_FILE).read_bytes()
    assert figures(run) == figures(other)
    assert history(run) == history(other)
    assert split_of(run) == split_of(other)
    answers = [read_answers(each, "validation") for each in (run, other)]
    assert answers[0] is not None
    assert answers[1] is not None
    assert np.array_equal(answers[0].probabilities, answers[1].probabilities)
