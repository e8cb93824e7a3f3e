"""How long an import takes, beside copying the same files and reading each of them once.

    .venv/bin/python tests/benchmarks/importing.py [FOLDER] [--images 20000] [--rounds 3]

FOLDER holds class folders of images; without it, photos are drawn. Both are done in turn, each onto
the same disk after it has come to rest, and the ratio of their times is what counts: an import also
looks for copies, and every image is whole on the disk before it counts as there.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2

from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.intake import import_class_tree
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import is_image_name
from tests.benchmarks.checkup import draw_photos


def main() -> None:
    """Print the times of each round, and the ratio of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = options.folder or Path(folder) / "source"
        if options.folder is None:
            draw_photos(source, options.images)
        files = sorted(path for path in source.rglob("*") if is_image_name(path))
        print(f"{len(files):,} images")
        ratios = []
        for number in range(options.rounds):
            place = Path(folder) / f"round {number}"
            copying = _timed(partial(_copy_and_read, files, source, place / "copies"))
            importing = _timed(partial(_import, source, place / "workspace"))
            ratios.append(importing[0] / copying[0])
            print(
                f"copied and read once {copying[0]:6.1f} s ({copying[1]:5.1f} s of processor)   "
                f"imported {importing[0]:6.1f} s ({importing[1]:5.1f} s)   "
                f"ratio {ratios[-1]:.2f}",
                flush=True,
            )
            shutil.rmtree(place)
        print(f"median ratio {statistics.median(ratios):.2f}")


def _timed(do: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of the processor."""
    if hasattr(os, "sync"):
        os.sync()  # what the other one has left to the system would be written at our cost
    begun_s, spent_s = time.perf_counter(), time.process_time()
    do()
    return time.perf_counter() - begun_s, time.process_time() - spent_s


def _copy_and_read(files: list[Path], source: Path, target: Path) -> None:
    for path in files:
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)
        if cv2.imread(str(copy)) is None:
            raise ValueError(f"OpenCV does not read {path}.")


def _import(source: Path, workspace: Path) -> None:
    dataset = create_dataset(Workspace(workspace), "Imported", ["shoe"])
    report = import_class_tree(ClassFolders(dataset), source)
    if report.skipped:
        raise ValueError(f"{len(report.skipped)} files were left out: {report.skipped[0][1]}")


if __name__ == "__main__":
    main()
