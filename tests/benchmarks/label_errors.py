"""How many of labels that were made wrong are found, on the images of a folder.

Usage: python -m tests.benchmarks.label_errors FOLDER [--share 0.05] [--seed 1]

The class folders are copied, a share of the images is moved to another class at random, and the
search for wrong labels is run on the copy. Printed are precision and recall of the first images of
the list, as many as were moved.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from cnn_studio.data.catalog import find_dataset
from cnn_studio.paths import Workspace
from cnn_studio.training.label_search import LabelTask, search_labels
from cnn_studio.vision.images import is_image_name


def main() -> None:
    """Move some images to a wrong class, look for them, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "copy"
        shutil.copytree(options.folder, copy)
        moved = _flip(copy, options.share, options.seed)
        task = LabelTask(find_dataset(Workspace(Path(scratch)), str(copy)))
        begun_s = time.monotonic()
        found = search_labels(task, lambda _event: None, threading.Event())
        took_s = time.monotonic() - begun_s
        names = [doubt.name for doubt in found.doubts]
        right = {doubt.name for doubt in found.doubts if moved.get(doubt.name) == doubt.suggested}
    first = set(names[: len(moved)])
    hits = len(first & set(moved))
    print(f"{found.images:,} images, {len(moved)} labels made wrong, {took_s:.0f} s")
    print(f"first {len(first)} of the list: precision {hits / max(len(first), 1):.3f}, ", end="")
    print(f"recall {hits / len(moved):.3f}")
    recall = len(moved.keys() & set(names)) / len(moved)
    print(f"whole list: {len(names)} doubted, recall {recall:.3f}")
    print(f"right class suggested for {len(right)} of those found")


def _flip(folder: Path, share: float, seed: int) -> dict[str, str]:
    """Move images to another class at random; their new names, and where they belong."""
    images = sorted(path for path in folder.glob("*/*") if is_image_name(path))
    classes = sorted({path.parent.name for path in images})
    random = np.random.default_rng(seed)
    moved = {}
    for place in random.permutation(len(images))[: round(share * len(images))]:
        path = images[place]
        wrong = str(random.choice([name for name in classes if name != path.parent.name]))
        target = folder / wrong / path.name
        if not target.exists():
            path.rename(target)
            moved[f"{wrong}/{path.name}"] = path.parent.name
    return moved


if __name__ == "__main__":
    main()
